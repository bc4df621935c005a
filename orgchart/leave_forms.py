"""Forms of leave and deputies. Whoever is proposed stands in a list, anybody else in sight is named by number."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from core.localtime import FIRST_DAY, LAST_DAY
from orgchart import away
from orgchart.enums import LeaveKind
from orgchart.guided import GuidedForm, day_field
from orgchart.models import Deputyship, Leave, Person, Unit
from orgchart.previews.common import post_words
from orgchart.scope import today
from orgchart.seats import Seat, seats_of
from orgchart.services import StandIn

OTHER = "other"
DAY = timedelta(days=1)


def _day_of(text: Any) -> date | None:
    try:
        day = date.fromisoformat(str(text))
    except ValueError:
        return None
    return day if FIRST_DAY <= day <= LAST_DAY else None


class DeputyFields(GuidedForm):
    """A pair of fields per post: whom the list proposes, or anybody by employee number."""

    overridable = False

    def add_pair(self, seat: Seat, key: str, label: str, *, required: bool) -> None:
        """The two fields; `required`: "nobody" is no answer."""
        first = _day_of(self.data.get("starts_on")) or today()
        last = _day_of(self.data.get("ends_on"))
        offered = away.proposals(self.reader, seat.post, first, max(last, first) if last else last)
        people = {
            str(row.person.pk): f"{row.person.name} · {post_words(row.post)}"
            for row in offered
            if seat.via is None or row.person.pk != seat.via.deputy_id
        }
        people |= self._chosen(f"deputy_{key}", people)
        none = [] if required else [("", gettext("Nobody"))]
        choices = [*none, (gettext("Suggested"), list(people.items())), (OTHER, gettext("Somebody else"))]
        self.fields[f"deputy_{key}"] = forms.ChoiceField(label=label, choices=choices, required=required)
        self.fields[f"other_{key}"] = forms.CharField(
            label=gettext("Employee number of somebody else"), max_length=20, required=False
        )

    def groups(self) -> list[tuple[str, list[BoundField]]]:
        """The two fields of a post stand side by side."""
        return self.pairs(("deputy_", "other_"))

    def _chosen(self, name: str, offered: dict[str, str]) -> dict[str, str]:
        """Whoever was chosen while the form named other days stays in the list; what follows says if they are away."""
        pk = str(self.data.get(name, ""))
        if pk in offered or not (pk.isascii() and pk.isdigit() and len(pk) < 19):
            return {}
        found = Person.objects.permitted(self.reader, "view").filter(pk=int(pk)).first()
        return {pk: found.name} if found else {}

    def named(self, key: str) -> Person | None:
        """Who was chosen; adds the error when there is nobody of that number in sight."""
        chosen = self.cleaned_data.get(f"deputy_{key}") or ""
        number = (self.cleaned_data.get(f"other_{key}") or "").strip()
        if not chosen and not number:
            return None
        sight = Person.objects.permitted(self.reader, "view")
        found: Person | None
        if chosen and chosen != OTHER:
            found = sight.filter(pk=int(chosen)).first()
            name = f"deputy_{key}"
        else:
            found = sight.filter(employee_no__iexact=number).first() if number else None
            name = f"other_{key}"
        if found is None:
            self.add_error(
                name, ValidationError(_("Give the employee number of a colleague in sight."), code="unknown")
            )
        return found


class RecordLeaveForm(DeputyFields):
    """Kind, days, and a deputy for every post."""

    wide = ("note",)
    kind = forms.ChoiceField(label=_("Kind"), choices=LeaveKind.choices)
    starts_on = day_field(_("From"))
    ends_on = day_field(_("To"), required=False, hint=_("Leave empty for until further notice."))
    note = forms.CharField(
        label=_("Note"), max_length=200, required=False, help_text=_("Superiors and personnel read it.")
    )

    def __init__(self, *args: Any, person: Person, **options: Any) -> None:
        super().__init__(*args, **options)
        self.seats = seats_of(person)
        self.fields["starts_on"].initial = today()
        for seat in self.seats:
            label = gettext("Deputy for %(post)s") % {"post": seat.label}
            self.add_pair(seat, seat.key, label, required=False)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        named = [(seat, self.named(seat.key)) for seat in self.seats]
        self.stand_ins = [StandIn(seat.post, found, seat.via) for seat, found in named if found]
        return data

    def values(self) -> dict[str, Any]:
        """As `services.record_leave` takes them."""
        kept = {name: self.cleaned_data[name] for name in ("kind", "starts_on", "ends_on", "note")}
        return {**kept, "stand_ins": self.stand_ins}

    def field_of(self, error: DomainError) -> str | None:
        """What is wrong with a deputy belongs to the fields of that post."""
        seat = next((seat for seat in self.seats if seat.post.pk == error.context.get("post")), None)
        if seat is None or error.field not in ("deputy", "starts_on", "ends_on"):
            return error.field
        return f"other_{seat.key}" if self.cleaned_data.get(f"other_{seat.key}") else f"deputy_{seat.key}"


class NameDeputyForm(DeputyFields):
    """A deputy without a leave."""

    wide = ("reason",)
    starts_on = day_field(_("From"))
    ends_on = day_field(_("To"), required=False, hint=_("Leave empty for until further notice."))
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)
    field_order = ("seat", "deputy_it", "other_it", "starts_on", "ends_on", "reason")

    def groups(self) -> list[tuple[str, list[BoundField]]]:
        """One block in this order: post, who, when."""
        return [("fields", self.shown())]

    def __init__(self, *args: Any, person: Person, **options: Any) -> None:
        super().__init__(*args, **options)
        self.seats = {seat.key: seat for seat in seats_of(person)}
        self.fields["seat"] = forms.ChoiceField(
            label=gettext("Post"), choices=[(key, seat.label) for key, seat in self.seats.items()]
        )
        chosen = self.seats.get(str(self.data.get("seat", "")))
        seat = chosen or next(iter(self.seats.values()), None)
        if seat is not None:
            self.add_pair(seat, "it", gettext("Deputy"), required=True)
        self.order_fields(self.field_order)
        self.fields["starts_on"].initial = today()

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        self.chosen = self.named("it") if "deputy_it" in data else None
        return data

    def values(self) -> dict[str, Any]:
        """As `services.name_deputy` takes them."""
        seat = self.seats[self.cleaned_data["seat"]]
        kept = {name: self.cleaned_data[name] for name in ("starts_on", "ends_on", "reason")}
        return {"post": seat.post, "via": seat.via, "deputy": self.chosen, **kept}

    def field_of(self, error: DomainError) -> str | None:
        """A refused deputy belongs to where that one was named."""
        if error.field != "deputy":
            return error.field
        return "other_it" if self.cleaned_data.get("other_it") else "deputy_it"


class BackForm(GuidedForm):
    """The first day back; the first day of the leave or earlier cancels it."""

    overridable = False
    back_on = day_field(
        _("First day back"), hint=_("The first day of the leave, or one before it, cancels it.")
    )

    def __init__(self, *args: Any, leave: Leave, **options: Any) -> None:
        super().__init__(*args, **options)
        self.leave = leave
        self.fields["back_on"].initial = min(today(), leave.ends_on or today())

    def clean_back_on(self) -> date:
        """A leave gets no longer here."""
        day: date = self.cleaned_data["back_on"]
        if self.leave.ends_on is not None and day > self.leave.ends_on:
            raise ValidationError(
                _("The leave ends before this day anyway. Choose an earlier one."), code="later"
            )
        return day

    def values(self) -> dict[str, Any]:
        """As `services.end_leave` takes them."""
        return {"last_day": self.cleaned_data["back_on"] - DAY}


class EndDeputyForm(GuidedForm):
    """The last day of a deputyship."""

    overridable = False
    last_day = day_field(_("Last day"), hint=_("Yesterday ends it at once."))

    def __init__(self, *args: Any, deputyship: Deputyship, **options: Any) -> None:
        super().__init__(*args, **options)
        self.deputyship = deputyship
        self.fields["last_day"].initial = today()

    def clean_last_day(self) -> date:
        """A deputyship gets no longer here."""
        day: date = self.cleaned_data["last_day"]
        if self.deputyship.ends_on is not None and day >= self.deputyship.ends_on:
            raise ValidationError(_("It ends by then anyway. Choose an earlier day."), code="later")
        return day


class AwayFilter(forms.Form):
    """Of which unit, and whether only what lacks a deputy."""

    unit = forms.ModelChoiceField(
        label=_("Unit"), queryset=Unit.objects.none(), required=False, empty_label=_("All units")
    )
    missing = forms.BooleanField(label=_("Only where a deputy is missing"), required=False)

    def __init__(self, *args: Any, reader: Person, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["unit"]
        field.queryset = Unit.objects.permitted(reader, "view").filter(is_active=True)
