"""Forms of the desk: they parse what was typed and carry it to one service call; they decide nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from core.transitions import Transition
from products.models import FaultCode, ProductModel
from tickets import queries
from tickets.enums import CaseKind, Channel, NextStep, Priority, WaitReason
from tickets.filters import DayField
from tickets.models import Case
from tickets.services import NewCase, Step

LONG_TEXT = 4000
_TEXTAREA = {"rows": 4, "maxlength": LONG_TEXT}


def show_refusal(form: forms.Form, error: DomainError, names: Mapping[str, str] | None = None) -> None:
    """Put a refusal at its field, or on top of the form when it belongs to none."""
    name = (names or {}).get(error.field or "", error.field)
    form.add_error(
        name if name in form.fields else None, ValidationError(str(error.message), code=error.code)
    )


class FaultField(forms.CharField):
    """A fault of the official list by its code, or by its name in either language."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 140, "required": False, "label": _("Fault"), **options})
        self.widget.attrs |= {"list": "faults", "autocomplete": "off", "data-fault": ""}

    def clean(self, value: Any) -> Any:
        """The fault, None when left empty."""
        text = super().clean(value).strip()
        if not text:
            return None
        fault = queries.fault_by_text(text)
        if fault is None:
            raise ValidationError(_("Choose a fault from the list."), code="fault_unknown")
        return fault


class ModelField(forms.ModelChoiceField):
    """A phone model that is still in the list."""

    def __init__(self, **options: Any) -> None:
        rows = ProductModel.objects.filter(is_active=True)
        super().__init__(rows, **{"required": False, "label": _("Model"), "empty_label": "", **options})


class CallForm(forms.Form):
    """One screen from a number to a case."""

    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    phone = forms.CharField(label=_("Phone number"), max_length=30, required=False)
    withheld = forms.BooleanField(label=_("The number is withheld"), required=False)
    imei = forms.CharField(label="IMEI", max_length=30, required=False)
    other_caller = forms.BooleanField(label=_("Somebody calls for the customer"), required=False)
    caller_name = forms.CharField(label=_("Name of the caller"), max_length=60, required=False)
    caller_relation = forms.CharField(
        label=_("Relation to the customer"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"list": "relations"}),
    )
    customer_id = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    device_id = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    customer_name = forms.CharField(label=_("Customer's name"), max_length=60, required=False)
    customer_email = forms.EmailField(label=_("E-mail"), max_length=254, required=False)
    model_id = ModelField()
    kind = forms.ChoiceField(
        label=_("Kind"), choices=CaseKind.choices, initial=CaseKind.REPAIR, widget=forms.RadioSelect
    )
    fault = FaultField()
    description = forms.CharField(
        label=_("Description"), max_length=LONG_TEXT, widget=forms.Textarea(attrs=_TEXTAREA)
    )
    next_step = forms.ChoiceField(
        label=_("Next step"), choices=NextStep.choices, initial=NextStep.PASS_ON, widget=forms.RadioSelect
    )
    resolution = forms.CharField(
        label=_("Resolution"), max_length=LONG_TEXT, required=False, widget=forms.Textarea(attrs=_TEXTAREA)
    )
    priority = forms.TypedChoiceField(
        label=_("Priority"), choices=Priority.choices, coerce=int, initial=Priority.NORMAL
    )
    channel = forms.ChoiceField(label=_("Channel"), choices=Channel.choices, initial=Channel.PHONE)

    LOOKED_UP = ("phone", "imei")
    FIELDS_OF_REFUSALS = {"device": "imei", "fault_id": "fault", "customer_id": "phone"}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in self.LOOKED_UP:
            self.fields[name].widget.attrs |= {
                "autocomplete": "off",
                "inputmode": "tel" if name == "phone" else "numeric",
                "hx-post": reverse("tickets:look_up"),
                "hx-trigger": "input changed delay:300ms",
                "hx-target": "#call-panel",
                "hx-include": "closest form",
                "hx-sync": "closest form:replace",
            }
        self.fields["phone"].widget.attrs |= {"autofocus": True, "data-shortcut": "alt+p"}
        self.fields["customer_name"].widget.attrs |= {
            "autocomplete": "off",
            "hx-post": "/customers/similar/",
            "hx-trigger": "input changed delay:400ms",
            "hx-target": "#call-similar",
            "hx-include": "closest form",
        }
        self.fields["description"].widget.attrs |= {"data-shortcut": "alt+d"}
        self.fields["withheld"].widget.attrs |= {"data-shortcut": "alt+w"}
        self.fields["other_caller"].widget.attrs |= {"data-shortcut": "alt+o"}

    def clean(self) -> dict[str, Any]:
        """A number is needed unless it is withheld; whose call it is counts only when it was said."""
        given: dict[str, Any] = super().clean() or {}
        if not given.get("phone") and not given.get("withheld") and "phone" not in self.errors:
            self.add_error("phone", _("Enter the caller's number, or tick below that it is withheld."))
        if not given.get("other_caller"):
            given["caller_name"] = given["caller_relation"] = ""
        return given

    def new_case(self, imei: str) -> NewCase:
        """What the service takes; `imei` is the one typed or that of the device chosen from the list."""
        given = self.cleaned_data
        return NewCase(
            kind=given["kind"],
            description=given["description"],
            phone=given["phone"],
            next_step=given["next_step"],
            customer_id=given["customer_id"] or None,
            customer_name=given["customer_name"],
            customer_email=given["customer_email"],
            imei=imei,
            model_id=given["model_id"].pk if given["model_id"] else None,
            fault_id=given["fault"].pk if given["fault"] else None,
            priority=given["priority"],
            channel=given["channel"],
            resolution=given["resolution"],
            withheld=given["withheld"],
            caller_name=given["caller_name"],
            caller_relation=given["caller_relation"],
        )


