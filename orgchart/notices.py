"""Sentences of the bell."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.notifications import sentence

sentence("orgchart.deputy", _("You stand in for %(name)s (%(post)s) from %(from)s on."))
sentence("orgchart.transferred", _("From %(from)s on your post is %(post)s, %(unit)s."))
sentence("orgchart.import_done", _("The staff list %(file)s was worked on: see what came of it."))
sentence("orgchart.sign", _("The job description of %(post)s has a new version: please read and sign it."))
sentence("orgchart.override", _("An administrator acted on %(name)s without a power: %(reason)s"))
sentence("orgchart.to_decide", _("%(name)s submitted something for you to decide."))
sentence("orgchart.decided", _("%(name)s decided on what you submitted."))
sentence("orgchart.power_used.administer", _("%(name)s gave you an instruction."))
sentence("orgchart.power_used.appraise", _("%(name)s appraised your work."))
sentence("orgchart.power_used.supervise", _("%(name)s recorded a finding about your work."))
sentence("orgchart.power_used.adjudicate", _("%(name)s ruled on a dispute that you are a party to."))
