"""Named reads of positions, their versions, holders and signatures; shared by pages, PDF and API."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    F,
    JSONField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from core.errors import NotVisible
from core.policy import row_filter
from orgchart.descriptions.sheet import TONES, Titles
from orgchart.enums import Confidence, VersionState
from orgchart.line import remember_chart
from orgchart.models import (
    Appointment,
    Deputyship,
    Establishment,
    Person,
    Position,
    PositionVersion,
    Signature,
    Unit,
)
from orgchart.policies import EDIT_POSITION
from orgchart.reach import open_on
from orgchart.scope import today

SHOWN_HOLDERS = 50
POSTS, NAMES = "posts", "names"
TO_SIGN, PROPOSALS = "to_sign", "proposals"


def not_found() -> NotVisible:
    """The answer for a position or version that is not there or not in sight."""
    return NotVisible("no_such_position", _("There is no such job description."))


def _flag(model: type[Any], action: str, person: Person) -> Case:
    """Whether `person` may do `action` to the row, as a column."""
    allowed = When(row_filter(model, action, person), then=Value(True))
    return Case(allowed, default=Value(False), output_field=BooleanField())


def _in_force() -> QuerySet[PositionVersion]:
    rows: QuerySet[PositionVersion] = PositionVersion.objects.filter(
        position=OuterRef("pk"), state=VersionState.IN_FORCE
    )
    return rows


# -- the list -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """A position in the list. `holders` are the people in the reader's sight, `vacant` the posts that nobody fills."""

    position: Any
    holders: int
    vacant: int

    @property
    def tone(self) -> str:
        """The colour of the mark that says how sure the reading is."""
        return TONES.get(Confidence(self.position.confidence), "secondary")


def positions(reader: Person) -> QuerySet[Position]:
    """All positions with number and date of the version in force and what `reader` may do."""
    version = _in_force()
    proposed = PositionVersion.objects.permitted(reader, "decide").filter(position=OuterRef("pk"))
    to_sign = PositionVersion.objects.permitted(reader, "sign").filter(position=OuterRef("pk"))
    rows: QuerySet[Position] = Position.objects.permitted(reader, "view").select_related("superior")
    return rows.annotate(
        version_number=Subquery(version.values("number")),
        in_force_at=Subquery(version.values("in_force_at")),
        fingerprint=Subquery(version.values("fingerprint")),
        waits=Exists(proposed),
        to_sign=Exists(to_sign),
    ).order_by("pk")


def _place(place: str) -> Q:
    kind, _colon, group = place.partition(":")
    return Q(unit_kind=kind, group_kind=group) if kind else Q()


def position_list(reader: Person, *, place: str = "", names: str = "", show: str = "") -> list[Line]:
    """The positions that fit, with holders and vacancies. Three statements beside those of the reader's scope.

    `place`: "group:info", "centre", …; `names`: POSTS or NAMES; `show`: TO_SIGN or PROPOSALS; empty: no filter.
    """
    rows = (
        positions(reader).filter(_place(place)).defer("rights", "superior__rights", "note", "superior__note")
    )
    if names:
        rows = rows.filter(is_post=names == POSTS)
    if show:
        rows = rows.filter(**{"to_sign" if show == TO_SIGN else "waits": True})
    found = list(rows)
    holders, vacant = holder_counts(reader), vacancies(reader, found)
    return [Line(row, holders.get(row.pk, 0), vacant.get(row.pk, 0)) for row in found]


def holder_counts(reader: Person) -> dict[int, int]:
    """Id of a position -> how many people in sight hold it today, as the staff list counts them. One statement."""
    seen = Person.objects.permitted(reader, "view").filter(is_active=True)
    rows = Appointment.objects.on(today()).filter(person__in=seen)
    counted = rows.values("position_id").annotate(people=Count("person_id", distinct=True))
    return {row["position_id"]: row["people"] for row in counted.order_by()}


def holder_number(position: Position) -> int:
    """How many people hold the position today, in sight or not. One statement."""
    held = Appointment.objects.on(today()).filter(open_on(today(), "person__"), position=position)
    return int(held.values("person_id").distinct().count())


