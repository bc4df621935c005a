"""What was promised to a customer: made, kept, taken back up."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.errors import Conflict, Invalid, NotVisible
from customers.models import Customer, Promise
from customers.services.writing import locked_file, note
from orgchart.scope import today

MOST = 300


def _promise(file: Customer, promise: int) -> Promise:
    found: Promise | None = file.promises.select_for_update().filter(pk=promise).first()
    if found is None:
        raise NotVisible("promise_not_found", _("There is no such promise in this file."))
    return found


@transaction.atomic
def make_promise(*, actor: Actor, customer: int, text: str, due_on: date) -> Promise:
    """Write down what was promised to the customer (id), and until when. Writes "customer.promise_made".

    Refusals: those of `locked_file`, "promise_missing" (field "text"), "day_passed" (field "due_on").
    """
    file = locked_file(actor, customer)
    if not text.strip():
        raise Invalid("promise_missing", _("Say what was promised."), field="text")
    if due_on < today():
        raise Invalid("day_passed", _("This day is over. Choose today or a later day."), field="due_on")
    made: Promise = Promise.objects.create(
        customer=file, text=text.strip()[:MOST], due_on=due_on, made_by=actor.person
    )
    note(actor, file, "customer.promise_made", promise=[None, made.pk], due_on=[None, due_on])
    return made


@transaction.atomic
def keep_promise(*, actor: Actor, customer: int, promise: int, result: str = "") -> Promise:
    """Say that the promise was kept. Writes "customer.promise_kept"; `reopen_promise` undoes it.

    Refusals: those of `locked_file`, "promise_not_found" (404), "promise_kept" (409).
    """
    file = locked_file(actor, customer)
    row = _promise(file, promise)
    if row.kept_at is not None:
        raise Conflict("promise_kept", _("This promise was kept already."))
    row.kept_at, row.kept_by, row.result = timezone.now(), actor.person, result.strip()[:MOST]
    row.save(update_fields=["kept_at", "kept_by", "result"])
    note(actor, file, "customer.promise_kept", promise=[row.pk, row.pk])
    return row


@transaction.atomic
def reopen_promise(*, actor: Actor, customer: int, promise: int) -> Promise:
    """Undo `keep_promise`: the promise is open again. Writes "customer.promise_reopened".

    Refusals: those of `locked_file`, "promise_not_found" (404), "promise_open" (409).
    """
    file = locked_file(actor, customer)
    row = _promise(file, promise)
    if row.kept_at is None:
        raise Conflict("promise_open", _("This promise is open already."))
    row.kept_at, row.kept_by, row.result = None, None, ""
    row.save(update_fields=["kept_at", "kept_by", "result"])
    note(actor, file, "customer.promise_reopened", promise=[row.pk, row.pk])
    return row
