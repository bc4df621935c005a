"""Using powers, deciding on proposals and reports, taking them back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.actors import person_actor, system_actor
from core.errors import Conflict, DomainError, Invalid, Refused, StaleVersion
from core.models import AuditEvent, Notification
from orgchart import services, uses
from orgchart.enums import Power, UseState
from orgchart.models import Appointment, Deputyship, Override, Person, PowerUse
from orgchart.rules.powers import PROPOSALS
from orgchart.scope import today
from orgchart.tests.factories import Organisation, PersonFactory, appoint, person_with, technical_admin

pytestmark = pytest.mark.django_db

MARKS = {"management": 4, "profession": 5, "results": 3}
REASON = "组长与经理同时离岗, 需要立即处理"


class Office:
    """The information group of a centre with everybody above it, and two agents."""

    def __init__(self, org: Organisation) -> None:
        self.org = org
        self.head = person_with("head_office_manager", org.company)
        self.department = person_with("department_manager", org.department)
        self.manager = person_with("centre_manager", org.near.unit)
        self.lead = person_with("info_lead", org.near.info)
        self.agent = person_with("service_agent", org.near.info)
        self.mate = person_with("service_agent", org.near.info)


@pytest.fixture
def office(org: Organisation) -> Office:
    return Office(org)


def stand_in(holder: Person, deputy: Person, **fields: Any) -> Deputyship:
    """`deputy` stands in for the holder's post since yesterday."""
    return Deputyship.objects.create(
        post=Appointment.objects.get(person=holder),
        deputy=deputy,
        **{"starts_on": today() - timedelta(days=1), **fields},
    )


def use(actor: Person, power: str, subject: Person, **given: Any) -> PowerUse:
    """A use with all that the power asks for."""
    asked: dict[str, Any] = {"text": "写明事由"}
    if power == Power.APPRAISE:
        asked["ratings"] = MARKS
    return services.use_power(actor=person_actor(actor), power=power, subject=subject, **{**asked, **given})


def fresh(person: Person) -> Person:
    """The person as the next request reads it."""
    return Person.objects.get(pk=person.pk)


def bells(person: Person) -> list[tuple[str, str]]:
    return list(Notification.objects.filter(recipient=person).values_list("code", "path"))


def last_event() -> AuditEvent:
    found = AuditEvent.objects.order_by("-id").first()
    assert found is not None
    return found


# -- what is kept ---------------------------------------------------------------------------------------------


def test_an_instruction_is_recorded_with_its_reasons(office: Office) -> None:
    done = use(office.lead, Power.ADMINISTER, office.agent, due_on=today())
    assert (done.state, done.due_on, done.acting_for) == (UseState.RECORDED, today(), None)
    assert done.decision["allowed"] is True
    assert (done.decision["position"], done.decision["clause"]) == ("info_lead", "1")
    assert "职务范围内行政管理权" in done.decision["sentences"]["zh-hans"]
    assert done.decision["sentences"]["en"].startswith("Yes:")
    assert bells(office.agent) == [("orgchart.power_used.administer", f"/powers/{done.pk}/")]
    event = last_event()
    assert (event.action, event.subject_id, event.subject_label) == (
        "power.administer", done.pk, office.agent.username
    )  # fmt: skip
    assert "写明事由" not in str(event.changes) + event.reason


@pytest.mark.parametrize("power", sorted(PROPOSALS))
def test_a_proposal_waits_for_the_next_up_and_its_subject_hears_nothing(office: Office, power: str) -> None:
    done = use(office.lead, power, office.agent)
    assert done.state == UseState.SUBMITTED
    assert bells(office.manager) == [("orgchart.to_decide", f"/powers/{done.pk}/")]
    assert bells(office.agent) == bells(office.department) == bells(office.head) == []
    assert uses.visible_use(fresh(office.agent), done.pk) is None


def test_a_report_waits_for_the_superior(office: Office) -> None:
    done = use(office.agent, Power.REPORT, office.lead)
    assert done.state == UseState.SUBMITTED
    assert bells(office.lead) == [("orgchart.to_decide", f"/powers/{done.pk}/")]


