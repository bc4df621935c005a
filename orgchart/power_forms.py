"""Forms of the powers: they parse what was typed and carry it to one service call; they decide nothing."""

from __future__ import annotations

import secrets
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.errors import DomainError
from orgchart.enums import Power, UseState
from orgchart.models import Person
from orgchart.rules.uses import MANAGEMENT, MAX_TEXT, PROFESSION, RATINGS, RESULTS, takes
from orgchart.services.overrides import MAX_REASON

OFFERED = 100
"""How many people a field offers while typing; every other one is found by number all the same."""

TEXT_LABELS: dict[str, Any] = {
    Power.ADMINISTER: _("Instruction"),
    Power.PROPOSE_TRANSFER: _("Where to, and why"),
    Power.PROPOSE_REWARD: _("What for, and which reward"),
    Power.PROPOSE_DISCIPLINE: _("What for, and which measure"),
    Power.NOMINATE_APPOINTMENT: _("To which post, and why"),
    Power.NOMINATE_DISMISSAL: _("From which post, and why"),
    Power.APPRAISE: _("Reasons"),
    Power.SUPERVISE: _("Finding"),
    Power.ADJUDICATE: _("The dispute, and the ruling"),
    Power.REPORT: _("Report"),
}
RATING_LABELS: dict[str, Any] = {
    MANAGEMENT: _("Management"),
    PROFESSION: _("Professional work"),
    RESULTS: _("Results"),
}
MARKS = (
    (5, pgettext_lazy("mark", "5 – excellent")),
    (4, pgettext_lazy("mark", "4 – good")),
    (3, pgettext_lazy("mark", "3 – meets the requirements")),
    (2, pgettext_lazy("mark", "2 – needs improvement")),
    (1, pgettext_lazy("mark", "1 – does not meet the requirements")),
)


def show_refusal(form: Any, error: DomainError) -> None:
    """Put a refusal at its field, or on top of the form when it belongs to none; the page gets its status."""
    form.refused = error.status
    field = "override" if error.code.startswith("power_") else error.field
    name = field if field in form.fields else None
    form.add_error(name, ValidationError(str(error.message), code=error.code))


class PartyField(forms.CharField):
    """A colleague in sight by employee number, or by a name that is unique there.

    Not only those below the reader: who decides on a dispute with anybody else stands in the refusal.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=80, help_text=_("Employee number or name."), **options)
        self.people: Any = Person.objects.none()
        self.list_id = "parties"
        self.widget.attrs |= {"list": self.list_id, "autocomplete": "off"}

    def clean(self, value: Any) -> Any:
        """The person, None when left empty."""
        text = " ".join(super().clean(value).split())
        if not text:
            return None
        number, _space, name = text.partition(" ")
        found = list(self.people.filter(employee_no__iexact=number)[:1]) or list(
            self.people.filter(name=text)[:2]
        )
        if not found and name:
            found = list(self.people.filter(name=name)[:2])
        if not found:
            raise ValidationError(_("Nobody whom you see has this number or name."), code="party_unknown")
        if len(found) > 1:
            raise ValidationError(
                _("Several people have this name. Type the employee number."), code="party_unclear"
            )
        return found[0]


class MarkField(forms.TypedChoiceField):
    """One part of an appraisal; three of them stand in a row."""

    is_short = True

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=[("", _("choose a mark")), *MARKS], coerce=int, **options)


def _text_field(power: str) -> forms.CharField:
    return forms.CharField(
        label=TEXT_LABELS[power],
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 5, "maxlength": MAX_TEXT}),
    )


def _override_field() -> forms.CharField:
    return forms.CharField(
        label=_("Reason for acting without a power"),
        max_length=MAX_REASON,
        required=False,  # without a reason the power itself answers
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": MAX_REASON, "required": True}),
        help_text=_("At least ten characters. It is audited, and the superior is told."),
    )


class UseForm(forms.Form):
    """The inputs of one power towards `subject`; `override`: an administrator acts without the power."""

    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    refused: int | None = None
    """Status of the refusal that the form shows."""

    def __init__(
        self,
        data: Any = None,
        *,
        reader: Person,
        power: str,
        subject: Person | None = None,
        override: bool = False,
    ) -> None:
        super().__init__(data, initial={"key": secrets.token_urlsafe(24)})
        self.reader, self.subject = reader, subject
        if takes(power, "second"):
            self._add_party("second", _("The other party"))
        if takes(power, "ratings"):
            for part in RATINGS:
                self.fields[part] = MarkField(label=RATING_LABELS[part])
        self.fields["text"] = _text_field(power)
        if takes(power, "due_on"):
            self.fields["due_on"] = forms.DateField(
                label=_("To be dealt with by"), required=False,
                widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            )  # fmt: skip
        if override:
            self.fields["override"] = _override_field()
        self._focus()

    def _focus(self) -> None:
        """The first field that shows is where typing begins."""
        for place, field in enumerate(field for name, field in self.fields.items() if name != "key"):
            field.widget.attrs["autofocus"] = place == 0

    def _add_party(self, name: str, label: str | Promise) -> None:
        field = PartyField(label=label)
        field.people = self._people("view")
        self.fields[name] = field

    def _people(self, action: str) -> Any:
        rows = Person.objects.permitted(self.reader, action)
        return rows.exclude(pk=self.subject.pk) if self.subject else rows

    @property
    def status(self) -> int:
        """The status of the page that shows the form."""
        return self.refused or (422 if self.errors else 200)

    @property
    def party_options(self) -> list[Person]:
        """Whom the party fields offer while typing: those whose disputes the reader may decide at all."""
        asked = any(isinstance(field, PartyField) for field in self.fields.values())
        return list(self._people(Power.ADJUDICATE)[:OFFERED]) if asked else []

    def use(self) -> dict[str, Any]:
        """What `services.use_power` takes beside actor, power and subject."""
        given = dict(self.cleaned_data)
        ratings = {part: given.pop(part) for part in RATINGS if part in given}
        return {
            "text": given["text"],
            "second": given.get("second"),
            "ratings": ratings or None,
            "due_on": given.get("due_on"),
            "override": given.get("override", ""),
            "key": given["key"],
        }


class DisputeForm(UseForm):
    """A ruling for which both parties are still to be chosen."""

    def __init__(self, data: Any = None, *, reader: Person) -> None:
        super().__init__(data, reader=reader, power=Power.ADJUDICATE)
        self._add_party("first", _("One party"))
        self.order_fields(["key", "first", "second", "text"])
        self._focus()


class DecideForm(forms.Form):
    """Yes or no to what was submitted, and why."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    answer = forms.CharField(
        label=_("Answer"), required=False, max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": MAX_TEXT}),
        help_text=_("Needed when you say no."),
    )  # fmt: skip


class UseFilter(forms.Form):
    """What the list is narrowed to."""

    power = forms.ChoiceField(
        label=_("Power"), required=False, choices=[("", _("All powers")), *Power.choices]
    )
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All states")), *UseState.choices]
    )
