"""Production: safe by default, and silent under `manage.py check --deploy`."""

from aftersales.settings.base import *  # noqa: F403
from aftersales.settings.base import env

SECRET_KEY = env.text("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.listing("SECRET_KEY_FALLBACKS", "")
ALLOWED_HOSTS = env.listing("ALLOWED_HOSTS", "")
CSRF_TRUSTED_ORIGINS = env.listing("CSRF_TRUSTED_ORIGINS", "")

SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrf"
LANGUAGE_COOKIE_SECURE = True
SECURE_SSL_REDIRECT = env.flag("TLS_REDIRECT", True)
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_REDIRECT_EXEMPT = [r"^healthz/$", r"^readyz/$", r"^metrics/$"]
if env.number("PROXY_COUNT", 0, 0, 5):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
