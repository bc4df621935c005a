"""Which passwords are taken, and the change at the first log-in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from orgchart.models import Person
from orgchart.passwords import one_time_password
from orgchart.tests.factories import PASSWORD, PersonFactory

CHANGE = "/accounts/password/change/"


def someone() -> Person:
    return Person(username="wangfang", name="王芳", employee_no="A004711")


@pytest.mark.parametrize(
    "password",
    [
        "seven green boats",
        "blue-kettle-42",
        "x" * 64 + "yz",
        "密码是一句很长的话",
        "aB3$5678",
        "售后部门的人每天喝绿茶",
    ],
)
def test_taken(password: str) -> None:
    validate_password(password, someone())


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short-7", "password_too_short"),
        ("password1", "password_too_common"),
        ("qwertyuiop", "password_too_common"),
        ("aftersales2026", "password_context"),
        ("售后服务2026", "password_context"),
        ("wangfang123", "password_context"),
        ("王芳王芳王芳12", "password_context"),
        ("A004711-x", "password_context"),
        ("x" * 129, "password_too_long"),
    ],
)
def test_refused(password: str, code: str) -> None:
    with pytest.raises(ValidationError) as caught:
        validate_password(password, someone())
    assert code in {error.code for error in caught.value.error_list}


def test_company_words_come_from_the_settings(settings: Any) -> None:
    settings.PASSWORD_CONTEXT_WORDS = ["examplephone"]
    with pytest.raises(ValidationError):
        validate_password("ExamplePhone99", someone())


def test_composition_is_asked_only_where_it_is_switched_on(settings: Any) -> None:
    validate_password("seven green boats", someone())
    settings.PASSWORD_COMPLEXITY = True
    with pytest.raises(ValidationError):
        validate_password("sevengreenboats", someone())
    validate_password("Seven green boats", someone())


def test_one_time_passwords_differ_and_pass_the_rules() -> None:
    given = {one_time_password() for _ in range(200)}
    assert len(given) == 200
    for password in given:
        validate_password(password, someone())


def sign_in(browser: Client, person: Person, password: str = PASSWORD) -> None:
    browser.post("/accounts/login/", {"login": person.username, "password": password})


def change(browser: Client, old: str, new: str) -> Any:
    return browser.post(CHANGE, {"old_password": old, "new_password1": new, "new_password2": new})


@pytest.mark.django_db
def test_first_log_in_leads_to_the_change_and_nowhere_else(browser: Client) -> None:
    person = PersonFactory(must_change_password=True)
    sign_in(browser, person)
    assert [browser.get(url)["Location"] for url in ("/", "/staff/", "/account/")] == [CHANGE] * 3
    assert browser.get(CHANGE).status_code == 200
    assert change(browser, PASSWORD, "seven green boats").status_code == 302
    assert browser.get("/").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("new", [PASSWORD, "short", "aftersales1"])
def test_change_to_the_same_or_a_weak_one_is_refused(browser: Client, new: str) -> None:
    person = PersonFactory(must_change_password=True)
    sign_in(browser, person)
    assert change(browser, PASSWORD, new).status_code == 422
    assert Person.objects.get(pk=person.pk).must_change_password


@pytest.mark.django_db
def test_present_password_is_asked(browser: Client) -> None:
    sign_in(browser, PersonFactory())
    assert change(browser, "not mine", "seven green boats").status_code == 422


@pytest.mark.django_db
def test_guessing_the_present_password_is_limited(browser: Client) -> None:
    person = PersonFactory()
    sign_in(browser, person)
    codes = [change(browser, "not mine", "seven green boats").status_code for _ in range(5)]
    assert codes == [422, 422, 422, 422, 429]
    assert change(browser, PASSWORD, "seven green boats").status_code == 429
    assert Person.objects.get(pk=person.pk).check_password(PASSWORD)


@pytest.mark.django_db
def test_given_password_grows_stale_after_a_week(browser: Client) -> None:
    person = PersonFactory(
        must_change_password=True, password_changed_at=timezone.now() - timedelta(days=7, hours=1)
    )
    sign_in(browser, person)
    assert browser.get("/")["Location"].startswith("/accounts/login/")


@pytest.mark.django_db
def test_rotation_asks_for_a_new_one_only_where_it_is_switched_on(browser: Client, settings: Any) -> None:
    person = PersonFactory(password_changed_at=timezone.now() - timedelta(days=91))
    sign_in(browser, person)
    assert browser.get("/").status_code == 200
    settings.PASSWORD_MAX_AGE_DAYS = 90
    assert browser.get("/")["Location"] == CHANGE
