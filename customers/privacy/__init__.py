"""Reads for the protection of personal data: who revealed what, requests, copies, retention."""


def register() -> None:
    """Make pages, bell, exports and words of personal data known; from the app's `ready`."""
    from django.utils.translation import pgettext_lazy

    from core import navigation
    from customers.extensions import last_activity
    from customers.policies import may_see_privacy
    from customers.privacy import copies, exports, notices, panels, subjects, words  # noqa: F401
    from customers.services.retention import own_activity

    subjects.register()
    panels.register()
    words.register()
    last_activity("customers", own_activity)
    navigation.register(
        pgettext_lazy("navigation", "Personal data"),
        "customers:reveals",
        "shield-lock",
        may_see_privacy,
        order=34,
        section=pgettext_lazy("navigation", "Customers"),
    )