def test_appraisal_finding_and_ruling_are_recorded(office: Office) -> None:
    appraisal = use(office.lead, Power.APPRAISE, office.agent)
    finding = use(office.lead, Power.SUPERVISE, office.agent)
    ruling = use(office.lead, Power.ADJUDICATE, office.agent, second=office.mate)
    assert {one.state for one in (appraisal, finding, ruling)} == {UseState.RECORDED}
    assert appraisal.ratings == MARKS
    assert ("orgchart.power_used.adjudicate", f"/powers/{ruling.pk}/") in bells(office.mate)


def test_what_the_top_of_the_line_proposes_waits_for_nobody(office: Office) -> None:
    assert use(office.head, Power.PROPOSE_REWARD, office.department).state == UseState.RECORDED
    assert use(office.department, Power.PROPOSE_REWARD, office.manager).state == UseState.SUBMITTED


def test_a_deputy_acts_for_the_holder(office: Office) -> None:
    stand_in(office.lead, office.mate)
    done = use(fresh(office.mate), Power.APPRAISE, office.agent)
    assert (done.actor, done.acting_for) == (office.mate, office.lead)
    event = last_event()
    assert (event.actor_id, event.for_id, event.for_label) == (
        office.mate.pk, office.lead.pk, office.lead.username
    )  # fmt: skip


def test_the_same_form_sent_twice_is_one_use(office: Office) -> None:
    first = use(office.lead, Power.SUPERVISE, office.agent, key="form-1")
    assert use(office.lead, Power.SUPERVISE, office.agent, key="form-1") == first
    assert PowerUse.objects.count() == 1
    assert len(bells(office.agent)) == 1
    with pytest.raises(Invalid) as refusal:
        use(office.lead, Power.SUPERVISE, office.agent, key="form-1", text="另一件事")
    assert refusal.value.code == "idempotency_mismatch"


# -- refusals -------------------------------------------------------------------------------------------------


def refused(code: str, actor: Person, power: str, subject: Person, **given: Any) -> DomainError:
    """The refusal with this code; nothing was written."""
    before = (PowerUse.objects.count(), AuditEvent.objects.count(), Notification.objects.count())
    with pytest.raises(DomainError) as caught:
        use(actor, power, subject, **given)
    assert caught.value.code == code
    assert (PowerUse.objects.count(), AuditEvent.objects.count(), Notification.objects.count()) == before
    return caught.value


@pytest.mark.parametrize("power", Power.values)
def test_nobody_about_themself(office: Office, power: str) -> None:
    refused("power_self", office.manager, power, office.manager, second=None)


def test_refusal_carries_the_sentence(office: Office) -> None:
    refusal = refused("power_not_direct", office.manager, Power.PROPOSE_REWARD, office.agent)
    assert refusal.status == 403
    assert office.lead.name in str(refusal.message)
    assert refusal.context["decision"]["code"] == "not_direct"


def test_the_system_uses_no_powers(office: Office) -> None:
    with pytest.raises(Refused):
        services.use_power(actor=system_actor("test"), power=Power.SUPERVISE, subject=office.agent, text="x")


@pytest.mark.parametrize(
    ("power", "given", "code", "field"),
    [
        (Power.SUPERVISE, {"text": "  "}, "text_missing", "text"),
        (Power.SUPERVISE, {"text": "长" * 4001}, "text_too_long", "text"),
        (Power.SUPERVISE, {"due_on": -1}, "due_passed", "due_on"),
        (Power.PROPOSE_REWARD, {"due_on": 0}, "not_taken", "due_on"),
        (Power.SUPERVISE, {"ratings": MARKS}, "not_taken", "ratings"),
        (Power.APPRAISE, {"ratings": None}, "rating_missing", "management"),
        (Power.APPRAISE, {"ratings": {**MARKS, "results": 6}}, "rating_missing", "results"),
        (Power.APPRAISE, {"ratings": {**MARKS, "results": 0}}, "rating_missing", "results"),
        (Power.APPRAISE, {"ratings": {**MARKS, "charm": 3}}, "not_taken", "ratings"),
        (Power.ADJUDICATE, {}, "second_missing", "second"),
    ],
)
def test_what_a_power_asks_for(
    office: Office, power: str, given: dict[str, Any], code: str, field: str
) -> None:
    if "due_on" in given:
        given = {"due_on": today() + timedelta(days=given["due_on"])}
    assert refused(code, office.lead, power, office.agent, **given).field == field


