"""Authenticator app and recovery codes: required where they must be, and each code works once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core.cache import cache
from django.test import Client

from orgchart.models import Person
from orgchart.policies import needs_second_factor
from orgchart.tests.factories import PASSWORD, Organisation, PersonFactory, person_with, technical_admin

CODE = "/accounts/2fa/authenticate/"
SECRET = generate_totp_secret()


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Coordinates]:
    cache.clear()
    with time_machine.travel("2026-05-11T01:00:00+00:00", tick=False) as coordinates:
        yield coordinates


def code(secret: str = SECRET) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def with_app(person: Person) -> Person:
    TOTP.activate(person, SECRET)
    return person


def password_step(browser: Client, person: Person) -> Any:
    return browser.post("/accounts/login/", {"login": person.username, "password": PASSWORD})


def is_in(browser: Client) -> bool:
    return bool(browser.get("/").status_code == 200)


@pytest.fixture
def owner(db: None) -> Person:
    return with_app(PersonFactory())


def test_password_alone_does_not_open_the_account(browser: Client, owner: Person) -> None:
    assert password_step(browser, owner)["Location"] == CODE
    assert not is_in(browser)


def test_right_code_opens_it(browser: Client, owner: Person) -> None:
    password_step(browser, owner)
    browser.post(CODE, {"code": code()})
    assert is_in(browser)


def test_code_is_refused_the_second_time_even_in_another_process(browser: Client, owner: Person) -> None:
    password_step(browser, owner)
    browser.post(CODE, {"code": code()})
    cache.clear()
    thief = Client()
    password_step(thief, owner)
    assert thief.post(CODE, {"code": code()}).status_code == 200
    assert not is_in(thief)


def test_next_code_works_again(browser: Client, owner: Person, clock: time_machine.Coordinates) -> None:
    password_step(browser, owner)
    browser.post(CODE, {"code": code()})
    clock.shift(30)
    other = Client()
    password_step(other, owner)
    other.post(CODE, {"code": code()})
    assert is_in(other)


def test_old_code_is_refused(browser: Client, owner: Person, clock: time_machine.Coordinates) -> None:
    old = code()
    clock.shift(30)
    password_step(browser, owner)
    browser.post(CODE, {"code": old})
    assert not is_in(browser)


def test_guessing_codes_is_limited(browser: Client, owner: Person) -> None:
    password_step(browser, owner)
    answers = [browser.post(CODE, {"code": "000000"}) for _ in range(6)]
    assert answers[-1].status_code in (200, 429)
    browser.post(CODE, {"code": code()})
    assert not is_in(browser)


def test_recovery_code_works_once(browser: Client, owner: Person) -> None:
    RecoveryCodes.activate(owner)
    first = Authenticator.objects.get(user=owner, type="recovery_codes").wrap().get_unused_codes()[0]
    password_step(browser, owner)
    browser.post(CODE, {"code": first})
    assert is_in(browser)
    thief = Client()
    password_step(thief, owner)
    thief.post(CODE, {"code": first})
    assert not is_in(thief)


def test_secret_is_not_readable_in_the_column(owner: Person) -> None:
    stored = Authenticator.objects.get(user=owner).data["secret"]
    assert SECRET not in stored


REQUIRED = ["finance_lead", "accountant", "cashier", "centre_manager", "service_agent", "repair_engineer"]


@pytest.mark.parametrize("position", REQUIRED)
def test_needed_by_whoever_handles_money_or_reveals(org: Organisation, position: str) -> None:
    assert needs_second_factor(person_with(position, org.near.finance))


@pytest.mark.parametrize("position", ["storekeeper", "logistics_clerk", "network_admin"])
def test_not_needed_by_the_others(org: Organisation, position: str) -> None:
    assert not needs_second_factor(person_with(position, org.near.finance))


def test_needed_by_technical_administrators(db: None) -> None:
    assert needs_second_factor(technical_admin())


def test_missing_second_factor_comes_first_where_required(
    browser: Client, org: Organisation, settings: Any
) -> None:
    settings.MFA_REQUIRED = True
    person = person_with("cashier", org.near.finance)
    password_step(browser, person)
    assert browser.get("/staff/")["Location"] == "/accounts/2fa/totp/activate/"
    assert browser.get("/", HTTP_HX_REQUEST="true")["HX-Redirect"] == "/accounts/2fa/totp/activate/"


def test_setting_it_up_opens_the_way(browser: Client, org: Organisation, settings: Any) -> None:
    settings.MFA_REQUIRED = True
    person = person_with("cashier", org.near.finance)
    password_step(browser, person)
    page = browser.get("/accounts/2fa/totp/activate/", follow=True)
    assert page.redirect_chain[-1][0].startswith("/accounts/reauthenticate/")
    browser.post(page.redirect_chain[-1][0], {"password": PASSWORD, "next": "/accounts/2fa/totp/activate/"})
    page = browser.get("/accounts/2fa/totp/activate/")
    answer = browser.post("/accounts/2fa/totp/activate/", {"code": code(page.context["form"].secret)})
    assert answer["Location"] == "/accounts/2fa/recovery-codes/"
    assert len(browser.get("/accounts/2fa/recovery-codes/").context["unused_codes"]) == 10
    assert is_in(browser)


def test_required_one_cannot_be_removed_by_oneself(browser: Client, org: Organisation, settings: Any) -> None:
    settings.MFA_REQUIRED = True
    person = with_app(person_with("cashier", org.near.finance))
    password_step(browser, person)
    browser.post(CODE, {"code": code()})
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    browser.post("/accounts/2fa/totp/deactivate/")
    assert Authenticator.objects.filter(user=person).exists()


def test_renewal_over_the_page_asks_for_the_code_too(
    browser: Client, owner: Person, clock: time_machine.Coordinates
) -> None:
    password_step(browser, owner)
    browser.post(CODE, {"code": code()})
    clock.shift(31 * 60)
    assert browser.post("/account/renew/", {"password": PASSWORD}).status_code == 422
    assert browser.post("/account/renew/", {"password": PASSWORD, "code": "000000"}).status_code == 422
    assert browser.post("/account/renew/", {"password": PASSWORD, "code": code()}).status_code == 200
    assert is_in(browser)