def vacancies(reader: Person, found: Iterable[Position]) -> dict[int, int]:
    """Id of a position -> posts of today that nobody fills, in the units in sight. Two statements.

    For whoever leads a unit: units of that kind without a holder; for the others: established posts (编制) that are not
    filled.
    """
    day = today()
    held = Appointment.objects.on(day).filter(open_on(day, "person__"))
    units = Unit.objects.permitted(reader, "view").filter(is_active=True)
    leaders = {(row.unit_kind, row.group_kind): row.pk for row in found if row.is_leader and row.is_post}
    led = held.filter(unit=OuterRef("pk"), position__is_leader=True, position__is_post=True)
    empty = Counter(
        leaders[place]
        for place in units.filter(~Exists(led)).values_list("kind", "group_kind")
        if place in leaders
    )
    filled = held.filter(unit=OuterRef("unit"), position=OuterRef("position")).order_by()
    counted = filled.values("position").annotate(people=Count("person_id", distinct=True)).values("people")
    rows = Establishment.objects.on(day).filter(unit__in=units, position__is_leader=False)
    for pk, count, people in rows.annotate(people=Subquery(counted)).values_list(
        "position_id", "count", "people"
    ):
        empty[pk] += max(0, count - (people or 0))
    return dict(empty)


# -- one position -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Chart:
    """All positions by code: titles, who stands above, and which of them edit descriptions."""

    titles: Titles
    superiors: Mapping[str, str | None]
    editors: Mapping[str, tuple[str, ...]]

    def below(self, code: str) -> list[str]:
        """Positions that answer to `code` directly, in their order."""
        return [low for low, high in self.superiors.items() if high == code]


def read_chart(reader: Person | None = None) -> Chart:
    """Titles and lines of all positions. One statement; saves the reader's row filters another one."""
    rows = Position.objects.order_by("pk").values(
        "code", "title", "title_en", "superior__code", edit=F(f"rights__grants__{EDIT_POSITION}__reach")
    )
    found = list(rows)
    superiors: dict[str, str | None] = {row["code"]: row["superior__code"] for row in found}
    if reader is not None:
        remember_chart(reader, superiors)
    return Chart(
        titles={row["code"]: (row["title"], row["title_en"]) for row in found},
        superiors=superiors,
        editors={row["code"]: tuple(row["edit"]) for row in found if row["edit"]},
    )


@dataclass(frozen=True, slots=True)
class Holding:
    """A person in a post today, who stands in, and when the version in force was signed (None: not yet)."""

    appointment: Appointment
    signature: Signature | None
    deputies: tuple[Deputyship, ...]


@dataclass(frozen=True, slots=True)
class PositionPage:
    """All that the page of a position shows. `holder_count` counts beyond the holders listed."""

    version: Any
    chart: Chart
    versions: tuple[Any, ...]
    holdings: tuple[Holding, ...]
    holder_count: int

    @property
    def position(self) -> Position:
        """The position itself."""
        found: Position = self.version.position
        return found

    @property
    def holder_text(self) -> str:
        """The holders in sight by name when they are few, else their number."""
        names = list(dict.fromkeys(holding.appointment.person.name for holding in self.holdings))
        if len(names) <= 2:
            return gettext(", ").join(names)
        return ngettext("%(count)d person", "%(count)d people", self.holder_count) % {
            "count": self.holder_count
        }

    @property
    def signature_text(self) -> str:
        """How many of the listed holders have signed; empty when there is nobody."""
        signed = sum(holding.signature is not None for holding in self.holdings)
        facts = {"signed": signed, "count": len(self.holdings)}
        return gettext("%(signed)s of %(count)s signed") % facts if self.holdings else ""

    @property
    def proposals(self) -> tuple[Any, ...]:
        """Proposed versions that wait for the reader's decision."""
        return tuple(version for version in self.versions if version.may_decide)


def versions_of(reader: Person, code: str) -> QuerySet[PositionVersion]:
    """Versions in sight, the newest first, with what `reader` may do: `may_decide`, `may_sign`, `may_edit`."""
    rows: QuerySet[PositionVersion] = PositionVersion.objects.permitted(reader, "view")
    editable = Position.objects.permitted(reader, "edit").filter(pk=OuterRef("position"))
    return (
        rows.filter(position__code=code)
        .select_related("position", "author", "decided_by")
        .annotate(
            may_decide=_flag(PositionVersion, "decide", reader),
            may_sign=_flag(PositionVersion, "sign", reader),
            may_edit=Exists(editable),
        )
        .order_by("-number")
    )


def version_in_force(reader: Person, code: str) -> Any:
    """The version in force with its position; NotVisible when there is none. One statement."""
    found = versions_of(reader, code).filter(state=VersionState.IN_FORCE).first()
    if found is None:
        raise not_found()
    return found


def version_in_sight(reader: Person, code: str, number: int | None = None) -> Any:
    """A version by its number, None: the one in force; NotVisible when it is not in sight. One statement."""
    if number is None:
        return version_in_force(reader, code)
    found = versions_of(reader, code).filter(number=number).first()
    if found is None:
        raise not_found()
    return found


@dataclass(frozen=True, slots=True)
class Comparison:
    """A version beside another one. `others`: all that it may be compared with; `current`: the one in force."""

    other: Any
    others: tuple[Any, ...]
    current: Any


