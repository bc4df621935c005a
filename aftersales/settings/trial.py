"""What `make run` starts: the real thing on this machine alone, without TLS."""

import os
import secrets

from aftersales.settings.base import *  # noqa: F403
from aftersales.settings.base import DATA_DIR, env

TRIAL = True
MFA_REQUIRED = env.flag("MFA_REQUIRED", False)
DEBUG = env.flag("DEBUG", False)
ALLOWED_HOSTS = env.listing("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")


def _secret_key() -> str:
    """The key from SECRET_KEY, else one made once for this data folder and kept in a file only its owner reads."""
    if given := env.text("SECRET_KEY", ""):
        return given
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    path = DATA_DIR / "secret-key"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        key = secrets.token_urlsafe(48)
        file.write(key)
    return key


SECRET_KEY = _secret_key()
