"""Chinese for every English text of the code, without GNU gettext.

    python tools/messages.py                    compile every catalogue that changed (.po -> .mo)
    python tools/messages.py --check [app …]    fail on missing, untranslated, doubtful and unused texts
    python tools/messages.py --update [app …]   add new texts, drop unused ones, keep translations

Each app has a catalogue of its own, `<app>/locale/zh_Hans/LC_MESSAGES/django.po`: texts of `<app>/**.py` and
of `templates/<app>/` belong there; what all share (layouts, components, error pages, settings) is core's.
"""

from __future__ import annotations

import argparse
import ast
import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polib
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
APPS = ("core", "orgchart", "customers", "products", "learning", "stock", "tickets", "finance", "kpi")
SHARED = "core"
# Folders of templates and code that have no catalogue of their own, and the app that keeps their texts.
KEPT_BY = {
    "aftersales": "core",
    "account": "orgchart",
    "allauth": "orgchart",
    "mfa": "orgchart",
    "usersessions": "orgchart",
}
LANGUAGE = "zh_Hans"

# What each function takes, in order: c a context, m a message, p its plural; the rest is of no interest.
FUNCTIONS = {
    "_": "m",
    "gettext": "m",
    "gettext_lazy": "m",
    "gettext_noop": "m",
    "ngettext": "mp",
    "ngettext_lazy": "mp",
    "pgettext": "cm",
    "pgettext_lazy": "cm",
    "npgettext": "cmp",
    "npgettext_lazy": "cmp",
}
_CALL = re.compile(r"(?<![\w.])(" + "|".join(sorted(FUNCTIONS, key=len, reverse=True)) + r")\(")
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


class MessagesError(Exception):
    """A text that cannot be taken out of the code; the sentence says where and why."""


@dataclass(frozen=True, order=True)
class Message:
    """A text as the catalogue knows it."""

    text: str
    context: str = ""
    plural: str = field(default="", compare=False)


# -- taking texts out of the code --------------------------------------------------------------------------


def _message(signature: str, arguments: list[str]) -> Message:
    parts = dict(zip(signature, arguments, strict=False))
    return Message(parts["m"], parts.get("c", ""), parts.get("p", ""))


