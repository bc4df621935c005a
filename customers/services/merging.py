"""Merging two customer files into one, and taking that back.

Every row of every app that points to the merged file is found by walking the relations of `Customer`, so an app above
this one has its rows moved without being known here. What moved is written down row by row; taking it back moves exactly
these rows, and what came to the kept file afterwards stays there. The fields of both files are never touched.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models import F, Q, QuerySet, UniqueConstraint
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import audit
from core.actors import Actor
from core.errors import Conflict, Invalid, NotVisible, StaleVersion, Text
from core.retry import when_busy
from customers import policies
from customers.errors import not_found
from customers.models import Customer, CustomerChange, Merge, NotDuplicate
from customers.rules import grants
from customers.rules.merging import merge_problem, split_key, undo_problem
from orgchart.models import Person

STAYS = (Customer, CustomerChange, Merge, NotDuplicate)
"""Models whose rows tell of the file itself, and stay with it: files merged earlier, corrections of its fields."""

_PROBLEMS: dict[str, tuple[type[Exception], Text]] = {
    "merge_itself": (Invalid, _("A file cannot be merged with itself. Choose another one.")),
    "merge_merged": (
        Conflict,
        _("One of the files has been merged into another one already. Open that one and merge it."),
    ),
    "merge_erased": (
        Conflict,
        _("The personal data of one of the files are erased. It can neither be merged nor separated."),
    ),
    "merge_undone": (Conflict, _("This merge has been undone already.")),
}


@when_busy
@transaction.atomic
def merge_customers(
    *,
    actor: Actor,
    kept: int,
    merged: int,
    reason: str = "",
    versions: tuple[int, int] | None = None,
    now: datetime | None = None,
) -> Merge:
    """Join the file `merged` into `kept` (ids) and return the merge. Rows move; fields of both stay as they are.

    A row that cannot stand twice at one file (the same phone number, a consent in force for the same purpose, an open
    request of the same kind) stays at the merged file. Audit events on both. `versions` of both as they were shown;
    refuses with "stale" when one changed since.

    Refusals: "customer_not_found" (404), "may_not_customers" (403), "merge_itself" (422), "merge_merged",
    "merge_erased", "stale" (409).
    """
    if kept == merged:
        raise _problem("merge_itself")
    first, second = _locked(actor.person, kept, merged)
    _check(first, second, versions)
    actor = actor.in_place_of(policies.acting_for(actor.person, grants.MERGE))
    moved = {key: ids for key, ids in _move_all(second.pk, first.pk) if ids}
    Customer.objects.filter(pk=second.pk).update(merged_into=first, version=F("version") + 1)
    Customer.objects.filter(pk=first.pk).update(version=F("version") + 1)
    made: Merge = Merge.objects.create(
        kept=first, merged=second, moved=moved, reason=reason.strip()[:200], merged_by=actor.person
    )
    if now is not None:
        Merge.objects.filter(pk=made.pk).update(merged_at=now)
    _record(actor, made, ("customer.merged_here", "customer.merged_away"), moved)
    return made


@when_busy
@transaction.atomic
def undo_merge(*, actor: Actor, merge: int, now: datetime | None = None) -> Merge:
    """Take the merge (its id) back: exactly the rows that moved return to their owner; later ones stay at the kept file.

    A row that went on to a third owner since, or was deleted, stays where it is. Refusals: "merge_not_found" (404),
    "may_not_customers" (403), "merge_undone", "merge_erased", "merge_not_last" (409: the kept file was merged itself
    meanwhile; take that back first).
    """
    found = Merge.objects.filter(pk=merge).first()
    if found is None:
        raise merge_not_found()
    first, second = _locked(actor.person, found.kept_id, found.merged_id)
    row: Merge = Merge.objects.select_for_update().get(pk=merge)
    _check_undo(row, first, second)
    actor = actor.in_place_of(policies.acting_for(actor.person, grants.MERGE))
    returned = {key: _give_back(key, ids, first.pk, second.pk) for key, ids in row.moved.items()}
    Customer.objects.filter(pk=second.pk).update(merged_into=None, version=F("version") + 1)
    Customer.objects.filter(pk=first.pk).update(version=F("version") + 1)
    row.undone_at, row.undone_by = now or timezone.now(), actor.person
    row.save(update_fields=["undone_at", "undone_by"])
    _record(actor, row, ("customer.separated", "customer.separated"), returned)
    return row


def not_the_same(*, actor: Actor, one: int, other: int) -> None:
    """Remember that two files that look alike are of two customers; saying it twice changes nothing.

    Refusals: "customer_not_found" (404), "may_not_customers" (403), "merge_itself" (422).
    """
    if one == other:
        raise _problem("merge_itself")
    _remember(actor, *sorted((one, other)))


@transaction.atomic
def _remember(actor: Actor, low: int, high: int) -> None:
    _locked(actor.person, low, high)
    _row, created = NotDuplicate.objects.get_or_create(
        low_id=low, high_id=high, defaults={"said_by": actor.person}
    )
    if not created:
        return
    actor = actor.in_place_of(policies.acting_for(actor.person, grants.MERGE))
    with audit.written_last():
        for pk, other in ((low, high), (high, low)):
            audit.record(
                actor=actor,
                action="customer.not_duplicate",
                subject=Customer(pk=pk),
                subject_label=f"#{pk}",
                changes={"other": [None, other]},
            )


def merge_not_found() -> NotVisible:
    """The answer for a merge that does not exist for this person."""
    return NotVisible("merge_not_found", _("There is no such merge, or you may not see it."))


def _locked(person: Person, kept: int, merged: int) -> tuple[Customer, Customer]:
    """Both files under row locks, taken in order of their ids; 404 when one is invisible, 403 without the right."""
    rows = Customer.objects.select_for_update(of=("self",)).filter(pk__in=(kept, merged)).order_by("pk")
    found = {row.pk: row for row in rows}
    ids = list(found)
    if len(set(Customer.objects.permitted(person).filter(pk__in=ids).values_list("pk", flat=True))) < 2:
        raise not_found()
    if Customer.objects.permitted(person, "merge").filter(pk__in=ids).count() < 2:
        policies.refuse(grants.MERGE)
    return found[kept], found[merged]


def _check(kept: Customer, merged: Customer, versions: tuple[int, int] | None) -> None:
    problem = merge_problem(
        same=kept.pk == merged.pk,
        merged=(kept.merged_into_id, merged.merged_into_id),
        erased=(kept.erased_at is not None, merged.erased_at is not None),
    )
    if problem:
        raise _problem(problem)
    if versions is not None and versions != (kept.version, merged.version):
        raise StaleVersion(
            "stale", _("One of the files was changed in the meantime. Compare them again, then merge.")
        )


def _check_undo(row: Merge, kept: Customer, merged: Customer) -> None:
    problem = undo_problem(
        undone=row.undone_at is not None,
        kept_into=kept.merged_into_id,
        erased=kept.erased_at is not None or merged.erased_at is not None,
        merged_into=merged.merged_into_id,
        kept=kept.pk,
    )
    if problem == "merge_not_last":
        raise Conflict(
            problem,
            _("File %(kept)s was merged into file %(into)s since. Undo that merge first, then this one.")
            % {"kept": kept.pk, "into": kept.merged_into_id},
        )
    if problem:
        raise _problem(problem)


def _problem(code: str) -> Exception:
    kind, sentence = _PROBLEMS[code]
    return kind(code, sentence)


def relations() -> Iterator[models.ForeignKey[Any, Any]]:
    """Every foreign key of any app that points to a customer and moves with it, in a fixed order."""
    found = [
        relation.field
        for relation in Customer._meta.get_fields(include_hidden=True)
        if isinstance(relation, models.ManyToOneRel) and not relation.field.model._meta.proxy
    ]
    for field in sorted(found, key=lambda field: (field.model._meta.label, field.name)):
        if field.model not in STAYS:
            yield field


def key_of(field: models.ForeignKey[Any, Any]) -> str:
    """ "tickets.Case.customer"."""
    return f"{field.model._meta.label}.{field.name}"


def _move_all(source: int, target: int) -> Iterator[tuple[str, list[int]]]:
    for field in relations():
        yield key_of(field), _move(field, moving(field, source, target), target)


def moving(field: models.ForeignKey[Any, Any], source: int, target: int) -> QuerySet[Any]:
    """The rows that point to `source` through this field and can stand at `target`."""
    return _without_clashes(field, field.model._base_manager.filter(**{field.attname: source}), target)


def _give_back(key: str, ids: list[int], source: int, target: int) -> list[int]:
    label, name = split_key(key)
    field: Any = apps.get_model(label)._meta.get_field(name)
    rows = field.model._base_manager.filter(pk__in=ids, **{field.attname: source})
    return _move(field, _without_clashes(field, rows, target), target)


def _move(field: models.ForeignKey[Any, Any], rows: QuerySet[Any], target: int) -> list[int]:
    """Give the rows another customer; returns their ids."""
    ids = sorted(rows.order_by().select_for_update(of=("self",)).values_list("pk", flat=True))
    if ids:
        field.model._base_manager.filter(pk__in=ids).update(**{field.attname: target})
    return ids


def _without_clashes(field: models.ForeignKey[Any, Any], rows: QuerySet[Any], target: int) -> QuerySet[Any]:
    """Without rows that would stand at `target` twice."""
    for clash in _clashes(field, target):
        rows = rows.exclude(clash)
    return rows


def _clashes(field: models.ForeignKey[Any, Any], target: int) -> Iterator[Q]:
    """A condition for each rule of uniqueness: rows for which `target` has one of the same kind already."""
    meta = field.model._meta
    rules: list[tuple[tuple[str, ...], Q]] = [
        (tuple(rule.fields), rule.condition or Q())
        for rule in meta.constraints
        if isinstance(rule, UniqueConstraint) and field.name in rule.fields
    ]
    rules += [(tuple(names), Q()) for names in meta.unique_together if field.name in names]
    rules += [((field.name,), Q())] if field.unique else []
    for names, condition in rules:
        others = [name for name in names if name != field.name]
        there = field.model._base_manager.filter(condition, **{field.attname: target})
        same = {name: models.OuterRef(name) for name in others}
        yield condition & Q(models.Exists(there.filter(**same)))


def _record(actor: Actor, row: Merge, actions: tuple[str, str], moved: dict[str, list[int]]) -> None:
    counts = {key: [None, len(ids)] for key, ids in moved.items() if ids}
    with audit.written_last():
        for pk, other, action in (
            (row.kept_id, row.merged_id, actions[0]),
            (row.merged_id, row.kept_id, actions[1]),
        ):
            audit.record(
                actor=actor,
                action=action,
                subject=Customer(pk=pk),
                subject_label=f"#{pk}",
                changes={"other": [None, other], **counts},
            )
