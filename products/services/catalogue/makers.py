"""Manufacturers (厂家)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.errors import Invalid
from products.models import Manufacturer, ProductModel
from products.rules.catalogue import next_code
from products.services.catalogue import base

TAKEN = _("Another manufacturer has this code.")


@dataclass(frozen=True, slots=True)
class MakerValues:
    """A manufacturer as typed."""

    code: str
    name: str
    name_en: str = ""
    hotline: str = ""

    def columns(self) -> dict[str, str]:
        """As stored; refuses with "bad_code", "text_…" and "bad_hotline"."""
        hotline = self.hotline.strip()
        if len(hotline) > 20 or not all(letter.isdigit() or letter in "+- " for letter in hotline):
            raise Invalid("bad_hotline", _("A hotline has digits, blanks, + and - only."), field="hotline")
        return {
            "code": base.require_code(self.code, 20), **base.names(self.name, self.name_en), "hotline": hotline,
        }  # fmt: skip


@transaction.atomic
def add_maker(*, actor: Actor, values: MakerValues) -> Manufacturer:
    """Enter a manufacturer; refuses with "code_taken" and what MakerValues refuses."""
    actor, columns = base.acting(actor), values.columns()
    row: Manufacturer = base.inserted(lambda: Manufacturer.objects.create(**columns), TAKEN)
    return base.added(actor, row, columns, "maker.added")


@transaction.atomic
def correct_maker(*, actor: Actor, maker: Manufacturer, version: int, values: MakerValues) -> Manufacturer:
    """Correct a manufacturer; its models keep its name in step. Refuses as `add_maker`, and StaleVersion."""
    actor, columns = base.acting(actor), values.columns()
    row = base.locked(maker, version)
    ProductModel.objects.filter(maker=row).exclude(manufacturer=columns["name"][:40]).update(
        manufacturer=columns["name"][:40]
    )
    return base.write(actor, row, columns, "maker.corrected", taken=TAKEN)


@transaction.atomic
def ensure_maker(*, actor: Actor, name: str, name_en: str = "", code: str = "") -> Manufacturer:
    """The manufacturer of this name, entered if it is missing; the code is given out unless one is named."""
    base.one_at_a_time()
    found: Manufacturer | None = Manufacturer.objects.filter(name=name).order_by("pk").first()
    if found is not None:
        return found
    given = code or next_code("M", Manufacturer.objects.values_list("code", flat=True), 3)
    return add_maker(actor=actor, values=MakerValues(given, name, name_en))
