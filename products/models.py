"""Which phone: models, official fault list, devices."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.policy import PermittedQuerySet
from customers.models import Customer


class Bilingual(models.Model):
    """A name in both languages."""

    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120)

    class Meta:
        abstract = True

    @property
    def label(self) -> str:
        """Name in the reader's language."""
        return self.name_en if (get_language() or "").startswith("en") else self.name

    def __str__(self) -> str:
        return self.label


class ProductModel(Bilingual):
    """A phone model. `code` is the maker's model code."""

    manufacturer = models.CharField(max_length=40)
    code = models.CharField(max_length=30, unique=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["code"]


class Component(models.TextChoices):
    """Parts that the official fault list tells apart (《移动电话机商品修理更换退货责任规定》附录3)."""

    HOST = "host", _("Handset")
    CHARGER = "charger", _("Charger")
    BATTERY = "battery", _("Battery")
    CARD = "card", _("Mobile terminal card")
    DATA_CARD = "data_card", _("Data interface card")
    EARPHONE = "earphone", _("Wired earphone")


class FaultCode(Bilingual):
    """A performance fault of the official list; its code is ours, the wording the list's."""

    code = models.CharField(max_length=6, unique=True)
    component = models.CharField(max_length=12, choices=Component.choices)
    is_active = models.BooleanField(default=True)
    source = models.CharField(max_length=120)

    class Meta:
        ordering = ["code"]


class Device(models.Model):
    """A phone by its IMEI (15 digits, check digit right); a second IMEI where it has two card slots."""

    imei = models.CharField("IMEI", max_length=15, unique=True)
    imei2 = models.CharField("IMEI 2", max_length=15, blank=True)
    model = models.ForeignKey(ProductModel, on_delete=models.PROTECT, verbose_name=_("model"))
    colour = models.CharField(_("colour"), max_length=20, blank=True)
    owner = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="devices")
    sold_on = models.DateField(_("sold on"), null=True)
    is_demo = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    objects: Any = PermittedQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["imei2"], name="device_imei2", condition=~models.Q(imei2=""))]
        verbose_name = _("Device")

    def __str__(self) -> str:
        return f"#{self.pk}"
