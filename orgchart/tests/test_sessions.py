"""Limits of a session, renewal over the open page, own sessions, and accounts that are closed meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client

from orgchart.devices import device_name
from orgchart.models import Person
from orgchart.scope import today
from orgchart.services import end_sessions
from orgchart.tests.factories import PASSWORD, SYSTEM, PersonFactory

pytestmark = pytest.mark.django_db
START = "2026-05-11T01:00:00+00:00"
RENEW = "/account/renew/"


@pytest.fixture
def clock() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(START, tick=False) as coordinates:
        yield coordinates


@pytest.fixture
def person() -> Person:
    return PersonFactory()


def sign_in(browser: Client, person: Person, password: str = PASSWORD) -> None:
    browser.post("/accounts/login/", {"login": person.username, "password": password})


def status(browser: Client, **headers: Any) -> int:
    return int(browser.get("/", **headers).status_code)


def test_idle_limit(browser: Client, person: Person, clock: time_machine.Coordinates) -> None:
    sign_in(browser, person)
    clock.shift(timedelta(minutes=29, seconds=59))
    assert status(browser) == 200
    clock.shift(timedelta(minutes=29, seconds=59))
    assert status(browser) == 200
    clock.shift(timedelta(minutes=30))
    assert status(browser) == 302


def test_polling_is_no_activity(browser: Client, person: Person, clock: time_machine.Coordinates) -> None:
    sign_in(browser, person)
    for _ in range(29):
        clock.shift(timedelta(minutes=1))
        assert status(browser, HTTP_X_BACKGROUND="1") == 200
    clock.shift(timedelta(minutes=1))
    assert status(browser, HTTP_X_BACKGROUND="1", HTTP_X_REQUESTED_WITH="fetch") == 401


def test_absolute_limit_ends_a_busy_session(
    browser: Client, person: Person, clock: time_machine.Coordinates
) -> None:
    sign_in(browser, person)
    for _ in range(71):
        clock.shift(timedelta(minutes=10))
        assert status(browser) == 200
    clock.shift(timedelta(minutes=10))
    assert status(browser) == 302


def test_reading_does_not_write_the_session_each_time(
    browser: Client, person: Person, clock: time_machine.Coordinates, django_assert_num_queries: Any
) -> None:
    sign_in(browser, person)
    clock.shift(timedelta(seconds=59))
    with django_assert_num_queries(2):
        status(browser)


@pytest.mark.parametrize("header", [{"HTTP_HX_REQUEST": "true"}, {"HTTP_X_REQUESTED_WITH": "fetch"}])
def test_open_page_gets_401_and_no_redirect(browser: Client, header: dict[str, str]) -> None:
    assert status(browser, **header) == 401


def test_renewal_keeps_the_person(browser: Client, person: Person, clock: time_machine.Coordinates) -> None:
    sign_in(browser, person)
    assert browser.get(RENEW).status_code == 204
    clock.shift(timedelta(minutes=31))
    form = browser.get(RENEW)
    assert form.status_code == 200
    assert person.username in form.content.decode()
    answer = browser.post(RENEW, {"password": PASSWORD})
    assert (answer.status_code, sorted(answer.json())) == (200, ["csrf"])
    assert status(browser) == 200


def test_renewal_ignores_another_name(
    browser: Client, person: Person, clock: time_machine.Coordinates
) -> None:
    other = PersonFactory()
    sign_in(browser, person)
    clock.shift(timedelta(minutes=31))
    browser.post(RENEW, {"username": other.username, "password": PASSWORD})
    assert browser.get("/").content.decode() == f"home of {person.username}"


def test_renewal_by_a_browser_that_knows_nobody_asks_for_a_new_page(browser: Client, person: Person) -> None:
    answer = browser.post(RENEW, {"username": person.username, "password": PASSWORD})
    assert answer.json()["other"] is True


def test_forged_memory_of_a_person_is_not_believed(browser: Client, person: Person) -> None:
    browser.cookies["last_person"] = str(person.pk)
    assert person.username not in browser.get(RENEW).content.decode()


def test_wrong_password_at_renewal_is_422_and_counts(browser: Client, person: Person) -> None:
    sign_in(browser, person)
    Session.objects.all().delete()
    codes = [browser.post(RENEW, {"password": "wrong"}).status_code for _ in range(5)]
    assert codes == [422, 422, 422, 422, 429]


def test_closed_account_is_out_with_the_next_request(browser: Client, person: Person) -> None:
    sign_in(browser, person)
    Person.objects.filter(pk=person.pk).update(is_active=False)
    assert status(browser) == 302


def test_last_day_is_open_and_the_next_is_not(
    browser: Client, person: Person, clock: time_machine.Coordinates
) -> None:
    Person.objects.filter(pk=person.pk).update(leaves_on=today())
    clock.move_to("2026-05-11T15:59:00+00:00")
    sign_in(browser, person)
    assert status(browser) == 200
    clock.move_to("2026-05-11T16:00:00+00:00")
    assert status(browser) == 302
    sign_in(browser, person)
    assert status(browser) == 302


def test_own_sessions_are_listed_and_ended(browser: Client, person: Person) -> None:
    elsewhere = Client(REMOTE_ADDR="10.7.7.7", HTTP_USER_AGENT="the other one")
    sign_in(elsewhere, person)
    sign_in(browser, person)
    page = browser.get("/account/sessions/").content.decode()
    assert "the other one" in page
    assert "10.7.7.7" in page
    row = UserSession.objects.get(ip="10.7.7.7")
    browser.post("/account/sessions/", {"session": row.pk})
    assert (status(elsewhere), status(browser)) == (302, 200)


def test_session_of_somebody_else_cannot_be_ended(browser: Client, person: Person) -> None:
    stranger, other = Client(), PersonFactory()
    sign_in(stranger, other)
    sign_in(browser, person)
    browser.post("/account/sessions/", {"session": UserSession.objects.get(user=other).pk})
    assert status(stranger) == 200


def test_all_other_sessions_end_at_once(browser: Client, person: Person) -> None:
    others = [Client(), Client()]
    for other in others:
        sign_in(other, person)
    sign_in(browser, person)
    browser.post("/account/sessions/")
    assert [status(other) for other in others] == [302, 302]
    assert status(browser) == 200


def test_ending_sessions_reaches_those_that_nobody_lists(browser: Client, person: Person) -> None:
    sign_in(browser, person)
    UserSession.objects.all().delete()
    end_sessions(actor=SYSTEM, person=person)
    assert status(browser) == 302
    sign_in(browser, person)
    assert status(browser) == 200


def test_password_change_ends_the_other_sessions(browser: Client, person: Person) -> None:
    elsewhere = Client()
    sign_in(elsewhere, person)
    sign_in(browser, person)
    new = "seven green boats"
    data = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert browser.post("/accounts/password/change/", data).status_code == 302
    assert (status(elsewhere), status(browser)) == (302, 200)
    assert UserSession.objects.filter(user=person).count() == 1


def test_session_without_clocks_is_over(browser: Client, person: Person) -> None:
    sign_in(browser, person)
    session = browser.session
    del session["session_started"]
    session.save()
    assert status(browser) == 302


def test_language_is_kept_with_the_person(browser: Client, person: Person) -> None:
    sign_in(browser, person)
    assert 'lang="zh-hans"' in browser.get("/account/").content.decode()
    browser.post("/language/", {"language": "en", "next": "/account/"})
    person.refresh_from_db()
    assert person.language == "en"
    assert '<html lang="en"' in browser.get("/account/").content.decode()


def test_unknown_language_and_foreign_address_are_ignored(browser: Client, person: Person) -> None:
    sign_in(browser, person)
    answer = browser.post("/language/", {"language": "xx", "next": "https://evil.example/"})
    person.refresh_from_db()
    assert (answer["Location"], person.language) == ("/", "zh-hans")


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0",
            "Edge · Windows",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36", "Chrome · Linux"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
            "Safari · iPhone",
        ),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 MicroMessenger/8.0", "WeChat · Android"),
        ("the other one", "the other one"),
        ("", ""),
    ],
)
def test_devices_are_named_so_that_one_knows_them_again(header: str, name: str) -> None:
    assert device_name(header) == name
