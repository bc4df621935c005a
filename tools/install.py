"""Make .venv and install the pinned packages into it; needs nothing but Python 3.11 or later.

    python3 tools/install.py                  what the application runs on
    python3 tools/install.py --development    also what tests and lint need

Does nothing when the requirements are unchanged since the last time. Works on the standard library alone.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOG = VENV / "install.log"
OLDEST = (3, 11)
FILES = {False: ("requirements.txt",), True: ("requirements.txt", "requirements-dev.txt")}
CONSTRAINTS = "constraints.txt"


class InstallError(Exception):
    """The packages cannot be installed; the text is one sentence that says what to do."""


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--development", action="store_true")
    options = parser.parse_args()
    try:
        install(development=options.development)
    except InstallError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def install(*, development: bool) -> None:
    """Bring .venv up to the requirements; one process at a time per checkout."""
    if sys.version_info < OLDEST:
        raise InstallError(
            f"Python 3.11 or later is needed and this is {sys.version.split()[0]}: "
            "run make with PYTHON=python3.11."
        )
    checkout = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(checkout, fcntl.LOCK_EX)
        _install(development=development)
    finally:
        os.close(checkout)


def _install(*, development: bool) -> None:
    usable = _usable()
    if usable and (_is_installed(development=True) or (not development and _is_installed(development=False))):
        return
    if not os.access(ROOT, os.W_OK):
        raise InstallError(f"{ROOT} is not writable for this account: clone it into a folder of your own.")
    if not usable:
        print("Making .venv", flush=True)
        _make_venv()
    print("Installing Python packages (the first time takes a minute)", flush=True)
    _pip("-r", str(ROOT / FILES[development][-1]), "-c", str(ROOT / CONSTRAINTS))
    _stamp(development=development).write_text(_digest(development=development))


def _is_installed(*, development: bool) -> bool:
    stamp = _stamp(development=development)
    return stamp.exists() and stamp.read_text() == _digest(development=development)


def _stamp(*, development: bool) -> Path:
    return VENV / ("installed-development" if development else "installed")


def _digest(*, development: bool) -> str:
    content = b"".join((ROOT / name).read_bytes() for name in (*FILES[development], CONSTRAINTS))
    return hashlib.sha256(content + sys.version.encode()).hexdigest()


def _usable() -> bool:
    """A moved or half-made environment, or one whose Python is gone, is not."""
    if not PYTHON.exists():
        return False
    answer = subprocess.run([str(PYTHON), "-c", "import pip"], capture_output=True, check=False)
    return answer.returncode == 0


def _make_venv() -> None:
    if VENV.exists():
        shutil.rmtree(VENV)
    made = subprocess.run(
        [sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False
    )
    if made.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        raise InstallError(
            f"Python's own 'venv' does not work here: on Debian and Ubuntu install python3-venv "
            f"({(made.stderr or made.stdout).strip()[-200:]})."
        )


def _pip(*arguments: str) -> None:
    command = [str(PYTHON), "-m", "pip", "install", "--no-input", "--disable-pip-version-check", *arguments]
    with LOG.open("wb") as log:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=ROOT, check=False
        )
    if done.returncode:
        raise InstallError(
            "The Python packages could not be installed: check the connection to the package index; "
            f"the whole output is in {LOG}."
        )


if __name__ == "__main__":
    sys.exit(main())
