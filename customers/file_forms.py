"""Forms of the customer file. They parse what was typed; services decide.

What is stored is never filled in: a form that showed a name or number in full would be a reveal that nobody logs.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.errors import DomainError
from customers.enums import CareKind, CareResult, ContactChannel, CustomerKind, Purpose
from customers.rules.care import USUAL_INTERVAL
from customers.rules.regions import children, path_of
from customers.services.care import CarePlan
from customers.services.correcting import Correction
from orgchart.guided import day_field
from orgchart.models import Appointment, Person
from orgchart.scope import today

_NOTHING = ("", "–")
LOOK = "look"


class FileForm(forms.Form):
    """A form that shows a refusal at its field; the page gets its status.

    `ALIASES` maps the field of a refusal to that of the form, `wide` names fields that take the whole row.
    """

    refused = 422
    ALIASES: dict[str, str] = {}
    wide: tuple[str, ...] = ()

    def refuse(self, error: DomainError) -> None:
        """Put a refusal at its field, or on top when it belongs to none."""
        self.refused = error.status
        name = self.ALIASES.get(error.field or "", error.field)
        self.add_error(
            name if name in self.fields else None, ValidationError(str(error.message), code=error.code)
        )


class VersionedForm(FileForm):
    """A form that knows which version of the file its reader saw."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class ConfirmForm(FileForm):
    """A question without inputs."""


def _provinces() -> list[tuple[str, str]]:
    return [_NOTHING, *((one.code, one.name) for one in children())]


def _attributes(trigger: str, wait: int) -> dict[str, str]:
    return {
        "hx-post": "/customers/similar/", "hx-trigger": f"{trigger} delay:{wait}ms", "hx-target": "#file-similar",
        "hx-include": "closest form", "hx-sync": "closest form:replace",
    }  # fmt: skip


