"""Forms of devices: they parse what was typed and carry it to one service call; they decide nothing."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core import masking
from core.errors import DomainError
from core.forms import LongSelect
from customers.models import Customer
from orgchart.guided import day_field
from orgchart.models import Person
from orgchart.scope import today
from products.devicequeries import models_of_tac, models_offered, owners_by_text
from products.enums import SerialKind
from products.models import Certificate, Device, ProductModel
from products.services import CertificateDetails, Details, NewPhone, Serial

_DETAILS = tuple(part.name for part in fields(Details))
_CERTIFICATE = tuple(part.name for part in fields(CertificateDetails))
_NUMBER = {"autocomplete": "off", "inputmode": "numeric", "spellcheck": "false"}


class DeviceForm(forms.Form):
    """A form that shows a refusal at its field; the page gets its status."""

    refused = 422
    fields_of_refusals: dict[str, str] = {}
    wide: tuple[str, ...] = ()

    def refuse(self, error: DomainError) -> None:
        """Put a refusal at its field, or on top when it belongs to none."""
        self.refused = error.status
        name = self.fields_of_refusals.get(error.field or "", error.field)
        self.add_error(
            name if name in self.fields else None, ValidationError(str(error.message), code=error.code)
        )


class ModelField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A model of the catalogue; left empty, the IMEI's type code says which."""

    widget = LongSelect

    def __init__(self, **options: Any) -> None:
        empty = _("by the IMEI's type code")
        super().__init__(
            ProductModel.objects.none(),
            **{"required": False, "label": _("Model"), "empty_label": empty, **options},
        )

    def label_from_instance(self, obj: Any) -> str:
        """Name, code and maker."""
        maker = f"{obj.maker.label} · " if obj.maker else ""
        return f"{maker}{obj.label} ({obj.code})"


def imei_field(label: Any, *, required: bool = True, hint: Any = "", **attributes: Any) -> forms.CharField:
    """For a scanner or for fingers: separators and "IMEI:" in front of it do no harm."""
    widget = forms.TextInput(attrs={**_NUMBER, **attributes})
    return forms.CharField(label=label, required=required, max_length=40, help_text=hint, widget=widget)


class _WithModel(DeviceForm):
    """IMEI and model: a model that is left empty follows from the IMEI when exactly one fits."""

    def _offer(self, chosen: ProductModel | None = None) -> None:
        field: Any = self.fields["model"]
        field.queryset = models_offered(chosen)

    def clean(self) -> dict[str, Any]:
        """Find the model by the IMEI."""
        given: dict[str, Any] = super().clean() or {}
        if "model" not in self.errors and not given.get("model"):
            fitting = models_of_tac(given.get("imei", ""))
            given["model"] = fitting[0] if len(fitting) == 1 else None
        return given


