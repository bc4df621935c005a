"""Whose data an event of the trail is about: events name rows, people want to know which customer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import CharField, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.calendarseed import DEFAULT
from core.imports.registry import find, kinds
from core.models import AuditEvent
from core.policy import NOTHING
from customers.extensions import SubjectKind, revealed_subjects, subject_kinds
from customers.models import Customer

Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Subject:
    """What was revealed: the row's kind, the customer, the centre and the calendar by which it works."""

    label: str
    url: str
    customer_id: int | None
    centre_id: int | None
    calendar: str


def within(centres: Iterable[int]) -> Q:
    """Events about rows of these centres' files."""
    rows = NOTHING
    for kind in subject_kinds().values():
        there = kind.rows().filter(pk=OuterRef("subject_id"), **{f"{kind.centre}__in": list(centres)})
        part = Q(subject_type=kind.model) & Q(Exists(there))
        rows = part if rows is NOTHING else rows | part
    return rows


def subjects_of(keys: Iterable[Key]) -> dict[Key, Subject]:
    """The subjects of these rows of the trail, without those whose row is gone. One statement for all kinds."""
    wanted: dict[str, set[int]] = {}
    for model, pk in keys:
        wanted.setdefault(model, set()).add(pk)
    parts = [_rows(kind, wanted[name]) for name, kind in subject_kinds().items() if name in wanted]
    if not parts:
        return {}
    rows = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    return {(row[0], row[1]): _subject(row) for row in rows}


def _rows(kind: SubjectKind, ids: set[int]) -> QuerySet[Any, tuple[Any, ...]]:
    rows = kind.rows().filter(pk__in=ids).order_by()
    named = rows.annotate(
        _model=Value(kind.model, output_field=CharField()),
        _shown=Cast(F(kind.shown), IntegerField()),
        _whose=F(kind.customer),
        _home=F(f"{kind.centre}_id"),
        _calendar=F(f"{kind.centre}__calendar__code"),
    )
    found: QuerySet[Any, tuple[Any, ...]] = named.values_list(
        "_model", "pk", "_shown", "_whose", "_home", "_calendar"
    )
    return found


def _subject(row: tuple[Any, ...]) -> Subject:
    kind = subject_kinds()[row[0]]
    label = _("%(what)s #%(number)s") % {"what": kind.title, "number": row[2]}
    return Subject(label, kind.address.format(row[2]), row[3], row[4], row[5] or DEFAULT)


def field_label(event: AuditEvent) -> str:
    """Which field was shown, in words: "name" of the row itself, "customerphone.number" of a row that belongs to it.

    For a list that was taken out in full, which list.
    """
    changed: Mapping[str, Any] = event.changes if isinstance(event.changes, dict) else {}
    if listed := (changed.get("list") or [None, ""])[1]:
        return str(find(listed).label) if listed in {kind.kind for kind in kinds()} else str(listed)
    name = str((changed.get("field") or [None, ""])[1] or "")
    app, _dot, own = event.subject_type.partition(".")
    model, _dot, field = name.rpartition(".")
    try:
        found = apps.get_model(app, model or own)._meta.get_field(field)
    except (LookupError, ValueError, FieldDoesNotExist):
        return name
    return str(getattr(found, "verbose_name", name))


def register() -> None:
    """Make the files of this app known; from the app's `ready`. Events about phones and addresses name the file."""
    files = Customer._default_manager.all
    title = gettext_lazy("Customer")
    kind = SubjectKind(Customer._meta.label_lower, files, "pk", "centre", title, "pk", "/customers/{}/")
    revealed_subjects(kind)
