from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrgchartConfig(AppConfig):
    """Units, positions, staff and appointments."""

    name = "orgchart"

    def ready(self) -> None:
        from core import navigation
        from orgchart import grants, login, policies  # noqa: F401

        login.connect()
        grants.register()
        section = _("Organisation")
        navigation.register(_("Staff"), "orgchart:staff", "users", order=70, section=section, shortcut="g s")
        navigation.register(
            _("Units"), "orgchart:units", "sitemap", order=71, section=section, shortcut="g u"
        )
