"""Who calls: customers, their phone numbers and addresses."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Reverse
from django.utils.translation import gettext_lazy as _

from core.policy import PermittedQuerySet
from customers.enums import ContactChannel, CustomerKind, PhoneKind
from orgchart.models import Person, Unit


class Customer(models.Model):
    """A customer. Names and numbers are stored plain and masked wherever they are shown.

    `name_grams` holds every two adjacent characters of the name, `pinyin` and `initials` its reading in Latin letters;
    `customers.services` writes them together with the name. `centre` is the service centre whose file it is. A merged
    file points to the one that was kept; an erased one has no personal data left.
    """

    name = models.CharField(_("name"), max_length=60)
    name_grams = ArrayField(models.CharField(max_length=2), default=list)
    pinyin = models.CharField(max_length=240, blank=True)
    initials = models.CharField(max_length=60, blank=True)
    kind = models.CharField(
        _("kind"), max_length=10, choices=CustomerKind.choices, default=CustomerKind.PERSON
    )
    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    province_code = models.CharField(_("province"), max_length=6, blank=True)
    preferred_channel = models.CharField(
        _("preferred channel"), max_length=8, choices=ContactChannel.choices, default=ContactChannel.ANY
    )
    preference_note = models.CharField(_("preferences"), max_length=200, blank=True)
    centre = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("service centre")
    )
    created_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="merged")
    erased_at = models.DateTimeField(null=True)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    objects: Any = PermittedQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["name"], name="customer_name"),
            GinIndex(fields=["name_grams"], name="customer_name_grams"),
            models.Index(OpClass(F("pinyin"), name="text_pattern_ops"), name="customer_pinyin"),
            models.Index(OpClass(F("initials"), name="text_pattern_ops"), name="customer_initials"),
        ]
        constraints = [
            models.CheckConstraint(name="customer_not_merged_into_itself", condition=~Q(merged_into=F("id")))
        ]
        verbose_name = _("Customer")

    def __str__(self) -> str:
        return f"#{self.pk}"

    def get_absolute_url(self) -> str:
        """The file's page; the address holds no personal data."""
        return f"/customers/{self.pk}/"


class CustomerPhone(models.Model):
    """A number of a customer, normalised to digits; one number may belong to many customers.

    `relation` says whose number it is when not the customer's own (wife, colleague); `is_active` is off for a number
    that no longer reaches the customer but still finds the file.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="phones")
    number = models.CharField(_("phone number"), max_length=20)
    extension = models.CharField(_("extension"), max_length=6, blank=True)
    kind = models.CharField(max_length=10, choices=PhoneKind.choices)
    relation = models.CharField(_("whose number"), max_length=30, blank=True)
    is_main = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["-is_active", "-is_main", "id"]
        indexes = [
            models.Index(fields=["number"], name="customer_phone_number"),
            models.Index(OpClass(Reverse("number"), name="text_pattern_ops"), name="customer_phone_tail"),
        ]
        constraints = [models.UniqueConstraint(fields=["customer", "number"], name="customer_phone_once")]

    def __str__(self) -> str:
        return f"#{self.pk}"


class CustomerAddress(models.Model):
    """An address: the district's code by GB/T 2260, and street and house in words."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="addresses")
    region_code = models.CharField(_("district"), max_length=6, blank=True)
    text = models.CharField(_("street and house"), max_length=200)
    is_main = models.BooleanField(default=True)

    class Meta:
        ordering = ["-is_main", "id"]

    def __str__(self) -> str:
        return f"#{self.pk}"