def test_a_dispute_has_two_parties_and_only_a_dispute_has(office: Office) -> None:
    assert refused("same_party", office.lead, Power.ADJUDICATE, office.agent, second=office.agent).field
    refused("not_taken", office.lead, Power.SUPERVISE, office.agent, second=office.mate)


def test_a_dispute_goes_to_the_nearest_common_superior(office: Office) -> None:
    refusal = refused(
        "power_nearer_superior", office.manager, Power.ADJUDICATE, office.agent, second=office.mate
    )
    assert office.lead.name in str(refusal.message)


# -- deciding -------------------------------------------------------------------------------------------------


def decide(reader: Person, done: PowerUse, accept: bool = True, **given: Any) -> PowerUse:
    asked = {"answer": "同意", "version": done.version, **given}
    return services.decide_use(actor=person_actor(fresh(reader)), use=done, accept=accept, **asked)


def test_the_superior_accepts_and_the_proposer_hears(office: Office) -> None:
    done = decide(office.manager, use(office.lead, Power.PROPOSE_REWARD, office.agent))
    assert (done.state, done.decided_by, done.decided_for, done.version) == (
        UseState.ACCEPTED, office.manager, None, 2
    )  # fmt: skip
    assert ("orgchart.decided", f"/powers/{done.pk}/") in bells(office.lead)
    assert last_event().action == "power.accepted"


def test_declining_needs_an_answer(office: Office) -> None:
    done = use(office.lead, Power.PROPOSE_REWARD, office.agent)
    with pytest.raises(Invalid) as refusal:
        decide(office.manager, done, accept=False, answer=" ")
    assert (refusal.value.code, refusal.value.field) == ("answer_missing", "answer")
    assert decide(office.manager, done, accept=False).state == UseState.DECLINED
    assert last_event().action == "power.declined"


def test_nobody_decides_on_what_they_submitted(office: Office) -> None:
    done = use(office.manager, Power.PROPOSE_REWARD, office.lead)
    with pytest.raises(Refused) as refusal:
        decide(office.manager, done)
    assert refusal.value.code == "may_not_decide"
    assert office.department.name in str(refusal.value.message)


@pytest.mark.parametrize("who", ["agent", "mate"])
def test_who_is_not_above_does_not_decide(office: Office, who: str) -> None:
    with pytest.raises(Refused):
        decide(getattr(office, who), use(office.lead, Power.PROPOSE_REWARD, office.agent))


def test_any_superior_who_decides_may(office: Office) -> None:
    assert decide(office.department, use(office.lead, Power.PROPOSE_REWARD, office.agent)).state == "accepted"


def test_a_deputy_decides_for_the_holder(office: Office) -> None:
    support = person_with("tech_support", office.org.near.unit)
    stand_in(office.manager, support)
    done = use(office.lead, Power.PROPOSE_REWARD, office.agent)
    assert {person.pk for person in uses.deciders_of(done)} == {office.manager.pk, support.pk}
    assert ("orgchart.to_decide", f"/powers/{done.pk}/") in bells(support)
    done = decide(support, done)
    assert (done.decided_by, done.decided_for) == (support, office.manager)
    assert last_event().for_id == office.manager.pk


def test_a_deputy_does_not_decide_on_a_proposal_about_themself(office: Office) -> None:
    stand_in(office.manager, office.agent)
    done = use(office.lead, Power.PROPOSE_REWARD, office.agent)
    assert uses.deciders_of(done) == [office.manager]
    with pytest.raises(Refused):
        decide(office.agent, done)


