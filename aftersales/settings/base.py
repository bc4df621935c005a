"""Settings that hold in every profile. trial, production and test import from here and say only what differs."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from aftersales.settings import env
from aftersales.settings.celery import celery_settings
from aftersales.settings.email import email_settings
from core import logs

BASE_DIR = env.ROOT
DATA_DIR: Path = env.data_dir()
SERVERS = env.servers(DATA_DIR)
REDIS_URL = SERVERS.redis_url
EXPORT_DIR = DATA_DIR / "exports"
IMPORT_DIR = DATA_DIR / "imports"

DEBUG = False
TRIAL = False
ROOT_URLCONF = "aftersales.urls"
WSGI_APPLICATION = "aftersales.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "core",
    "orgchart",
    "customers",
    "products",
    "tickets",
    "kpi",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "csp",
    "django_htmx",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
]

MIDDLEWARE = [
    "core.middleware.RequestIdMiddleware",
    "core.middleware.MetricsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "orgchart.middleware.SessionLimitMiddleware",
    "orgchart.middleware.StaffOnlyMiddleware",
    "orgchart.middleware.AccountDutiesMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "core.refusals.RefusalMiddleware",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.context.shell",
            ],
        },
    }
]


def _database(url: str) -> dict[str, Any]:
    config: dict[str, Any] = dict(dj_database_url.parse(url, conn_max_age=600, conn_health_checks=True))
    given = config.get("OPTIONS", {})
    # Our joins stand in a good order already: looking for a better one took the planner 30 times as long as the
    # list's rows themselves (docs/performance.md).
    options = f"{given.get('options', '')} -c join_collapse_limit=1".strip()
    config["OPTIONS"] = {**given, "application_name": "aftersales", "options": options}
    return config


DATABASES = {"default": _database(SERVERS.database_url)}
if SERVERS.owner_url:
    DATABASES["owner"] = _database(SERVERS.owner_url)
APP_DB_ROLE = DATABASES["default"]["USER"] if SERVERS.owner_url else None

# Sessions stay in the database: agents go on logging calls when Redis is down.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_IDLE_LIMIT = timedelta(minutes=env.number("SESSION_IDLE_MINUTES", 30, 5, 720))
SESSION_ABSOLUTE_LIMIT = timedelta(hours=env.number("SESSION_ABSOLUTE_HOURS", 12, 1, 24))
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = False

AUTH_USER_MODEL = "orgchart.Person"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "orgchart.backends.StaffBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": "orgchart.passwords.LengthValidator"},
    {"NAME": "orgchart.passwords.ContextWordsValidator"},
    {"NAME": "orgchart.passwords.CompositionValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name", "employee_no")},
    },
]
PASSWORD_MIN_LENGTH = env.number("PASSWORD_MIN_LENGTH", 8, 8, 64)
PASSWORD_CONTEXT_WORDS = ["aftersales", "after-sales", "售后", "shouhou", *env.listing("COMPANY_WORDS", "")]
# Composition and rotation are off: docs/decisions/0005 says why, and when to switch them on.
PASSWORD_COMPLEXITY = env.flag("PASSWORD_COMPLEXITY", False)
PASSWORD_MAX_AGE_DAYS = env.number("PASSWORD_MAX_AGE_DAYS", 0, 0, 730)
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # the minutes that the page names stay true
AXES_CLIENT_IP_CALLABLE = "orgchart.backends.client_ip"
AXES_LOCKOUT_CALLABLE = "orgchart.views.locked_out"
PROXY_COUNT = env.number("PROXY_COUNT", 0, 0, 5)

ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = False  # one limiter for log-in: axes
ACCOUNT_ADAPTER = "orgchart.login.AccountAdapter"
ACCOUNT_FORMS = {"login": "orgchart.login.LoginForm"}
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
MFA_ADAPTER = "orgchart.second_factor.MFAAdapter"
MFA_FORMS = {
    "authenticate": "orgchart.second_factor.CodeForm",
    "reauthenticate": "orgchart.second_factor.CodeAgainForm",
    "activate_totp": "orgchart.second_factor.ActivateForm",
}
MFA_TOTP_ISSUER = "Aftersales"
MFA_RATE_LIMITS = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_REQUIRED = env.flag("MFA_REQUIRED", True)

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LANGUAGE_COOKIE_HTTPONLY = True
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 31_536_000

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4_000  # a whole job description is one form of up to a thousand fields
SILENCED_SYSTEM_CHECKS: list[str] = []

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["core.api.SessionLogin"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["core.api.CarefulJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "URL_FORMAT_OVERRIDE": None,
    "EXCEPTION_HANDLER": "core.api.exception_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Aftersales API",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "ENUM_NAME_OVERRIDES": {
        "CareKindEnum": "customers.enums.CareKind",
        "CaseKindEnum": "tickets.enums.CaseKind",
        "CustomerKindEnum": "customers.enums.CustomerKind",
        "LeaveKindEnum": "orgchart.enums.LeaveKind",
        "PhoneKindEnum": "customers.enums.PhoneKind",
        "UnitKindEnum": "orgchart.enums.UnitKind",
    },
}

EMAIL_URL = env.url("EMAIL_URL", ("smtp", "smtps", "console"), "console://")
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", "service@aftersales.example")
METRICS_TOKEN = env.text("METRICS_TOKEN", "")
CALENDAR_CACHE_SECONDS = 5
DEPUTY_DEPTH = env.number("DEPUTY_DEPTH", 2, 1, 3)
REVEAL_DAILY_QUOTA = env.number("REVEAL_DAILY_QUOTA", 30, 1, 10_000)
UNUSUAL_REVEALS: dict[str, float] = {  # from which number on a reveal is flagged, see customers.rules.unusual
    "in_hour": env.number("UNUSUAL_REVEALS_IN_HOUR", 10, 2, 10_000),
    "people": env.number("UNUSUAL_REVEALS_PEOPLE", 3, 2, 1_000),
    "times": env.number("UNUSUAL_REVEALS_TIMES", 3, 2, 100),
    "least": env.number("UNUSUAL_REVEALS_LEAST", 6, 2, 10_000),
}
PRIVACY_REQUEST_DAYS = env.number("PRIVACY_REQUEST_DAYS", 15, 1, 60)
RETENTION_DAYS: dict[str, int] = {}  # other periods than those of customers.rules.retention, by class

LOGGING = logs.configuration(env.text("LOG_LEVEL", "INFO"))
DEFAULT_EXCEPTION_REPORTER_FILTER = "core.errorreports.NothingTyped"

_CELERY = celery_settings(REDIS_URL)
globals().update(_CELERY)
# Named once more because our own code reads these, and a type checker does not see through the line above.
CELERY_BROKER_URL: str = _CELERY["CELERY_BROKER_URL"]
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = _CELERY["CELERY_BROKER_TRANSPORT_OPTIONS"]
CELERY_TASK_DEFAULT_QUEUE: str = _CELERY["CELERY_TASK_DEFAULT_QUEUE"]
CELERY_TASK_QUEUES: dict[str, Any] = _CELERY["CELERY_TASK_QUEUES"]
OUTBOX_LEASE: timedelta = _CELERY["OUTBOX_LEASE"]
OUTBOX_ANNOUNCE_AGAIN: timedelta = _CELERY["OUTBOX_ANNOUNCE_AGAIN"]
globals().update(email_settings(EMAIL_URL))
