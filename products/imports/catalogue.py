"""Lists of models, parts and own faults against the catalogue. Small tables: compared in one statement a sort."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import models

from core.grams import folded
from core.imports.registry import ADD, CHANGE, UNCHANGED, Row
from orgchart.models import Person
from products.models import FaultCode, Manufacturer, ModelPart, ProductModel
from products.rules.catalogue import makes_circle
from products.services.catalogue.base import readings


def _compare(row: Row, there: models.Model | None, columns: Mapping[str, Any]) -> None:
    """ADD with a new object, CHANGE with the one that is there altered, or UNCHANGED."""
    if there is None:
        row.verdict, row.found = ADD, columns
        return
    row.pk = there.pk
    changed = {name: value for name, value in columns.items() if getattr(there, name) != value}
    for name, value in changed.items():
        setattr(there, name, value)
    row.verdict, row.found = (CHANGE if changed else UNCHANGED), there


class _Loader:
    """Objects that are missing are added, those that differ are changed; `columns` is everything a change may touch."""

    model: type[models.Model]
    columns: tuple[str, ...]

    def __init__(self, person: Person) -> None:
        self.person = person

    def apply(self, rows: Sequence[Row]) -> None:
        """Two statements, one for what is new and one for what changes."""
        added = [row for row in rows if row.verdict == ADD]
        objects = self.model._default_manager.bulk_create([self.model(**row.found) for row in added])
        for row, made in zip(added, objects, strict=True):
            row.pk = made.pk
        changed = [row.found for row in rows if row.verdict == CHANGE]
        for one in changed:
            if hasattr(one, "version"):
                one.version += 1
        self.model._default_manager.bulk_update(changed, list(self.columns))


def _given(row: Row, names: Sequence[str]) -> dict[str, Any]:
    return {name: row.values[name] for name in names if name in row.values}


class ModelLoader(_Loader):
    """Models by code. A manufacturer is named by code or name and has to be there."""

    model = ProductModel
    columns = (
        "name", "name_en", "pinyin", "initials", "manufacturer", "maker", "category", "tacs", "colours", "launched_on",
        "is_active", "version",
    )  # fmt: skip

    def plan(self, rows: Sequence[Row]) -> None:
        """Three statements: models, manufacturers, and whose type allocation codes are named."""
        there = {
            one.code: one
            for one in ProductModel.objects.filter(code__in=[row.values["code"] for row in rows])
        }
        makers = {
            folded(word): one
            for one in Manufacturer.objects.all()
            for word in (one.code, one.name, one.name_en)
        }
        named = [tac for row in rows for tac in row.values.get("tacs", ())]
        held = ProductModel.objects.filter(tacs__overlap=named).values_list("code", "tacs")
        holders = {tac: code for code, tacs in held for tac in tacs}
        for row in rows:
            if any(
                holders.get(tac, row.values["code"]) != row.values["code"]
                for tac in row.values.get("tacs", ())
            ):
                row.no("tacs", "tac_taken")
                continue
            self._plan(row, there.get(row.values["code"]), makers)

    def _plan(self, row: Row, there: ProductModel | None, makers: Mapping[str, Manufacturer]) -> None:
        columns = _given(row, ("name", "name_en", "category", "tacs", "colours", "launched_on", "is_active"))
        columns.update(readings(row.values["name"]))
        if "maker" in row.values:
            maker = makers.get(folded(row.values["maker"]))
            if maker is None:
                row.no("maker", "unknown_maker")
                return
            columns.update(maker_id=maker.pk, manufacturer=maker.name[:40])
        if there is None:
            columns = {"code": row.values["code"], "name_en": row.values["name"], **columns}
        _compare(row, there, columns)


class PartLoader(_Loader):
    """Parts by model and part number."""

    model = ModelPart
    columns = ("component", "name", "name_en", "is_active")

    def plan(self, rows: Sequence[Row]) -> None:
        """Two statements: models and their parts."""
        codes = {row.values["model"] for row in rows}
        known = dict(ProductModel.objects.filter(code__in=codes).values_list("code", "pk"))
        parts = ModelPart.objects.filter(
            model_id__in=known.values(), code__in=[row.values["code"] for row in rows]
        )
        there = {(one.model_id, one.code): one for one in parts}
        for row in rows:
            model = known.get(row.values["model"])
            if model is None:
                row.no("model", "unknown_model")
                continue
            columns = _given(row, ("component", "name", "name_en", "is_active"))
            found = there.get((model, row.values["code"]))
            _compare(
                row, found, columns if found else {"model_id": model, "code": row.values["code"], **columns}
            )


class FaultLoader(_Loader):
    """Own faults by code. The official list's are never touched; a fault above has to be there or earlier loaded."""

    model = FaultCode
    columns = ("component", "name", "name_en", "pinyin", "initials", "parent", "is_active", "version")

    def plan(self, rows: Sequence[Row]) -> None:
        """Two statements: the faults that the rows name, and who stands below whom."""
        codes = {row.values[name] for row in rows for name in ("code", "parent") if name in row.values}
        there = {one.code: one for one in FaultCode.objects.filter(code__in=codes)}
        self.parents = dict(FaultCode.objects.values_list("pk", "parent_id"))
        for row in rows:
            self._plan(row, there)

    def _plan(self, row: Row, there: Mapping[str, FaultCode]) -> None:
        values = row.values
        found = there.get(values["code"])
        if found is not None and found.is_official:
            _official(row, found)
            return
        columns = _given(row, ("component", "name", "name_en", "is_active"))
        columns.update(readings(values["name"]))
        if "parent" in values:
            parent = there.get(values["parent"])
            if parent is None:
                row.no("parent", "unknown_parent")
                return
            if parent.component != values["component"]:
                row.no("parent", "other_component")
                return
            if found is not None and makes_circle(found.pk, parent.pk, self.parents):
                row.no("parent", "own_parent")
                return
            columns["parent_id"] = parent.pk
            if found is not None:
                self.parents[found.pk] = parent.pk
        if found is None:
            columns = {"code": values["code"], "is_official": False, "name_en": values["name"], **columns}
        _compare(row, found, columns)


def _official(row: Row, found: FaultCode) -> None:
    """A row of the official list may stand in the file as it is, such as in an export, and changes nothing."""
    given = _given(row, ("component", "name", "name_en", "is_active"))
    row.pk, row.found, row.verdict = found.pk, found, UNCHANGED
    if any(getattr(found, name) != value for name, value in given.items()):
        row.no("code", "official_fault")
