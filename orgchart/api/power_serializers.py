"""What goes in and out of the operations on powers and rights."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from core.api import StrictSerializer
from orgchart.enums import Power, UseState
from orgchart.rules.uses import HIGHEST, LOWEST, MAX_TEXT
from orgchart.services.overrides import MAX_REASON

MAX_ID = 2**63 - 1


def _mark() -> serializers.IntegerField:
    return serializers.IntegerField(min_value=LOWEST, max_value=HIGHEST)


class RatingsInput(StrictSerializer):
    """The three parts of an appraisal: 管理水平, 业务水平, 业绩."""

    management = _mark()
    profession = _mark()
    results = _mark()


class UseInput(StrictSerializer):
    """A use of a power. Which inputs a power takes beside the text stands in the description of the operation."""

    text = serializers.CharField(max_length=MAX_TEXT)
    second = serializers.IntegerField(
        min_value=1, max_value=MAX_ID, required=False, help_text="Id of the other party; adjudicate only."
    )
    ratings = RatingsInput(required=False, help_text="Appraise only.")
    due_on = serializers.DateField(required=False, help_text="Administer and supervise only; today or later.")
    override = serializers.CharField(
        max_length=MAX_REASON, required=False,
        help_text="A technical administrator's reason for acting without the power; the superior is told.",
    )  # fmt: skip


class NamedOut(serializers.Serializer[Any]):
    """A colleague."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class DecisionOut(serializers.Serializer[Any]):
    """Yes or no to one power, and why. `code` is "granted" or the reason of the refusal."""

    power = serializers.ChoiceField(choices=Power.choices)
    label = serializers.CharField()  # type: ignore[assignment]
    allowed = serializers.BooleanField()
    code = serializers.CharField()
    date = serializers.DateField()
    position = serializers.CharField(allow_null=True, help_text="Code of the caller's deciding position.")
    clause = serializers.CharField(allow_null=True, help_text="Number in 主要权力.")
    lines = serializers.CharField(allow_null=True, help_text="Lines of the source document.")
    acting_for = serializers.IntegerField(allow_null=True, help_text="Id of whom the caller stands in for.")
    sentence = serializers.CharField()


class DecisionsOut(serializers.Serializer[Any]):
    """The answers for all powers towards one person."""

    person = NamedOut()
    powers = DecisionOut(many=True)


class UseOut(serializers.Serializer[Any]):
    """A use of a power. Times are UTC."""

    id = serializers.IntegerField()
    url = serializers.CharField(help_text="Path of its page.")
    power = serializers.ChoiceField(choices=Power.choices)
    state = serializers.ChoiceField(choices=UseState.choices)
    version = serializers.IntegerField()
    actor = NamedOut()
    acting_for = NamedOut(allow_null=True)
    subject = NamedOut()
    second = NamedOut(allow_null=True)
    text = serializers.CharField()
    ratings = serializers.DictField(child=serializers.IntegerField())
    due_on = serializers.DateField(allow_null=True)
    why = serializers.CharField(help_text="The sentence that was kept.")
    created_at = serializers.DateTimeField()


class ReasonOut(serializers.Serializer[Any]):
    """One post by which an action is allowed."""

    position = serializers.CharField()
    since = serializers.DateField()
    acting_for = serializers.IntegerField(allow_null=True)
    until = serializers.DateField(allow_null=True)
    clause = serializers.CharField()
    lines = serializers.CharField()
    sentence = serializers.CharField()


class RightOut(serializers.Serializer[Any]):
    """One action: the reasons why it is allowed, or else why not."""

    action = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    allowed = serializers.BooleanField()
    refusal = serializers.CharField(allow_null=True)
    people = serializers.IntegerField(
        allow_null=True, help_text="On how many people today; null: not counted."
    )
    note = serializers.CharField(allow_null=True)
    reasons = ReasonOut(many=True)


class SectionOut(serializers.Serializer[Any]):
    """A family of actions."""

    title = serializers.CharField()
    rights = RightOut(many=True)


class RightsOut(serializers.Serializer[Any]):
    """Everything that a person may do and may not do today."""

    person = NamedOut()
    date = serializers.DateField()
    note = serializers.CharField(allow_null=True)
    sections = SectionOut(many=True)


class AnswerOut(serializers.Serializer[Any]):
    """Whether the caller's descriptions cover an action with this amount and kind."""

    allowed = serializers.BooleanField()
    code = serializers.ChoiceField(choices=["granted", "no_post", "no_grant", "wrong_kind", "over_limit"])
    action = serializers.CharField()
    date = serializers.DateField()
    position = serializers.CharField(allow_null=True)
    reach = serializers.ListField(child=serializers.CharField())
    limit = serializers.CharField(allow_null=True, help_text="Largest amount in yuan; null: none.")
    clause = serializers.CharField(allow_null=True)
    lines = serializers.CharField(allow_null=True)
    acting_for = serializers.IntegerField(allow_null=True)
    sentence = serializers.CharField()
