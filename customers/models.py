"""Who calls: customers and their phone numbers."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.policy import PermittedQuerySet


class CustomerKind(models.TextChoices):
    """Person, company or dealer (经销商)."""

    PERSON = "person", pgettext_lazy("customer kind", "Person")
    COMPANY = "company", _("Company")
    DEALER = "dealer", _("Dealer")


class PhoneKind(models.TextChoices):
    """What a number is by its form."""

    MOBILE = "mobile", _("Mobile")
    LANDLINE = "landline", _("Landline")
    SERVICE = "service", _("Service number")
    SHORT = "short", _("Short code")


class Customer(models.Model):
    """A customer. Names and numbers are stored plain and masked wherever they are shown."""

    name = models.CharField(_("name"), max_length=60)
    kind = models.CharField(
        _("kind"), max_length=10, choices=CustomerKind.choices, default=CustomerKind.PERSON
    )
    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    province_code = models.CharField(_("province"), max_length=6, blank=True)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    objects: Any = PermittedQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["name"], name="customer_name")]
        verbose_name = _("Customer")

    def __str__(self) -> str:
        return f"#{self.pk}"


class CustomerPhone(models.Model):
    """A number of a customer, normalised to digits; one number may belong to many customers."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="phones")
    number = models.CharField(_("phone number"), max_length=20)
    kind = models.CharField(max_length=10, choices=PhoneKind.choices)
    is_main = models.BooleanField(default=True)

    class Meta:
        indexes = [models.Index(fields=["number"], name="customer_phone_number")]
        constraints = [models.UniqueConstraint(fields=["customer", "number"], name="customer_phone_once")]

    def __str__(self) -> str:
        return f"#{self.pk}"
