"""The sentences of the bell that concern cases."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.notifications import sentence

sentence("tickets.case_arrived", _("Case %(number)s came into your unit."))
sentence("tickets.case_assigned", _("Case %(number)s was assigned to you."))
sentence("tickets.case_handed_back", _("Case %(number)s was handed back to your unit."))
sentence("tickets.case_resolved", _("Case %(number)s is resolved. Tell the customer, then close it."))
sentence("tickets.case_reopened", _("Case %(number)s was reopened."))
sentence("tickets.case_cancelled", _("Case %(number)s, which you handled, was cancelled."))
sentence("tickets.case_mentioned", _("You were mentioned in case %(number)s."))
sentence("tickets.leaver", _("%(name)s has left: %(count)s open cases wait to be passed on."))
