"""The REST door to powers and rights: shapes, statuses, keys."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from orgchart import services
from orgchart.enums import Power
from orgchart.models import Override, Person, PowerUse
from orgchart.tests.factories import Organisation, PersonFactory, appoint, person_with, technical_admin

pytestmark = pytest.mark.django_db

REASON = "组长与经理同时离岗, 需要立即处理"


@pytest.fixture(autouse=True)
def whole_site(settings: Any) -> None:
    settings.ROOT_URLCONF = "aftersales.urls"


class Office:
    """A centre manager, a group leader and two agents."""

    def __init__(self, org: Organisation) -> None:
        self.org = org
        self.manager = person_with("centre_manager", org.near.unit)
        self.lead = person_with("info_lead", org.near.info)
        self.agent = person_with("service_agent", org.near.info)
        self.mate = person_with("service_agent", org.near.info)
        Person.objects.update(language="en")


@pytest.fixture
def office(org: Organisation) -> Office:
    return Office(org)


def client(person: Person) -> Client:
    made = Client(HTTP_ACCEPT_LANGUAGE="en")
    made.force_login(person)
    return made


def post(person: Person, subject: Person | int, power: str, key: str | None = "k", **given: Any) -> Any:
    pk = subject if isinstance(subject, int) else subject.pk
    return client(person).post(
        f"/api/v1/staff/{pk}/powers/{power}/", {"text": "写明事由", **given}, content_type="application/json",
        headers={"Idempotency-Key": key} if key is not None else {},
    )  # fmt: skip


# -- all answers ----------------------------------------------------------------------------------------------


def test_all_ten_answers(office: Office) -> None:
    body = client(office.lead).get(f"/api/v1/staff/{office.agent.pk}/powers/").json()
    assert body["person"] == {"id": office.agent.pk, "name": office.agent.name}
    assert [row["power"] for row in body["powers"]] == Power.values
    assert [row["allowed"] for row in body["powers"]] == [True] * 9 + [False]
    first, last = body["powers"][0], body["powers"][-1]
    assert (first["code"], first["position"], first["clause"], first["lines"]) == (
        "granted", "info_lead", "1", "L313"
    )  # fmt: skip
    assert first["label"] == "Administer the own scope"
    assert (last["code"], last["clause"]) == ("not_superior", "6")
    assert last["sentence"].startswith("No: reports go to the nearest superior")


def test_answer_about_a_dispute_with_a_second_party(office: Office) -> None:
    def adjudicate(**query: Any) -> dict[str, Any]:
        rows = client(office.manager).get(f"/api/v1/staff/{office.agent.pk}/powers/", query).json()["powers"]
        return next(row for row in rows if row["power"] == "adjudicate")

    assert adjudicate()["allowed"]
    assert adjudicate(second=office.mate.pk)["code"] == "nearer_superior"


@pytest.mark.parametrize("given", ["x", "0", "999999999", "1" * 40])
def test_second_party_that_does_not_exist(office: Office, given: str) -> None:
    answer = client(office.manager).get(f"/api/v1/staff/{office.agent.pk}/powers/", {"second": given})
    assert (answer.status_code, list(answer.json()["fields"])) == (422, ["second"])


def test_unknown_parameters_are_named(office: Office) -> None:
    answer = client(office.manager).get(f"/api/v1/staff/{office.agent.pk}/powers/", {"sceond": "1"})
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["sceond"])


# -- using one ------------------------------------------------------------------------------------------------


def test_a_use_is_created(office: Office) -> None:
    answer = post(
        office.lead, office.agent, "appraise", ratings={"management": 3, "profession": 4, "results": 5}
    )
    body, done = answer.json(), PowerUse.objects.get()
    assert answer.status_code == 201
    assert (body["id"], body["url"], body["state"], body["version"]) == (
        done.pk, f"/powers/{done.pk}/", "recorded", 1
    )  # fmt: skip
    assert body["ratings"] == {"management": 3, "profession": 4, "results": 5}
    assert (body["actor"]["id"], body["subject"]["id"], body["second"], body["acting_for"]) == (
        office.lead.pk, office.agent.pk, None, None
    )  # fmt: skip
    assert body["why"].startswith("Yes: ")


def test_a_repetition_gets_the_first_answer(office: Office) -> None:
    first = post(office.lead, office.agent, "propose_reward").json()
    done = PowerUse.objects.get()
    from core.actors import person_actor

    services.withdraw_use(actor=person_actor(office.lead), use=done, version=1)
    assert post(office.lead, office.agent, "propose_reward").json() == first
    assert PowerUse.objects.count() == 1
    other = post(office.lead, office.agent, "propose_reward", text="另一件事")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")


def test_the_key_is_needed_and_looked_at(office: Office) -> None:
    missing = post(office.lead, office.agent, "supervise", key=None)
    assert (missing.status_code, missing.json()["code"]) == (400, "key_missing")
    bad = post(office.lead, office.agent, "supervise", key="a b")
    assert (bad.status_code, bad.json()["code"]) == (400, "bad_key")


def test_a_refusal_has_the_code_and_the_sentence_and_leaves_the_key_free(office: Office) -> None:
    refused = post(office.manager, office.agent, "propose_reward")
    assert refused.status_code == 403
    assert refused.json()["code"] == "power_not_direct"
    assert f"answers to {office.lead.name}, Information group leader" in refused.json()["message"]
    assert post(office.manager, office.lead, "propose_reward").status_code == 201


def test_who_is_out_of_sight_does_not_exist(office: Office) -> None:
    stranger = person_with("service_agent", office.org.far.info)
    answers = [post(office.lead, stranger, "supervise"), post(office.lead, 999_999, "supervise")]
    answers.append(post(office.lead, office.agent, "bribe"))
    for path in ("powers", "rights"):
        answers.append(client(office.lead).get(f"/api/v1/staff/{stranger.pk}/{path}/"))
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(404, "not_found")}
    assert len({answer.content for answer in answers}) == 1


@pytest.mark.parametrize(
    ("power", "given", "field"),
    [
        ("supervise", {"text": ""}, "text"),
        ("supervise", {"text": "x" * 4001}, "text"),
        ("supervise", {"txet": "x"}, "txet"),
        ("supervise", {"due_on": "2020-01-01"}, "due_on"),
        ("supervise", {"second": 1}, "second"),
        ("propose_reward", {"due_on": "2099-01-01"}, "due_on"),
        ("appraise", {}, "management"),
        ("appraise", {"ratings": {"management": 9, "profession": 1, "results": 1}}, "ratings.management"),
        ("appraise", {"ratings": {"management": 1, "profession": 1}}, "ratings.results"),
        ("adjudicate", {}, "second"),
        ("adjudicate", {"second": 999_999}, "second"),
    ],
)
def test_what_is_wrong_is_422_at_its_field(
    office: Office, power: str, given: dict[str, Any], field: str
) -> None:
    answer = post(office.lead, office.agent, power, **given)
    assert (answer.status_code, list(answer.json()["fields"])) == (422, [field])
    assert PowerUse.objects.count() == 0


def test_an_administrators_override(office: Office) -> None:
    admin = technical_admin(language="en")
    assert post(admin, office.agent, "administer").json()["code"] == "power_no_post"
    assert post(admin, office.agent, "administer", override="short").json()["fields"].keys() == {"override"}
    assert post(admin, office.agent, "administer", override=REASON).status_code == 201
    assert Override.objects.get().told == office.lead
    assert (
        post(office.mate, office.agent, "administer", override=REASON).json()["code"] == "only_administrators"
    )


# -- rights ---------------------------------------------------------------------------------------------------


def test_rights_explained(office: Office) -> None:
    body = client(office.manager).get(f"/api/v1/staff/{office.lead.pk}/rights/").json()
    assert [section["title"] for section in body["sections"]] == [
        "Powers", "Organisation", "Customers", "Products", "Cases", "Accounts of others"
    ]  # fmt: skip
    power = body["sections"][0]["rights"][1]
    assert (power["action"], power["allowed"], power["people"], power["refusal"]) == (
        "propose_transfer", True, 2, None
    )  # fmt: skip
    assert power["reasons"][0]["clause"] == "2a"
    refused = client(office.mate).get(f"/api/v1/staff/{office.lead.pk}/rights/")
    assert (refused.status_code, refused.json()["code"]) == (403, "may_not_view_rights")


def test_one_question(office: Office) -> None:
    ask = client(office.lead)
    yes = ask.get("/api/v1/rights/", {"action": "goodwill.approve", "amount": "150.00"}).json()
    assert (yes["allowed"], yes["code"], yes["position"], yes["limit"], yes["clause"]) == (
        True, "granted", "info_lead", "200.00", "duty.3"
    )  # fmt: skip
    no = ask.get(
        "/api/v1/rights/", {"action": "goodwill.approve", "amount": "200.01", "kind": "repair"}
    ).json()
    assert (no["allowed"], no["code"]) == (False, "over_limit")
    assert "Service centre manager is the next who may" in no["sentence"]
    assert ask.get("/api/v1/rights/", {"action": "case.assign"}).json()["reach"] == ["unit"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "action"),
        ({"action": "case.burn"}, "action"),
        ({"action": "goodwill.approve", "amount": "-1"}, "amount"),
        ({"action": "goodwill.approve", "amount": "1.005"}, "amount"),
        ({"action": "goodwill.approve", "amount": "٣"}, "amount"),
        ({"action": "goodwill.approve", "amuont": "1"}, "amuont"),
    ],
)
def test_a_question_that_cannot_be_read(office: Office, query: dict[str, str], field: str) -> None:
    answer = client(office.lead).get("/api/v1/rights/", query)
    assert (answer.status_code, list(answer.json()["fields"])) == (400, [field])


# -- the whole door -------------------------------------------------------------------------------------------


def test_nothing_without_a_session(office: Office) -> None:
    for path in (f"staff/{office.agent.pk}/powers/", f"staff/{office.agent.pk}/rights/", "rights/"):
        assert Client().get(f"/api/v1/{path}").status_code == 401
    assert Client().post(f"/api/v1/staff/{office.agent.pk}/powers/supervise/").status_code == 401


def test_the_schema_describes_it(office: Office) -> None:
    paths = client(office.lead).get("/api/v1/schema/").json()["paths"]
    use = paths["/api/v1/staff/{id}/powers/{power}/"]["post"]
    assert {"Idempotency-Key", "power"} <= {parameter["name"] for parameter in use["parameters"]}
    assert {"201", "401", "403", "404", "409", "422"} <= set(use["responses"])
    question = paths["/api/v1/rights/"]["get"]
    assert {parameter["name"] for parameter in question["parameters"]} == {"action", "amount", "kind"}


def test_statements_do_not_grow(office: Office) -> None:
    def count(path: str) -> int:
        asking = client(office.manager)
        asking.get(path)
        with CaptureQueriesContext(connection) as caught:
            assert asking.get(path).status_code == 200
        return len(caught)

    paths = (f"/api/v1/staff/{office.agent.pk}/powers/", f"/api/v1/staff/{office.lead.pk}/rights/")
    before = [count(path) for path in paths]
    for person in PersonFactory.create_batch(20):
        appoint(person, "service_agent", office.org.near.info)
    assert [count(path) for path in paths] == before == [10, 11]
