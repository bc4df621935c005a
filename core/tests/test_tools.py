"""The tools behind make: what they refuse, and when they have nothing to do."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.embedded.places import CHECKOUT
from tools import install
from tools import test as tests


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout without packages to install, so that pip needs no network."""
    for name in ("requirements.txt", "requirements-dev.txt", "constraints.txt"):
        (tmp_path / name).write_text("")
    monkeypatch.setattr(install, "ROOT", tmp_path)
    monkeypatch.setattr(install, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(install, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(install, "LOG", tmp_path / ".venv" / "install.log")
    return tmp_path


def test_environment_is_made_once_and_again_when_the_requirements_change(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    install.install(development=False)
    assert "Making .venv" in capsys.readouterr().out
    install.install(development=False)
    assert capsys.readouterr().out == ""
    (checkout / "requirements.txt").write_text("# changed\n")
    install.install(development=False)
    assert "Installing Python packages" in capsys.readouterr().out


def test_package_that_cannot_be_had_is_one_sentence_and_tried_again(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    (checkout / "requirements.txt").write_text("no-such-package-of-ours==1.0\n")
    for _ in range(2):
        with pytest.raises(install.InstallError, match=r"could not be installed: .* is in .*install\.log"):
            install.install(development=False)


def test_tests_are_not_skipped_without_a_browser(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "tools/test.py"],
        cwd=CHECKOUT,
        env={"PATH": str(tmp_path), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("The tests need Chromium and Chinese fonts: install them")
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("codes", "success"),
    [([0, 0], True), ([0, 5], True), ([5, 5], False), ([5], False), ([0, 1], False), ([2, 0], False)],
)
def test_run_without_any_test_is_no_success(codes: list[int], success: bool) -> None:
    assert tests.passed(codes) is success


def test_make_lists_every_target() -> None:
    done = subprocess.run(["make", "help"], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    listed = {line.split("\t")[0] for line in done.stdout.splitlines()}
    assert {"run", "dev", "test", "lint", "soak", "backup", "restore", "clean"} <= listed
    assert os.access(CHECKOUT / ".ci" / "run", os.X_OK)
