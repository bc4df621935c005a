from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KpiConfig(AppConfig):
    """Figures by which the service is judged; until daily facts exist, start pages count live."""

    name = "kpi"

    def ready(self) -> None:
        from core import navigation

        navigation.register(_("Start"), "home", "home", order=10, shortcut="g h")
