"""Stored words of the organisation."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class UnitKind(models.TextChoices):
    """Levels of the tree: 售后服务部, 客服中心, 组, 分公司, 网点."""

    COMPANY = "company", _("Company")
    DEPARTMENT = "department", _("Department")
    CENTRE = "centre", _("Service centre")
    GROUP = "group", _("Group")
    BRANCH = "branch", _("Branch")
    OUTLET = "outlet", _("Outlet")


class GroupKind(models.TextChoices):
    """Groups inside a centre: 信息组, 技术组, 财务组, 行政人事组."""

    INFO = "info", _("Information group")
    TECH = "tech", _("Technical group")
    FINANCE = "finance", _("Finance group")
    ADMIN_HR = "admin_hr", _("Administration and personnel group")


class Confidence(models.TextChoices):
    """How sure the reading of the source document is."""

    HIGH = "high", _("High")
    MEDIUM = "medium", _("Medium")
    LOW = "low", _("Low")
    NAMED = "named", _("Named without a table")
    RULED = "ruled", _("Set by ruling")
