"""The kernel's pages."""

from django.urls import path

from core.views import exports, health, notifications, operations, styleguide

app_name = "core"

urlpatterns = [
    path("healthz/", health.healthz, name="healthz"),
    path("readyz/", health.readyz, name="readyz"),
    path("metrics/", health.metrics, name="metrics"),
    path("notifications/", notifications.index, name="notifications"),
    path("notifications/count/", notifications.count, name="notifications_count"),
    path("notifications/read/", notifications.read_all, name="notifications_read"),
    path("notifications/<int:pk>/", notifications.open_one, name="notification"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("exports/", exports.index, name="exports"),
    path("exports/<int:pk>/", exports.detail, name="export"),
    path("exports/<int:pk>/download/", exports.download, name="export_download"),
    path("ops/", operations.index, name="operations"),
    path("ops/effects/<int:pk>/retry/", operations.retry, name="effect_retry"),
    path("ops/effects/<int:pk>/discard/", operations.discard, name="effect_discard"),
]
