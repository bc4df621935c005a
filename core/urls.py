"""The kernel's pages."""

from django.urls import path

from core.views import exports, health, imports, notifications, operations, styleguide

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
    path("imports/", imports.index, name="imports"),
    path("imports/export/", imports.export, name="import_export"),
    path("imports/template/<slug:code>/", imports.template, name="import_template"),
    path("imports/<int:pk>/", imports.detail, name="import"),
    path("imports/<int:pk>/columns/", imports.columns, name="import_columns"),
    path("imports/<int:pk>/load/", imports.load, name="import_load"),
    path("imports/<int:pk>/cancel/", imports.cancel, name="import_cancel"),
    path("imports/<int:pk>/bad-rows/", imports.bad_rows, name="import_bad_rows"),
    path("imports/<int:pk>/result/", imports.result, name="import_result"),
    path("ops/", operations.index, name="operations"),
    path("ops/effects/<int:pk>/retry/", operations.retry, name="effect_retry"),
    path("ops/effects/<int:pk>/discard/", operations.discard, name="effect_discard"),
]
