"""The staff file: career, proofs against requirements, certificates, things lent."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.actors import person_actor
from core.errors import Conflict, DomainError, Invalid, Refused
from core.models import AuditEvent
from orgchart import services, stafffile
from orgchart.models import Appointment, LoanedItem, Override, Person, Position, Qualification
from orgchart.rules.qualifications import Proof, compare, days_covered, validity, years_between
from orgchart.scope import today
from orgchart.services import Entry, Thing
from orgchart.tests.factories import SYSTEM, Organisation, appoint, person_with, technical_admin
from orgchart.tests.guided import look, take, texts

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
D = date(2026, 11, 24)


# -- rules --------------------------------------------------------------------------------------------------


def item(zh: str, en: str = "", **more: Any) -> dict[str, Any]:
    return {"zh": zh, "en": en or zh, "lines": "L1", **more}


def wanted(**parts: Any) -> dict[str, Any]:
    return {"education": None, "knowledge": [], "skills": [], "experience": None, "other": [], **parts}


def met(requirements: dict[str, Any], *proofs: Proof, company: int = 0, post: int = 0) -> list[bool]:
    rows = compare(requirements, proofs, days_in_company=company, days_in_post=post, day=D)
    return [row.met for row in rows]


@pytest.mark.parametrize(
    ("level", "held", "answer"),
    [
        ("junior_college", [], False),
        ("junior_college", ["secondary"], False),
        ("junior_college", ["junior_college"], True),
        ("junior_college", ["secondary", "master"], True),
        ("bachelor", ["junior_college"], False),
        ("none", ["secondary"], True),
    ],
)
def test_education_is_compared_by_rank(level: str, held: list[str], answer: bool) -> None:
    proofs = [Proof("education", level, level) for level in held]
    assert met(wanted(education=item("学历", level=level)), *proofs) == [answer]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("沟通谈判能力", True),
        ("沟通、谈判能力！", True),
        ("具备较强的沟通谈判能力", True),
        ("ability to Communicate and negotiate", True),
        ("沟通能力", False),
        ("", False),
    ],
)
def test_words_prove_when_they_say_what_is_asked_for(text: str, answer: bool) -> None:
    asked = wanted(skills=[item("沟通谈判能力", "Ability to communicate and negotiate")])
    assert met(asked, Proof("skill", text)) == [answer]
    assert met(asked, Proof("knowledge", text)) == [False]


def test_what_has_expired_proves_nothing() -> None:
    asked = wanted(knowledge=[item("三包规定")])
    for valid_until, answer in ((D, True), (D - DAY, False), (None, True)):
        assert met(asked, Proof("knowledge", "三包规定", valid_until=valid_until)) == [answer]


def test_years_are_those_before_and_since() -> None:
    asked = wanted(experience=item("经验", years_in_trade=3, years_in_post=1))
    before = Proof("experience", "同业", years=Decimal("1.5"))
    assert met(asked, before, company=547, post=365) == [False, False]
    assert met(asked, before, company=548, post=366) == [True, True]
    rows = compare(asked, [before], days_in_company=548, days_in_post=0, day=D)
    assert [(row.part, row.needed, row.held) for row in rows] == [
        ("trade", Decimal(3), Decimal("3.0")), ("post", Decimal(1), Decimal("0.0"))
    ]  # fmt: skip
    assert met(wanted(experience=item("经验", years_in_trade=1, years_in_post=0))) == [False]


def test_two_leading_posts_at_a_time_count_once() -> None:
    spans = [(D, D + 9 * DAY), (D + 5 * DAY, D + 14 * DAY), (D + 20 * DAY, D + 20 * DAY)]
    assert days_covered(spans) == 16
    assert days_covered([]) == 0


@pytest.mark.parametrize(
    ("days", "years"), [(-5, "0.0"), (36, "0.0"), (37, "0.1"), (366, "1.0"), (3653, "10.0")]
)
def test_years_are_rounded_down_to_tenths(days: int, years: str) -> None:
    assert years_between(days) == Decimal(years)


@pytest.mark.parametrize(
    ("days", "state"), [(None, "endless"), (-1, "expired"), (0, "expiring"), (30, "expiring"), (31, "valid")]
)
def test_validity_of_certificates(days: int | None, state: str) -> None:
    assert validity(None if days is None else D + days * DAY, D) == state


# -- service ------------------------------------------------------------------------------------------------


@pytest.fixture
def lead(org: Organisation) -> Person:
    return person_with("info_lead", org.near.info)


@pytest.fixture
def agent(org: Organisation) -> Person:
    return person_with("service_agent", org.near.info)


DEGREE = Entry("education", "本科，电子信息", "bachelor", document_no="1234567890")


def test_entries_are_added_corrected_and_taken_out_with_history(
    org: Organisation, lead: Person, agent: Person
) -> None:
    actor = person_actor(lead)
    row = services.add_entry(actor=actor, person=agent, entry=DEGREE)
    services.correct_entry(
        actor=actor, row=row, entry=Entry("education", "硕士", "master", document_no="1234567890")
    )
    services.remove_entry(actor=actor, row=row, reason="误录")
    assert not Qualification.objects.exists()
    events = AuditEvent.objects.filter(action__startswith="file.").order_by("id")
    assert [(event.action, event.subject_id, event.reason) for event in events] == [
        ("file.entry_added", agent.pk, ""),
        ("file.entry_corrected", agent.pk, ""),
        ("file.entry_removed", agent.pk, "误录"),
    ]
    assert events[1].changes["level"] == ["bachelor", "master"]
    assert events[0].changes["document_no"] == [None, "…890"]
    words = [change.words for change in stafffile.history(agent)]
    assert "本科，电子信息 → 硕士" in words[1]


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        (Entry("education", "本科"), "level_missing"),
        (Entry("skill", "焊接", level="bachelor"), "level_missing"),
        (Entry("experience", "同业"), "years_missing"),
        (Entry("skill", "焊接", years=Decimal(1)), "years_missing"),
        (Entry("certificate", "证", obtained_on=date(2999, 1, 1)), "obtained_later"),
        (Entry("certificate", "证", obtained_on=D, valid_until=D - DAY), "valid_before_obtained"),
    ],
)
def test_entries_that_cannot_be_used(
    org: Organisation, lead: Person, agent: Person, entry: Entry, code: str, time_machine: Any
) -> None:
    time_machine.move_to("2026-11-25T02:00:00Z")
    with pytest.raises(Invalid, match=code):
        services.add_entry(actor=person_actor(lead), person=agent, entry=entry)
    assert not Qualification.objects.exists()


def test_who_keeps_the_file_of_whom(org: Organisation, lead: Person, agent: Person) -> None:
    for actor in (
        lead,
        person_with("centre_manager", org.near.unit),
        person_with("admin_hr_lead", org.personnel),
    ):
        services.add_entry(actor=person_actor(actor), person=agent, entry=DEGREE)
    cases = [
        (agent, "about_oneself"),
        (person_with("service_agent", org.near.info), "may_not_edit_file"),
        (person_with("info_lead", org.far.info), "may_not_edit_file"),
        (person_with("tech_lead", org.near.tech), "may_not_edit_file"),
        (technical_admin(), "may_not_edit_file"),
    ]
    for actor, code in cases:
        with pytest.raises(Refused, match=code):
            services.add_entry(actor=person_actor(actor), person=agent, entry=DEGREE)


def test_things_go_out_and_come_back(org: Organisation, lead: Person, agent: Person) -> None:
    actor = person_actor(lead)
    item = services.hand_out(actor=actor, person=agent, thing=Thing("钥匙", "K-1"), handed_on=today() - DAY)
    with pytest.raises(Invalid, match="returned_before"):
        services.take_back(actor=actor, item=item, returned_on=today() - 2 * DAY)
    services.take_back(actor=actor, item=item, returned_on=today())
    with pytest.raises(Conflict, match="returned_already"):
        services.take_back(actor=actor, item=item, returned_on=today())
    assert LoanedItem.objects.get().returned_on == today()


# -- leaving ------------------------------------------------------------------------------------------------


def leave_company(actor: Person, person: Person, **more: Any) -> Person:
    values: dict[str, Any] = {
        "last_day": today() + timedelta(days=5),
        "reason": "合同到期，不再续签。",
        **more,
    }
    return services.close_account(actor=person_actor(actor), person=person, **values)


def test_leaving_asks_for_what_is_still_out(org: Organisation, lead: Person, agent: Person) -> None:
    key, badge = (
        services.hand_out(actor=SYSTEM, person=agent, thing=Thing(name), handed_on=today())
        for name in ("钥匙", "工牌")
    )
    with pytest.raises(Invalid) as refused:
        leave_company(lead, agent, returned=[key.pk])
    assert (refused.value.code, refused.value.field) == ("items_out", "stay_out")
    leave_company(lead, agent, returned=[key.pk], stay_out=True)
    key.refresh_from_db()
    badge.refresh_from_db()
    assert (key.returned_on, badge.returned_on) == (today(), None)


def test_leaving_ends_deputyships_both_ways_and_leave(org: Organisation, lead: Person, agent: Person) -> None:
    boss = person_with("centre_manager", org.near.unit)
    last = today() + timedelta(days=5)
    services.name_deputy(
        actor=SYSTEM, post=lead.appointments.get(), deputy=agent, starts_on=today(), ends_on=None
    )
    services.name_deputy(
        actor=SYSTEM, post=boss.appointments.get(), deputy=lead, starts_on=today(), ends_on=None
    )
    leaves = [
        services.record_leave(actor=SYSTEM, person=lead, kind="annual", starts_on=first, ends_on=end)
        for first, end in ((last, last + 3 * DAY), (last + 9 * DAY, None))
    ]
    leave_company(boss, lead)
    assert set(lead.deputyships.values_list("ends_on", flat=True)) == {last}
    assert set(agent.deputyships.values_list("ends_on", flat=True)) == {last}
    for row in leaves:
        row.refresh_from_db()
    assert [(row.ends_on, row.is_cancelled) for row in leaves] == [(last, False), (None, True)]


def test_an_administrator_closes_by_override(org: Organisation, lead: Person, agent: Person) -> None:
    admin = technical_admin()
    with pytest.raises(Invalid) as refused:
        leave_company(admin, agent, reason="短")
    assert (refused.value.code, refused.value.field) == ("reason_too_short", "reason")
    leave_company(admin, agent)
    row = Override.objects.get()
    assert (row.action, row.subject, row.told) == ("staff.leave", agent, lead)
    leave_company(admin, technical_admin(), reason="x")
    assert Override.objects.count() == 1


def test_personnel_enters_a_leaving_and_never_the_own(org: Organisation, agent: Person) -> None:
    personnel = person_with("admin_hr_lead", org.personnel)
    leave_company(personnel, agent)
    with pytest.raises(DomainError, match="may_not_manage_account"):
        leave_company(personnel, personnel)


def test_the_leaving_page_shows_what_follows(
    browser: Client, org: Organisation, lead: Person, agent: Person
) -> None:
    boss = person_with("centre_manager", org.near.unit)
    other = person_with("tech_lead", org.near.tech)
    services.name_deputy(
        actor=SYSTEM, post=lead.appointments.get(), deputy=agent, starts_on=today(), ends_on=None
    )
    services.name_deputy(
        actor=SYSTEM, post=other.appointments.get(), deputy=lead, starts_on=today(), ends_on=None
    )
    key = services.hand_out(actor=SYSTEM, person=lead, thing=Thing("钥匙", "K-1"), handed_on=today())
    browser.force_login(boss)
    url = f"/staff/{lead.pk}/leaving/"
    form = {"last_day": (today() + DAY).isoformat(), "reason": "辞职"}
    page = look(browser, url, form)
    follows = texts(page)
    for words in (agent.name, other.name, boss.name):
        assert words in follows
    assert [bound.name for bound in page.context["form"].asked()] == ["stay_out"]
    assert "K-1" in page.content.decode()
    assert take(browser, url, {**form, "returned": [key.pk]}).status_code == 302
    lead.refresh_from_db()
    assert lead.leaves_on == today() + DAY


# -- pages --------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(browser: Client, lead: Person) -> Client:
    browser.force_login(lead)
    return browser


def test_requirements_of_the_version_in_force(desk: Client, org: Organisation, lead: Person) -> None:
    boss = person_with("centre_manager", org.near.unit)
    Person.objects.filter(pk=lead.pk).update(hired_on=today() - timedelta(days=800))
    for entry in (
        Entry("education", "大专", "junior_college"),
        Entry("skill", "公关能力"),
        Entry("experience", "同业", years=Decimal("0.5")),
    ):
        services.add_entry(actor=person_actor(boss), person=lead, entry=entry)
    file = desk.get(f"/staff/{lead.pk}/file/").context["file"]
    assert [(row.place, row.met) for row in file.requirements] == [
        ("education.0", True),
        ("knowledge.0", False),
        ("skill.0", False),
        ("skill.1", True),
        ("skill.2", False),
        ("", True),
        ("", False),
        ("other.0", False),
        ("other.1", False),
    ]
    assert (file.position.code, file.version.number, file.missing) == ("info_lead", 1, 6)


def test_the_file_can_be_held_against_another_position(
    desk: Client, org: Organisation, agent: Person
) -> None:
    own = desk.get(f"/staff/{agent.pk}/file/").context["file"]
    other = desk.get(f"/staff/{agent.pk}/file/", {"position": "centre_manager"}).context["file"]
    assert (own.position.code, other.position.code) == ("service_agent", "centre_manager")


def test_a_proof_starts_from_the_requirement(desk: Client, org: Organisation, agent: Person) -> None:
    url = f"/staff/{agent.pk}/file/new/"
    form = desk.get(url, {"proves": "education.0"}).context["form"]
    assert (form.initial["kind"], form.initial["level"]) == ("education", "bachelor")
    for place in ("education.9999", "skill.99", "x", "skill.-1", "skill.１"):
        assert desk.get(url, {"proves": place}).status_code == 200
    filled = desk.get(url, {"proves": "skill.0", "position": "info_lead"}).context["form"].initial
    assert desk.post(url, filled).status_code == 302
    file = desk.get(f"/staff/{agent.pk}/file/", {"position": "info_lead"}).context["file"]
    assert {row.place: row.met for row in file.requirements}["skill.0"]


def test_certificates_say_whether_they_are_valid(desk: Client, org: Organisation, agent: Person) -> None:
    for text, days in (("A", -1), ("B", 30), ("C", 31), ("D", None)):
        valid_until = None if days is None else today() + timedelta(days=days)
        Qualification.objects.create(person=agent, kind="certificate", text=text, valid_until=valid_until)
    file = desk.get(f"/staff/{agent.pk}/file/").context["file"]
    assert [(one.entry.text, one.state) for one in file.certificates] == [
        ("A", "expired"), ("B", "expiring"), ("C", "valid"), ("D", "endless")
    ]  # fmt: skip


def test_entries_on_pages(desk: Client, org: Organisation, agent: Person) -> None:
    base = f"/staff/{agent.pk}/file/"
    cells = {
        "kind": "education",
        "text": "本科",
        "level": "",
        "years": "",
        "document_no": "",
        "obtained_on": "",
    }
    wrong = desk.post(f"{base}new/", cells)
    assert (wrong.status_code, "level" in wrong.context["form"].errors) == (422, True)
    assert desk.post(f"{base}new/", {**cells, "level": "bachelor"}).status_code == 302
    row = Qualification.objects.get()
    assert desk.get(f"{base}{row.pk}/").context["form"].initial["text"] == "本科"
    assert desk.post(f"{base}{row.pk}/", {**cells, "text": "硕士", "level": "master"}).status_code == 302
    assert desk.post(f"{base}{row.pk}/remove/", {}).status_code == 422
    assert desk.post(f"{base}{row.pk}/remove/", {"reason": "误录"}).status_code == 302
    assert desk.get(f"{base}{row.pk}/").status_code == 404
    page = desk.get(base)
    assert [change.event.action for change in page.context["history"]] == [
        "file.entry_removed", "file.entry_corrected", "file.entry_added"
    ]  # fmt: skip


def test_things_on_pages(desk: Client, org: Organisation, agent: Person) -> None:
    cells = {"name": "电脑", "serial_no": "PC-9", "handed_on": today().isoformat(), "note": ""}
    assert desk.post(f"/staff/{agent.pk}/items/new/", cells).status_code == 302
    item = LoanedItem.objects.get()
    assert "PC-9" in desk.get(f"/staff/{agent.pk}/file/").content.decode()
    url = f"/staff/{agent.pk}/items/{item.pk}/back/"
    early = desk.post(url, {"returned_on": (today() - DAY).isoformat()})
    assert (early.status_code, "returned_on" in early.context["form"].errors) == (422, True)
    assert desk.post(url, {"returned_on": today().isoformat()}).status_code == 302
    assert desk.post(url, {"returned_on": today().isoformat()}).status_code == 409


def test_who_reads_and_who_edits(browser: Client, org: Organisation, lead: Person, agent: Person) -> None:
    url = f"/staff/{agent.pk}/file/"
    for reader, status, edits in (
        (agent, 200, False),
        (lead, 200, True),
        (person_with("centre_manager", org.near.unit), 200, True),
        (person_with("admin_hr_lead", org.personnel), 200, True),
        (person_with("department_supervisor", org.department), 403, False),
        (person_with("service_agent", org.near.info), 403, False),
        (person_with("info_lead", org.far.info), 404, False),
    ):
        browser.force_login(reader)
        page = browser.get(url)
        assert page.status_code == status
        if status == 200:
            assert page.context["edits"] is edits
        assert browser.get(f"{url}new/").status_code == (200 if edits else 404 if status == 404 else 403)


def test_the_career_marks_late_entries(desk: Client, org: Organisation, agent: Person) -> None:
    page = desk.get(f"/staff/{agent.pk}/file/").content.decode()
    assert "post-late" in page
    Appointment.objects.filter(person=agent).update(starts_on=today())
    assert "post-late" not in desk.get(f"/staff/{agent.pk}/file/").content.decode()


def test_a_file_without_any_post(org: Organisation, browser: Client) -> None:
    person = person_with("service_agent", org.near.info)
    Appointment.objects.filter(person=person).delete()
    browser.force_login(person_with("admin_hr_lead", org.personnel))
    file = browser.get(f"/staff/{person.pk}/file/").context["file"]
    assert (file.position, file.requirements) == (None, ())


def test_statements_do_not_grow_with_the_file(desk: Client, org: Organisation, agent: Person) -> None:
    def count() -> int:
        desk.get(f"/staff/{agent.pk}/file/")
        with CaptureQueriesContext(connection) as caught:
            assert desk.get(f"/staff/{agent.pk}/file/").status_code == 200
        return len(caught)

    before = count()
    for number in range(25):
        services.add_entry(actor=SYSTEM, person=agent, entry=Entry("certificate", f"证{number}"))
        services.hand_out(actor=SYSTEM, person=agent, thing=Thing("钥匙"), handed_on=today())
    other = Position.objects.get(code="cashier")
    for _number in range(5):
        appoint(agent, other.code, org.near.finance, is_primary=False, starts_on=today() - (_number + 50) * DAY,
                ends_on=today() - (_number + 50) * DAY)  # fmt: skip
    assert count() == before == 14