def _long(label: Any, required: bool) -> forms.CharField:
    return forms.CharField(
        label=label, required=required, max_length=LONG_TEXT, widget=forms.Textarea(attrs=_TEXTAREA)
    )


def _step_field(name: str, case: Case, required: bool) -> forms.Field:
    """The input for one name of a transition's `required` and `optional`."""
    if name == "assignee":
        return forms.ModelChoiceField(
            queries.assignable_people(case), label=_("Handler"), required=required, empty_label=""
        )
    if name == "wait_reason":
        return forms.ChoiceField(
            label=_("Waiting for"), choices=WaitReason.choices, required=required, widget=forms.RadioSelect
        )
    if name == "wait_until":
        return DayField(label=_("Expected until"), required=required)
    if name == "fault":
        return FaultField(required=required)
    if name == "device":
        return forms.CharField(label="IMEI", max_length=30, required=required)
    labels = {"reason": _("Reason"), "resolution": _("Resolution"), "note": _("Note")}
    return _long(labels[name], required)


class StepForm(forms.Form):
    """The inputs of one step, made from its row of the transition table."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    FIELDS_OF_REFUSALS: Mapping[str, str] = {"imei": "device"}

    def __init__(self, data: Any = None, *, case: Case, row: Transition) -> None:
        super().__init__(
            data,
            initial={
                "version": case.version,
                "fault": f"{case.fault.code} {case.fault.label}" if case.fault else "",
            },
        )
        for name in (*row.required, *row.optional):
            self.fields[name] = _step_field(name, case, name in row.required)
            if name == "device":
                self.fields["model_id"] = ModelField(help_text=_("Only when the IMEI is new here."))
        for name in list(self.fields)[1:2]:
            self.fields[name].widget.attrs["autofocus"] = True

    def step(self) -> Step:
        """What the service takes."""
        given = dict(self.cleaned_data)
        given.pop("version")
        for name, target in (("assignee", "assignee"), ("fault", "fault"), ("model_id", "model_id")):
            if name in given:
                given[target] = given[name].pk if given[name] else None
        return Step(**given)


class SearchForm(forms.Form):
    """What somebody looks for."""

    q = forms.CharField(label=_("Search"), max_length=60)


def fault_options() -> list[str]:
    """The official list as the fault input offers it: code and name."""
    return [f"{fault.code} {fault.label}" for fault in FaultCode.objects.filter(is_active=True)]