def comparison(reader: Person, version: Any, against: int = 0) -> Comparison:
    """`version` beside the one numbered `against`; 0 or out of sight: a proposal beside the one in force, others beside
    the one that was in force before. Two statements."""
    others = tuple(
        row for row in versions_of(reader, version.position.code).defer("body") if row.pk != version.pk
    )
    current = next((row for row in (version, *others) if row.state == VersionState.IN_FORCE), None)
    chosen = next((row for row in others if row.number == against), None)
    if chosen is None:
        chosen = current if version.in_force_at is None else _before(version, others)
    if chosen is not None:
        chosen.body = PositionVersion.objects.values_list("body", flat=True).get(pk=chosen.pk)
    return Comparison(chosen, others, current)


def _before(version: Any, others: Iterable[Any]) -> Any:
    """The version that this one replaced."""
    return next((row for row in others if row.in_force_at and row.number < version.number), None)


def holders_in_sight(reader: Person, position: Position) -> QuerySet[Appointment]:
    """Appointments of today to the position whose holders the reader sees, by unit and employee number."""
    seen = Person.objects.permitted(reader, "view").filter(is_active=True)
    rows: QuerySet[Appointment] = Appointment.objects.on(today()).filter(position=position, person__in=seen)
    return rows.select_related("person", "unit").order_by("unit__code", "person__employee_no")


def position_page(reader: Person, code: str) -> PositionPage:
    """Everything about a position that `reader` sees. Six statements beside those of the reader's scope."""
    chart = read_chart(reader)
    text = Case(When(state=VersionState.IN_FORCE, then=F("body")), output_field=JSONField())
    versions = tuple(versions_of(reader, code).defer("body").annotate(text=text))
    version = next((row for row in versions if row.state == VersionState.IN_FORCE), None)
    if version is None:
        raise not_found()
    version.body = version.text
    posts = list(holders_in_sight(reader, version.position)[: SHOWN_HOLDERS + 1])
    count = len(posts)
    if count > SHOWN_HOLDERS:
        count = holders_in_sight(reader, version.position).count()
    return PositionPage(version, chart, versions, _holdings(version, posts[:SHOWN_HOLDERS]), count)


def _holdings(version: PositionVersion, posts: list[Appointment]) -> tuple[Holding, ...]:
    signed = {
        row.person_id: row
        for row in Signature.objects.filter(version=version, person_id__in=[post.person_id for post in posts])
    }
    standing_in: dict[int, list[Deputyship]] = defaultdict(list)
    acting = Deputyship.objects.in_force(today()).filter(post__in=posts).select_related("deputy")
    for row in acting.order_by("depth"):
        standing_in[row.post_id].append(row)
    return tuple(Holding(post, signed.get(post.person_id), tuple(standing_in[post.pk])) for post in posts)


def signatures_in_sight(reader: Person, version: PositionVersion) -> QuerySet[Signature]:
    """Who signed a version, among the people that the reader sees; the newest first."""
    seen = Person.objects.permitted(reader, "view")
    rows = Signature.objects.filter(version=version, person__in=seen).select_related("person")
    return rows.order_by("-signed_at", "-pk")


def signature_of(person: Person, version: PositionVersion) -> Signature | None:
    """The signature of `person` under the version."""
    return Signature.objects.filter(version=version, person_id=person.pk).first()


# -- who has not signed -------------------------------------------------------------------------------------


def to_sign(person: Person) -> list[PositionVersion]:
    """Versions that `person` has to read and sign. One statement."""
    return list(PositionVersion.objects.permitted(person, "sign").select_related("position").defer("body"))


def unsigned(reader: Person, code: str = "") -> QuerySet[Appointment]:
    """Posts whose holders have not signed the version in force: those whose file `reader` sees, oneself left out.

    Annotated with `version_number` and `in_force_at`; the longest waiting first.
    """
    version = PositionVersion.objects.filter(position=OuterRef("position"), state=VersionState.IN_FORCE)
    signed = Signature.objects.filter(
        version__position=OuterRef("position"),
        version__state=VersionState.IN_FORCE,
        person=OuterRef("person"),
    )
    people = Person.objects.permitted(reader, "view_file").filter(is_active=True).exclude(pk=reader.pk)
    rows: QuerySet[Appointment] = Appointment.objects.on(today()).filter(
        Exists(version), ~Exists(signed), person__in=people
    )
    if code:
        rows = rows.filter(position__code=code)
    return (
        rows.select_related("person", "position", "unit")
        .annotate(
            version_number=Subquery(version.values("number")),
            in_force_at=Subquery(version.values("in_force_at")),
        )
        .order_by("in_force_at", "unit__code", "person__employee_no", "pk")
    )
