"""Consents, promises and care calls of a file."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.templatetags.ui import day
from customers.enums import Purpose
from customers.file_forms import (
    CareForm,
    ConfirmForm,
    ConsentForm,
    KeepForm,
    PromiseForm,
    ResultForm,
    colleagues_of,
)
from customers.models import CareCall, Customer, Promise
from customers.services import care, consents, promises
from customers.views.file_steps import Words, at_once, step, writable
from orgchart.guided import posted

GET_POST = ["GET", "POST"]


@require_http_methods(GET_POST)
def consent_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Record what the customer agreed to, under the newest notice in force."""
    file = writable(request, pk)
    form = ConsentForm(posted(request), initial={"purpose": request.GET.get("purpose", "")})
    notice = consents.notice_in_force()
    note = ""
    if notice:
        note = _("Read to the customer what version %(version)s of the privacy notice says first.") % {
            "version": notice.version
        }
    return step(
        request, file, form,
        lambda actor: consents.record_consent(actor=actor, customer=pk, purpose=form.cleaned_data["purpose"]),
        Words(_("Record a consent"), _("Record"), _("The consent is recorded."), note=note),
        notice=notice,
    )  # fmt: skip


@require_http_methods(GET_POST)
def consent_withdraw(request: HttpRequest, pk: int, purpose: str) -> HttpResponse:
    """Withdraw a consent at once, after a question."""
    if purpose not in Purpose.values:
        raise Http404
    file = writable(request, pk)
    about = _("Withdraw the consent to “%(purpose)s”?") % {"purpose": Purpose(purpose).label}
    note = _("Planned regular care calls end with it.") if purpose == Purpose.CARE else ""
    return step(
        request, file, ConfirmForm(posted(request)),
        lambda actor: consents.withdraw_consent(actor=actor, customer=pk, purpose=purpose),
        Words(_("Withdraw a consent"), _("Withdraw"), _("The consent is withdrawn."), about, "danger", note),
    )  # fmt: skip


# -- promises ----------------------------------------------------------------------------------------------------------


@require_http_methods(GET_POST)
def promise_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down a promise."""
    file, form = writable(request, pk), PromiseForm(posted(request))
    return step(
        request, file, form,
        lambda actor: promises.make_promise(actor=actor, customer=pk, **form.cleaned_data),
        Words(_("Make a promise"), _("Write down"), _("The promise is written down.")),
    )  # fmt: skip


def _promise(file: Customer, promise: int) -> Promise:
    found: Promise | None = file.promises.filter(pk=promise).first()
    if found is None:
        raise Http404
    return found


@require_http_methods(GET_POST)
def promise_keep(request: HttpRequest, pk: int, promise: int) -> HttpResponse:
    """Say that a promise was kept."""
    file = writable(request, pk)
    row, form = _promise(file, promise), KeepForm(posted(request))
    return step(
        request, file, form,
        lambda actor: promises.keep_promise(
            actor=actor, customer=pk, promise=promise, result=form.cleaned_data["result"]
        ),
        Words(
            _("Promise kept"), _("It is kept"), _("The promise is kept. It can be opened again."),
            f"{row.text} · {day(row.due_on)}",
        ),
    )  # fmt: skip


@require_POST
def promise_reopen(request: HttpRequest, pk: int, promise: int) -> HttpResponse:
    """Undo: the promise is open again."""
    return at_once(
        request, pk,
        lambda actor: promises.reopen_promise(actor=actor, customer=pk, promise=promise),
        _("The promise is open again."),
    )  # fmt: skip


# -- care calls --------------------------------------------------------------------------------------------------------


@require_http_methods(GET_POST)
def care_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Plan a call."""
    file = writable(request, pk)
    others = [one for one in colleagues_of(file.centre_id) if one[0] != request.user.pk]
    form = CareForm(posted(request), colleagues=others)
    return step(
        request, file, form,
        lambda actor: care.plan_care_call(actor=actor, customer=pk, plan=form.plan()),
        Words(_("Plan a call"), _("Plan"), _("The call is planned.")),
    )  # fmt: skip


def _call(file: Customer, call: int) -> CareCall:
    found: CareCall | None = file.care_calls.filter(pk=call).first()
    if found is None:
        raise Http404
    return found


@require_http_methods(GET_POST)
def care_result(request: HttpRequest, pk: int, call: int) -> HttpResponse:
    """Write down how a call ended."""
    file = writable(request, pk)
    row, form = _call(file, call), ResultForm(posted(request))
    note = _("“Wants no calls” withdraws the consent to care calls at once.")
    return step(
        request, file, form,
        lambda actor: care.record_result(actor=actor, customer=pk, call=call, **form.cleaned_data),
        Words(
            _("Result of the call"), _("Save"), _("The result is written down."),
            " · ".join(filter(None, (str(row.get_kind_display()), day(row.due_on), row.note))), note=note,
        ),
    )  # fmt: skip


@require_http_methods(GET_POST)
def care_cancel(request: HttpRequest, pk: int, call: int) -> HttpResponse:
    """Take a call off the plan, after a question."""
    file = writable(request, pk)
    row = _call(file, call)
    about = _("Take the call of %(day)s off the plan?") % {"day": day(row.due_on)}
    return step(
        request, file, ConfirmForm(posted(request)),
        lambda actor: care.cancel_care_call(actor=actor, customer=pk, call=call),
        Words(_("Cancel a call"), _("Take it off"), _("The call is off the plan."), about, "danger"),
    )  # fmt: skip
