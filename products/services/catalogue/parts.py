"""Parts of a model (配件). They count as the model's: a change makes a new version of the model."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core import audit
from core.actors import Actor
from core.errors import Conflict, Invalid
from products.enums import Component
from products.models import ModelPart, ProductModel
from products.services.catalogue import base

TAKEN = _("The model has a part with this number already.")


@dataclass(frozen=True, slots=True)
class PartValues:
    """A part as typed."""

    component: str
    code: str
    name: str
    name_en: str = ""

    def columns(self) -> dict[str, str]:
        """As stored; refuses with "bad_component", "bad_code", "text_…"."""
        if self.component not in Component.values:
            raise Invalid("bad_component", _("Choose a component."), field="component")
        return {
            "component": str(self.component),
            "code": base.require_code(self.code, 40),
            "name": base.require_text(self.name, "name", 80),
            "name_en": base.require_text(self.name_en or self.name, "name_en", 120),
        }


def _next_version(model: ProductModel, version: int | None) -> ProductModel:
    row = base.locked(model, version)
    row.version += 1
    row.save(update_fields=["version"])
    return row


@transaction.atomic
def add_part(*, actor: Actor, model: ProductModel, version: int, values: PartValues) -> ModelPart:
    """Add a part; refuses with "code_taken", StaleVersion and what PartValues refuses."""
    actor, columns = base.acting(actor), values.columns()
    row = _next_version(model, version)
    part = base.inserted(lambda: ModelPart.objects.create(model=row, **columns), TAKEN)
    return base.added(actor, part, {"model": row.code, **columns}, "part.added")


@transaction.atomic
def correct_part(*, actor: Actor, part: ModelPart, version: int, values: PartValues) -> ModelPart:
    """Correct a part; `version` is the model's. Refuses as `add_part`."""
    actor, columns = base.acting(actor), values.columns()
    _next_version(part.model, version)
    return base.write(actor, base.locked(part, None), columns, "part.corrected", taken=TAKEN)


@transaction.atomic
def copy_parts(*, actor: Actor, model: ProductModel, version: int, source: ProductModel) -> int:
    """Copy the parts in use of another model that this one does not have; returns how many.

    Refuses with "same_model", "nothing_to_copy" and StaleVersion.
    """
    actor = base.acting(actor)
    if source.pk == model.pk:
        raise Invalid("same_model", _("Choose another model."), field="source")
    row = _next_version(model, version)
    known = set(row.parts.values_list("code", flat=True))
    parts = [one for one in source.parts.filter(is_active=True) if one.code not in known]
    if not parts:
        raise Conflict("nothing_to_copy", _("Every part of that model is here already."), field="source")
    ModelPart.objects.bulk_create(
        ModelPart(model=row, component=one.component, code=one.code, name=one.name, name_en=one.name_en)
        for one in parts
    )
    changes = {"source": [None, source.code], "parts": [None, [one.code for one in parts]]}
    audit.record(actor=actor, action="parts.copied", subject=row, subject_label=row.code, changes=changes)
    return len(parts)
