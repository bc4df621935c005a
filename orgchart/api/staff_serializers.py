"""What goes in and out of the operations on staff: posts, leave, deputies."""

from __future__ import annotations

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from rest_framework import serializers

from core.api import StrictSerializer
from core.localtime import FIRST_DAY, LAST_DAY
from orgchart.enums import LeaveKind
from orgchart.services.overrides import MAX_REASON

MAX_ID = 2**63 - 1


def _day(**options: Any) -> serializers.DateField:
    limits = [MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)]
    return serializers.DateField(validators=limits, **options)


def _id(**options: Any) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=1, max_value=MAX_ID, **options)


class TransferInput(StrictSerializer):
    """A transfer. The present main post ends the day before the first day of the new one."""

    position = serializers.CharField(max_length=40, help_text="Code.")
    unit = serializers.CharField(max_length=30, help_text="Code.")
    starts_on = _day(help_text="First day in the new post: past (a late entry), today or to come.")
    end_posts = serializers.ListField(
        child=_id(), required=False, max_length=20, help_text="Ids of additional posts that end with it."
    )
    over_establishment = serializers.BooleanField(
        required=False, help_text="Confirms that it goes beyond the number of established posts."
    )
    cases_stay = serializers.BooleanField(
        required=False, help_text="Confirms that open cases stay in hand until they are passed on."
    )
    reason = serializers.CharField(max_length=200, allow_blank=True, required=False)
    override = serializers.CharField(
        max_length=MAX_REASON, required=False,
        help_text="A technical administrator's reason for acting without a power; the superior is told.",
    )  # fmt: skip


class StandInInput(StrictSerializer):
    """Who stands in for which post."""

    post = _id(help_text="Id of a post of the absent person, or of one in which that person stands in.")
    deputy = _id(help_text="Id of the colleague.")


class LeaveInput(StrictSerializer):
    """A leave with its deputies."""

    kind = serializers.ChoiceField(choices=LeaveKind.choices)
    starts_on = _day()
    ends_on = _day(required=False, allow_null=True, help_text="Last day; left out: until further notice.")
    note = serializers.CharField(max_length=200, allow_blank=True, required=False)
    stand_ins = StandInInput(many=True, required=False, max_length=20)  # type: ignore[call-arg]


class CodeNameOut(serializers.Serializer[Any]):
    """A position or unit by code, with its name in the caller's language."""

    code = serializers.CharField()
    name = serializers.CharField()


class ColleagueOut(serializers.Serializer[Any]):
    """A colleague."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class PostOut(serializers.Serializer[Any]):
    """A post. `late`: it was entered after its first day."""

    id = serializers.IntegerField()
    position = CodeNameOut()
    unit = CodeNameOut()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True)
    is_primary = serializers.BooleanField()
    late = serializers.BooleanField()


class StaffRowOut(ColleagueOut):
    """A line of the list, with the posts of today."""

    url = serializers.CharField()
    employee_no = serializers.CharField()
    leaves_on = serializers.DateField(allow_null=True, help_text="Last working day, when it is entered.")
    is_away = serializers.BooleanField(help_text="On leave today.")
    posts = PostOut(many=True)


class StaffListOut(serializers.Serializer[Any]):
    """A page of the list, by employee number."""

    results = StaffRowOut(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class DeputyOut(serializers.Serializer[Any]):
    """Somebody stands in for the holder of a post; `via`: for which deputy."""

    id = serializers.IntegerField()
    post = PostOut()
    holder = ColleagueOut()
    deputy = ColleagueOut()
    via = ColleagueOut(allow_null=True)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True)


class LeaveOut(serializers.Serializer[Any]):
    """A leave of today or to come. `missing` are days on which nobody stands in for the post."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(
        choices=LeaveKind.choices, allow_null=True, help_text="Null: not for the caller to know."
    )
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True)
    is_now = serializers.BooleanField()
    is_uncovered = serializers.BooleanField(help_text="A leading post has no deputy on some day.")


class StaffActionOut(serializers.Serializer[Any]):
    """What may be done to the person; `why` is the sentence of a refusal."""

    action = serializers.CharField()
    allowed = serializers.BooleanField()
    override = serializers.BooleanField(help_text="Only with a reason, which the superior reads.")
    why = serializers.CharField(allow_null=True)


class StaffOut(StaffRowOut):
    """A person: every post in sight, leave and deputies of today and to come, what the caller may do."""

    is_active = serializers.BooleanField()
    leaves = LeaveOut(many=True)
    deputies = DeputyOut(many=True)
    standing_in = DeputyOut(many=True)
    actions = StaffActionOut(many=True)
