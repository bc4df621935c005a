"""What goes in and comes out of the API, field by field; `representation` builds the answers."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from rest_framework import serializers

from core.api import RefusalOut, StrictSerializer
from core.localtime import FIRST_DAY, LAST_DAY
from tickets.enums import STEP_ACTIONS, CaseKind, CaseStatus, Channel, NextStep, Priority, WaitReason

MAX_ID = 2**63 - 1
MAX_TEXT = 4_000


def _id(**options: Any) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=1, max_value=MAX_ID, required=False, **options)


def _text(length: int, **options: Any) -> serializers.CharField:
    return serializers.CharField(max_length=length, allow_blank=True, required=False, **options)


def _day(low: date = FIRST_DAY, high: date = LAST_DAY) -> serializers.DateField:
    return serializers.DateField(required=False, validators=[MinValueValidator(low), MaxValueValidator(high)])


class NewCaseInput(StrictSerializer):
    """A case to be logged: who called, what about, what next."""

    kind = serializers.ChoiceField(choices=CaseKind.choices)
    description = serializers.CharField(max_length=MAX_TEXT)
    phone = serializers.CharField(max_length=40, allow_blank=True)
    withheld = serializers.BooleanField(
        default=False, help_text="The caller's number is hidden: `phone` may be empty."
    )
    caller_name = _text(60, help_text="Who calls when it is not the customer.")
    caller_relation = _text(30, help_text="What the caller is to the customer.")
    next_step = serializers.ChoiceField(choices=NextStep.choices, default=NextStep.PASS_ON.value)
    customer_id = _id()
    customer_name = _text(60)
    customer_email = serializers.EmailField(max_length=254, allow_blank=True, required=False)
    imei = _text(40)
    model_id = _id()
    fault_id = _id()
    priority = serializers.ChoiceField(choices=Priority.choices, default=Priority.NORMAL.value)
    channel = serializers.ChoiceField(choices=Channel.choices, default=Channel.PHONE.value)
    resolution = _text(MAX_TEXT)


class StepInput(StrictSerializer):
    """Inputs of a step; which of them an action needs and takes stands in the case's `actions`."""

    assignee = _id()
    reason = _text(1_000)
    resolution = _text(MAX_TEXT)
    wait_reason = serializers.ChoiceField(choices=WaitReason.choices, required=False)
    wait_until = _day()
    device = _text(40)
    model_id = _id()
    fault = _id()
    note = _text(MAX_TEXT)


class UnitOut(serializers.Serializer[Any]):
    """A unit by code, with its name in the caller's language."""

    code = serializers.CharField()
    name = serializers.CharField()


class PersonOut(serializers.Serializer[Any]):
    """A colleague."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class CaseOut(serializers.Serializer[Any]):
    """What is always said about a case. Times are UTC."""

    number = serializers.IntegerField()
    url = serializers.CharField()
    kind = serializers.ChoiceField(choices=CaseKind.choices)
    status = serializers.ChoiceField(choices=CaseStatus.choices)
    priority = serializers.ChoiceField(choices=Priority.choices)
    version = serializers.IntegerField()
    logged_at = serializers.DateTimeField()
    changed_at = serializers.DateTimeField()
    response_due_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()


class CaseRowOut(CaseOut):
    """A line of the list."""

    channel = serializers.ChoiceField(choices=Channel.choices)
    summary = serializers.CharField(help_text="The first 120 characters of the description.")
    customer = serializers.CharField(help_text="The customer's name, masked.")
    device_model = serializers.CharField(allow_null=True)
    fault = serializers.CharField(allow_null=True)
    unit = UnitOut()
    assignee = PersonOut(allow_null=True)


class CaseListOut(serializers.Serializer[Any]):
    """A page of the list; `next` and `previous` are paths, null where the list ends."""

    results = CaseRowOut(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class CustomerOut(serializers.Serializer[Any]):
    """The customer, masked."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    phones = serializers.ListField(child=serializers.CharField())
    email = serializers.CharField()


class DeviceOut(serializers.Serializer[Any]):
    """The phone; its IMEI is masked."""

    imei = serializers.CharField()
    model = serializers.CharField()
    colour = serializers.CharField()


class FaultOut(serializers.Serializer[Any]):
    """A fault of the official list."""

    code = serializers.CharField()
    name = serializers.CharField()


class NoteOut(serializers.Serializer[Any]):
    """An internal note."""

    author = PersonOut()
    text = serializers.CharField()
    created_at = serializers.DateTimeField()


class ActionOut(serializers.Serializer[Any]):
    """A step that the caller can take now, with its inputs."""

    action = serializers.ChoiceField(choices=[(name, name) for name in STEP_ACTIONS])
    label = serializers.CharField()  # type: ignore[assignment]
    url = serializers.CharField()
    required = serializers.ListField(child=serializers.CharField())  # type: ignore[assignment]
    optional = serializers.ListField(child=serializers.CharField())


class CaseDetailOut(CaseOut):
    """A case with all that its page shows."""

    channel = serializers.ChoiceField(choices=Channel.choices)
    description = serializers.CharField()
    customer = CustomerOut()
    caller_number = serializers.CharField(help_text="Masked.")
    device = DeviceOut(allow_null=True)
    fault = FaultOut(allow_null=True)
    unit = UnitOut()
    centre = UnitOut()
    logged_unit = UnitOut()
    assignee = PersonOut(allow_null=True)
    logged_by = PersonOut()
    due_is_provisional = serializers.BooleanField()
    responded_at = serializers.DateTimeField(allow_null=True)
    resolved_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    resolved_on_call = serializers.BooleanField()
    resolution = serializers.CharField()
    wait_reason = serializers.CharField()
    wait_until = serializers.DateField(allow_null=True)
    cancel_reason = serializers.CharField()
    reopened_count = serializers.IntegerField()
    notes = NoteOut(many=True)
    actions = ActionOut(many=True)


class ChangeOut(serializers.Serializer[Any]):
    """Who changed the case last, and when."""

    by = serializers.CharField()
    at = serializers.DateTimeField()
    action = serializers.CharField()


class CurrentOut(CaseOut):
    """The case as it is now, in a refusal of a stale write."""

    assignee = PersonOut(allow_null=True)
    last_change = ChangeOut(allow_null=True)


class StaleOut(RefusalOut):
    """A stale write, with what is there now."""

    current = CurrentOut()
