"""A copy of a version for paper: whose copy it is, and whether that person signed it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.templatetags.ui import moment
from orgchart.descriptions.queries import holders_in_sight, not_found, read_chart, version_in_sight
from orgchart.descriptions.sheet import Sheet, sheet
from orgchart.models import Appointment, Person, Signature


@dataclass(frozen=True, slots=True)
class Copy:
    """A version laid out for paper; without `holder` the fields for name and signature stay blank."""

    version: Any
    sheet: Sheet
    holder: Person | None
    unit: str
    signature: Signature | None

    @property
    def signed_name(self) -> str:
        """The name as it was when it was signed; empty without a signature."""
        return self.signature.name if self.signature else ""

    @property
    def signature_text(self) -> str:
        """Name and time of the signature in one line; empty without a signature."""
        return f"{self.signature.name} {moment(self.signature.signed_at)}" if self.signature else ""


def _whose(reader: Person, version: Any, holder: int | None) -> Appointment | None:
    """The appointment that the copy is for: the named one, the reader's own, or the only one there is."""
    posts = holders_in_sight(reader, version.position)
    if holder is not None:
        found: Appointment | None = posts.filter(person_id=holder).first()
        if found is None:
            raise not_found()
        return found
    few = list(posts.filter(person_id=reader.pk)[:1] or posts[:2])
    return few[0] if len(few) == 1 else None


def copy_for(reader: Person, code: str, number: int | None = None, holder: int | None = None) -> Copy:
    """The copy of a version (None: the one in force) for a holder in sight (id), else a fitting default.

    NotVisible for a version or holder out of sight.
    """
    chart = read_chart(reader)
    version = version_in_sight(reader, code, number)
    post = _whose(reader, version, holder)
    signature = None
    if post is not None:
        signature = Signature.objects.filter(version=version, person_id=post.person_id).first()
    return Copy(
        version=version,
        sheet=sheet(version.body, chart.titles, chart.below(code)),
        holder=post.person if post else None,
        unit=post.unit.label if post else "",
        signature=signature,
    )
