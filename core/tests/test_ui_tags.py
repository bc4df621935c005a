"""The template tags of core: what a person reads, and that nothing typed by people becomes markup."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django import forms
from django.template import Context, Template
from django.utils import timezone, translation

from core.templatetags import ui

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def render(source: str, **context: object) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


class NameForm(forms.Form):
    name = forms.CharField(label="Name", help_text="As on the card.")
    way = forms.ChoiceField(choices=[("a", "A")], widget=forms.RadioSelect, required=False)


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2026, 11, 24, 1, 5, tzinfo=UTC), "09:05"),
        (datetime(2026, 11, 23, 15, 59, tzinfo=UTC), "11-23 23:59"),
        (datetime(2025, 12, 31, 15, 59, tzinfo=UTC), "2025-12-31 23:59"),
    ],
)
def test_a_moment_is_as_short_as_it_can_be(moment, text):
    assert ui.short_moment(moment, NOW) == text


def test_the_day_is_the_one_in_shanghai():
    assert ui.day(datetime(2026, 12, 31, 17, 0, tzinfo=UTC)) == "2027-01-01"


def test_a_plain_date_stays_as_it_is():
    assert ui.day(date(2026, 2, 28)) == "2026-02-28"


def test_a_date_in_words_follows_the_language():
    with translation.override("zh-hans"):
        assert ui.long_day(date(2026, 11, 24)) == "2026年11月24日 星期二"


@pytest.mark.parametrize(
    ("hours", "state", "tone", "words"),
    [
        (-5, "", "red", "overdue 5 hours"),
        (-5, "met", "green", "met"),
        (1, "", "orange", "1 hour left"),
        (30, "soon", "orange", "30 hours left"),
        (72, "", "secondary", "3 days left"),
        (72, "paused", "secondary", "paused"),
    ],
)
def test_a_deadline_says_in_words_how_it_stands(hours, state, tone, words):
    html = ui.due_badge(NOW + timedelta(hours=hours), NOW, state)
    assert f"due-{tone}" in html
    assert f">{words}<" in html


def test_an_empty_moment_is_a_dash():
    assert "–" in ui.when(None)
    assert "–" in ui.due_badge(None)


def test_ago_rounds_down():
    assert ui.ago(timezone.now() - timedelta(minutes=119)) == "1 hour ago"


def test_a_status_is_never_colour_alone():
    assert ui.status_badge("Open", "blue") == '<span class="state state-blue">Open</span>'


@pytest.mark.parametrize("tag", ["status_badge", "badge", "person_chip", "masked", "avatar"])
def test_what_people_type_never_becomes_markup(tag):
    assert "<b>" not in render("{% " + tag + " value %}", value="<b>")


def test_the_disc_shows_the_given_name():
    assert ">晓明<" in ui.avatar("王晓明")
    assert ">CW<" in ui.avatar("Chen Wei")


def test_nobody_is_said_in_words():
    assert "nobody yet" in ui.person_chip(None)


def test_help_and_error_belong_to_their_input():
    form = NameForm({"name": ""})
    html = render("{% field form.name %}", form=form)
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'id="id_name_error"' in html
    assert "is-invalid" in html


def test_what_was_typed_is_kept():
    assert 'value="王"' in render("{% field form.name %}", form=NameForm({"name": "王"}))


def test_a_group_of_choices_is_a_fieldset_with_a_legend():
    html = render("{% field form.way %}", form=NameForm())
    assert "<fieldset" in html
    assert "<legend" in html


def test_the_summary_links_to_the_wrong_input():
    html = render("{% form_errors form %}", form=NameForm({}))
    assert 'href="#id_name"' in html
    assert "One entry needs another look." in html


def test_a_right_form_has_no_summary():
    assert render("{% form_errors form %}", form=NameForm({"name": "x"})).strip() == ""


def test_breadcrumbs_link_all_but_the_last():
    html = ui.breadcrumbs("Start", "/", "Cases", "/cases/", "2611")
    assert html.count("<a ") == 2
    assert "<span>2611</span>" in html


def test_a_sorted_column_turns_round():
    html = ui.sort_header("Due", "due", "due", "?sort=")
    assert 'aria-sort="ascending"' in html
    assert 'href="?sort=-due"' in html


def test_a_masked_value_without_the_right_has_no_link():
    assert "<a " not in ui.masked("138****5678")
    assert 'href="/reveal/"' in ui.masked("138****5678", "/reveal/", "phone")
