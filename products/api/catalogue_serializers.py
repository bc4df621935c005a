"""Shapes of the catalogue in the API, for the published schema."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class MakerOut(serializers.Serializer[Any]):
    """A manufacturer."""

    code = serializers.CharField()
    name = serializers.CharField()
    name_en = serializers.CharField()


class CatalogueModelOut(serializers.Serializer[Any]):
    """A model."""

    id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()
    name_en = serializers.CharField()
    maker = MakerOut(allow_null=True)
    category = serializers.CharField()
    tacs = serializers.ListField(child=serializers.CharField())
    colours = serializers.ListField(child=serializers.CharField())
    launched_on = serializers.DateField(allow_null=True)
    is_active = serializers.BooleanField()
    version = serializers.IntegerField()


class CatalogueFaultOut(serializers.Serializer[Any]):
    """A fault; `parent` is the code of the fault of which it is a kind."""

    id = serializers.IntegerField()
    code = serializers.CharField()
    component = serializers.CharField()
    name = serializers.CharField()
    name_en = serializers.CharField()
    parent = serializers.CharField(allow_null=True)  # type: ignore[assignment]
    is_official = serializers.BooleanField()
    is_active = serializers.BooleanField()
    version = serializers.IntegerField()


class CatalogueModelListOut(serializers.Serializer[Any]):
    """A page of models."""

    results = CatalogueModelOut(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class CatalogueFaultListOut(serializers.Serializer[Any]):
    """A page of faults."""

    results = CatalogueFaultOut(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
