"""Fetching front-end files: what is copied, from which npm, and that a second run does nothing."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tools import assets


@pytest.fixture
def packages(tmp_path, monkeypatch):
    """A project whose packages are already fetched; npm itself is a program that only notes its arguments."""
    for name, value in {"ROOT": tmp_path, "NODE_MODULES": tmp_path / "node_modules"}.items():
        monkeypatch.setattr(assets, name, value)
    monkeypatch.setattr(assets, "VENDOR", tmp_path / "static" / "vendor")
    monkeypatch.setattr(assets, "FONTS", tmp_path / "vendor" / "fonts")
    monkeypatch.setattr(assets, "ICON_LIST", tmp_path / "icons.txt")
    (tmp_path / "package-lock.json").write_text("{}")
    (tmp_path / "icons.txt").write_text("# names\nx\n")
    for file in (*assets.COPIES, *assets.FONT_COPIES, assets.AXE):
        path = assets.NODE_MODULES / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("body{}\n/*# sourceMappingURL=x.css.map */\n")
    icon = assets.NODE_MODULES / "@tabler" / "icons" / "icons" / "outline" / "x.svg"
    icon.parent.mkdir(parents=True)
    icon.write_text(
        '<svg class="a"><path stroke="none" d="M0 0h24v24H0z" fill="none" /><path d="M1 1" /></svg>'
    )
    return tmp_path


@pytest.fixture
def npm(packages, monkeypatch):
    """A stand-in for the program npm on PATH; returns the file that notes its calls."""
    folder = packages / "bin"
    folder.mkdir()
    calls = packages / "calls"
    (folder / "npm").write_text(f'#!/bin/sh\necho "$@" >> {calls}\n')
    (folder / "node").write_text("#!/bin/sh\n")
    for name in ("npm", "node"):
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)
    return calls


def test_copies_what_pages_load(npm, packages):
    assert assets.main([]) == 0
    names = {path.name for path in assets.VENDOR.iterdir()}
    assert names == {*assets.COPIES.values(), "icons.svg", assets.STAMP}
    assert {path.name for path in assets.FONTS.iterdir()} == set(assets.FONT_COPIES.values())


def test_a_second_run_does_nothing(npm):
    assets.main([])
    assets.main([])
    assert npm.read_text().count("ci ") == 1


def test_a_changed_icon_list_runs_again(npm, packages):
    assets.main([])
    (packages / "icons.txt").write_text("x\n\n")
    assets.main([])
    assert npm.read_text().count("ci ") == 2


def test_no_source_map_is_looked_for(npm):
    assets.main([])
    assert "sourceMappingURL" not in (assets.VENDOR / "tabler.min.css").read_text()


def test_the_sprite_holds_the_strokes_alone(npm):
    assets.main([])
    sprite = (assets.VENDOR / "icons.svg").read_text()
    assert '<symbol id="x"' in sprite
    assert "M0 0h24v24H0z" not in sprite


def test_an_unknown_icon_is_named(npm, packages, capsys):
    (packages / "icons.txt").write_text("nonsense\n")
    assert assets.main([]) == 1
    assert "nonsense" in capsys.readouterr().err


def test_without_npm_on_path_the_wheel_is_used(packages, monkeypatch):
    monkeypatch.setenv("PATH", "")
    [(node, script)] = assets.npm_commands()
    result = subprocess.run([node, script, "--version"], capture_output=True, text=True, check=True)
    assert result.stdout.strip()[0].isdigit()


def test_the_lock_file_names_no_server():
    lock = json.loads((Path(__file__).parents[2] / "package-lock.json").read_text())
    assert not [name for name, package in lock["packages"].items() if "resolved" in package]
