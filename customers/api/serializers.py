"""What goes in and comes out, field by field. Personal data comes out masked: showing it in full is a reveal."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from rest_framework import serializers

from core.api import RefusalOut, StrictSerializer
from customers.enums import CareKind, ContactChannel, CustomerKind, PhoneKind


def _text(length: int, **options: Any) -> serializers.CharField:
    return serializers.CharField(max_length=length, allow_blank=True, required=False, **options)


class NewCustomerInput(StrictSerializer):
    """A file to be opened in the caller's centre."""

    name = serializers.CharField(max_length=60)
    phone = serializers.CharField(max_length=40, allow_blank=True)
    withheld = serializers.BooleanField(
        default=False, help_text="The customer's number is hidden: `phone` may be empty."
    )
    relation = _text(30, help_text="Whose number it is when not the customer's own.")
    kind = serializers.ChoiceField(choices=CustomerKind.choices, default=CustomerKind.PERSON.value)
    email = serializers.EmailField(max_length=254, allow_blank=True, required=False)
    language = serializers.ChoiceField(choices=settings.LANGUAGES, required=False)
    province_code = _text(6, help_text="GB/T 2260, six digits: 330000.")


class CorrectionInput(StrictSerializer):
    """Fields to correct; what is left out stays."""

    name = serializers.CharField(max_length=60, required=False)
    kind = serializers.ChoiceField(choices=CustomerKind.choices, required=False)
    email = serializers.EmailField(max_length=254, allow_blank=True, required=False)
    language = serializers.ChoiceField(choices=settings.LANGUAGES, required=False)
    province_code = _text(6)
    preferred_channel = serializers.ChoiceField(choices=ContactChannel.choices, required=False)
    preference_note = _text(200)


class CustomerBriefOut(serializers.Serializer[Any]):
    """The answer to a write."""

    id = serializers.IntegerField()
    url = serializers.CharField()
    version = serializers.IntegerField()


class PhoneOut(serializers.Serializer[Any]):
    """A number, masked."""

    id = serializers.IntegerField()
    number = serializers.CharField()
    kind = serializers.ChoiceField(choices=PhoneKind.choices)
    relation = serializers.CharField()
    is_main = serializers.BooleanField()
    is_active = serializers.BooleanField()


class AddressOut(serializers.Serializer[Any]):
    """An address down to the district."""

    id = serializers.IntegerField()
    region_code = serializers.CharField()
    region = serializers.CharField()
    is_main = serializers.BooleanField()


class ConsentOut(serializers.Serializer[Any]):
    """A consent in force."""

    purpose = serializers.CharField()
    notice_version = serializers.IntegerField()
    given_at = serializers.DateTimeField()


class PromiseOut(serializers.Serializer[Any]):
    """A promise that is open."""

    id = serializers.IntegerField()
    text = serializers.CharField()
    due_on = serializers.DateField()


class CareCallOut(serializers.Serializer[Any]):
    """A call that is planned."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=CareKind.choices)
    due_on = serializers.DateField()


class CustomerFileOut(CustomerBriefOut):
    """A customer file, masked. `merged_into` is the id of the file that was kept."""

    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=CustomerKind.choices)
    email = serializers.CharField()
    language = serializers.CharField()
    province_code = serializers.CharField()
    preferred_channel = serializers.ChoiceField(choices=ContactChannel.choices)
    preference_note = serializers.CharField()
    merged_into = serializers.IntegerField(allow_null=True)
    erased_at = serializers.DateTimeField(allow_null=True)
    phones = PhoneOut(many=True)
    addresses = AddressOut(many=True)
    consents = ConsentOut(many=True)
    promises = PromiseOut(many=True)
    care_calls = CareCallOut(many=True)


class StaleCustomerOut(RefusalOut):
    """The file changed since it was read; `current` is its version now."""

    current = serializers.IntegerField()
