"""What the case desk adds to customer files and devices, and who reaches which of them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from core.actors import system_actor
from core.errors import Conflict
from core.models import AuditEvent
from customers.events import CustomerErased, DataWanted, customer_erased, data_wanted
from customers.extensions import panels_for as file_panels_for
from customers.models import Customer, CustomerPhone
from products.extensions import facts_of, history_of
from products.models import Device
from tickets.models import Case, CaseNote, Notice
from tickets.services import privacy
from tickets.tests import factories, world
from tickets.tests.conftest import Browser
from tickets.tests.world import World


@pytest.fixture
def everybody(office: World) -> World:
    for name, position, unit in (
        ("info_lead", "info_lead", "A-INFO"), ("finance", "finance_lead", "A-FIN"), ("branch", "branch_head", "A-BR"),
        ("department", "department_manager", "DEP"), ("store", "storekeeper", "A-FIN"),
    ):  # fmt: skip
        office.person(name, position, unit)
    return office


# What each position may do to the customer and to the phone of a repair of centre A that it has nothing to do with.
_RIGHTS = [
    ("agent", "view edit merge reveal", "view edit reveal"),
    ("info_lead", "view edit merge reveal export manage_privacy", "view edit reveal export"),
    ("manager", "view edit merge reveal export manage_privacy", "view edit reveal export"),
    ("department", "view reveal export manage_privacy", "view reveal export"),
    ("leader", "view reveal", "view edit reveal"),
    ("engineer", "view reveal", "view edit reveal"),
    ("finance", "view", "view"),
    ("branch", "", ""),
    ("store", "", ""),
    ("other", "", ""),
]


@pytest.mark.parametrize(("name", "customer_may", "device_may"), _RIGHTS)
def test_who_reaches_the_file_and_the_phone_of_a_case(
    everybody: World, name: str, customer_may: str, device_may: str
) -> None:
    case = world.case(unit=everybody.units["A-TECH"], logged_by=everybody.account("gone"), kind="repair")
    Customer.objects.filter(pk=case.customer_id).update(centre=everybody.units["A"])
    person = everybody.people[name]
    assert _allowed(Customer, person, case.customer_id, "merge reveal export manage_privacy") == customer_may
    assert _allowed(Device, person, case.device_id, "reveal export") == device_may


def _allowed(model: Any, person: Any, pk: int | None, more: str) -> str:
    actions = ("view", "edit", *more.split())
    return " ".join(name for name in actions if model.objects.permitted(person, name).filter(pk=pk).exists())


def test_a_file_without_a_case_is_read_in_its_own_centre_alone(everybody: World) -> None:
    stranger = world.customer()
    Customer.objects.filter(pk=stranger.pk).update(centre=everybody.units["A"])
    seen = [
        name
        for name in ("agent", "manager", "department", "engineer", "finance", "other")
        if Customer.objects.permitted(everybody.people[name]).filter(pk=stranger.pk).exists()
    ]
    assert seen == ["agent", "manager", "department"]


def test_only_the_handler_sees_the_data_without_a_reason(office: World) -> None:
    engineer = office.people["engineer"]
    case = world.case(
        unit=office.units["A-TECH"],
        logged_by=office.people["agent"],
        kind="repair",
        status="in_progress",
        assignee=engineer,
    )
    in_hand = Customer.objects.permitted(engineer, "reveal_as_handler")
    assert list(in_hand.values_list("pk", flat=True)) == [case.customer_id]
    assert not Customer.objects.permitted(office.people["leader"], "reveal_as_handler").exists()


def test_a_file_shows_cases_of_other_centres_as_one_line(office: World) -> None:
    mine = factories.log(office.people["agent"])
    theirs = factories.log(
        office.people["other"], customer_id=mine.customer_id, description="秘密描述", imei=mine.device.imei
    )
    panels = file_panels_for(office.people["agent"], mine.customer)
    panel = next(panel for panel in panels if panel.template == "tickets/panel_cases.html")
    assert [row["url"] for row in panel.context["rows"]] == [mine.get_absolute_url()]
    assert "秘密描述" not in panel.html()
    assert [line.centre for line in panel.context["elsewhere"]] == [theirs.centre.label]


def test_the_history_of_a_phone_holds_its_visible_cases(office: World) -> None:
    first = factories.log(office.people["agent"])
    factories.log(office.people["other"], imei=first.device.imei)
    entries = history_of(office.people["agent"], first.device)
    assert [entry.url for entry in entries] == [first.get_absolute_url()]


def test_an_open_case_of_somebody_else_about_the_phone_is_said(office: World) -> None:
    first = factories.log(office.people["agent"])
    assert facts_of(office.people["agent"], first.device) == []
    world.case(
        unit=office.units["A-INFO"], logged_by=office.people["agent"], of=world.customer(), phone=first.device
    )
    assert len(facts_of(office.people["agent"], first.device)) == 1


# -- Showing in full --------------------------------------------------------------------------------------------------


def _addresses(case: Case) -> tuple[str, str]:
    phone = case.customer.phones.get()
    return (
        f"/customers/{case.customer_id}/reveal/phone-{phone.pk}/",
        f"/devices/{case.device_id}/reveal/imei/",
    )


def _looks() -> list[tuple[str, str, int | None, str]]:
    rows = AuditEvent.objects.filter(action__startswith="pii.").order_by("id")
    return [(row.action, row.subject_type, row.subject_id, row.changes["field"][1]) for row in rows]


def test_with_a_reason_the_number_is_shown_and_the_look_is_logged(office: World, browser: Browser) -> None:
    case = factories.log(office.people["agent"], phone="13900001111")
    number, imei = _addresses(case)
    assert browser("manager").post(number).status_code == 422
    assert _looks() == []
    assert "13900001111" in browser("manager").post(number, {"reason": "客户要求核对"}).content.decode()
    assert case.device.imei in browser("manager").post(imei, {"reason": "客户要求核对"}).content.decode()
    assert _looks() == [
        ("pii.revealed", "customers.customer", case.customer_id, "customerphone.number"),
        ("pii.revealed", "products.device", case.device_id, "imei"),
    ]


def test_the_handler_needs_no_reason(office: World, browser: Browser) -> None:
    case = factories.log(office.people["agent"], phone="13900001111", next_step="keep")
    for address in _addresses(case):
        assert browser("agent").post(address, HTTP_HX_REQUEST="true").status_code == 200
    assert [look[0] for look in _looks()] == ["pii.revealed_by_handler"] * 2


def test_whoever_may_not_see_it_is_refused_and_nothing_is_logged(everybody: World, browser: Browser) -> None:
    case = factories.log(everybody.people["agent"], phone="13900001111")
    for address in _addresses(case):
        for status, name in ((403, "finance"), (404, "other"), (404, "store")):
            client = browser(name)
            answers = (client.get(address), client.post(address, {"reason": "客户要求核对"}))
            assert [answer.status_code for answer in answers] == [status, status], (name, address)
            assert "13900001111" not in answers[1].content.decode()
    assert _looks() == []


@pytest.mark.parametrize("code", ["phone-0", "address-1", "kind", "email"])
def test_what_a_file_does_not_have_cannot_be_shown(office: World, browser: Browser, code: str) -> None:
    case = factories.log(office.people["agent"])
    address = f"/customers/{case.customer_id}/reveal/{code}/"
    assert browser("manager").post(address, {"reason": "客户要求核对"}).status_code == 404


# -- The call page ----------------------------------------------------------------------------------------------------


def call(client: Client, **values: Any) -> Any:
    """A call about a repair, posted as the page does."""
    given = {
        "key": "files-1", "phone": "13987650001", "imei": world.imei(810_001), "customer_name": "欧阳明月",
        "kind": "repair", "model_id": factories.model().pk, "fault": factories.fault().code, "description": "黑屏",
        "next_step": "pass_on", "priority": "3", "channel": "phone",
    }  # fmt: skip
    return client.post("/calls/new/", {**given, **values})


def test_a_withheld_number_opens_a_file_without_one(office: World, browser: Browser) -> None:
    assert call(browser("agent"), phone="", withheld="on").status_code == 302
    case = Case.objects.get()
    assert (case.caller_number, case.customer.phones.count()) == ("", 0)
    assert "未显示" in browser("agent").get(case.get_absolute_url()).content.decode()


def test_without_a_number_it_must_be_said_that_it_is_withheld(office: World, browser: Browser) -> None:
    answer = call(browser("agent"), phone="")
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["phone"]


def test_somebody_calls_for_the_customer(office: World, browser: Browser) -> None:
    call(browser("agent"), other_caller="on", caller_name="欧阳丽", caller_relation="配偶")
    case = Case.objects.get()
    assert (case.caller_name, case.caller_relation, case.customer.name) == ("欧阳丽", "配偶", "欧阳明月")
    assert case.customer.phones.get().relation == "配偶"
    page = browser("agent").get(case.get_absolute_url()).content.decode()
    assert "欧*丽" in page
    assert "欧阳丽" not in page


def test_what_is_said_of_another_caller_counts_only_when_it_is_ticked(
    office: World, browser: Browser
) -> None:
    call(browser("agent"), caller_name="欧阳丽", caller_relation="配偶")
    assert Case.objects.get().caller_name == ""


def test_a_link_from_a_file_brings_the_customer_along(office: World, browser: Browser) -> None:
    known = factories.log(office.people["agent"])
    page = browser("agent").get(f"/calls/new/?customer_id={known.customer_id}")
    assert page.context["chosen_customer"] == str(known.customer_id)
    call(browser("agent"), customer_id=known.customer_id, customer_name="")
    assert Case.objects.exclude(pk=known.pk).get().customer_id == known.customer_id


@pytest.mark.parametrize("brought", ["0", "99999999999999999999", "x", "999999"])
def test_a_link_with_an_unknown_customer_brings_nobody(office: World, browser: Browser, brought: str) -> None:
    answer = browser("agent").get(f"/calls/new/?customer_id={brought}")
    assert (answer.status_code, answer.context["found"].customers) == (200, [])


def test_a_customer_out_of_sight_cannot_be_brought_along(office: World, browser: Browser) -> None:
    theirs = factories.log(office.people["other"])
    answer = browser("agent").get(f"/calls/new/?customer_id={theirs.customer_id}")
    assert answer.context["found"].customers == []


# -- Personal data ----------------------------------------------------------------------------------------------------


def closed_case(office: World, closed: datetime) -> Case:
    case = world.case(
        unit=office.units["A-TECH"], logged_by=office.people["agent"], status="closed", now=closed,
        assignee=office.people["engineer"], caller_name="欧阳丽",
    )  # fmt: skip
    CaseNote.objects.create(
        case=case, author=office.people["agent"], text="致电 13955556666", created_at=closed
    )
    Notice.objects.create(
        case=case,
        code="case_closed",
        language="en",
        address="a@example.com",
        subject="s",
        body="b",
        created_at=closed,
    )
    return case


def test_an_erased_customer_leaves_nobody_on_a_case_that_is_still_kept(office: World) -> None:
    case = closed_case(office, datetime(2026, 11, 2, 1, 0, tzinfo=UTC))
    erased = CustomerErased(case.customer, system_actor("test"))
    with time_machine.travel(datetime(2026, 11, 25, 4, 0, tzinfo=UTC)):
        customer_erased.publish(erased)
    case.refresh_from_db()
    assert (case.caller_number, case.caller_name, case.description) == ("", "", "测试描述")
    assert list(Notice.objects.values_list("address", "subject", "body")) == [("", "", "")]
    kept = [entry for entry in erased.kept if entry["what"] == "cases"]
    assert kept == [{"what": "cases", "count": 1, "until": "2029-11-02", "basis": "civil_188"}]


def test_texts_of_cases_that_need_not_be_kept_any_more_are_erased_too(office: World) -> None:
    case = closed_case(office, datetime(2023, 11, 2, 1, 0, tzinfo=UTC))
    with time_machine.travel(datetime(2026, 11, 3, 4, 0, tzinfo=UTC)):
        customer_erased.publish(erased := CustomerErased(case.customer, system_actor("test")))
    assert "cases" not in [entry["what"] for entry in erased.kept]
    case.refresh_from_db()
    assert (case.description, case.resolution, case.notes.get().text) == ("—", "—", "—")


def test_open_cases_hold_an_erasure_up(office: World) -> None:
    case = factories.log(office.people["agent"])
    with pytest.raises(Conflict) as refusal:
        customer_erased.publish(CustomerErased(case.customer, system_actor("test")))
    assert refusal.value.code == "customer_has_open_cases"


def test_a_leap_day_ends_on_the_28th() -> None:
    assert privacy.kept_until(datetime(2024, 2, 29, 4, 0, tzinfo=UTC)) == date(2027, 2, 28)


def test_a_copy_of_the_data_holds_the_cases_with_notes(office: World) -> None:
    case = closed_case(office, datetime(2026, 11, 2, 1, 0, tzinfo=UTC))
    wanted = DataWanted(case.customer)
    data_wanted.publish(wanted)
    (row,) = wanted.data["cases"]
    assert (row["number"], row["caller_number"]) == (case.number, "13955556666")
    assert [note["text"] for note in row["notes"]] == ["致电 13955556666"]
    assert CustomerPhone.objects.filter(customer=case.customer).exists()
