"""Run the tests: everything that can share the machine side by side, then what needs it alone.

    python tools/test.py [pytest arguments]     the tests of every day
    python tools/test.py --soak                 the long runs

A browser and Chinese fonts are part of the tests. As root with apt they are installed when missing; otherwise
the run fails at once with one sentence. Nothing is skipped.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PACKAGES = ("chromium", "fonts-noto-cjk")
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")
NO_TESTS_COLLECTED = 5
# These start or kill servers, or measure: side by side they would disturb each other.
ALONE = "browser or chaos"


def main(arguments: list[str]) -> int:
    if problem := _missing():
        print(problem, file=sys.stderr)
        return 1
    begun = time.monotonic()
    codes = _soak(arguments[1:]) if arguments[:1] == ["--soak"] else _everyday(arguments)
    verdict = "passed" if passed(codes) else "failed"
    print(f"Tests {verdict} after {time.monotonic() - begun:.0f} s.", flush=True)
    return 0 if passed(codes) else 1


def passed(codes: list[int]) -> bool:
    """Whether pytest's exit codes mean success; a part may be empty, a whole run may not."""
    return all(code in (0, NO_TESTS_COLLECTED) for code in codes) and 0 in codes


def _everyday(arguments: list[str]) -> list[int]:
    workers = str(min(os.cpu_count() or 1, 4))
    return [
        _pytest("-n", workers, "--dist", "loadfile", "-m", f"not soak and not ({ALONE})", *arguments),
        _pytest("-m", f"not soak and ({ALONE})", *arguments),
    ]


def _soak(arguments: list[str]) -> list[int]:
    return [_pytest("-m", "soak", *arguments)]


def _pytest(*arguments: str) -> int:
    command = [sys.executable, "-m", "pytest", "-q", *arguments]
    return subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, check=False).returncode


def _missing() -> str | None:
    """Install what the tests need beside Python; a sentence when that is not possible."""
    if _complete():
        return None
    advice = (
        f"The tests need Chromium and Chinese fonts: install them with 'apt-get install {' '.join(PACKAGES)}'"
    )
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return f"{advice} as root, or their like of another system."
    print("Installing Chromium and Chinese fonts", flush=True)
    return None if _apt_install() and _complete() else f"{advice}; doing that here failed (output above)."


def _complete() -> bool:
    return any(shutil.which(name) for name in BROWSERS) and _has_chinese_font()


def _has_chinese_font() -> bool:
    names = ("*CJK*", "wqy-*", "*SourceHan*")
    folders = [Path(folder).expanduser() for folder in FONT_FOLDERS]
    return any(next(folder.rglob(name), None) for folder in folders if folder.exists() for name in names)


def _apt_install() -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    steps = (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *PACKAGES])
    return all(
        subprocess.run(["apt-get", *step], env=environment, stdin=subprocess.DEVNULL, check=False).returncode
        == 0
        for step in steps
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
