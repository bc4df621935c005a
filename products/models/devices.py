"""A phone, where it comes from, who owned it when, and for which other it was exchanged."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Reverse
from django.utils.translation import gettext_lazy as _

from core.policy import PermittedQuerySet
from customers.models import Customer
from orgchart.models import Person
from products.enums import SerialKind
from products.models.catalogue import ProductModel


class Device(models.Model):
    """A phone by its IMEI (15 digits, check digit right); a second IMEI where it has two card slots.

    `owner` is who owns it today, as the open `Ownership` says. Invoice: code (10 or 12 digits, older invoices) and
    number (8, or 20 digits of a digital one).
    """

    imei = models.CharField("IMEI", max_length=15, unique=True)
    imei2 = models.CharField("IMEI 2", max_length=15, blank=True)
    model = models.ForeignKey(ProductModel, on_delete=models.PROTECT, verbose_name=_("model"))
    colour = models.CharField(_("colour"), max_length=20, blank=True)
    variant = models.CharField(_("version"), max_length=40, blank=True)
    owner = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="devices")
    sold_on = models.DateField(_("sold on"), null=True)
    delivered_on = models.DateField(_("delivered on"), null=True)
    seller = models.CharField(_("seller"), max_length=80, blank=True)
    invoice_code = models.CharField(_("invoice code"), max_length=12, blank=True)
    invoice_number = models.CharField(_("invoice number"), max_length=20, blank=True)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True, null=True)
    version = models.PositiveIntegerField(default=1)

    objects: Any = PermittedQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["imei2"], name="device_imei2", condition=~Q(imei2="")),
            models.Index(OpClass(Reverse("imei"), name="text_pattern_ops"), name="device_imei_tail"),
            models.Index(
                OpClass(Reverse("imei2"), name="text_pattern_ops"),
                name="device_imei2_tail",
                condition=~Q(imei2=""),
            ),
            models.Index(fields=["invoice_number"], name="device_invoice", condition=~Q(invoice_number="")),
        ]
        constraints = [
            models.CheckConstraint(name="device_two_imeis_differ", condition=~Q(imei=F("imei2"))),
            models.CheckConstraint(
                name="device_delivered_after_sold",
                condition=Q(sold_on__isnull=True)
                | Q(delivered_on__isnull=True)
                | Q(delivered_on__gte=F("sold_on")),
            ),
        ]
        verbose_name = _("Device")

    def __str__(self) -> str:
        return f"#{self.pk}"

    def get_absolute_url(self) -> str:
        """The device's page; the address holds no IMEI."""
        return f"/devices/{self.pk}/"


class DeviceSerial(models.Model):
    """A serial number beside the IMEI, as it is printed, without separators."""

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="serials")
    kind = models.CharField(max_length=10, choices=SerialKind.choices)
    number = models.CharField(_("number"), max_length=40)

    class Meta:
        ordering = ["kind", "id"]
        indexes = [models.Index(fields=["number"], name="device_serial_number")]
        constraints = [
            models.UniqueConstraint(fields=["device", "kind", "number"], name="device_serial_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.device_id}"


class Certificate(models.Model):
    """三包凭证 as it came with the phone (《移动电话机商品修理更换退货责任规定》 annex 1)."""

    device = models.OneToOneField(Device, on_delete=models.CASCADE, related_name="certificate")
    number = models.CharField(_("certificate number"), max_length=40, blank=True)
    licence = models.CharField(_("network licence and scrambled code"), max_length=60, blank=True)
    origin = models.CharField(_("place of manufacture"), max_length=80, blank=True)
    seller_address = models.CharField(_("seller's address"), max_length=200, blank=True)
    seller_phone = models.CharField(_("seller's telephone"), max_length=20, blank=True)
    repairer = models.CharField(_("repairer"), max_length=80, blank=True)
    has_seal = models.BooleanField(_("bears the seller's seal"), default=False)
    seen_on = models.DateField(_("seen on"), null=True)

    class Meta:
        indexes = [models.Index(fields=["number"], name="certificate_number", condition=~Q(number=""))]

    def __str__(self) -> str:
        return f"#{self.device_id}"


class Ownership(models.Model):
    """Who owned the phone from which day; the open row is today's owner."""

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="ownerships")
    owner = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="ownerships")
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["device"], condition=Q(ends_on__isnull=True), name="ownership_open_once"
            ),
            models.CheckConstraint(
                name="ownership_ends_after_start",
                condition=Q(ends_on__isnull=True)
                | Q(starts_on__isnull=True)
                | Q(ends_on__gte=F("starts_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.device_id}@{self.owner_id}"


class Exchange(models.Model):
    """The customer got `new` for `old` on a day (换机)."""

    old = models.OneToOneField(Device, on_delete=models.PROTECT, related_name="exchanged_for")
    new = models.OneToOneField(Device, on_delete=models.PROTECT, related_name="came_for")
    exchanged_on = models.DateField()
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.CheckConstraint(name="exchange_of_two", condition=~Q(old=F("new")))]

    def __str__(self) -> str:
        return f"{self.old_id}→{self.new_id}"


class DeviceChange(models.Model):
    """One field of a device before and after a correction; erased with the owner's data where it is personal."""

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="changes")
    field = models.CharField(max_length=40)
    old = models.TextField(blank=True)
    new = models.TextField(blank=True)
    changed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.field} #{self.device_id}"