class NewFileForm(FileForm):
    """Opening a file without a case; similar files are shown while somebody types."""

    ALIASES = {"name": "customer_name"}

    customer_name = forms.CharField(
        label=_("Name"), max_length=60,
        widget=forms.TextInput(attrs={**_attributes("input changed", 400), "autocomplete": "off", "autofocus": True}),
    )  # fmt: skip
    kind = forms.ChoiceField(label=_("Kind"), choices=CustomerKind.choices)
    phone = forms.CharField(
        label=_("Phone number"), max_length=40, required=False,
        help_text=_("Mobile, landline with area code and extension, 400 number or short code."),
        widget=forms.TextInput(attrs={**_attributes("input changed", 400), "type": "tel", "autocomplete": "off"}),
    )  # fmt: skip
    withheld = forms.BooleanField(label=_("The number is withheld"), required=False)
    relation = forms.CharField(
        label=_("Whose number"), max_length=30, required=False,
        help_text=_("When it is not the customer's own: wife, colleague."),
    )  # fmt: skip
    email = forms.EmailField(label=_("E-mail"), required=False)
    province_code = forms.ChoiceField(
        label=_("Province"), required=False, widget=forms.Select(attrs=_attributes("change", 0))
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["province_code"].choices = _provinces()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A number is given, or it is said that it is withheld."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not cleaned.get("phone") and not cleaned.get("withheld") and not self.errors:
            self.add_error("phone", _("Enter a number, or say that it is withheld."))
        return cleaned

    def file(self) -> dict[str, Any]:
        """As `create_customer` takes it."""
        data = dict(self.cleaned_data)
        withheld, name = data.pop("withheld"), data.pop("customer_name")
        return {**data, "name": name, "phone": "" if withheld else data["phone"]}


class CorrectForm(VersionedForm):
    """Correcting the customer; name and e-mail stay when nothing is typed."""

    wide = ("preference_note",)

    name = forms.CharField(label=_("Name"), max_length=60, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=CustomerKind.choices)
    email = forms.EmailField(label=_("E-mail"), required=False)
    no_email = forms.BooleanField(label=_("Take the e-mail address out"), required=False)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    province_code = forms.ChoiceField(label=_("Province"), required=False)
    preferred_channel = forms.ChoiceField(label=_("Preferred channel"), choices=ContactChannel.choices)
    preference_note = forms.CharField(
        label=_("Preferences"), max_length=200, required=False, help_text=_("For example: calls after six o'clock only.")
    )  # fmt: skip

    def __init__(self, *args: Any, masked: dict[str, str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["province_code"].choices = _provinces()  # type: ignore[attr-defined]
        for name in ("name", "email"):
            shown = masked.get(name, "")
            self.fields[name].widget.attrs["placeholder"] = shown
            if shown:
                self.fields[name].help_text = _("Leave empty to keep what is there.")
        if not masked.get("email"):
            del self.fields["no_email"]

    def correction(self) -> Correction:
        """As the service takes it."""
        data = dict(self.cleaned_data)
        data.pop("version")
        keeps = {
            "name": data["name"] or None,
            "email": "" if data.pop("no_email", False) else data["email"] or None,
        }
        return Correction(**{**data, **keeps})


class PhoneForm(FileForm):
    """A number to add."""

    ALIASES = {"phone": "number"}

    number = forms.CharField(
        label=_("Phone number"), max_length=40, widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
        help_text=_("Mobile, landline with area code and extension, 400 number or short code."),
    )  # fmt: skip
    relation = forms.CharField(
        label=_("Whose number"), max_length=30, required=False,
        help_text=_("When it is not the customer's own: wife, colleague."),
    )  # fmt: skip
    is_main = forms.BooleanField(label=_("Call this number first"), required=False)


class CorrectPhoneForm(VersionedForm):
    """A number to correct; empty, it stays."""

    number = forms.CharField(
        label=_("Phone number"), max_length=40, required=False, help_text=_("Leave empty to keep what is there."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )  # fmt: skip
    relation = forms.CharField(label=_("Whose number"), max_length=30, required=False)


class AddressForm(FileForm):
    """An address: province, city and district in three selects, of which the lower ones follow the upper."""

    ALIASES = {"region_code": "province"}
    REGION = ("province", "city", "district")
    wide = ("text",)

    province = forms.ChoiceField(label=_("Province"), required=False)
    city = forms.ChoiceField(label=_("City"), required=False)
    district = forms.ChoiceField(label=_("District"), required=False)
    text = forms.CharField(label=_("Street and house"), max_length=200)
    is_main = forms.BooleanField(label=_("Use this address first"), required=False)

    def __init__(self, *args: Any, region_code: str = "", **options: Any) -> None:
        initial = dict(zip(self.REGION, path_of(region_code), strict=True))
        options["initial"] = {**initial, **options.get("initial", {})}
        super().__init__(*args, **options)
        province, city, district = self._offered()
        for name, codes in zip(self.REGION, (province, city, district), strict=True):
            self.fields[name].choices = [_NOTHING, *codes]  # type: ignore[attr-defined]

    def _offered(self) -> list[list[tuple[str, str]]]:
        """What each select offers, after what is chosen above it."""
        province, city = (str(self[name].value() or "") for name in ("province", "city"))
        below = children(province) if province else ()
        cities = [(one.code, one.name) for one in below if one.level == "city"]
        direct = [one for one in below if one.level == "district"]
        own = children(city) if city in dict(cities) else ()
        districts = [(one.code, one.name) for one in ([*own] or direct)]
        return [[(one.code, one.name) for one in children()], cities, districts]

    def region_code(self) -> str:
        """The lowest region that was chosen."""
        chosen = (self.cleaned_data.get(name, "") for name in reversed(self.REGION))
        return next((code for code in chosen if code), "")


class CorrectAddressForm(AddressForm):
    """An address to correct; street and house stay when nothing is typed."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("Street and house"), max_length=200, required=False, help_text=_("Leave empty to keep what is there.")
    )  # fmt: skip
    is_main = None  # type: ignore[assignment]


class ConsentForm(FileForm):
    """What the customer agrees to."""

    purpose = forms.ChoiceField(label=_("Purpose"), choices=Purpose.choices, widget=forms.RadioSelect)


class PromiseForm(FileForm):
    """A promise to make."""

    wide = ("text",)

    text = forms.CharField(
        label=_("What was promised"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )
    due_on = day_field(pgettext_lazy("promise", "Until"), initial=today)


class KeepForm(FileForm):
    """How a promise was kept."""

    wide = ("result",)

    result = forms.CharField(label=_("Result"), max_length=300, required=False)


def colleagues_of(centre_id: int | None) -> list[tuple[int, str]]:
    """Who may be asked to call: people with a post in the centre today whose post writes customer files."""
    posts = Appointment.objects.on(today()).filter(unit__centre_id=centre_id, person__is_active=True)
    rows = posts.select_related("person", "position").order_by("person__name")
    found = {
        row.person_id: f"{row.person.name} · {row.position.label}"
        for row in rows
        if "customer.edit" in row.position.rights.get("grants", {})
    }
    return list(found.items())


class CareForm(FileForm):
    """A call to plan."""

    wide = ("note",)

    kind = forms.ChoiceField(
        label=_("Kind of call"), choices=CareKind.choices, widget=forms.RadioSelect, initial="follow_up"
    )
    due_on = day_field(_("Call on"), initial=today)
    interval_days = forms.IntegerField(
        label=_("Again every … days"), required=False, initial=USUAL_INTERVAL, min_value=1, max_value=999,
        help_text=_("For regular care calls only."),
    )  # fmt: skip
    caller = forms.TypedChoiceField(label=_("Who calls"), coerce=int, empty_value=None, required=False)
    note = forms.CharField(
        label=_("What to ask"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, colleagues: Iterable[tuple[int, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["caller"].choices = [("", _("I do")), *colleagues]  # type: ignore[attr-defined]

    def plan(self) -> CarePlan:
        """As the service takes it."""
        data = self.cleaned_data
        caller = Person.objects.filter(pk=data["caller"]).first() if data["caller"] else None
        return CarePlan(data["kind"], data["due_on"], caller, data["interval_days"], data["note"])


class ResultForm(FileForm):
    """How a call ended."""

    wide = ("text",)

    result = forms.ChoiceField(label=_("Result"), choices=CareResult.choices, widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("Note"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    next_on = day_field(
        _("Call again on"), required=False, hint=_("Needed when the customer wants a later call.")
    )


class CareFilter(forms.Form):
    """Whose and which open calls and promises to show."""

    whose = forms.ChoiceField(
        label=_("Whose"), required=False, choices=[("", _("all of my centre")), ("mine", _("mine"))]
    )
    what = forms.ChoiceField(
        label=pgettext_lazy("care", "What"), required=False,
        choices=[("", _("calls and promises")), ("care", _("care calls")), ("promise", _("promises"))],
    )  # fmt: skip
