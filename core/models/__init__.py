"""Tables of the kernel."""

from core.models.audit import AuditEvent
from core.models.calendar import CalendarDay, ServiceWindow, WorkCalendar
from core.models.exports import ExportFile
from core.models.idempotency import IdempotencyKey
from core.models.imports import ImportFile, ImportProblem
from core.models.jobs import Heartbeat, JobRun
from core.models.notifications import Notification
from core.models.outbox import Effect
from core.models.searches import StoredSearch

__all__ = [
    "AuditEvent",
    "CalendarDay",
    "Effect",
    "ExportFile",
    "Heartbeat",
    "IdempotencyKey",
    "ImportFile",
    "ImportProblem",
    "JobRun",
    "Notification",
    "ServiceWindow",
    "StoredSearch",
    "WorkCalendar",
]
