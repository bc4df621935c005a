from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CustomersConfig(AppConfig):
    """Who calls."""

    name = "customers"

    def ready(self) -> None:
        from core import navigation
        from customers import exports, extensions, imports, mergepage, policies, privacy, rights  # noqa: F401

        navigation.register(
            _("Customers"),
            "customers:list",
            "users",
            policies.may_list,
            order=30,
            section=pgettext_lazy("navigation", "Customers"),
            shortcut="g k",
        )
        navigation.register(
            _("Care calls"),
            "customers:care",
            "phone-call",
            policies.may_see_care,
            order=33,
            section=pgettext_lazy("navigation", "Customers"),
        )
        extensions.file_panels("merges", mergepage.panel)
        rights.register()
        imports.register()
        privacy.register()