def _literals(call: ast.Call, wanted: int) -> list[str] | None:
    values = [
        node.value
        for node in call.args[:wanted]
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    return values if len(values) == wanted else None


def _function_name(call: ast.Call) -> str:
    if isinstance(call.func, ast.Name):
        return call.func.id
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def from_python(source: str, place: str) -> Iterator[Message]:
    """The texts of a Python file. A call whose text is an f-string is refused: it can never be translated."""
    for node in ast.walk(ast.parse(source, place)):
        if not isinstance(node, ast.Call) or not (signature := FUNCTIONS.get(_function_name(node), "")):
            continue
        if any(isinstance(argument, ast.JoinedStr) for argument in node.args[: len(signature)]):
            raise MessagesError(
                f"{place}:{node.lineno}: an f-string cannot be translated; use a placeholder."
            )
        if (values := _literals(node, len(signature))) is not None:
            yield _message(signature, values)


def _call_end(code: str, start: int) -> int:
    """The position after the bracket that closes the one before `start`; strings are skipped."""
    depth, position, quote = 1, start, ""
    while position < len(code) and depth:
        letter = code[position]
        if quote:
            position += letter == "\\"
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        else:
            depth += (letter == "(") - (letter == ")")
        position += 1
    return position


def from_template(source: str, place: str) -> Iterator[Message]:
    """The texts of a Django template: translate, blocktranslate, and _("…") in tags and filters."""
    code = templatize(source, origin=place)
    for match in _CALL.finditer(code):
        call = code[match.start() : _call_end(code, match.end())]
        # The prefix that templatize puts before strings is Python 2's, which Python 3 reads as well.
        yield from from_python(" ".join(call.splitlines()), place)


def _files(folder: Path, suffix: str) -> Iterator[Path]:
    for path in sorted(folder.rglob(f"*{suffix}")):
        if not {"tests", "migrations", "node_modules", "__pycache__"} & set(path.relative_to(ROOT).parts):
            yield path


def owner(path: Path) -> str:
    """The app whose catalogue keeps the texts of a file; `path` is relative to the project."""
    parts = path.parts[1:] if path.parts[0] == "templates" else path.parts
    name = KEPT_BY.get(parts[0], parts[0])
    return name if name in APPS else SHARED


def sources() -> Iterator[Path]:
    """All files that texts are taken from."""
    for folder in (*APPS, "aftersales"):
        if (ROOT / folder).is_dir():
            yield from _files(ROOT / folder, ".py")
    for suffix in (".html", ".txt"):
        yield from _files(ROOT / "templates", suffix)


def collect() -> dict[str, dict[Message, list[str]]]:
    """Every text of the project by app, with the files it stands in."""
    found: dict[str, dict[Message, list[str]]] = {}
    for path in sources():
        place = path.relative_to(ROOT)
        read = from_python if path.suffix == ".py" else from_template
        for message in read(path.read_text(encoding="utf-8"), str(place)):
            places = found.setdefault(owner(place), {}).setdefault(message, [])
            if str(place) not in places:
                places.append(str(place))
    return found


# -- catalogues --------------------------------------------------------------------------------------------


def catalogue_path(app: str) -> Path:
    """Where an app's Chinese is."""
    return ROOT / app / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"


def _new_catalogue() -> polib.POFile:
    catalogue = polib.POFile(wrapwidth=110)
    catalogue.metadata = {
        "Language": LANGUAGE,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    return catalogue


def read_catalogue(app: str) -> polib.POFile:
    """An app's catalogue, empty when there is none yet."""
    path = catalogue_path(app)
    return polib.pofile(str(path), wrapwidth=110) if path.is_file() else _new_catalogue()


def _key(entry: polib.POEntry) -> Message:
    return Message(entry.msgid, entry.msgctxt or "")


def _entry(message: Message, places: list[str], old: polib.POEntry | None) -> polib.POEntry:
    entry = polib.POEntry(msgid=message.text, msgctxt=message.context or None)
    entry.occurrences = [(place, "") for place in places]
    if old is not None:
        entry.msgstr, entry.tcomment, entry.flags = old.msgstr, old.tcomment, list(old.flags)
    if message.plural:
        entry.msgid_plural = message.plural
        entry.msgstr_plural = (old.msgstr_plural if old else None) or {0: entry.msgstr}
        entry.msgstr = ""
    return entry


def update(app: str, found: dict[Message, list[str]]) -> None:
    """Write an app's catalogue with exactly the texts found; what is translated stays translated."""
    path = catalogue_path(app)
    old = {_key(entry): entry for entry in read_catalogue(app) if not entry.obsolete}
    if not found and not old:
        return
    catalogue = _new_catalogue()
    catalogue.extend(_entry(message, found[message], old.get(message)) for message in sorted(found))
    path.parent.mkdir(parents=True, exist_ok=True)
    catalogue.save(str(path))


def _translations(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def _placeholders_differ(entry: polib.POEntry) -> bool:
    wanted = set(_PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))
    return any(set(_PLACEHOLDER.findall(words)) != wanted for words in _translations(entry))


def _faults_of(entry: polib.POEntry) -> Iterator[str]:
    if entry.fuzzy:
        yield "doubtful (fuzzy)"
    if not all(_translations(entry)):
        yield "not translated"
    elif _placeholders_differ(entry):
        yield "placeholders differ"


def check(app: str, found: dict[Message, list[str]]) -> list[str]:
    """What is wrong with an app's catalogue, one line each; empty when it is complete."""
    entries = {_key(entry): entry for entry in read_catalogue(app) if not entry.obsolete}
    faults = [
        f"{app}: missing: {message.text!r} ({found[message][0]})"
        for message in sorted(found)
        if message not in entries
    ]
    for message, entry in entries.items():
        if message not in found:
            faults.append(f"{app}: no longer used: {message.text!r}")
        faults += [f"{app}: {fault}: {message.text!r}" for fault in _faults_of(entry)]
    return faults


def contradictions(apps: Iterable[str]) -> list[str]:
    """Texts that two apps translate differently: only one of them would ever be shown."""
    seen: dict[Message, tuple[str, list[str]]] = {}
    faults = []
    for app in apps:
        for entry in read_catalogue(app):
            words = _translations(entry)
            first_app, first = seen.setdefault(_key(entry), (app, words))
            if first != words and all(first) and all(words):
                faults.append(
                    f"{first_app} and {app} translate {entry.msgid!r} differently: {first[0]} / {words[0]}"
                )
    return faults


def compile_catalogues(apps: Iterable[str] = APPS) -> int:
    """Make the .mo of every catalogue that has none or an older one; returns how many were made."""
    made = 0
    for path in filter(Path.is_file, map(catalogue_path, apps)):
        target = path.with_suffix(".mo")
        if target.is_file() and target.stat().st_mtime >= path.stat().st_mtime:
            continue
        fresh = target.with_name(f".{target.name}.{os.getpid()}")
        polib.pofile(str(path)).save_as_mofile(str(fresh))
        # Another process may be reading the old file: replace it in one step.
        fresh.replace(target)
        made += 1
    return made


def _check_all(apps: list[str]) -> int:
    found = collect()
    faults = [fault for app in apps for fault in check(app, found.get(app, {}))] + contradictions(apps)
    print("\n".join(faults), file=sys.stderr, end="\n" if faults else "")
    return 1 if faults else 0


def main(arguments: list[str] | None = None) -> int:
    """Compile, check or update. 0 when all is well; 1 with one line for each fault on stderr."""
    parser = argparse.ArgumentParser(description="Chinese for every English text, without GNU gettext.")
    parser.add_argument("--check", action="store_true", help="fail on missing, untranslated and unused texts")
    parser.add_argument("--update", action="store_true", help="add new texts and drop unused ones")
    parser.add_argument("--compile", action="store_true", help="make the .mo files (the default)")
    parser.add_argument("apps", nargs="*", metavar="app", help="only these apps")
    options = parser.parse_args(arguments)
    apps = options.apps or list(APPS)
    try:
        if options.check:
            return _check_all(apps)
        if options.update:
            found = collect()
            for app in apps:
                update(app, found.get(app, {}))
    except (MessagesError, SyntaxError) as problem:
        print(problem, file=sys.stderr)
        return 1
    compile_catalogues(apps)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
