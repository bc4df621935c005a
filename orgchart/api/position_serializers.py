"""What the operations on job descriptions answer, for the published schema."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from orgchart.enums import Confidence, GroupKind, UnitKind, VersionOrigin


class VersionOut(serializers.Serializer[Any]):
    """The version in force."""

    number = serializers.IntegerField()
    in_force_at = serializers.DateTimeField()
    fingerprint = serializers.CharField(help_text="SHA-256 of the canonical text; what holders sign.")


class PositionLineOut(serializers.Serializer[Any]):
    """A position in the list."""

    code = serializers.CharField()
    url = serializers.CharField()
    title = serializers.CharField(help_text="In Chinese.")
    title_en = serializers.CharField()
    superior = serializers.CharField(allow_null=True, help_text="Code of the position above.")
    unit_kind = serializers.ChoiceField(choices=UnitKind.choices)
    group_kind = serializers.ChoiceField(choices=[("", ""), *GroupKind.choices])
    is_leader = serializers.BooleanField(help_text="Heads the unit; one holder at a time.")
    is_post = serializers.BooleanField(help_text="False: only a name in a narrative.")
    confidence = serializers.ChoiceField(choices=Confidence.choices)
    version = VersionOut()
    to_sign = serializers.BooleanField(help_text="The caller holds it and has not signed this version.")


class PositionListOut(serializers.Serializer[Any]):
    """All positions that fit."""

    results = PositionLineOut(many=True)


class VersionDetailOut(VersionOut):
    """The version in force with where it came from."""

    origin = serializers.ChoiceField(choices=VersionOrigin.choices)
    author = serializers.IntegerField(allow_null=True, help_text="Id of a colleague.")
    reason = serializers.CharField(allow_blank=True)


class PositionOut(serializers.Serializer[Any]):
    """A position with its whole description and what it gives."""

    code = serializers.CharField()
    version = VersionDetailOut()
    body = serializers.JSONField(help_text="The description, in the shape of the position files.")
    rights = serializers.JSONField(help_text='{"powers": {power: clause}, "grants": {action: grant}}')
    to_sign = serializers.BooleanField()
    may_edit = serializers.BooleanField()
    edit_answer = serializers.CharField(help_text="Why the caller may edit it or not, in a sentence.")
