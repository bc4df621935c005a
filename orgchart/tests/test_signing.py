"""任职人签字: who signs what, once, with the password; who is asked, and who sees that it is missing."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from core.actors import person_actor
from core.errors import DomainError
from core.models import AuditEvent, Notification
from orgchart import services
from orgchart.descriptions.queries import to_sign
from orgchart.enums import VersionState
from orgchart.models import Deputyship, Person, Position, PositionVersion, Signature
from orgchart.rules.positionfile import fingerprint
from orgchart.scope import today
from orgchart.tests.factories import PASSWORD, SYSTEM, Organisation, appoint, person_with
from orgchart.tests.positionbodies import body

pytestmark = pytest.mark.django_db


def current(code: str = "cashier") -> PositionVersion:
    found: PositionVersion = PositionVersion.objects.get(position__code=code, state=VersionState.IN_FORCE)
    return found


def edit(code: str = "cashier") -> PositionVersion:
    version = current(code)
    return services.edit_position(
        actor=SYSTEM,
        position=version.position,
        body={**version.body, "note": "改过"},
        reason="x",
        base=version.number,
    )


def sign(person: Person, version: PositionVersion | None = None, password: str = PASSWORD) -> Signature:
    return services.sign(actor=person_actor(person), version=version or current(), password=password)


@pytest.fixture
def cashier(org: Organisation) -> Person:
    person_with("admin_hr_lead", org.personnel)
    return person_with("cashier", org.near.finance)


def test_signature_keeps_name_fingerprint_and_time(cashier: Person) -> None:
    signature = sign(cashier)
    assert (signature.name, signature.fingerprint) == (cashier.name, fingerprint(body("cashier")))
    Person.objects.filter(pk=cashier.pk).update(name="改名了")
    signature.refresh_from_db()
    assert signature.name != "改名了"
    event = AuditEvent.objects.get(action="position.signed")
    assert event.changes == {"version": [None, 1], "fingerprint": [None, signature.fingerprint]}


def refused(
    code: str, person: Person, version: PositionVersion | None = None, password: str = PASSWORD
) -> None:
    with pytest.raises(DomainError) as refusal:
        sign(person, version, password)
    assert refusal.value.code == code


def test_only_the_holder_signs(org: Organisation, cashier: Person) -> None:
    refused("not_holder", person_with("accountant", org.near.finance))
    refused("not_holder", person_with("finance_lead", org.near.finance))
    cashier.appointments.update(ends_on=today(), starts_on=today())
    sign(cashier)


def test_a_former_holder_does_not_sign(org: Organisation) -> None:
    from datetime import timedelta

    former = person_with("accountant", org.near.finance)
    appoint(former, "cashier", org.near.finance, is_primary=False, ends_on=today() - timedelta(days=1))
    refused("not_holder", former)


def test_a_deputy_does_not_sign_for_the_holder(org: Organisation, cashier: Person) -> None:
    deputy = person_with("accountant", org.near.finance)
    Deputyship.objects.create(
        post=cashier.appointments.get(), deputy=deputy, starts_on=today(), ends_on=today()
    )
    fresh = Person.objects.get(pk=deputy.pk)
    refused("deputy_does_not_sign", fresh)
    assert [version.position.code for version in to_sign(fresh)] == ["accountant"]


def test_the_wrong_password_does_not_sign(cashier: Person) -> None:
    refused("wrong_password", cashier, password="not-this-one")
    assert not Signature.objects.exists()


def test_a_version_is_signed_once(cashier: Person) -> None:
    sign(cashier)
    refused("already_signed", cashier)


def test_an_older_version_is_not_signed(cashier: Person) -> None:
    old = current()
    edit()
    refused("not_in_force", cashier, old)


def test_a_new_version_asks_every_holder_again(org: Organisation, cashier: Person, browser: Client) -> None:
    sign(cashier)
    others = [person_with("cashier", org.far.finance), person_with("accountant", org.near.finance)]
    browser.force_login(cashier)
    assert not browser.get("/account/").context["to_sign"]
    edit()
    rung = Notification.objects.filter(code="orgchart.sign").values_list("recipient_id", flat=True)
    assert set(rung) == {cashier.pk, others[0].pk}
    assert [version.number for version in browser.get("/account/").context["to_sign"]] == [2]
    assert "/positions/cashier/sign/" in browser.get("/account/").content.decode()
    assert browser.get("/positions/cashier/").context["page"].version.may_sign
    assert Signature.objects.get().version.number == 1
    sign(cashier)
    assert list(Notification.objects.filter(read_at=None).values_list("recipient_id", flat=True)) == [
        others[0].pk
    ]


# -- the page -----------------------------------------------------------------------------------------------


def post(browser: Client, password: str, version: int = 1) -> Any:
    return browser.post("/positions/cashier/sign/", {"version": version, "password": password})


def test_page_signs(cashier: Person, browser: Client) -> None:
    browser.force_login(cashier)
    assert current().fingerprint in browser.get("/positions/cashier/sign/").content.decode()
    assert post(browser, PASSWORD).status_code == 302
    page = browser.get("/positions/cashier/")
    assert page.context["page"].holdings[0].signature is not None
    assert not page.context["page"].version.may_sign
    assert browser.get("/positions/cashier/sign/").context["signature"].person == cashier


def test_page_refuses_a_wrong_password_at_the_field_and_shows_none(cashier: Person, browser: Client) -> None:
    browser.force_login(cashier)
    answer = post(browser, "not-this-one")
    assert answer.status_code == 422
    assert "password" in answer.context["form"].errors
    assert "not-this-one" not in answer.content.decode()


def test_guessing_is_limited_as_on_the_log_in_page(cashier: Person, browser: Client) -> None:
    browser.force_login(cashier)
    for _attempt in range(5):
        post(browser, "not-this-one")
    assert post(browser, PASSWORD).status_code == 429
    assert not Signature.objects.exists()


def test_page_that_was_open_while_a_new_version_came_does_not_sign_it(
    cashier: Person, browser: Client
) -> None:
    browser.force_login(cashier)
    edit()
    assert post(browser, PASSWORD, version=1).status_code == 409
    assert not Signature.objects.exists()


def test_page_is_refused_to_whoever_does_not_hold_the_post(org: Organisation, browser: Client) -> None:
    browser.force_login(person_with("finance_lead", org.near.finance))
    assert browser.get("/positions/cashier/sign/").status_code == 403
    assert post(browser, PASSWORD).status_code == 403


def test_signed_copy_shows_name_and_time(cashier: Person, browser: Client) -> None:
    sign(cashier)
    browser.force_login(cashier)
    copy = browser.get("/positions/cashier/print/").context["copy"]
    assert (copy.holder, copy.signed_name) == (cashier, cashier.name)
    assert Position.objects.get(code="cashier").versions.count() == 1
