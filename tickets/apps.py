from django.apps import AppConfig


class TicketsConfig(AppConfig):
    """Cases from first call to closed."""

    name = "tickets"

    def ready(self) -> None:
        from tickets import effects, policies, subscriptions  # noqa: F401
