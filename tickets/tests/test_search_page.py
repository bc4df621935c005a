"""Search: by number, phone, IMEI and name, within scope, with an opaque address."""

from __future__ import annotations

import html
import re

import pytest

from core.actors import person_actor
from customers.services.merging import merge_customers
from orgchart.models import Person
from products.models import Device
from tickets.tests import factories
from tickets.tests.conftest import Browser
from tickets.tests.world import World

STATEMENTS = {"欧阳": 10, factories.PHONE: 19}


def search(browser: Browser, name: str, text: str) -> str:
    answer = browser(name).post("/search/", {"q": text}, follow=True)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_a_case_number_leads_to_its_case(office: World, browser: Browser) -> None:
    case = factories.log(office.people["agent"])
    spoken = f"{case.number:,}".replace(",", " ")
    assert browser("agent").post("/search/", {"q": spoken}).headers["Location"] == case.get_absolute_url()


def test_a_number_of_another_centre_leads_nowhere(office: World, browser: Browser) -> None:
    case = factories.log(office.people["agent"])
    assert case.get_absolute_url() not in search(browser, "other", str(case.number))


@pytest.mark.parametrize("text", ["phone", "imei", "阳明"])
def test_exact_numbers_and_adjacent_characters_find_cases_in_scope(
    office: World, browser: Browser, text: str
) -> None:
    case = factories.log(office.people["agent"], customer_name="欧阳明月")
    wanted = {"phone": factories.PHONE, "imei": case.device.imei}.get(text, text)
    assert case.get_absolute_url() in search(browser, "agent", wanted)
    assert case.get_absolute_url() not in search(browser, "other", wanted)


def test_other_centres_are_one_line_by_number_and_nothing_by_name(office: World, browser: Browser) -> None:
    factories.log(office.people["agent"], customer_name="欧阳明月")
    assert 'class="elsewhere"' in search(browser, "other", factories.PHONE)
    assert 'class="elsewhere"' not in search(browser, "other", "欧阳")


def test_characters_that_do_not_stand_together_find_nothing(office: World, browser: Browser) -> None:
    case = factories.log(office.people["agent"], customer_name="欧阳明月")
    assert case.get_absolute_url() not in search(browser, "agent", "欧明")


def test_a_colleague_sees_the_same_question_in_their_own_scope(office: World, browser: Browser) -> None:
    case = factories.log(office.people["agent"], customer_name="欧阳明月")
    address = browser("agent").post("/search/", {"q": "欧阳"}).headers["Location"]
    assert case.get_absolute_url() in browser("manager").get(address).content.decode()
    assert case.get_absolute_url() not in browser("other").get(address).content.decode()


@pytest.mark.parametrize("text", ["", " ", "\x00", "x" * 61])
def test_what_cannot_be_searched_for_is_said(office: World, browser: Browser, text: str) -> None:
    assert browser("agent").post("/search/", {"q": text}).status_code == 422


def test_an_unknown_token_is_404(office: World, browser: Browser) -> None:
    for token in ("x", "A" * 43, "%00"):
        assert browser("agent").get(f"/search/{token}/").status_code == 404


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (factories.PHONE, "by the full phone number"),
        (factories.PHONE[-4:], "by the phone"),
        ("ouyang", "by the name in pinyin"),
        ("oymy", "by the initials"),
        ("阳明", "by the name"),
        ("欧ymy", "by the name in characters and pinyin"),
        ("imei", "by the full IMEI"),
        ("tail", "by the IMEI"),
        ("invoice", "by the invoice number"),
    ],
)
def test_cases_customers_and_devices_stand_in_sections_with_what_matched(
    office: World, browser: Browser, text: str, words: str
) -> None:
    case = factories.log(office.people["agent"], customer_name="欧阳明月")
    Device.objects.filter(pk=case.device_id).update(invoice_number="24332000000012345678")
    typed = {"imei": case.device.imei, "tail": case.device.imei[-5:], "invoice": "24332000000012345678"}
    Person.objects.update(language="en")
    body = search(browser, "agent", typed.get(text, text))
    assert words in html.unescape(body)
    assert case.get_absolute_url() in body
    of_device = text in typed
    assert (f'href="{case.device.get_absolute_url()}"' in body) is of_device
    assert (f'href="{case.customer.get_absolute_url()}"' in body) is not of_device
    assert len(text) == 4 or typed.get(text, text) not in re.sub(r'value="[^"]*"', "", body)


@pytest.mark.parametrize("text", [factories.PHONE[-4:], "ouyang", "oymy", "tail", "invoice"])
def test_nothing_but_complete_numbers_leaves_the_scope(office: World, browser: Browser, text: str) -> None:
    case = factories.log(office.people["agent"], customer_name="欧阳明月")
    Device.objects.filter(pk=case.device_id).update(invoice_number="24332000000012345678")
    typed = {"tail": case.device.imei[-5:], "invoice": "24332000000012345678"}
    body = search(browser, "other", typed.get(text, text))
    assert 'class="hit' not in body
    assert 'class="elsewhere"' not in body


def test_a_stranger_found_by_a_complete_number_has_no_link(office: World, browser: Browser) -> None:
    case = factories.log(office.people["agent"], customer_name="欧阳明月")
    for text in (factories.PHONE, case.device.imei):
        body = search(browser, "other", text)
        assert "hit-stranger" in body
        assert f'href="{case.customer.get_absolute_url()}"' not in body
        assert f'href="{case.device.get_absolute_url()}"' not in body


def test_a_merged_file_is_found_no_more(office: World, browser: Browser) -> None:
    case = factories.log(office.people["agent"], customer_name="欧阳明月")
    kept = factories.log(office.people["agent"], customer_name="李四光").customer
    merge_customers(actor=person_actor(office.people["agent"]), kept=kept.pk, merged=case.customer_id)
    assert 'class="hit' not in search(browser, "agent", "欧阳")
    body = search(browser, "agent", "李四光")
    assert case.get_absolute_url() in body


@pytest.mark.parametrize("rows", [1, 25])
@pytest.mark.parametrize("text", sorted(STATEMENTS))
def test_statements_do_not_grow_with_hits(
    office: World, browser: Browser, django_assert_num_queries: object, rows: int, text: str
) -> None:
    for _index in range(rows):
        factories.log(office.people["agent"], customer_name="欧阳明月")
    client = browser("agent")
    address = client.post("/search/", {"q": text}).headers["Location"]
    with django_assert_num_queries(STATEMENTS[text]):  # type: ignore[operator]
        client.get(address)
