"""The trial profile with the bare view, and with statement counts for requests that ask for them."""

from aftersales.settings.trial import *  # noqa: F403
from aftersales.settings.trial import MIDDLEWARE

ROOT_URLCONF = "bench.urls"
MIDDLEWARE = ["bench.counting.StatementCountMiddleware", *MIDDLEWARE]
MFA_REQUIRED = False
EMAIL_URL = "console://"
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
