"""Log-in, its refusals, lockout and the address it counts by."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from axes.models import AccessAttempt
from django.test import Client
from django.urls import reverse

from orgchart.models import Person
from orgchart.tests.factories import PASSWORD, PersonFactory

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"


def attempt(browser: Client, person: Person | str, password: str = PASSWORD, **headers: Any) -> Any:
    name = person if isinstance(person, str) else person.username
    return browser.post(LOGIN, {"login": name, "password": password}, **headers)


def is_in(browser: Client) -> bool:
    return browser.get("/").status_code == 200


def test_right_password_opens_the_start_page(browser: Client) -> None:
    person = PersonFactory()
    assert attempt(browser, person)["Location"] == "/"
    assert browser.get("/").content.decode() == f"home of {person.username}"


def test_name_is_read_without_regard_to_case_and_blanks(browser: Client) -> None:
    person = PersonFactory()
    attempt(browser, f" {person.username.upper()} ")
    assert is_in(browser)


def test_everything_else_leads_to_the_log_in_page(browser: Client) -> None:
    assert browser.get("/staff/")["Location"] == f"{LOGIN}?next=/staff/"


def text_of(response: Any) -> str:
    return str(response.context["form"].errors)


def test_same_answer_for_wrong_password_unknown_and_closed_account(browser: Client) -> None:
    known, closed = PersonFactory(), PersonFactory(is_active=False)
    answers = [attempt(browser, known, "wrong"), attempt(browser, "nobody"), attempt(browser, closed)]
    assert len({text_of(answer) for answer in answers}) == 1
    assert {answer.status_code for answer in answers} == {200}
    assert not is_in(browser)


def test_session_key_is_new_after_log_in(browser: Client) -> None:
    browser.get(LOGIN)
    session = browser.session
    session["planted"] = 1
    session.save()
    before = session.session_key
    browser.cookies["sessionid"] = before
    attempt(browser, PersonFactory())
    assert browser.cookies["sessionid"].value != before
    assert Client(HTTP_COOKIE=f"sessionid={before}").get("/").status_code == 302


def lock(browser: Client, person: Person, **headers: Any) -> Any:
    return [attempt(browser, person, "wrong", **headers) for _ in range(5)][-1]


def test_fifth_failure_locks_and_says_for_how_long(browser: Client) -> None:
    person = PersonFactory()
    answer = lock(browser, person)
    assert (answer.status_code, answer.context["minutes"]) == (429, 15)
    assert attempt(browser, person).status_code == 429
    assert not is_in(browser)


def test_lock_ends_by_itself_and_is_not_prolonged_by_trying(browser: Client) -> None:
    person = PersonFactory()
    with time_machine.travel("2026-06-01T02:00:00+00:00", tick=False):
        lock(browser, person)
    with time_machine.travel("2026-06-01T02:10:00+00:00", tick=False):
        assert attempt(browser, person).context["minutes"] == 5
    with time_machine.travel("2026-06-01T02:15:01+00:00", tick=False):
        attempt(browser, person)
        assert is_in(browser)


def test_unknown_names_are_locked_alike(browser: Client) -> None:
    answers = [attempt(browser, "nobody", "wrong") for _ in range(5)]
    assert answers[-1].status_code == 429


def test_nobody_locks_out_a_colleague_at_another_address(browser: Client) -> None:
    person = PersonFactory()
    lock(browser, person)
    colleague = Client(REMOTE_ADDR="10.9.9.9")
    attempt(colleague, person)
    assert is_in(colleague)


def test_forged_forwarding_header_changes_nothing(browser: Client) -> None:
    person = PersonFactory()
    for number in range(5):
        answer = attempt(browser, person, "wrong", HTTP_X_FORWARDED_FOR=f"203.0.113.{number}")
    assert answer.status_code == 429
    assert set(AccessAttempt.objects.values_list("ip_address", flat=True)) == {"10.1.2.3"}


def test_behind_one_proxy_only_its_own_entry_counts(browser: Client, settings: Any) -> None:
    settings.PROXY_COUNT = 1
    attempt(browser, "nobody", "wrong", HTTP_X_FORWARDED_FOR="1.1.1.1, 198.51.100.7")
    assert AccessAttempt.objects.get().ip_address == "198.51.100.7"


def test_no_sign_up_and_no_reset_by_mail(browser: Client) -> None:
    page = browser.get(reverse("account_reset_password"))
    assert page.status_code == 200
    assert b"<form" not in page.content.replace(b'<form class="language"', b"")
    count = Person.objects.count()
    browser.post(reverse("account_signup"), {"username": "new", "password1": PASSWORD, "password2": PASSWORD})
    assert Person.objects.count() == count


def test_log_out_clears_what_the_browser_kept(browser: Client) -> None:
    attempt(browser, PersonFactory())
    answer = browser.post("/accounts/logout/")
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert not is_in(browser)


def test_pages_of_a_person_are_not_kept_by_any_cache(browser: Client) -> None:
    attempt(browser, PersonFactory())
    assert "no-store" in browser.get("/")["Cache-Control"]


def test_open_redirect_is_refused(browser: Client) -> None:
    person = PersonFactory()
    answer = browser.post(
        LOGIN, {"login": person.username, "password": PASSWORD, "next": "https://evil.example/"}
    )
    assert answer["Location"] == "/"
