"""Rules that hold for every template: the strict CSP, known icons, and that all of them parse."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

from tools.assets import icon_names

FOLDER = Path(settings.BASE_DIR) / "templates"
TEMPLATES = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.html"))
ICON = re.compile(r"""\{%\s*icon\s+["']([^"']+)["']""")
COMMENT = re.compile(r"\{#.*?#\}|\{%\s*comment.*?endcomment\s*%\}", re.DOTALL)
TAG = re.compile(r"<[a-zA-Z][^>]*>", re.DOTALL)

# What the policy "files of our own only" forbids, each with an example that proves the pattern works.
FORBIDDEN = {
    "script without src": (r"<script\b(?![^>]*\bsrc=)", "<script>1</script>"),
    "style element": (r"<style\b", "<style>p{}</style>"),
    "style attribute": (r"""\sstyle\s*=\s*["']""", '<p style="top:0">'),
    "event attribute": (r"""<[^>]*\son[a-z]+\s*=\s*["']""", '<a onclick="f()">'),
    "javascript: address": (r"javascript:", '<a href="javascript:f()">'),
    "htmx attribute that needs eval": (r"""\shx-on[:\w-]*=|["']js:""", "<a hx-on:click='f()'>"),
    "file of another server": (
        r"""(?:src|href)\s*=\s*["'](?:https?:)?//""",
        '<img src="//cdn.example/x.png">',
    ),
}


def read(name: str) -> str:
    return COMMENT.sub("", (FOLDER / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("fault", FORBIDDEN)
def test_the_pattern_finds_its_example(fault):
    pattern, example = FORBIDDEN[fault]
    assert re.search(pattern, example)


@pytest.mark.parametrize("name", TEMPLATES)
def test_nothing_inline(name):
    text = read(name)
    assert [fault for fault, (pattern, _) in FORBIDDEN.items() if re.search(pattern, text)] == []


@pytest.mark.parametrize("name", TEMPLATES)
def test_it_parses(name):
    assert get_template(name)


@pytest.mark.parametrize("name", TEMPLATES)
def test_icons_are_in_the_sprite(name):
    assert set(ICON.findall(read(name))) <= set(icon_names())


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_post_form_carries_its_token(name):
    text = read(name)
    forms = [
        form
        for form in re.findall(r"<form\b.*?</form>", text, re.DOTALL)
        if re.search(r'method="post"', form)
    ]
    assert [form for form in forms if "csrf_token" not in form] == []
