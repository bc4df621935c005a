"""Stored words of the customer file."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


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


class ContactChannel(models.TextChoices):
    """How somebody wants to be reached."""

    ANY = "any", _("Any way")
    PHONE = "phone", _("By phone")
    SMS = "sms", _("By text message")
    EMAIL = "email", _("By e-mail")


class Purpose(models.TextChoices):
    """What personal data may be used for. Service itself rests on the contract (PIPL art. 13(2)) and needs none."""

    SURVEY = "survey", _("Satisfaction survey")
    CARE = "care", _("Care calls")
    MARKETING = "marketing", _("Advertising")
    MANUFACTURER = "manufacturer", _("Passing data to the manufacturer")
    RECORDING = "recording", _("Recording of calls")


class CareKind(models.TextChoices):
    """回访 after a case, 定期跟进 by plan."""

    FOLLOW_UP = "follow_up", _("Follow-up call")
    REGULAR = "regular", _("Regular care call")


class CareResult(models.TextChoices):
    """How a care call ended."""

    REACHED = "reached", _("Reached")
    NOT_REACHED = "not_reached", _("Not reached")
    CALL_LATER = "call_later", _("Call again later")
    DECLINED = "declined", _("Wants no calls")


class RequestKind(models.TextChoices):
    """Rights of a person over the own data (PIPL art. 44-50)."""

    EXPORT = "export", _("Copy of the data")
    ERASURE = "erasure", _("Erasure")
    CORRECTION = "correction", _("Correction")


class RequestState(models.TextChoices):
    """Where a request about personal data stands."""

    OPEN = "open", pgettext_lazy("request", "Open")
    DONE = "done", pgettext_lazy("request", "Done")
    REFUSED = "refused", pgettext_lazy("request", "Refused")
