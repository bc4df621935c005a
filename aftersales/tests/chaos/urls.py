"""Only the kernel's pages."""

from django.urls import include, path

urlpatterns = [path("", include("core.urls"))]