class RegisterForm(_WithModel):
    """A phone of a customer."""

    owner = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    imei = imei_field("IMEI", hint=_("Scan the box, or dial *#06# and type it."), autofocus=True)
    model = ModelField()
    imei2 = imei_field("IMEI 2", required=False, hint=_("Phones with two card slots have two."))
    colour = forms.CharField(label=_("Colour"), max_length=20, required=False)
    variant = forms.CharField(
        label=_("Version"), max_length=40, required=False, help_text=_("Memory and the like: 12+256")
    )
    sold_on = day_field(_("Sold on"), required=False)
    delivered_on = day_field(_("Delivered on"), required=False)
    seller = forms.CharField(label=_("Seller"), max_length=80, required=False)
    invoice_code = forms.CharField(
        label=_("Invoice code"), max_length=20, required=False, help_text=_("Older invoices only: 10 or 12 digits."),
        widget=forms.TextInput(attrs=_NUMBER),
    )  # fmt: skip
    invoice_number = forms.CharField(
        label=_("Invoice number"), max_length=40, required=False, help_text=_("20 digits, or 8 beside a code."),
        widget=forms.TextInput(attrs=_NUMBER),
    )  # fmt: skip
    certificate_number = forms.CharField(label=_("Certificate number"), max_length=40, required=False)
    kind = forms.ChoiceField(
        label=_("Further number"), choices=[("", _("none")), *SerialKind.choices], required=False
    )
    number = forms.CharField(label=_("The number"), max_length=60, required=False)
    owned_from = day_field(
        _("Owner since"), required=False, hint=_("Leave empty for the day of delivery or sale.")
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._offer()
        self.fields["imei"].widget.attrs |= {
            "hx-post": reverse("products:device_imei"),
            "hx-trigger": "input changed delay:300ms",
            "hx-target": "#imei-reading",
            "hx-include": "closest form",
        }

    def clean(self) -> dict[str, Any]:
        """Without a model there is no phone."""
        given = super().clean()
        if given.get("model") is None and "model" not in self.errors:
            self.add_error("model", _("This type code is not in the catalogue. Choose the model."))
        return given

    def given(self) -> dict[str, Any]:
        """What the service takes."""
        data = self.cleaned_data
        number = data["certificate_number"]
        return {
            "owner_id": data["owner"],
            "imei": data["imei"],
            "model": data["model"],
            "details": Details(**{name: data[name] for name in _DETAILS}),
            "serials": (Serial(data["kind"], data["number"]),) if data["kind"] or data["number"] else (),
            "certificate": CertificateDetails(number=number) if number else None,
            "owned_from": data["owned_from"],
        }

    def parts(self) -> list[tuple[Any, list[Any]]]:
        """The fields in groups with a heading each."""
        groups = (
            (_("Identification"), ("imei", "model", "imei2", "colour", "variant")),
            (
                _("Sale"),
                ("sold_on", "delivered_on", "seller", "invoice_code", "invoice_number", "owned_from"),
            ),
            (_("Certificate and serial number"), ("certificate_number", "kind", "number")),
        )
        return [(title, [self[name] for name in names]) for title, names in groups]


class WorkForm(DeviceForm):
    """Something done to a device that exists, on the version that was read."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, device: Device, reader: Person, initial: Any = None) -> None:
        super().__init__(data, initial={"version": device.version, **self.start(device), **(initial or {})})
        self.device, self.reader = device, reader
        self.prepare()

    def start(self, device: Device) -> dict[str, Any]:
        """What the form starts with."""
        return {}

    def prepare(self) -> None:
        """Choices that depend on the device."""


class _KeepsNumbers(WorkForm):
    """Numbers that lead to a person are not filled in: whoever corrects one types it, whoever does not sees none.

    An empty field keeps the number, a dash takes it out.
    """

    masked: dict[str, Any] = {}

    def stored(self) -> Any:
        """The row that holds the numbers, None when there is none yet."""
        return self.device

    def hint(self) -> None:
        """Show what is there now, masked."""
        for name, mask in self.masked.items():
            there = mask(getattr(self.stored(), name, ""))
            if there:
                words = _("Now %(number)s. Leave empty to keep it; a dash takes it out.")
                self.fields[name].help_text = str(words) % {"number": there}

    def keep_numbers(self, given: dict[str, Any]) -> None:
        """Put the stored numbers where nothing was typed."""
        for name in self.masked:
            typed = given.get(name, "")
            given[name] = "" if typed == "-" else typed or getattr(self.stored(), name, "")


class CorrectForm(_KeepsNumbers, _WithModel):
    """Everything that may have been mistyped."""

    masked = {
        "imei": masking.mask_imei,
        "imei2": masking.mask_imei,
        "invoice_number": masking.mask_invoice,
    }
    imei = imei_field("IMEI", required=False)
    model = ModelField()
    imei2 = imei_field("IMEI 2", required=False)
    colour, variant = RegisterForm.base_fields["colour"], RegisterForm.base_fields["variant"]
    sold_on, delivered_on = RegisterForm.base_fields["sold_on"], RegisterForm.base_fields["delivered_on"]
    seller = RegisterForm.base_fields["seller"]
    invoice_code = RegisterForm.base_fields["invoice_code"]
    invoice_number = RegisterForm.base_fields["invoice_number"]

    def start(self, device: Device) -> dict[str, Any]:
        """What is there now, without the numbers."""
        names = ("model", *(name for name in _DETAILS if name not in self.masked))
        return {name: getattr(device, name) for name in names}

    def prepare(self) -> None:
        """The catalogue, and the model that the device has."""
        self._offer(self.device.model)
        self.hint()

    def clean(self) -> dict[str, Any]:
        """A model is needed."""
        self.keep_numbers(self.cleaned_data)
        given = super().clean()
        if given.get("model") is None and "model" not in self.errors:
            self.add_error("model", _("This type code is not in the catalogue. Choose the model."))
        return given

    def details(self) -> Details:
        """As the service takes them."""
        return Details(**{name: self.cleaned_data[name] for name in _DETAILS})

    def against(self, current: Device) -> list[tuple[Any, Any, Any]]:
        """Label, what is there now, what was typed; numbers masked."""
        masks = {
            "imei": masking.mask_imei,
            "imei2": masking.mask_imei,
            "invoice_number": masking.mask_invoice,
        }
        rows = []
        for name in ("imei", "model", *_DETAILS):
            show: Any = masks.get(name, str)
            there, typed = getattr(current, name) or "", self.cleaned_data[name] or ""
            rows.append((self.fields[name].label, show(str(there)), show(str(typed))))
        return rows


class OwnerForm(WorkForm):
    """Who has the phone now."""

    wide = ("owner", "reason")
    owner = forms.CharField(
        label=_("New owner"), max_length=30, help_text=_("Number of the customer file (#12) or a complete phone number."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
    )  # fmt: skip
    owner_id = forms.ChoiceField(label=_("Which of these"), required=False, widget=forms.RadioSelect)
    starts_on = day_field(_("From the day"))
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def start(self, device: Device) -> dict[str, Any]:
        """Today, as a rule."""
        return {"starts_on": today()}

    def prepare(self) -> None:
        """Offer the files that the text leads to, when there are several."""
        self.candidates = owners_by_text(self.reader, self.data.get("owner", "")) if self.is_bound else []
        if len(self.candidates) < 2:
            del self.fields["owner_id"]
            return
        choices = [(str(one.pk), self._name(one)) for one in self.candidates]
        self.fields["owner_id"].choices = choices  # type: ignore[attr-defined]

    @staticmethod
    def _name(customer: Customer) -> str:
        centre = f" · {customer.centre.label}" if customer.centre else ""
        return f"#{customer.pk} {masking.mask_name(customer.name)}{centre}"

    def clean(self) -> dict[str, Any]:
        """Exactly one file."""
        given: dict[str, Any] = super().clean() or {}
        chosen = [one for one in self.candidates if str(one.pk) == given.get("owner_id")]
        found = chosen or self.candidates
        if len(found) == 1:
            given["customer"] = found[0]
        elif found:
            self.add_error("owner_id", _("Several customers have this number. Choose one."))
        elif "owner" not in self.errors:
            self.add_error(
                "owner",
                _("No customer file in your sight has this number. Open the file first, then come back."),
            )
        return given


class ReasonForm(WorkForm):
    """Only why."""

    wide = ("reason",)
    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("Goes into the audit trail."))


class ExchangeForm(WorkForm, _WithModel):
    """The phone that the customer gets."""

    wide = ("reason",)
    imei = imei_field(_("IMEI of the new phone"), hint=_("Scan the box of the new phone."), autofocus=True)
    model = ModelField(help_text=_("Only when this IMEI is new here."))
    colour = forms.CharField(label=_("Colour"), max_length=20, required=False)
    exchanged_on = day_field(_("Exchanged on"))
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def start(self, device: Device) -> dict[str, Any]:
        """Today, as a rule."""
        return {"exchanged_on": today()}

    def prepare(self) -> None:
        """The catalogue."""
        self._offer(self.device.model)

    def new_phone(self) -> NewPhone:
        """As the service takes it."""
        return NewPhone(self.cleaned_data["imei"], self.cleaned_data["model"], self.cleaned_data["colour"])


class SerialForm(WorkForm):
    """One more number."""

    kind = forms.ChoiceField(label=_("What it stands on"), choices=SerialKind.choices)
    number = forms.CharField(
        label=_("The number"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
    )


class CertificateForm(_KeepsNumbers):
    """What stands on the certificate that came with the phone."""

    wide = ("seller_address",)
    masked = {"number": masking.mask_invoice}
    number = forms.CharField(label=_("Certificate number"), max_length=40, required=False)
    licence = forms.CharField(label=_("Network licence and scrambled code"), max_length=60, required=False)
    origin = forms.CharField(label=_("Place of manufacture"), max_length=80, required=False)
    seller_address = forms.CharField(label=_("Seller's address"), max_length=200, required=False)
    seller_phone = forms.CharField(label=_("Seller's telephone"), max_length=20, required=False)
    repairer = forms.CharField(label=_("Repairer"), max_length=80, required=False)
    seen_on = day_field(_("Seen on"), required=False)
    has_seal = forms.BooleanField(label=_("Bears the seller's seal"), required=False)

    def start(self, device: Device) -> dict[str, Any]:
        """What is recorded already."""
        row: Certificate | None = getattr(device, "certificate", None)
        if row is None:
            return {"seen_on": today()}
        return {name: getattr(row, name) for name in _CERTIFICATE if name not in self.masked}

    def stored(self) -> Any:
        """The certificate."""
        return getattr(self.device, "certificate", None)

    def prepare(self) -> None:
        """The number, masked."""
        self.hint()

    def clean(self) -> dict[str, Any]:
        """Keep the number when none was typed."""
        given: dict[str, Any] = super().clean() or {}
        self.keep_numbers(given)
        return given

    def certificate(self) -> CertificateDetails:
        """As the service takes it."""
        return CertificateDetails(**{name: self.cleaned_data[name] for name in _CERTIFICATE})


class FindForm(forms.Form):
    """What somebody looks for among the devices."""

    q = forms.CharField(
        label=_("IMEI, invoice or serial number"),
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
