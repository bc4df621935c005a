"""Stored words of the catalogue and of devices."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Component(models.TextChoices):
    """Parts that the official fault list tells apart (《移动电话机商品修理更换退货责任规定》附录3)."""

    HOST = "host", _("Handset")
    CHARGER = "charger", _("Charger")
    BATTERY = "battery", _("Battery")
    CARD = "card", _("Mobile terminal card")
    DATA_CARD = "data_card", _("Data interface card")
    EARPHONE = "earphone", _("Wired earphone")


class GuaranteeCategory(models.TextChoices):
    """Which set of guarantee rules (三包) a model falls under."""

    PHONE = "phone", _("Mobile phone")
    COMPUTER = "computer", _("Microcomputer")
    AUDIO_VIDEO = "audio_video", _("Home audio and video")
    OTHER = "other", _("No rules of its own")


class CodeKind(models.TextChoices):
    """Levels of the code tree: what is wrong, why, and what is done about it."""

    FAULT = "fault", _("Fault")
    CAUSE = "cause", _("Cause")
    REMEDY = "remedy", _("Remedy")


class SerialKind(models.TextChoices):
    """Serial numbers beside the IMEI."""

    SERIAL = "serial", _("Serial number")
    MEID = "meid", "MEID"
    IMEISV = "imeisv", "IMEISV"
    BATTERY = "battery", _("Battery")
    CHARGER = "charger", _("Charger")
    EARPHONE = "earphone", _("Earphone")
    OTHER = "other", _("Other accessory")
