from django.apps import AppConfig


class ProductsConfig(AppConfig):
    """Which phone."""

    name = "products"

    def ready(self) -> None:
        from products import policies, rights  # noqa: F401

        rights.register()
