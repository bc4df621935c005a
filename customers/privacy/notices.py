"""Sentences of the bell about personal data."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.notifications import sentence

UNUSUAL = "customers.unusual_reveals"
DUE = "customers.request_due"

sentence("customers.request_export", _("A customer asks for a copy of their data, due %(due)s."))
sentence("customers.request_erasure", _("A customer asks to have their data erased, due %(due)s."))
sentence("customers.request_correction", _("A customer asks to have their data corrected, due %(due)s."))
sentence(DUE, _("A request about personal data is due on %(due)s and not answered yet."))
sentence(UNUSUAL, _("Personal data were shown unusually on %(day)s: %(count)s to look at."))
