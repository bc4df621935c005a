"""Every check of the code that needs no test run; all are run, then the failed ones are named.

python tools/lint.py
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

# Enough for the checks of the production settings; these values open nothing.
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "aftersales.settings.production",
    "SECRET_KEY": "lint-" + "0123456789abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "ALLOWED_HOSTS": "service.example",
    "DATABASE_URL": "postgres://app@db.example/aftersales",
    "MIGRATE_DATABASE_URL": "postgres://owner@db.example/aftersales",
    "REDIS_URL": "redis://redis.example/0",
    "METRICS_TOKEN": "lint-0123456789abcdefghijklmnopqrstuvwxyz",
    "EMAIL_URL": "smtps://mail.example",
}

CHECKS: list[tuple[str, list[str], dict[str, str]]] = [
    ("ruff", ["-m", "ruff", "check", "."], {}),
    ("format", ["-m", "ruff", "format", "--check", "."], {}),
    ("types", ["-m", "mypy", "."], {}),
    ("imports", ["-c", "from importlinter.cli import lint_imports_command as run; run()"], {}),
    ("migrations", ["manage.py", "makemigrations", "--check", "--dry-run"], {}),
    ("deploy", ["manage.py", "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION),
    ("translations", ["tools/messages.py", "--check"], {}),
]


def main() -> int:
    failed = [name for name, command, environment in CHECKS if not _passes(name, command, environment)]
    print(f"Lint failed: {', '.join(failed)}." if failed else "Lint passed.", flush=True)
    return 1 if failed else 0


def _passes(name: str, command: list[str], environment: dict[str, str]) -> bool:
    print(f"== {name}", flush=True)
    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={**os.environ, "DATA_DIR": os.environ.get("DATA_DIR", "var/test"), **environment},
        stdin=subprocess.DEVNULL,
        check=False,
    )
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
