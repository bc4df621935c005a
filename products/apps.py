from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ProductsConfig(AppConfig):
    """Which phone."""

    name = "products"

    def ready(self) -> None:
        from core import navigation
        from products import exports, imports, panels, policies, rights, samedevice, subscriptions  # noqa: F401

        rights.register()
        panels.register()
        samedevice.register()
        imports.register()
        subscriptions.register()
        navigation.register(
            _("Devices"),
            "products:devices",
            "device-mobile",
            policies.may_list,
            order=31,
            section=pgettext_lazy("navigation", "Customers"),
            shortcut="g d",
        )
        navigation.register(
            _("Catalogue"),
            "products:catalogue",
            "tag",
            policies.may_read_catalogue,
            order=32,
            section=pgettext_lazy("navigation", "Customers"),
        )
