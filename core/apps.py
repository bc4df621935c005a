from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CoreConfig(AppConfig):
    """The kernel: it knows no trade."""

    name = "core"
    verbose_name = "Core"

    def ready(self) -> None:
        from core import calendarseed, grants, navigation
        from core.imports.registry import may_any
        from core.policies import is_operator

        post_migrate.connect(calendarseed.seed_after_migrate, sender=self, dispatch_uid="core.calendarseed")
        post_migrate.connect(grants.grant_after_migrate, sender=self, dispatch_uid="core.grants")
        autodiscover_modules("policies", "effects", "periodic", "notices")
        navigation.register(
            pgettext_lazy("navigation", "Imports"), "core:imports", "upload", may_any, order=35,
            section=pgettext_lazy("navigation", "Customers"),
        )  # fmt: skip
        navigation.register(_("Exports"), "core:exports", "file-export", order=800)
        navigation.register(
            _("Operations"), "core:operations", "activity", is_operator, order=900, section=_("System")
        )
