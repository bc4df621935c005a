"""Pages: the list with its search, the warning while typing, the worklist of duplicates, merging."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import redis
from django.conf import settings as site
from django.test import Client

from core.models import AuditEvent, StoredSearch
from customers import duplicates
from customers.models import CareCall, Customer, Merge, NotDuplicate, Promise
from customers.services import lookups
from customers.tests.finding_world import World
from orgchart.scope import today

pytestmark = pytest.mark.django_db
LIST_STATEMENTS, SEARCH_STATEMENTS = 9, 10
CANARY = "13800138000"
LINK = re.compile(r'href="/customers/(\d+)/"')
NEXT = re.compile(r'href="(\?[^"]*cursor=[^"]*)" rel="next"')


@pytest.fixture
def world(settings: Any) -> World:
    settings.MFA_REQUIRED = False
    client = redis.Redis.from_url(site.REDIS_URL)
    for key in client.scan_iter("lookups:*"):
        client.delete(key)
    return World()


def shown(client: Client, address: str = "/customers/") -> list[int]:
    answer = client.get(address)
    assert answer.status_code == 200
    return [int(pk) for pk in LINK.findall(answer.content.decode())]


def search(client: Client, text: str, filters: str = "") -> Any:
    return client.post(f"/customers/{filters}", {"q": text}, follow=True)


# -- the list ------------------------------------------------------------------------------------------------------


def test_the_list_holds_the_files_in_scope_newest_first(world: World) -> None:
    own = [world.file().pk for _index in range(3)]
    far = world.file(centre=world.far).pk
    assert shown(world.browser("agent")) == own[::-1]
    assert shown(world.browser("stranger")) == [far]
    assert set(shown(world.browser("head"))) == {*own, far}
    assert shown(world.browser("cashier")) == []


def test_merged_and_erased_files_are_left_out(world: World) -> None:
    kept, merged = world.file(), world.file()
    Customer.objects.filter(pk=merged.pk).update(merged_into=kept)
    assert shown(world.browser("agent")) == [kept.pk]


def test_personal_data_are_masked(world: World) -> None:
    world.file("张三丰", CANARY)
    body = world.browser("agent").get("/customers/").content.decode()
    assert "张*丰" in body
    assert "138****8000" in body
    assert CANARY not in body
    assert "张三丰" not in body


def test_pages_follow_each_other_without_gap_or_double(world: World) -> None:
    made = [world.file().pk for _index in range(60)]
    client, seen, address = world.browser("agent"), [], "/customers/?kind=person"
    while address:
        body = client.get(address).content.decode()
        seen += [int(pk) for pk in LINK.findall(body)]
        found = NEXT.search(body)
        address = f"/customers/{found[1].replace('&amp;', '&')}" if found else ""
        assert not address or "kind=person" in address
    assert seen == made[::-1]


@pytest.mark.parametrize(
    ("parameters", "wanted"),
    [
        ("kind=company", ["company"]),
        ("province=440000", ["province"]),
        ("due=promise", ["promise", "late"]),
        ("due=late", ["late"]),
        ("due=care", ["care"]),
        ("kind=dealer", []),
    ],
)
def test_filters(world: World, parameters: str, wanted: list[str]) -> None:
    made = {
        "plain": world.file(),
        "company": world.file(kind="company"),
        "province": world.file(province_code="440000"),
        **{name: world.file() for name in ("promise", "late", "care", "later", "kept")},
    }
    for name, day, kept in (("promise", 3, None), ("late", -1, None), ("kept", -1, "2026-01-01T00:00Z")):
        Promise.objects.create(
            customer=made[name],
            text="x",
            due_on=today() + timedelta(days=day),
            made_by=world.agent,
            kept_at=kept,
        )
    for name, day in (("care", 0), ("later", 5)):
        CareCall.objects.create(customer=made[name], kind="regular", due_on=today() + timedelta(days=day))
    assert set(shown(world.browser("agent"), f"/customers/?{parameters}")) == {
        made[name].pk for name in wanted
    }


def test_the_centre_is_a_filter_for_those_above_centres_only(world: World) -> None:
    near, far = world.file(), world.file(centre=world.far)
    assert shown(world.browser("head"), f"/customers/?centre={world.far.pk}") == [far.pk]
    assert shown(world.browser("agent"), f"/customers/?centre={world.far.pk}") == [near.pk]
    assert 'name="centre"' not in world.browser("agent").get("/customers/").content.decode()


@pytest.mark.parametrize("parameters", ["kind=alien", "province=999999", "due=never"])
def test_a_wrong_filter_is_said_at_its_field(world: World, parameters: str) -> None:
    answer = world.browser("agent").get(f"/customers/?{parameters}")
    assert answer.status_code == 422
    assert "field-error" in answer.content.decode()


def test_a_wrong_cursor_and_a_lost_search_are_refused(world: World) -> None:
    assert world.browser("agent").get("/customers/?cursor=x").status_code == 400
    assert world.browser("agent").get(f"/customers/?search={'x' * 43}").status_code == 404


def test_a_search_is_kept_on_the_server_and_the_filters_with_it(world: World) -> None:
    person, company = world.file("张三丰", CANARY), world.file("张三公司", kind="company")
    client = world.browser("agent")
    answer = search(client, "张三", "?kind=company")
    address = answer.redirect_chain[0][0]
    assert "kind=company" in address
    assert "张" not in address
    assert LINK.findall(answer.content.decode()) == [str(company.pk)]
    assert StoredSearch.objects.get().query == {"q": "张三"}
    answer = search(client, CANARY)
    assert CANARY not in answer.redirect_chain[0][0]
    assert LINK.findall(answer.content.decode()) == [str(person.pk)]
    assert "by the full phone number" in answer.content.decode()


def test_a_stranger_found_by_number_is_a_line_without_a_link(world: World) -> None:
    world.file("张三丰", CANARY)
    body = search(world.browser("stranger"), CANARY).content.decode()
    assert "file of another centre" in body
    assert LINK.findall(body) == []
    assert LINK.findall(search(world.browser("stranger"), "张三").content.decode()) == []


@pytest.mark.parametrize("text", ["", "   ", "\x00", "x" * 61])
def test_what_cannot_be_searched_for_is_said(world: World, text: str) -> None:
    assert world.browser("agent").post("/customers/", {"q": text}).status_code == 422


def test_empty_states_say_what_to_do(world: World) -> None:
    client = world.browser("agent")
    assert "No customers yet" in client.get("/customers/").content.decode()
    assert "No customer fits this filter" in client.get("/customers/?kind=dealer").content.decode()
    assert "at least two characters" in search(client, "张").content.decode()
    assert "by a complete number only" in search(client, "张三").content.decode()


@pytest.mark.parametrize("rows", [1, 25])
def test_the_list_costs_the_same_at_any_size(world: World, django_assert_num_queries: Any, rows: int) -> None:
    for _index in range(rows):
        customer = world.file("张伟")
        Promise.objects.create(customer=customer, text="x", due_on=today(), made_by=world.agent)
    client = world.browser("agent")
    client.get("/customers/")
    with django_assert_num_queries(LIST_STATEMENTS):
        client.get("/customers/")
    address = client.post("/customers/", {"q": "张伟"}).headers["Location"]
    with django_assert_num_queries(SEARCH_STATEMENTS):
        client.get(address)


# -- the warning while typing --------------------------------------------------------------------------------------


def similar(client: Client, **typed: str) -> str:
    answer = client.post("/customers/similar/", typed)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_same_number_is_said_and_strangers_stay_unnamed(world: World) -> None:
    own = world.file("张三丰", CANARY)
    body = similar(world.browser("agent"), name="李四", phone="138 0013 8000")
    assert LINK.findall(body) == [str(own.pk)]
    assert "same phone number" in body
    body = similar(world.browser("stranger"), phone=CANARY)
    assert f"A file of {world.near.label}" in body
    assert not {"张", "138", f"/{own.pk}/"} & set(re.findall(r"张|138|/\d+/", body))


def test_the_same_name_counts_in_the_same_region_and_in_scope(world: World) -> None:
    own = world.file("张三丰", province_code="440000")
    world.file("张三丰", province_code="110000")
    agent = world.browser("agent")
    assert LINK.findall(similar(agent, customer_name="张三丰", province_code="440000")) == [str(own.pk)]
    assert similar(agent, name="张三风", province_code="440000").strip() == ""
    assert similar(world.browser("stranger"), name="张三丰", province_code="440000").strip() == ""
    assert similar(agent, name="张").strip() == ""


def test_a_file_without_province_is_of_the_region_of_its_centre(world: World) -> None:
    own = world.file("张三丰")
    assert LINK.findall(similar(world.browser("agent"), customer_name="张三丰")) == [str(own.pk)]


def test_typing_on_counts_as_one_look_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.file("张三丰", CANARY)
    client = world.browser("agent")
    for name in ("张", "张三", "张三丰"):
        similar(client, name=name, phone=CANARY)
    assert AuditEvent.objects.filter(action="customer.looked_up").count() == 1
    monkeypatch.setattr(lookups, "LIMIT", 1)
    assert "Too many look-ups" in similar(client, phone="13900139000")
    keys = redis.Redis.from_url(site.REDIS_URL).scan_iter("*")
    assert not [key for key in keys if CANARY in key.decode(errors="replace")]


def test_without_a_post_there_is_no_warning(world: World) -> None:
    world.file("张三丰", CANARY)
    outsider = world.agent.__class__.objects.create(
        username="outside", name="x", employee_no="X1", must_change_password=False
    )
    client = Client()
    client.force_login(outsider)
    assert similar(client, phone=CANARY).strip() == ""
    assert client.get("/customers/similar/").status_code == 405


# -- the worklist --------------------------------------------------------------------------------------------------


def test_pairs_of_the_centre_with_their_reasons(world: World) -> None:
    one, other = world.file("张三丰", CANARY), world.file("张三丰", CANARY)
    third = world.file("李四", "13900139000")
    world.file("李四", "13900139000", centre=world.far)
    world.file("王五", CANARY, erased_at="2026-01-01T00:00Z")
    found = duplicates.pairs(world.agent, world.near.pk)
    assert [(pair.first, pair.second, pair.reasons) for pair in found] == [(one, other, ("number", "name"))]
    assert third.pk not in {pair.first.pk for pair in found}


def test_a_file_without_province_pairs_with_one_of_the_centres_province(world: World) -> None:
    one, other = world.file("张三丰"), world.file("张三丰", province_code="440000")
    world.file("张三丰", province_code="110000")
    found = duplicates.pairs(world.agent, world.near.pk)
    assert [(pair.first, pair.second, pair.reasons) for pair in found] == [(one, other, ("name",))]


def test_common_names_and_unused_numbers_say_nothing(world: World) -> None:
    for _index in range(duplicates.COMMON_NAME + 1):
        world.file("张伟")
    one, other = world.file("甲甲", CANARY), world.file("乙乙", CANARY)
    one.phones.update(is_active=False)
    assert duplicates.pairs(world.agent, world.near.pk) == []
    one.phones.update(is_active=True)
    assert [(pair.first, pair.second) for pair in duplicates.pairs(world.agent, world.near.pk)] == [
        (one, other)
    ]


def test_not_the_same_takes_the_pair_away(world: World) -> None:
    one, other = world.file("张三丰", CANARY), world.file("李四", CANARY)
    client = world.browser("agent")
    body = client.get("/customers/duplicates/").content.decode()
    assert f"/customers/{one.pk}/merge/{other.pk}/" in body
    answer = client.post("/customers/duplicates/", {"one": other.pk, "other": one.pk}, follow=True)
    assert "No likely duplicates" in answer.content.decode()
    assert NotDuplicate.objects.get().low == one


def test_the_worklist_is_for_those_who_merge(world: World) -> None:
    assert world.browser("cashier").get("/customers/duplicates/").status_code == 403
    assert world.browser("head").get("/customers/duplicates/").status_code == 403
    client = world.browser("agent")
    for sent in ({}, {"one": "x", "other": "1"}, {"one": "9" * 30, "other": "1"}):
        assert client.post("/customers/duplicates/", sent).status_code in (404, 422)


@pytest.mark.parametrize("rows", [1, 20])
def test_the_worklist_costs_the_same_at_any_size(
    world: World, django_assert_num_queries: Any, rows: int
) -> None:
    for index in range(rows):
        for _twice in range(2):
            world.file(f"甲{chr(0x4E00 + index)}", f"1380013{index:04d}")
    client = world.browser("agent")
    with django_assert_num_queries(10):
        client.get("/customers/duplicates/")


# -- merging -------------------------------------------------------------------------------------------------------


def test_from_choosing_to_undo(world: World) -> None:
    kept, merged = world.file("张三丰", CANARY), world.file("张三风", CANARY, "13900139000")
    client = world.browser("agent")
    choose = f"/customers/{kept.pk}/merge/"
    address = f"{choose}{merged.pk}/"
    assert address in client.get(choose).content.decode()
    answer = client.post(choose, {"q": "张三风"}, follow=True)
    assert address in answer.content.decode()
    assert "张" not in answer.redirect_chain[0][0]
    body = client.get(address).content.decode()
    assert ">1</span> Phone number" in body
    assert f"/customers/{merged.pk}/merge/{kept.pk}/" in body
    assert "张*丰" in body
    assert CANARY not in body
    sent = {"kept_version": 1, "merged_version": 1, "reason": "同一个人"}
    answer = client.post(address, sent, follow=True)
    row = Merge.objects.get()
    assert answer.redirect_chain[-1][0] == f"/customers/merges/{row.pk}/"
    assert "Undo the merge" in answer.content.decode()
    assert kept.phones.count() == 2
    answer = client.post(f"/customers/merges/{row.pk}/undo/", follow=True)
    assert "undone" in answer.content.decode()
    assert merged.phones.count() == 2


def test_somebody_was_faster(world: World) -> None:
    kept, merged = world.file(), world.file()
    client, address = world.browser("agent"), f"/customers/{kept.pk}/merge/{merged.pk}/"
    sent = {"kept_version": 1, "merged_version": 1, "reason": "同一个人"}
    Customer.objects.filter(pk=kept.pk).update(version=2)
    answer = client.post(address, sent)
    assert answer.status_code == 409
    body = answer.content.decode()
    assert "同一个人" in body
    assert 'name="kept_version" value="2"' in body
    assert client.post(address, {**sent, "kept_version": 2}).status_code == 302
    assert client.post(address, {**sent, "kept_version": 3, "merged_version": 2}).status_code == 409
    assert client.post(address, {"reason": "x"}).status_code == 422


def test_a_merge_that_cannot_be_undone_says_why(world: World) -> None:
    first, second, third = world.file(), world.file(), world.file()
    client = world.browser("agent")
    for kept, merged, versions in ((second, first, (1, 1)), (third, second, (1, 2))):
        sent = {"kept_version": versions[0], "merged_version": versions[1]}
        assert client.post(f"/customers/{kept.pk}/merge/{merged.pk}/", sent).status_code == 302
    inner = Merge.objects.order_by("pk").first()
    answer = client.post(f"/customers/merges/{inner.pk}/undo/", follow=True)
    assert "Undo that merge first" in answer.content.decode()


@pytest.mark.parametrize(("who", "status"), [("cashier", 404), ("stranger", 404), ("head", 403)])
def test_who_may_not_merge(world: World, who: str, status: int) -> None:
    kept, merged = world.file(), world.file()
    client = world.browser(who)
    assert client.get(f"/customers/{kept.pk}/merge/").status_code == status
    address = f"/customers/{kept.pk}/merge/{merged.pk}/"
    assert client.get(address).status_code == status
    assert client.post(address, {"kept_version": 1, "merged_version": 1}).status_code == status
    row = Merge.objects.create(kept=kept, merged=merged)
    assert client.post(f"/customers/merges/{row.pk}/undo/").status_code == status
    assert not Customer.objects.exclude(merged_into=None).exists()


def test_a_file_is_not_merged_with_itself(world: World) -> None:
    customer = world.file()
    assert world.browser("agent").get(f"/customers/{customer.pk}/merge/{customer.pk}/").status_code == 422
