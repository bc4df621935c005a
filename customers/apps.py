from django.apps import AppConfig


class CustomersConfig(AppConfig):
    """Who calls."""

    name = "customers"

    def ready(self) -> None:
        from customers import policies, rights  # noqa: F401

        rights.register()
