from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class TicketsConfig(AppConfig):
    """Cases from first call to closed."""

    name = "tickets"

    def ready(self) -> None:
        from core import navigation
        from tickets import effects, exports, files, modelfaults, panels, policies, rights, subscriptions  # noqa: F401
        from tickets.services import privacy

        files.register()
        modelfaults.register()
        privacy.register()

        section = pgettext_lazy("navigation", "Case desk")
        navigation.register(
            _("Log a call"),
            "tickets:call",
            "phone-incoming",
            policies.may_log,
            order=20,
            section=section,
            shortcut="g c",
        )
        navigation.register(
            _("Cases"),
            "tickets:cases",
            "list-details",
            policies.has_posts,
            order=21,
            section=section,
            shortcut="g l",
        )
        navigation.register(
            _("Search"), "tickets:search", "search", policies.has_posts, order=22, section=section
        )
