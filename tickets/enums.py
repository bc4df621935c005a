"""Stored words of a case."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CaseKind(models.TextChoices):
    """What a case is about: 咨询, 维修."""

    INQUIRY = "inquiry", _("Inquiry")
    REPAIR = "repair", _("Repair")


class CaseStatus(models.TextChoices):
    """Where a case stands."""

    LOGGED = "logged", _("Logged")
    ASSIGNED = "assigned", _("Assigned")
    IN_PROGRESS = "in_progress", _("In progress")
    WAITING = "waiting", _("Waiting")
    RESOLVED = "resolved", _("Resolved")
    CLOSED = "closed", pgettext_lazy("case status", "Closed")
    CANCELLED = "cancelled", _("Cancelled")


UNFINISHED = (CaseStatus.LOGGED, CaseStatus.ASSIGNED, CaseStatus.IN_PROGRESS, CaseStatus.WAITING)
"""Statuses in which the service clock may run."""

OPEN = (*UNFINISHED, CaseStatus.RESOLVED)
"""Statuses in which somebody still has to do something."""


class Action(models.TextChoices):
    """Verbs of the trade on a case."""

    LOG = "log", _("Log")
    ASSIGN = "assign", _("Assign")
    ACCEPT = "accept", _("Accept")
    HAND_BACK = "hand_back", _("Hand back")
    WAIT = "wait", _("Set waiting")
    RESUME = "resume", _("Resume")
    RESOLVE = "resolve", _("Resolve")
    CLOSE = "close", pgettext_lazy("verb", "Close")
    REOPEN = "reopen", _("Reopen")
    CANCEL = "cancel", _("Cancel case")
    CONVERT = "convert", _("Change into repair")
    NOTE = "note", _("Add note")


STEP_ACTIONS = tuple(str(action) for action in Action if action != Action.LOG)
"""Verbs on a case that is there already."""


class Priority(models.IntegerChoices):
    """Urgency; stored as its rank so that lists sort by it."""

    URGENT = 1, _("Urgent")
    HIGH = 2, _("High")
    NORMAL = 3, _("Normal")
    LOW = 4, _("Low")


class Channel(models.TextChoices):
    """How the customer came; a label until intake channels exist."""

    PHONE = "phone", _("Phone")
    COUNTER = "counter", _("Counter")
    MAIL = "mail", _("E-mail")
    WEB = "web", _("Web")


class WaitReason(models.TextChoices):
    """Why work stands still. Only waiting for the customer or for outside testing pauses the service clock."""

    CUSTOMER = "customer", _("Waiting for the customer")
    TESTING = "testing", _("Waiting for outside testing")
    PARTS = "parts", _("Waiting for parts")


class NextStep(models.TextChoices):
    """What follows the call."""

    RESOLVED = "resolved", _("Resolved on the call")
    PASS_ON = "pass_on", _("Pass on to the group")
    KEEP = "keep", _("I handle it myself")


class Sort(models.TextChoices):
    """The four indexed orders of a list."""

    NEWEST = "newest", _("Newest first")
    DUE = "due", _("Due first")
    CHANGED = "changed", _("Last changed first")
    PRIORITY = "priority", _("Most urgent first")