def test_a_deputys_proposal_is_not_decided_by_the_holder(office: Office) -> None:
    stand_in(office.lead, office.mate)
    done = use(fresh(office.mate), Power.PROPOSE_REWARD, office.agent)
    for who in (office.lead, office.mate):
        with pytest.raises(Refused):
            decide(who, done)
    decide(office.manager, done)
    assert ("orgchart.decided", f"/powers/{done.pk}/") in bells(office.mate)
    assert ("orgchart.decided", f"/powers/{done.pk}/") in bells(office.lead)


def test_a_vacant_superior_passes_it_on(office: Office) -> None:
    Appointment.objects.filter(person=office.manager).update(ends_on=today() - timedelta(days=1))
    done = use(office.lead, Power.PROPOSE_REWARD, office.agent)
    assert uses.deciders_of(done) == [office.department]


def test_whoever_is_named_may_decide(office: Office) -> None:
    stand_in(office.manager, person_with("tech_support", office.org.near.unit))
    made = [
        use(office.lead, Power.PROPOSE_REWARD, office.agent),
        use(office.manager, Power.NOMINATE_DISMISSAL, office.lead),
        use(office.agent, Power.REPORT, office.lead),
        use(office.lead, Power.REPORT, office.manager),
    ]
    for done in made:
        named = uses.deciders_of(done)
        assert named
        assert all(uses.may_decide(fresh(person), done) for person in named)


def test_a_report_is_returned_by_its_receiver_or_the_deputy_alone(office: Office) -> None:
    stand_in(office.lead, office.mate)
    done = use(office.agent, Power.REPORT, office.lead)
    with pytest.raises(Refused):
        decide(office.manager, done)
    done = decide(office.mate, done, accept=False, answer="请补充数据")
    assert (done.state, done.decided_for) == (UseState.DECLINED, office.lead)


def test_deciding_twice_and_on_an_old_version(office: Office) -> None:
    done = use(office.lead, Power.PROPOSE_REWARD, office.agent)
    with pytest.raises(StaleVersion) as stale:
        decide(office.manager, done, version=7)
    assert stale.value.context["current"] == done
    decide(office.manager, done)
    with pytest.raises(Conflict) as again:
        decide(office.manager, done)
    assert again.value.code == "use_decided"


def test_only_the_author_or_the_holder_takes_it_back(office: Office) -> None:
    stand_in(office.lead, office.mate)
    done = use(fresh(office.mate), Power.PROPOSE_REWARD, office.agent)
    with pytest.raises(Refused):
        services.withdraw_use(actor=person_actor(office.manager), use=done, version=1)
    gone = services.withdraw_use(actor=person_actor(office.lead), use=done, version=1)
    assert gone.state == UseState.WITHDRAWN
    assert last_event().action == "power.withdrawn"
    with pytest.raises(Conflict):
        services.withdraw_use(actor=person_actor(office.lead), use=done, version=2)


# -- overrides ------------------------------------------------------------------------------------------------


def override(admin: Person, office: Office, reason: str = REASON, **given: Any) -> PowerUse:
    return use(admin, given.pop("power", Power.ADMINISTER), office.agent, override=reason, **given)


def test_an_override_is_told_to_the_superior_until_seen(office: Office) -> None:
    admin = technical_admin()
    stand_in(office.lead, office.mate)
    done = override(admin, office)
    row = Override.objects.get()
    assert (row.action, row.subject, row.told, row.reason) == (
        "power.administer", office.agent, office.lead, REASON
    )  # fmt: skip
    assert (row.refusal["code"], row.refusal["use"], row.seen_at) == ("no_post", done.pk, None)
    assert (done.state, done.decision["allowed"], done.decision["override"]) == ("recorded", False, True)
    assert ("orgchart.override", "/overrides/") in bells(office.lead)
    assert ("orgchart.override", "/overrides/") in bells(office.mate)
    audited = AuditEvent.objects.get(action="override.power.administer")
    assert (audited.subject_id, audited.reason) == (office.agent.pk, REASON)
    assert uses.visible_use(fresh(office.lead), done.pk) == done
    assert uses.overrides_to_confirm(fresh(office.lead)) == 1
    services.see_override(actor=person_actor(fresh(office.lead)), override=row)
    row.refresh_from_db()
    assert row.seen_at is not None
    assert uses.overrides_to_confirm(fresh(office.lead)) == 0
    events = AuditEvent.objects.count()
    services.see_override(actor=person_actor(fresh(office.lead)), override=row)
    assert AuditEvent.objects.count() == events


