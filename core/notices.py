"""What the bell says about the kernel's own things."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.exports.services import READY_NOTICE
from core.imports.store import CHECKED_NOTICE, DONE_NOTICE
from core.notifications import sentence

CALENDAR_MISSING = "core.calendar_missing"

sentence(READY_NOTICE, _("Your export %(file)s is ready"))
sentence(CHECKED_NOTICE, _("Your file %(file)s has been checked"))
sentence(DONE_NOTICE, _("The import of your file %(file)s has ended"))
sentence(
    CALENDAR_MISSING,
    _("The official holidays of %(year)s are not loaded. Until then deadlines in that year are provisional."),
)
