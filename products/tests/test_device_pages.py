"""Pages of devices: what they show to whom, what the forms do and refuse, how many statements they cost."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.actors import person_actor
from core.models import StoredSearch
from customers.models import Customer
from orgchart.models import Person
from orgchart.scope import today
from products import devicefacts, extensions, panels, policies, services
from products.models import Certificate, Device, Exchange, Ownership
from products.rules import facts as rules
from products.services import NewPhone
from products.tests import factories
from products.tests.conftest import SignedIn
from products.tests.factories import Counter, imei

DAY = date(2026, 3, 1)
LINK = re.compile(r'href="/devices/(\d+)/"')
NEXT = re.compile(r'href="(\?[^"]*cursor=[^"]*)" rel="next"')


def listed(answer: Any) -> list[int]:
    return [int(pk) for pk in LINK.findall(answer.content.decode())]


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


# -- The list ----------------------------------------------------------------------------------------------------------


def test_the_list_shows_the_own_centre_and_masks_numbers(counter: Counter, signed_in: SignedIn) -> None:
    mine, _theirs = factories.device(counter.customer, imei=imei(1)), factories.device(counter.stranger)
    answer = signed_in(counter.agent).get("/devices/")
    assert listed(answer) == [mine.pk]
    assert imei(1) not in text_of(answer)
    assert f"860123*****{imei(1)[-4:]}" in text_of(answer)
    assert "张*丰" in text_of(answer)


def test_who_has_no_case_and_no_grant_sees_an_empty_list(
    counter: Counter, signed_in: SignedIn, seen_by_case: Callable[[Person, int], None]
) -> None:
    device = factories.device(counter.customer)
    client = signed_in(counter.engineer)
    assert "No phones yet" in text_of(client.get("/devices/"))
    assert client.get(f"/devices/{device.pk}/").status_code == 404
    seen_by_case(counter.engineer, device.pk)
    assert listed(client.get("/devices/")) == [device.pk]
    assert client.get(f"/devices/{device.pk}/").status_code == 200


def test_filters_narrow_the_list(counter: Counter, signed_in: SignedIn) -> None:
    other = factories.product("X9", maker=factories.maker("XH", "星河"))
    first = factories.device(counter.customer, sold_on=DAY)
    second = factories.device(counter.customer, sold_on=DAY + timedelta(9), product=other)
    client = signed_in(counter.agent)
    for query, found in (
        ({"model": first.model_id}, [first.pk]),
        ({"maker": other.maker_id}, [second.pk]),
        ({"sold_from": "2026-03-02"}, [second.pk]),
        ({"sold_to": "2026-03-01"}, [first.pk]),
        ({"sold_from": "2026-03-01", "sold_to": "2026-03-10"}, [second.pk, first.pk]),
        ({"fact": "any"}, []),
    ):
        assert listed(client.get("/devices/", query)) == found, query
    for query in (
        {"sold_from": "2026-03-02", "sold_to": "2026-03-01"},
        {"model": "x"},
        {"sold_to": "gestern"},
    ):
        assert client.get("/devices/", query).status_code == 422, query


def test_pages_show_each_phone_once(counter: Counter, signed_in: SignedIn) -> None:
    made = [factories.device(counter.customer, sold_on=DAY).pk for _ in range(53)]
    client, seen, url = signed_in(counter.agent), [], "/devices/?sold_from=2026-03-01"
    while url:
        answer = client.get(url)
        seen += listed(answer)
        following = NEXT.search(text_of(answer).replace("&amp;", "&"))
        url = f"/devices/{following[1]}" if following else ""
    assert seen == made[::-1]


def test_the_search_stays_on_the_server(counter: Counter, signed_in: SignedIn) -> None:
    device = factories.device(counter.customer, imei=imei(1))
    factories.device(counter.customer)
    client = signed_in(counter.agent)
    answer = client.post("/devices/", {"q": imei(1)[-6:]})
    assert answer.status_code == 302
    assert imei(1)[-6:] not in answer["Location"]
    assert StoredSearch.objects.get().kind == "devices"
    assert listed(client.get(answer["Location"])) == [device.pk]
    nothing = client.post("/devices/", {"q": "999999"}, follow=True)
    assert "No phone found in your area" in text_of(nothing)
    assert client.post("/devices/", {"q": ""}).status_code == 422


@pytest.mark.parametrize("count", [1, 25])
def test_the_list_costs_nine_statements(counter: Counter, signed_in: SignedIn, count: int) -> None:
    for _ in range(count):
        factories.device(counter.customer)
    client = signed_in(counter.agent)
    client.get("/devices/")
    with CaptureQueriesContext(
        connection,
    ) as got:
        assert len(listed(client.get("/devices/"))) == count
    assert len(got) == 9, [q["sql"][:150] for q in got]


# -- Facts: the database and the rules agree ---------------------------------------------------------------------------


def strange_phones(counter: Counter) -> None:
    """Phones with every fact, some with several, and neighbours with none."""
    near = counter.org.near.unit
    other = factories.customer(near, "李四")
    plain = factories.product("P1", tacs=["86012345"], launched_on=DAY)
    factories.device(counter.customer, product=plain, imei=imei(1), imei2=imei(2), sold_on=DAY)
    factories.device(counter.customer, product=plain, imei=imei(3), imei2=imei(1), sold_on=DAY - timedelta(1))
    factories.device(counter.customer, product=plain, imei=imei(4), imei2=imei(5), delivered_on=DAY)
    factories.device(other, product=plain, imei=imei(6), imei2=imei(5))
    factories.device(
        other, product=plain, imei=imei(7, "35123456"), sold_on=DAY, delivered_on=DAY + timedelta(31)
    )
    factories.device(other, product=plain, imei=imei(8), sold_on=DAY, delivered_on=DAY + timedelta(30))
    for number in (10, 11):
        phone = factories.device(
            other, product=plain, imei=imei(number), invoice_code="3300224130", invoice_number="12345678"
        )
        Certificate.objects.create(device=phone, number="ZS1")
    factories.device(
        other, product=plain, imei=imei(12), invoice_code="3300224131", invoice_number="12345678"
    )
    Certificate.objects.create(device=factories.device(other, imei=imei(13)), number="")
    Certificate.objects.create(device=factories.device(other, imei=imei(14)), number="")
    for number, days in ((20, 0), (21, 5), (22, -5)):
        phone = factories.device(counter.customer, imei=imei(number))
        Ownership.objects.filter(device=phone).update(ends_on=DAY)
        Ownership.objects.create(device=phone, owner=other, starts_on=DAY + timedelta(days))
        if number != 22:
            new = factories.device(counter.customer, imei=imei(number + 10))
            Exchange.objects.create(old=phone, new=new, exchanged_on=DAY)


def test_the_list_finds_the_facts_that_the_rules_find(counter: Counter, signed_in: SignedIn) -> None:
    strange_phones(counter)
    rows = devicefacts.with_facts(devicefacts.with_others(Device.objects.all())).select_related(
        "model", "exchanged_for"
    )
    found = set()
    for row in rows.prefetch_related("ownerships"):
        by_rules = [fact.code for fact in rules.facts(devicefacts.seen(row))]
        assert [line.code for line in devicefacts.lines_of(row)] == by_rules, row.imei
        found.update(by_rules)
        for code in (*rules.SEVERITY, "any"):
            listed_too = devicefacts.having(Device.objects.filter(pk=row.pk), code).exists()
            assert listed_too == (code in by_rules or (code == "any" and bool(by_rules))), (row.imei, code)
    assert found == set(rules.SEVERITY)
    answer = signed_in(counter.agent).get("/devices/", {"fact": "two_owners"})
    assert len(listed(answer)) == 1
    assert "two owners at once" in text_of(answer)


def test_the_page_says_what_does_not_fit_and_names_phones_in_sight_only(
    counter: Counter, signed_in: SignedIn
) -> None:
    model = factories.product("A5", tacs=["35123456"])
    factories.product("X9", tacs=[factories.TAC])
    device = factories.device(counter.customer, imei=imei(1), product=model)
    mine = factories.device(counter.customer, imei=imei(2), imei2=imei(1))
    theirs = factories.device(counter.stranger, imei=imei(3), imei2=imei(1))
    text = text_of(signed_in(counter.agent).get(f"/devices/{device.pk}/"))
    assert "The same IMEI stands at 2 other phones as well." in text
    assert "By its IMEI this is a Qinghe X9." in text
    assert f'href="/devices/{mine.pk}/"' in text
    assert f'href="/devices/{theirs.pk}/"' not in text


# -- The page of one phone ---------------------------------------------------------------------------------------------


def busy_phone(counter: Counter, rows: int) -> Device:
    """A phone with `rows` owners, corrections and serial numbers, an exchange and a fact."""
    device = factories.device(counter.customer, imei=imei(1))
    for number in range(rows):
        Ownership.objects.filter(device=device, ends_on=None).update(ends_on=DAY + timedelta(number))
        Ownership.objects.create(device=device, owner=counter.customer, starts_on=DAY + timedelta(number))
        device.serials.create(kind="other", number=f"S{number}")
        device.changes.create(field="colour", old="黑", new="白", changed_by=counter.agent)
    factories.device(counter.customer, imei=imei(2), imei2=imei(1))
    Certificate.objects.create(device=device, number="ZS1")
    Exchange.objects.create(
        old=device, new=factories.device(counter.customer), exchanged_on=DAY + timedelta(60)
    )
    return device


@pytest.mark.parametrize("rows", [1, 25])
def test_the_page_costs_the_same_for_a_short_and_a_long_history(
    counter: Counter, signed_in: SignedIn, rows: int
) -> None:
    device = busy_phone(counter, rows)
    client = signed_in(counter.agent)
    client.get("/devices/")
    with CaptureQueriesContext(connection) as got:
        assert client.get(f"/devices/{device.pk}/").status_code == 200
    assert len(got) == 12, [q["sql"][:150] for q in got]


def test_nothing_personal_stands_on_the_page_in_full(counter: Counter, signed_in: SignedIn) -> None:
    device = factories.device(
        counter.customer, imei=imei(1), imei2=imei(2), invoice_number="24332000000012345678"
    )
    device.serials.create(kind="serial", number="R58NA12345")
    Certificate.objects.create(device=device, number="ZS00012345")
    device.changes.create(field="imei", old=imei(9), new=imei(1))
    text = text_of(signed_in(counter.manager).get(f"/devices/{device.pk}/"))
    for number in (imei(1), imei(2), imei(9), "24332000000012345678", "R58NA12345", "ZS00012345", "张三丰"):
        assert number not in text, number


def test_the_buttons_are_for_those_who_may(counter: Counter, signed_in: SignedIn, seen_by_case: Any) -> None:
    device = factories.device(counter.customer)
    assert "Change the owner" in text_of(signed_in(counter.agent).get(f"/devices/{device.pk}/"))
    lead = factories.person_with("finance_lead", counter.org.near.finance)
    seen_by_case(lead, device.pk)
    client = signed_in(lead)
    assert "Change the owner" not in text_of(client.get(f"/devices/{device.pk}/"))
    for name in ("correct", "owner", "owner-undo", "exchange", "exchange-undo", "serial", "certificate"):
        assert client.get(f"/devices/{device.pk}/{name}/").status_code == 403, name
    assert signed_in(counter.other).get(f"/devices/{device.pk}/correct/").status_code == 404
    assert signed_in(counter.agent).get(f"/devices/{device.pk}/sell/").status_code == 404


def test_what_higher_apps_know_is_shown_and_counts_as_use(counter: Counter, signed_in: SignedIn) -> None:
    from django.utils import timezone

    device = factories.device(counter.customer)
    Exchange.objects.create(
        old=device, new=factories.device(counter.customer), exchanged_on=today() - timedelta(9)
    )
    entry = extensions.HistoryEntry(timezone.now(), "tool", "Repair 1")
    extensions.device_history("test", lambda reader, phone: [entry])
    try:
        text = text_of(signed_in(counter.agent).get(f"/devices/{device.pk}/"))
    finally:
        extensions._history.pop("test")
    assert "is in use again" in text


def test_the_former_owner_of_another_centre_is_named_masked_without_a_link(
    counter: Counter, signed_in: SignedIn
) -> None:
    device = factories.device(counter.customer)
    Ownership.objects.filter(device=device).update(ends_on=DAY)
    Device.objects.filter(pk=device.pk).update(owner=counter.stranger)
    Ownership.objects.create(device=device, owner=counter.stranger, starts_on=DAY)
    text = text_of(signed_in(counter.agent).get(f"/devices/{device.pk}/"))
    assert f'href="/customers/{counter.customer.pk}/"' in text
    assert f'href="/customers/{counter.stranger.pk}/"' not in text
    assert "欧***" in text


# -- Forms -------------------------------------------------------------------------------------------------------------


def test_registering_by_a_scan_with_separators_finds_the_model(counter: Counter, signed_in: SignedIn) -> None:
    model = factories.product("A5", tacs=[factories.TAC])
    client = signed_in(counter.agent)
    page = client.get("/devices/new/", {"owner": counter.customer.pk})
    assert "张*丰" in text_of(page)
    scan = f"IMEI1: {imei(1)[:6]}-{imei(1)[6:]}"
    reading = client.post("/devices/new/imei/", {"imei": scan})
    assert "Qinghe A5" in text_of(reading)
    answer = client.post(
        "/devices/new/", {"owner": counter.customer.pk, "imei": scan, "sold_on": "2026-03-01"}
    )
    device = Device.objects.get()
    assert answer["Location"] == f"/devices/{device.pk}/"
    assert (device.imei, device.model, device.owner, device.sold_on) == (
        imei(1),
        model,
        counter.customer,
        DAY,
    )


def test_registering_shows_refusals_at_the_field_and_keeps_what_was_typed(
    counter: Counter, signed_in: SignedIn
) -> None:
    model = factories.product()
    client = signed_in(counter.agent)
    sent = {"owner": counter.customer.pk, "imei": imei(1), "colour": "曜石黑"}
    unknown = client.post("/devices/new/", sent)
    assert unknown.status_code == 422
    assert list(unknown.context["form"].errors) == ["model"]
    wrong = client.post("/devices/new/", {**sent, "model": model.pk, "invoice_number": "12345678"})
    assert wrong.status_code == 422
    assert list(wrong.context["form"].errors) == ["invoice_code"]
    assert "曜石黑" in text_of(wrong)
    factories.device(counter.customer, imei=imei(1))
    twice = client.post("/devices/new/", {**sent, "model": model.pk})
    assert (twice.status_code, list(twice.context["form"].errors)) == (409, ["imei"])


def test_without_javascript_the_imei_is_read_by_a_button(counter: Counter, signed_in: SignedIn) -> None:
    sent = {"owner": counter.customer.pk, "imei": "49015420323751", "colour": "黑", "read": "1"}
    answer = signed_in(counter.agent).post("/devices/new/", sent)
    assert answer.status_code == 200
    assert "49 015420 323751 8" in text_of(answer)
    assert "黑" in text_of(answer)
    assert not Device.objects.exists()


def test_registering_for_strangers_or_nobody_is_404(counter: Counter, signed_in: SignedIn) -> None:
    client = signed_in(counter.agent)
    for owner in (counter.stranger.pk, 0, "x", ""):
        assert client.get("/devices/new/", {"owner": owner}).status_code == 404, owner
    assert signed_in(counter.manager).get("/devices/new/", {"owner": counter.customer.pk}).status_code == 200


def test_a_correction_and_its_conflict(counter: Counter, signed_in: SignedIn) -> None:
    device = factories.device(counter.customer, imei=imei(1))
    client = signed_in(counter.agent)
    url = f"/devices/{device.pk}/correct/"
    sent = {"version": 1, "imei": imei(2), "model": device.model_id, "colour": "白"}
    assert client.post(url, sent)["Location"] == f"/devices/{device.pk}/"
    stale = client.post(url, {**sent, "colour": "红"})
    assert stale.status_code == 409
    assert "What you typed" in text_of(stale)
    assert "白" in text_of(stale)
    text = text_of(client.get(f"/devices/{device.pk}/"))
    assert "Corrections" in text
    assert imei(2) not in text


def test_the_forms_show_no_number_in_full_and_keep_what_is_left_empty(
    counter: Counter, signed_in: SignedIn
) -> None:
    numbers = {"imei": imei(1), "imei2": imei(2), "invoice_number": "24332000000012345678"}
    device = factories.device(counter.customer, **numbers)
    Certificate.objects.create(device=device, number="ZS00012345", origin="深圳")
    client, base = signed_in(counter.agent), f"/devices/{device.pk}"
    text = text_of(client.get(f"{base}/correct/")) + text_of(client.get(f"{base}/certificate/"))
    assert [number for number in (*numbers.values(), "ZS00012345") if number in text] == []
    assert "Now 860123*****" in text
    sent = {"version": 1, "model": device.model_id, "colour": "白", "imei2": "-"}
    assert client.post(f"{base}/correct/", sent).status_code == 302
    assert client.post(f"{base}/certificate/", {"version": 2, "origin": "东莞"}).status_code == 302
    device.refresh_from_db()
    assert (device.imei, device.imei2, device.colour) == (imei(1), "", "白")
    assert device.invoice_number == numbers["invoice_number"]
    assert (device.certificate.number, device.certificate.origin) == ("ZS00012345", "东莞")


def test_the_new_owner_is_found_by_number_and_chosen_among_several(
    counter: Counter, signed_in: SignedIn
) -> None:
    near, phone = counter.org.near.unit, "13700137000"
    first, second = (factories.customer(near, name, phone) for name in ("李四", "王五"))
    device = factories.device(counter.customer)
    client, url = signed_in(counter.agent), f"/devices/{device.pk}/owner/"
    sent = {"version": 1, "owner": phone, "starts_on": "2026-03-01", "reason": "转卖"}
    several = client.post(url, sent)
    assert several.status_code == 422
    assert f"#{first.pk} 李*" in text_of(several)
    assert client.post(url, {**sent, "owner_id": second.pk}).status_code == 302
    device.refresh_from_db()
    assert device.owner == second
    assert client.post(url, {**sent, "version": 2, "owner": f"#{first.pk}"}).status_code == 302
    unknown = client.post(url, {**sent, "version": 3, "owner": counter.stranger.phones.get().number})
    assert (unknown.status_code, list(unknown.context["form"].errors)) == (422, ["owner"])


def test_exchange_chain_and_undo_by_page(counter: Counter, signed_in: SignedIn) -> None:
    device = factories.device(counter.customer)
    client = signed_in(counter.agent)
    sent = {
        "version": 1,
        "imei": imei(7),
        "model": device.model_id,
        "exchanged_on": "2026-03-01",
        "reason": "不开机",
    }
    assert client.post(f"/devices/{device.pk}/exchange/", sent).status_code == 302
    new = Device.objects.get(imei=imei(7))
    for phone, other in ((device, new), (new, device)):
        assert f'<a href="/devices/{other.pk}/">' in text_of(client.get(f"/devices/{phone.pk}/"))
    undone = client.post(f"/devices/{device.pk}/exchange-undo/", {"version": 2, "reason": "录错"})
    assert undone.status_code == 302
    assert not Exchange.objects.exists()
    again = client.post(f"/devices/{device.pk}/exchange-undo/", {"version": 3, "reason": "录错"})
    assert again.status_code == 409


def test_a_long_chain_shows_two_phones_before_and_after(
    counter: Counter, signed_in: SignedIn, agent: Any
) -> None:
    phones = [factories.device(counter.customer, imei=imei(40))]
    for number in range(41, 47):
        old = Device.objects.get(pk=phones[-1].pk)
        row = services.exchange_device(
            actor=agent, pk=old.pk, version=old.version, new=NewPhone(imei(number), old.model),
            exchanged_on=today(), reason="换",
        )  # fmt: skip
        phones.append(row.new)
    answer = signed_in(counter.agent).get(f"/devices/{phones[3].pk}/")
    assert [link.device.pk for link in answer.context["page"].chain] == [phone.pk for phone in phones[1:6]]


def test_serials_and_certificate_by_page(counter: Counter, signed_in: SignedIn) -> None:
    device = factories.device(counter.customer)
    client = signed_in(counter.agent)
    base = f"/devices/{device.pk}"
    assert (
        client.post(f"{base}/serial/", {"version": 1, "kind": "battery", "number": "bt 1"}).status_code == 302
    )
    serial = device.serials.get()
    assert client.post(f"{base}/serials/{serial.pk}/remove/", {"version": 2}).status_code == 302
    assert client.post(f"{base}/serials/{serial.pk}/remove/", {"version": 3}).status_code == 404
    empty = client.post(f"{base}/certificate/", {"version": 3})
    assert (empty.status_code, list(empty.context["form"].errors)) == (422, ["number"])
    sent = {"version": 3, "number": "ZS1", "has_seal": "on"}
    assert client.post(f"{base}/certificate/", sent).status_code == 302
    assert Certificate.objects.get(device=device).has_seal


# -- The panel on the customer file ------------------------------------------------------------------------------------


def test_the_file_shows_phones_of_today_and_before(counter: Counter, django_assert_num_queries: Any) -> None:
    now = factories.device(counter.customer)
    sold = factories.device(counter.customer)
    buyer = factories.customer(counter.org.near.unit, "李四")
    services.change_owner(
        actor=person_actor(counter.agent), pk=sold.pk, version=1, owner=buyer, starts_on=DAY, reason="转卖"
    )
    policies.may_register(counter.agent)
    with django_assert_num_queries(1):
        panel = panels.devices_of(counter.agent, counter.customer)
        html = panel.html()
    assert [row.device_id for row in panel.context["now"]] == [now.pk]
    assert [row.device_id for row in panel.context["before"]] == [sold.pk]
    assert f"/devices/new/?owner={counter.customer.pk}" in html
    assert now.imei not in html


def test_no_button_on_a_merged_file(counter: Counter) -> None:
    Customer.objects.filter(pk=counter.customer.pk).update(merged_into=counter.stranger)
    counter.customer.refresh_from_db()
    assert "/devices/new/" not in panels.devices_of(counter.agent, counter.customer).html()
