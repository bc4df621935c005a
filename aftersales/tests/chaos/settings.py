"""Settings of the processes that the kill tests start: short leases, so that a test need not wait for a minute."""

import os
from datetime import timedelta
from typing import Any

from aftersales.settings.email import email_settings
from aftersales.settings.test import *  # noqa: F403
from aftersales.settings.test import EMAIL_URL
from aftersales.settings.test import INSTALLED_APPS as _APPS

INSTALLED_APPS: list[Any] = [*_APPS, "aftersales.tests.chaos"]
ROOT_URLCONF = "aftersales.tests.chaos.urls"
OUTBOX_LEASE = timedelta(seconds=3)
OUTBOX_ANNOUNCE_AGAIN = timedelta(seconds=0.5 if os.environ.get("CHAOS_UNGUARDED") else 2)
globals().update(email_settings(EMAIL_URL))
