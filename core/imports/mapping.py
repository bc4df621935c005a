"""Which column of a file is which field: proposals from the headings, and the check of what was chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from core.errors import Invalid
from core.imports.registry import Field, Kind
from core.imports.words import heading

LANGUAGES = ("zh-hans", "en")


@lru_cache(maxsize=1024)
def headings_of(field: Field) -> frozenset[str]:
    """Every heading that names the field."""
    found = {field.key, *field.aliases}
    for language in LANGUAGES:
        with override(language):
            found.add(str(field.label))
    return frozenset(heading(word) for word in found)


def propose(kind: Kind, columns: Sequence[str]) -> dict[str, int]:
    """{field: column} for every heading that names a field; the first of two columns with one heading is taken."""
    found: dict[str, int] = {}
    plain = [heading(column) for column in columns]
    for field in kind.fields:
        known = headings_of(field)
        place = next((place for place, word in enumerate(plain) if word in known), None)
        if place is not None and place not in found.values():
            found[field.key] = place
    return found


def chosen(kind: Kind, columns: Sequence[str], fields: Mapping[int, str]) -> dict[str, int]:
    """{field: column} from what stands at each column.

    Refuses with "field_twice" (at the later column), "fields_missing", "field_unknown".
    """
    found: dict[str, int] = {}
    for place in sorted(fields):
        key = fields[place]
        if not key:
            continue
        if kind.field(key) is None or not 0 <= place < len(columns):
            raise Invalid(
                "field_unknown", _("Choose one of the fields of the list."), field=f"column-{place}"
            )
        if key in found:
            raise Invalid(
                "field_twice",
                _("Two columns are given the same field. Take it away from one of them."),
                field=f"column-{place}",
            )
        found[key] = place
    _require(kind, found)
    return found


def _require(kind: Kind, found: Mapping[str, int]) -> None:
    missing = [field for field in kind.fields if field.required and field.key not in found]
    if missing:
        raise Invalid(
            "fields_missing",
            _("No column is given to a field that is needed: %(names)s.")
            % {"names": ", ".join(str(field.label) for field in missing)},
            field="mapping",
            context={"missing": [field.key for field in missing]},
        )
