from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class OrgchartConfig(AppConfig):
    """Units, positions, staff and appointments."""

    name = "orgchart"

    def ready(self) -> None:
        from core import navigation
        from orgchart import grants, login, policies

        login.connect()
        grants.register()
        section = _("Organisation")
        navigation.register(_("Staff"), "orgchart:staff", "users", order=70, section=section, shortcut="g s")
        navigation.register(
            _("Organisation chart"), "orgchart:chart", "sitemap", order=71, section=section, shortcut="g u"
        )
        navigation.register(
            _("Leave and deputies"),
            "orgchart:away",
            "calendar-off",
            order=72,
            section=section,
            shortcut="g l",
        )
        navigation.register(
            pgettext_lazy("navigation", "Positions"),
            "orgchart:positions",
            "clipboard-list",
            order=73,
            section=section,
            shortcut="g p",
        )
        navigation.register(
            _("Powers and proposals"),
            "orgchart:uses",
            "gavel",
            policies.has_posts,
            order=74,
            section=section,
            shortcut="g w",
        )
        navigation.register(
            _("Acts of administrators"),
            "orgchart:overrides",
            "bolt",
            policies.is_administrator,
            order=75,
            section=section,
        )
