"""Which phones there are, of which parts, and the tree of fault, cause and remedy."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.policy import PermittedQuerySet
from products.enums import CodeKind, Component, GuaranteeCategory


class Bilingual(models.Model):
    """A name in both languages, with its reading in Latin letters for searching."""

    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120)
    pinyin = models.CharField(max_length=320, blank=True)
    initials = models.CharField(max_length=80, blank=True)

    class Meta:
        abstract = True

    @property
    def label(self) -> str:
        """Name in the reader's language."""
        return self.name_en if (get_language() or "").startswith("en") else self.name

    def __str__(self) -> str:
        return self.label


class Manufacturer(Bilingual):
    """Who makes the phones (厂家)."""

    code = models.CharField(max_length=20, unique=True)
    hotline = models.CharField(_("hotline"), max_length=20, blank=True)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    objects: Any = PermittedQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        verbose_name = _("Manufacturer")


class ProductModel(Bilingual):
    """A phone model. `code` is the maker's model code, `tacs` the type allocation codes of its IMEIs (8 digits)."""

    manufacturer = models.CharField(max_length=40)
    maker = models.ForeignKey(Manufacturer, on_delete=models.PROTECT, null=True, related_name="models")
    code = models.CharField(max_length=30, unique=True)
    category = models.CharField(
        _("guarantee category"),
        max_length=12,
        choices=GuaranteeCategory.choices,
        default=GuaranteeCategory.PHONE,
    )
    tacs = ArrayField(models.CharField(max_length=8), default=list, blank=True)
    colours = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    launched_on = models.DateField(_("on the market since"), null=True)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    objects: Any = PermittedQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        verbose_name = _("Model")


class ModelPart(models.Model):
    """A part of a model that may be replaced; `component` is what the guarantee rules call it."""

    model = models.ForeignKey(ProductModel, on_delete=models.CASCADE, related_name="parts")
    component = models.CharField(max_length=12, choices=Component.choices)
    code = models.CharField(_("part number"), max_length=40)
    name = models.CharField(_("name"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["component", "code"]
        constraints = [models.UniqueConstraint(fields=["model", "code"], name="model_part_once")]

    def __str__(self) -> str:
        return self.code


class FaultCode(Bilingual):
    """A fault: of the official list (its wording is the list's) or one of our own, perhaps a kind of an official one."""

    code = models.CharField(max_length=6, unique=True)
    component = models.CharField(max_length=12, choices=Component.choices)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    is_official = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)
    source = models.CharField(max_length=120, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects: Any = PermittedQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(name="fault_not_its_own_parent", condition=~Q(parent=F("id"))),
            models.CheckConstraint(
                name="official_fault_has_source", condition=Q(is_official=False) | ~Q(source="")
            ),
        ]
        verbose_name = _("Fault")


class ServiceCode(Bilingual):
    """A cause of a fault, or a remedy for a cause: the two lower levels of the tree, all our own.

    `faults` are those for which a cause comes into question, `causes` the causes that a remedy cures; none: for all.
    """

    kind = models.CharField(
        max_length=8, choices=[(CodeKind.CAUSE, _("Cause")), (CodeKind.REMEDY, _("Remedy"))]
    )
    code = models.CharField(max_length=8, unique=True)
    faults = models.ManyToManyField(FaultCode, related_name="causes", blank=True)
    causes = models.ManyToManyField("self", symmetrical=False, related_name="remedies", blank=True)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    objects: Any = PermittedQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "code"]
        verbose_name = _("Cause or remedy")
