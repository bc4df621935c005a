"""Tests: the same servers, faster passwords, mail kept in memory."""

import os
from typing import Any

os.environ.setdefault("DATA_DIR", "var/test")

from aftersales.settings.base import *  # noqa: F403
from aftersales.settings.base import DATABASES, STORAGES

SECRET_KEY = "only-for-tests"  # noqa: S105
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
MFA_REQUIRED = False
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

# A test that is rolled back must not leave its calendar behind for the next one.
CALENDAR_CACHE_SECONDS = 0

# Tests migrate and flush as the owner; what the application's role may not do is tested over a connection of its own.
APP_DB_CONFIG: dict[str, Any] = DATABASES["default"]
if "owner" in DATABASES:
    DATABASES["default"] = DATABASES.pop("owner")
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
