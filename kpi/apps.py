from django.apps import AppConfig


class KpiConfig(AppConfig):
    """Figures by which the service is judged; until daily facts exist, start pages count live."""

    name = "kpi"