def test_a_proposal_by_override_waits_for_nobody(office: Office) -> None:
    assert override(technical_admin(), office, power=Power.PROPOSE_REWARD).state == UseState.RECORDED


def test_who_overrides(office: Office) -> None:
    admin = technical_admin()
    refused("only_administrators", office.mate, Power.ADMINISTER, office.agent, override=REASON)
    refused("power_no_post", admin, Power.ADMINISTER, office.agent)
    refused("power_no_post", admin, Power.REPORT, office.agent, override=REASON)
    refused("power_self", admin, Power.ADMINISTER, admin, override=REASON)
    assert refused(
        "reason_too_short", admin, Power.ADMINISTER, office.agent, override="九个字以内的理由"
    ).field
    assert refused("reason_too_long", admin, Power.ADMINISTER, office.agent, override="长" * 301).field


def test_an_override_still_needs_what_the_power_asks_for(office: Office) -> None:
    refused("text_missing", technical_admin(), Power.ADMINISTER, office.agent, override=REASON, text="")


def test_a_power_that_is_held_needs_no_override(office: Office) -> None:
    done = use(office.lead, Power.ADMINISTER, office.agent, override=REASON)
    assert done.decision["override"] is False
    assert not Override.objects.exists()


def test_only_superiors_confirm_having_read_it(office: Office) -> None:
    admin = technical_admin()
    override(admin, office)
    row = Override.objects.get()
    for who in (admin, office.agent, office.mate):
        with pytest.raises(Refused):
            services.see_override(actor=person_actor(fresh(who)), override=row)
    services.see_override(actor=person_actor(fresh(office.manager)), override=row)


def test_record_override_refuses_about_oneself_and_without_superior_tells_nobody(office: Office) -> None:
    admin = technical_admin()
    with pytest.raises(Refused) as refusal:
        services.record_override(actor=person_actor(admin), action="x", subject=admin, reason=REASON)
    assert refusal.value.code == "about_oneself"
    row = services.record_override(
        actor=person_actor(admin), action="staff.transfer", subject=office.head, reason=REASON
    )
    assert row.told is None


# -- tabs -----------------------------------------------------------------------------------------------------


def test_tabs_part_what_a_person_sees(office: Office) -> None:
    proposal = use(office.lead, Power.PROPOSE_REWARD, office.agent)
    finding = use(office.manager, Power.SUPERVISE, office.lead)
    report = use(office.agent, Power.REPORT, office.lead)
    lead, manager = fresh(office.lead), fresh(office.manager)
    assert list(uses.uses_of_tab(lead, uses.MINE)) == [proposal]
    assert list(uses.uses_of_tab(lead, uses.TOWARDS_ME)) == [report, finding]
    assert list(uses.uses_of_tab(lead, uses.TO_DECIDE)) == [report]
    assert list(uses.uses_of_tab(manager, uses.OF_MY_PEOPLE)) == [report, proposal]
    assert list(uses.uses_of_tab(manager, uses.TO_DECIDE)) == [proposal]
    stranger = person_with("service_agent", office.org.far.info)
    assert all(not uses.uses_of_tab(stranger, tab).exists() for tab in uses.TABS)


def test_personnel_reads_all_but_what_concerns_itself(office: Office) -> None:
    personnel = person_with("admin_hr_lead", office.org.personnel)
    seen = use(office.lead, Power.PROPOSE_REWARD, office.agent)
    use(office.department, Power.PROPOSE_DISCIPLINE, personnel)
    assert list(PowerUse.objects.permitted(personnel)) == [seen]


def test_somebody_without_a_post_has_no_powers(office: Office) -> None:
    refused("power_no_post", PersonFactory(), Power.SUPERVISE, office.agent)
    appoint(late := PersonFactory(), "info_lead", office.org.far.info, starts_on=today() + timedelta(days=1))
    refused("power_no_post", late, Power.SUPERVISE, office.agent)
