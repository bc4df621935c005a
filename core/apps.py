from django.apps import AppConfig


class CoreConfig(AppConfig):
    """The kernel: it knows no trade."""

    name = "core"
    verbose_name = "Core"
