"""The translation tool finds every text without GNU gettext, and the catalogues are complete."""

from __future__ import annotations

from pathlib import Path

import polib
import pytest

from tools import messages
from tools.messages import Message


def python(source: str) -> list[Message]:
    return list(messages.from_python(source, "x.py"))


def template(source: str) -> list[Message]:
    return list(messages.from_template(source, "x.html"))


@pytest.fixture
def project(tmp_path, monkeypatch):
    """An empty project with one app."""
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    (tmp_path / "tickets").mkdir()
    return tmp_path


def write_catalogue(app: str, **texts: str) -> Path:
    path = messages.catalogue_path(app)
    path.parent.mkdir(parents=True, exist_ok=True)
    catalogue = polib.POFile()
    catalogue.extend(polib.POEntry(msgid=key, msgstr=value) for key, value in texts.items())
    catalogue.save(str(path))
    return path


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ('_("Open")', Message("Open")),
        ('translation.gettext_lazy("a" "b")', Message("ab")),
        ('pgettext("dialog", "Close")', Message("Close", "dialog")),
        ('ngettext("%d day", "%d days", n)', Message("%d day", plural="%d days")),
    ],
)
def test_texts_of_python(source, message):
    assert python(source) == [message]
    assert python(source)[0].plural == message.plural


def test_a_call_with_a_variable_holds_no_text():
    assert python("_(name)") == []


def test_an_f_string_is_refused():
    with pytest.raises(messages.MessagesError, match=r"x\.py:1"):
        python('_(f"{n} days")')


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ('{% load i18n %}{% translate "It\'s (open)" %}', Message("It's (open)")),
        ('{% translate "Close" context "dialog" %}', Message("Close", "dialog")),
        ('{% breadcrumbs _("Cases") "/" %}', Message("Cases")),
        ('{{ x|default:_("none") }}', Message("none")),
        ("{% blocktranslate trimmed %}\n  a\n  b\n{% endblocktranslate %}", Message("a b")),
        (
            "{% blocktranslate count n=3 %}One{% plural %}{{ n }}{% endblocktranslate %}",
            Message("One", plural="%(n)s"),
        ),
    ],
)
def test_texts_of_templates(source, message):
    assert template(source) == [message]
    assert template(source)[0].plural == message.plural


@pytest.mark.parametrize(
    ("path", "app"),
    [
        ("tickets/enums.py", "tickets"),
        ("templates/tickets/list.html", "tickets"),
        ("templates/account/login.html", "orgchart"),
        ("templates/components/toast.html", "core"),
        ("templates/404.html", "core"),
        ("aftersales/settings/base.py", "core"),
    ],
)
def test_whose_catalogue(path, app):
    assert messages.owner(Path(path)) == app


def test_update_keeps_translations_and_drops_what_is_unused(project):
    write_catalogue("tickets", Open="处理中", Gone="没有了")
    messages.update("tickets", {Message("Open"): ["a.py"], Message("New"): ["a.py"]})
    found = {entry.msgid: entry.msgstr for entry in messages.read_catalogue("tickets")}
    assert found == {"Open": "处理中", "New": ""}


def test_check_names_every_fault(project):
    write_catalogue("tickets", Open="", Gone="没有了", **{"%(n)s left": "剩余"})
    faults = messages.check("tickets", {Message(text): ["a.py"] for text in ("Open", "New", "%(n)s left")})
    assert [fault.split(": ")[1] for fault in faults] == [
        "missing",
        "not translated",
        "no longer used",
        "placeholders differ",
    ]


def test_two_apps_may_not_contradict_each_other(project):
    write_catalogue("tickets", Close="结案")
    write_catalogue("core", Close="关闭")
    assert len(messages.contradictions(["tickets", "core"])) == 1


def test_compiles_once(project):
    path = write_catalogue("tickets", Open="处理中")
    assert messages.compile_catalogues(["tickets"]) == 1
    assert messages.compile_catalogues(["tickets"]) == 0
    assert polib.mofile(str(path.with_suffix(".mo")))[0].msgstr == "处理中"


def test_chinese_is_complete():
    assert messages.main(["--check"]) == 0
