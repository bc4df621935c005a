"""Stored words of the organisation."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class UnitKind(models.TextChoices):
    """Levels of the tree: 售后服务部, 客服中心, 组, 分公司, 网点; and departments beside ours."""

    COMPANY = "company", _("Company")
    DEPARTMENT = "department", _("Department")
    CENTRE = "centre", _("Service centre")
    GROUP = "group", _("Group")
    BRANCH = "branch", _("Branch")
    OUTLET = "outlet", _("Outlet")
    OUTSIDE = "outside", _("Other department")


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


class Power(models.TextChoices):
    """主要权力 of the job descriptions, clauses 1 to 6; clause 2 holds five rights of two degrees."""

    ADMINISTER = "administer", _("Administer the own scope")
    PROPOSE_TRANSFER = "propose_transfer", _("Propose a transfer")
    PROPOSE_REWARD = "propose_reward", _("Propose a reward")
    PROPOSE_DISCIPLINE = "propose_discipline", _("Propose discipline")
    NOMINATE_APPOINTMENT = "nominate_appointment", _("Nominate for appointment")
    NOMINATE_DISMISSAL = "nominate_dismissal", _("Nominate for dismissal")
    APPRAISE = "appraise", _("Appraise")
    SUPERVISE = "supervise", _("Supervise and inspect")
    ADJUDICATE = "adjudicate", _("Adjudicate a dispute")
    REPORT = "report", _("Report to the superior")


class Degree(models.TextChoices):
    """责任程度 of a duty."""

    DIRECT = "direct", _("Direct responsibility")
    LEADING = "leading", _("Leadership responsibility")


class VersionState(models.TextChoices):
    """Where a version of a position stands."""

    IN_FORCE = "in_force", _("In force")
    SUPERSEDED = "superseded", _("Superseded")
    PROPOSED = "proposed", _("Proposed")
    REJECTED = "rejected", pgettext_lazy("version", "Rejected")


class VersionOrigin(models.TextChoices):
    """Where a version came from."""

    FILE = "file", _("Data file")
    EDIT = "edit", _("Edited")


class LeaveKind(models.TextChoices):
    """Why somebody is away."""

    ANNUAL = "annual", _("Annual leave")
    SICK = "sick", _("Sick leave")
    TRIP = "trip", _("Business trip")
    PERSONAL = "personal", _("Personal leave")
    PARENTAL = "parental", _("Parental leave")
    OTHER = "other", _("Other")


class QualificationKind(models.TextChoices):
    """任职条件 and what proves them."""

    EDUCATION = "education", _("Education")
    KNOWLEDGE = "knowledge", _("Professional knowledge")
    SKILL = "skill", _("Professional skill")
    EXPERIENCE = "experience", _("Work experience")
    CERTIFICATE = "certificate", _("Certificate")
    OTHER = "other", _("Other")


class EducationLevel(models.TextChoices):
    """学历, lowest first."""

    SECONDARY = "secondary", _("Secondary school")
    JUNIOR_COLLEGE = "junior_college", _("Junior college")
    BACHELOR = "bachelor", _("Bachelor")
    MASTER = "master", _("Master")
    DOCTOR = "doctor", _("Doctor")


class UseState(models.TextChoices):
    """Where the use of a power stands: what only informs is recorded, what another decides is submitted."""

    RECORDED = "recorded", pgettext_lazy("use of a power", "Recorded")
    SUBMITTED = "submitted", pgettext_lazy("use of a power", "Submitted")
    ACCEPTED = "accepted", pgettext_lazy("use of a power", "Accepted")
    DECLINED = "declined", pgettext_lazy("use of a power", "Declined")
    WITHDRAWN = "withdrawn", pgettext_lazy("use of a power", "Withdrawn")


class ImportState(models.TextChoices):
    """Where an import of staff stands."""

    CHECKED = "checked", _("Checked")
    LOADING = "loading", _("Loading")
    LOADED = "loaded", _("Loaded")
    FAILED = "failed", _("Failed")
    DISCARDED = "discarded", _("Discarded")
