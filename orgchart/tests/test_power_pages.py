"""The pages of powers, rights and overrides: what they show, refuse and cost."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from core.actors import person_actor
from orgchart import services
from orgchart.enums import Power, UseState
from orgchart.models import Override, Person, PowerUse
from orgchart.tests.factories import Organisation, PersonFactory, appoint, person_with, technical_admin

pytestmark = pytest.mark.django_db

REASON = "组长与经理同时离岗, 需要立即处理"
TEXT = {"text": "写明事由", "key": "k"}
MARKS = {"management": "4", "profession": "5", "results": "3"}


class Office:
    """A centre manager, a group leader, two agents; and a browser for each."""

    def __init__(self, org: Organisation) -> None:
        self.org = org
        self.department = person_with("department_manager", org.department)
        self.manager = person_with("centre_manager", org.near.unit)
        self.lead = person_with("info_lead", org.near.info)
        self.agent = person_with("service_agent", org.near.info)
        self.mate = person_with("service_agent", org.near.info)

    def browser(self, who: str | Person) -> Client:
        client = Client(HTTP_ACCEPT_LANGUAGE="en")
        client.force_login(getattr(self, who) if isinstance(who, str) else who)
        return client


@pytest.fixture
def office(org: Organisation) -> Office:
    made = Office(org)
    Person.objects.update(language="en")
    return made


@pytest.fixture(autouse=True)
def english(settings: Any) -> Any:
    settings.LANGUAGE_CODE = "en"
    with translation.override("en"):
        yield


def use(actor: Person, power: str, subject: Person, **given: Any) -> PowerUse:
    return services.use_power(
        actor=person_actor(actor), power=power, subject=subject, **{"text": "写明事由", **given}
    )


def page_of(response: Any) -> str:
    text: str = response.content.decode()
    return text


# -- towards a person -----------------------------------------------------------------------------------------


def test_allowed_powers_have_a_button_and_refused_ones_the_sentence(office: Office) -> None:
    page = page_of(office.browser("lead").get(f"/staff/{office.agent.pk}/powers/"))
    base = f"/staff/{office.agent.pk}/powers/"
    assert [power for power in Power.values if f'href="{base}{power}/"' in page] == [
        power for power in Power.values if power != Power.REPORT
    ]
    assert f"reports go to the nearest superior, {office.manager.name}" in page


def test_uses_towards_the_person_that_the_reader_may_see(office: Office) -> None:
    proposal = use(office.lead, Power.PROPOSE_DISCIPLINE, office.agent)
    finding = use(office.lead, Power.SUPERVISE, office.agent)
    shown = office.browser("lead").get(f"/staff/{office.agent.pk}/powers/").context["uses"]
    assert list(shown) == [finding, proposal]
    own = office.browser("agent").get(f"/staff/{office.agent.pk}/powers/").context["uses"]
    assert list(own) == [finding]
    assert not office.browser("mate").get(f"/staff/{office.agent.pk}/powers/").context["uses"]


def test_who_is_out_of_sight_does_not_exist(office: Office) -> None:
    stranger = person_with("service_agent", office.org.far.info)
    browser = office.browser("lead")
    for path in ("powers/", "powers/supervise/", "rights/", "who-may/"):
        assert browser.get(f"/staff/{stranger.pk}/{path}").status_code == 404
        assert browser.get(f"/staff/999999/{path}").status_code == 404
    assert browser.post(f"/staff/{stranger.pk}/powers/supervise/", TEXT).status_code == 404


def test_unknown_power_does_not_exist(office: Office) -> None:
    assert office.browser("lead").get(f"/staff/{office.agent.pk}/powers/bribe/").status_code == 404


def test_a_form_is_kept_once_and_leads_to_its_page(office: Office) -> None:
    browser, url = office.browser("lead"), f"/staff/{office.agent.pk}/powers/appraise/"
    answers = [browser.post(url, {**TEXT, **MARKS}) for _twice in range(2)]
    done = PowerUse.objects.get()
    assert [answer["Location"] for answer in answers] == [f"/powers/{done.pk}/"] * 2
    assert done.ratings == {"management": 4, "profession": 5, "results": 3}
    assert "Professional work" in page_of(browser.get(f"/powers/{done.pk}/"))


@pytest.mark.parametrize(
    ("power", "typed", "field"),
    [
        ("supervise", {"text": ""}, "text"),
        ("supervise", {"due_on": "2020-01-01"}, "due_on"),
        ("supervise", {"due_on": "soon"}, "due_on"),
        ("appraise", {**MARKS, "results": ""}, "results"),
        ("appraise", {**MARKS, "results": "6"}, "results"),
        ("adjudicate", {}, "second"),
        ("adjudicate", {"second": "Nobody"}, "second"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(
    office: Office, power: str, typed: dict[str, str], field: str
) -> None:
    answer = office.browser("lead").post(f"/staff/{office.agent.pk}/powers/{power}/", {**TEXT, **typed})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert PowerUse.objects.count() == 0
    if "text" not in typed:
        assert "写明事由" in page_of(answer)


def test_refused_power_says_why_with_403(office: Office) -> None:
    url = f"/staff/{office.agent.pk}/powers/propose_reward/"
    browser = office.browser("manager")
    for answer in (browser.get(url), browser.post(url, TEXT)):
        assert answer.status_code == 403
        assert f"answers to {office.lead.name}, Information group leader" in page_of(answer)


# -- disputes -------------------------------------------------------------------------------------------------


def test_party_by_number_or_by_a_unique_name(office: Office) -> None:
    browser, url = office.browser("lead"), f"/staff/{office.agent.pk}/powers/adjudicate/"
    for key, text in enumerate(
        (office.mate.employee_no, f"{office.mate.employee_no} {office.mate.name}", office.mate.name)
    ):
        assert browser.post(url, {**TEXT, "key": str(key), "second": text}).status_code == 302
    assert {done.second for done in PowerUse.objects.all()} == {office.mate}
    appoint(PersonFactory(name=office.mate.name), "service_agent", office.org.near.info)
    unclear = browser.post(url, {**TEXT, "second": office.mate.name})
    assert "Several people have this name" in page_of(unclear)


def test_a_refused_dispute_names_who_has_to_decide_and_keeps_the_form(office: Office) -> None:
    answer = office.browser("manager").post(
        "/powers/dispute/", {**TEXT, "first": office.agent.employee_no, "second": office.mate.employee_no}
    )
    assert answer.status_code == 403
    assert f"{office.lead.name}, Information group leader, has to decide" in page_of(answer)
    assert office.mate.employee_no in page_of(answer)


def test_both_parties_are_chosen(office: Office) -> None:
    browser = office.browser("lead")
    assert office.mate.employee_no in page_of(browser.get("/powers/dispute/"))
    typed = {**TEXT, "first": office.agent.employee_no, "second": office.mate.employee_no}
    assert browser.post("/powers/dispute/", {**typed, "second": office.agent.employee_no}).status_code == 422
    assert browser.post("/powers/dispute/", typed).status_code == 302
    assert office.browser("agent").get("/powers/dispute/").status_code == 403


# -- overrides ------------------------------------------------------------------------------------------------


def test_an_administrator_overrides_with_a_reason(office: Office) -> None:
    browser, url = (
        office.browser(technical_admin(language="en")),
        f"/staff/{office.agent.pk}/powers/administer/",
    )
    assert f'href="{url}"' in page_of(browser.get(f"/staff/{office.agent.pk}/powers/"))
    assert browser.post(url, TEXT).status_code == 403
    assert list(browser.post(url, {**TEXT, "override": "too short"}).context["form"].errors) == ["override"]
    assert browser.post(url, {**TEXT, "override": REASON}).status_code == 302
    assert Override.objects.get().told == office.lead


def test_the_superior_reads_it_and_confirms(office: Office) -> None:
    admin = technical_admin(language="en")
    done = use(admin, Power.ADMINISTER, office.agent, override=REASON)
    row, browser = Override.objects.get(), office.browser("lead")
    assert "Read and confirm" in page_of(browser.get("/powers/"))
    page = page_of(browser.get("/overrides/"))
    assert REASON in page
    assert f'action="/overrides/{row.pk}/seen/"' in page
    assert f'href="/powers/{done.pk}/"' in page
    assert browser.post(f"/overrides/{row.pk}/seen/").status_code == 302
    assert "seen/" not in page_of(browser.get("/overrides/"))
    assert "Read and confirm" not in page_of(browser.get("/powers/"))


def test_others_see_no_override(office: Office) -> None:
    admin = technical_admin(language="en")
    use(admin, Power.PROPOSE_DISCIPLINE, office.agent, override=REASON)
    row = Override.objects.get()
    for who, status in (("mate", 404), ("agent", 403)):
        assert office.browser(who).post(f"/overrides/{row.pk}/seen/").status_code == status
    assert "/powers/" not in page_of(office.browser("agent").get("/overrides/")).split("<main")[1]
    assert REASON in page_of(office.browser(admin).get("/overrides/"))


# -- one use --------------------------------------------------------------------------------------------------


def test_the_kept_sentence_is_shown_in_the_readers_language(office: Office) -> None:
    done = use(office.lead, Power.PROPOSE_REWARD, office.agent)
    assert "is a direct subordinate" in page_of(office.browser("manager").get(f"/powers/{done.pk}/"))
    Person.objects.filter(pk=office.manager.pk).update(language="zh-hans")
    again = page_of(office.browser("manager").get(f"/powers/{done.pk}/"))
    assert done.decision["sentences"]["zh-hans"] in again


def test_who_may_decide_gets_the_form(office: Office) -> None:
    done = use(office.lead, Power.PROPOSE_REWARD, office.agent)
    form = f'action="/powers/{done.pk}/decide/"'
    assert form in page_of(office.browser("manager").get(f"/powers/{done.pk}/"))
    own = page_of(office.browser("lead").get(f"/powers/{done.pk}/"))
    assert form not in own
    assert f'action="/powers/{done.pk}/withdraw/"' in own
    assert office.manager.name in own
    assert office.browser("agent").get(f"/powers/{done.pk}/").status_code == 404


def test_deciding_on_the_page(office: Office) -> None:
    done = use(office.lead, Power.PROPOSE_REWARD, office.agent)
    browser, url = office.browser("manager"), f"/powers/{done.pk}/decide/"
    refused = browser.post(url, {"version": 1, "answer": "", "decision": "decline"})
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["answer"])
    stale = browser.post(url, {"version": 7, "answer": "已核实", "decision": "accept"})
    assert stale.status_code == 409
    assert "已核实" in page_of(stale)
    assert browser.post(url, {"version": 1, "answer": "已核实", "decision": "accept"}).status_code == 302
    again = browser.post(url, {"version": 2, "answer": "又一次", "decision": "accept"})
    assert again.status_code == 409
    assert "又一次" in page_of(again)
    done.refresh_from_db()
    assert (done.state, done.answer) == (UseState.ACCEPTED, "已核实")


def test_nobody_decides_on_their_own_on_the_page_either(office: Office) -> None:
    done = use(office.lead, Power.PROPOSE_REWARD, office.agent)
    answer = office.browser("lead").post(f"/powers/{done.pk}/decide/", {"version": 1, "decision": "accept"})
    assert answer.status_code == 403
    assert office.manager.name in page_of(answer)
    assert office.browser("mate").post(f"/powers/{done.pk}/decide/", {"version": 1}).status_code == 404


def test_withdrawing_on_the_page(office: Office) -> None:
    done = use(office.lead, Power.PROPOSE_REWARD, office.agent)
    url = f"/powers/{done.pk}/withdraw/"
    assert office.browser("manager").post(url, {"version": 1}).status_code == 403
    assert office.browser("lead").post(url, {"version": 3}).status_code == 409
    assert office.browser("lead").post(url, {"version": 1}).status_code == 302
    assert office.browser("lead").post(url, {}).status_code == 422


# -- the list -------------------------------------------------------------------------------------------------


def test_tabs_and_filters(office: Office) -> None:
    proposal = use(office.lead, Power.PROPOSE_REWARD, office.agent)
    nomination = use(office.lead, Power.NOMINATE_DISMISSAL, office.agent)
    browser = office.browser("manager")

    def rows(**query: str) -> list[PowerUse]:
        return list(browser.get("/powers/", query).context["page"].object_list)

    assert rows() == rows(tab="decide") == rows(tab="nonsense") == [nomination, proposal]
    assert rows(power="propose_reward") == [proposal]
    assert rows(state="accepted") == rows(tab="mine") == rows(tab="towards") == []
    assert rows(tab="people", state="submitted") == [nomination, proposal]
    assert browser.get("/powers/", {"power": "bribe"}).status_code == 422


def test_the_list_is_paged_and_keeps_its_filter(office: Office) -> None:
    for _number in range(26):
        use(office.lead, Power.PROPOSE_REWARD, office.agent)
    browser = office.browser("manager")
    first = browser.get("/powers/", {"tab": "people", "power": "propose_reward"})
    assert len(first.context["page"].object_list) == 25
    assert first.context["next_url"] == "?tab=people&power=propose_reward&page=2"
    second = browser.get("/powers/" + first.context["next_url"])
    assert len(second.context["page"].object_list) == 1


def test_the_navigation_leads_there_for_whoever_has_a_post(office: Office) -> None:
    assert 'href="/powers/"' in page_of(office.browser("agent").get("/account/"))
    admin = page_of(office.browser(technical_admin(language="en")).get("/account/"))
    assert 'href="/powers/"' not in admin
    assert 'href="/overrides/"' in admin


# -- rights ---------------------------------------------------------------------------------------------------


def test_who_sees_rights(office: Office) -> None:
    for who, status in (("agent", 200), ("lead", 200), ("manager", 200), ("mate", 403)):
        for path in ("rights/", "who-may/"):
            assert office.browser(who).get(f"/staff/{office.agent.pk}/{path}").status_code == status
    admin = office.browser(technical_admin(language="en"))
    assert admin.get(f"/staff/{office.agent.pk}/rights/").status_code == 200


def test_rights_and_who_may_say_their_sentences(office: Office) -> None:
    browser = office.browser("lead")
    page = page_of(browser.get(f"/staff/{office.lead.pk}/rights/"))
    assert "As Information group leader (C440000-INFO) since" in page
    assert "No: none of today&#x27;s posts (Information group leader) provides for this" in page
    page = page_of(browser.get(f"/staff/{office.agent.pk}/who-may/"))
    assert f"Yes: {office.manager.name} has been Service centre manager" in page


def test_who_may_for_a_position(office: Office) -> None:
    browser = office.browser("manager")
    page = page_of(browser.get("/positions/info_lead/who-may/"))
    assert "all positions but the own" in page
    assert office.lead.name in page
    assert "Up to 200.00 yuan." in page
    assert browser.get("/positions/nothing/who-may/").status_code == 404


def test_the_page_leads_to_the_rights_where_the_reader_sees_them(office: Office) -> None:
    def links(who: str) -> list[str]:
        page = page_of(office.browser(who).get(f"/staff/{office.agent.pk}/powers/"))
        return [name for name in ("rights", "who-may") if f"/staff/{office.agent.pk}/{name}/" in page]

    assert links("lead") == ["rights", "who-may"]
    assert links("mate") == []


# -- what they cost -------------------------------------------------------------------------------------------


def statements(browser: Client, path: str) -> int:
    browser.get(path)
    with CaptureQueriesContext(connection) as caught:
        assert browser.get(path).status_code == 200
    return len(caught)


PAGES = {
    "/powers/": 8,
    "/powers/?tab=people": 8,
    "/powers/{use}/": 14,
    "/staff/{agent}/powers/": 13,
    "/staff/{agent}/powers/adjudicate/": 13,
    "/staff/{agent}/rights/": 11,
    "/staff/{agent}/who-may/": 18,
    "/positions/info_lead/who-may/": 11,
    "/overrides/": 9,
}


@pytest.mark.parametrize("path", PAGES)
def test_statements_do_not_grow(office: Office, path: str) -> None:
    admin = technical_admin()
    done = use(office.lead, Power.PROPOSE_REWARD, office.agent)
    use(admin, Power.ADMINISTER, office.agent, override=REASON)
    place = path.format(use=done.pk, agent=office.agent.pk)
    browser = office.browser("manager")
    seen = [statements(browser, place)]
    for person in PersonFactory.create_batch(24):
        appoint(person, "service_agent", office.org.near.info)
        use(office.lead, Power.PROPOSE_REWARD, person)
        use(office.lead, Power.SUPERVISE, office.agent)
        use(admin, Power.ADMINISTER, person, override=REASON)
    seen.append(statements(browser, place))
    assert seen == [PAGES[path], PAGES[path]]
