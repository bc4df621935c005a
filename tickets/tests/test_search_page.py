"""Search: by number, phone, IMEI and name, within scope, with an opaque address."""

from __future__ import annotations

import pytest

from tickets.tests import factories
from tickets.tests.conftest import Browser
from tickets.tests.world import World

STATEMENTS = {"欧阳": 7, factories.PHONE: 14}


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
