"""Models of phones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.errors import Conflict, Invalid
from products.enums import GuaranteeCategory
from products.models import Manufacturer, ProductModel
from products.rules.catalogue import MOST_COLOURS, MOST_TACS, wrong_tacs
from products.services.catalogue import base
from products.services.catalogue.makers import ensure_maker

TAKEN = _("Another model has this code.")


@dataclass(frozen=True, slots=True)
class ModelValues:
    """A model as typed."""

    code: str
    name: str
    maker: Manufacturer
    name_en: str = ""
    category: str = GuaranteeCategory.PHONE
    tacs: Sequence[str] = ()
    colours: Sequence[str] = ()
    launched_on: date | None = None

    def columns(self) -> dict[str, Any]:
        """As stored; refuses with "bad_code", "text_…", "bad_category", "bad_tac", "bad_colours"."""
        if self.category not in GuaranteeCategory.values:
            raise Invalid("bad_category", _("Choose a guarantee category."), field="category")
        return {
            "code": base.require_code(self.code, 30),
            **base.names(self.name, self.name_en),
            "maker": self.maker,
            "manufacturer": self.maker.name[:40],
            "category": str(self.category),
            "tacs": _tacs(self.tacs),
            "colours": _colours(self.colours),
            "launched_on": self.launched_on,
        }


def _tacs(given: Sequence[str]) -> list[str]:
    tacs = list(dict.fromkeys(given))
    wrong = wrong_tacs(tacs)
    if wrong:
        text = _("%(tac)s is no type allocation code: it has 8 digits, the first 8 of the IMEI.")
        raise Invalid("bad_tac", text % {"tac": wrong[0][:20]}, field="tacs")
    if len(tacs) > MOST_TACS:
        raise Invalid("too_many_tacs", _("These are too many type allocation codes."), field="tacs")
    return tacs


def _colours(given: Sequence[str]) -> list[str]:
    colours = list(dict.fromkeys(given))
    if len(colours) > MOST_COLOURS or any(len(one) > 20 or "<" in one for one in colours):
        raise Invalid(
            "bad_colours",
            _("Write at most 20 colours of 20 characters, with commas between them."),
            field="colours",
        )
    return colours


def _require_free_tacs(tacs: Sequence[str], but: int | None = None) -> None:
    """A TAC belongs to one model; asked under the catalogue's lock, since no index of the database can hold it."""
    other = (
        ProductModel.objects.filter(tacs__overlap=list(tacs)).exclude(pk=but or 0).first() if tacs else None
    )
    if other is None:
        return
    both = next(tac for tac in tacs if tac in other.tacs)
    text = _("%(tac)s belongs to the model %(model)s (%(code)s) already. Take it out there first.")
    values = {"tac": both, "model": other.label, "code": other.code}
    raise Conflict("tac_taken", text % values, field="tacs", context={"model": other.pk})


@transaction.atomic
def add_model(*, actor: Actor, values: ModelValues) -> ProductModel:
    """Enter a model; refuses with "code_taken", "tac_taken" (names the other model) and what ModelValues refuses."""
    actor, columns = base.acting(actor), values.columns()
    base.one_at_a_time()
    _require_free_tacs(columns["tacs"])
    row: ProductModel = base.inserted(lambda: ProductModel.objects.create(**columns), TAKEN)
    return base.added(actor, row, columns, "model.added")


@transaction.atomic
def correct_model(*, actor: Actor, model: ProductModel, version: int, values: ModelValues) -> ProductModel:
    """Correct a model; refuses as `add_model`, and StaleVersion."""
    actor, columns = base.acting(actor), values.columns()
    base.one_at_a_time()
    row = base.locked(model, version)
    _require_free_tacs(columns["tacs"], row.pk)
    return base.write(actor, row, columns, "model.corrected", taken=TAKEN)


@transaction.atomic
def ensure_model(
    *,
    actor: Actor,
    code: str,
    name: str,
    maker: str,
    name_en: str = "",
    maker_en: str = "",
    tacs: Sequence[str] = (),
    colours: Sequence[str] = (),
) -> ProductModel:
    """The model of this code, entered with its manufacturer if it is missing and left alone if not."""
    found: ProductModel | None = ProductModel.objects.filter(code=code).first()
    if found is not None:
        return found
    made_by = ensure_maker(actor=actor, name=maker, name_en=maker_en)
    values = ModelValues(code, name, made_by, name_en, tacs=tacs, colours=colours)
    return add_model(actor=actor, values=values)
