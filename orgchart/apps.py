from django.apps import AppConfig


class OrgchartConfig(AppConfig):
    """Units, positions, staff and appointments."""

    name = "orgchart"

    def ready(self) -> None:
        from orgchart import policies  # noqa: F401
