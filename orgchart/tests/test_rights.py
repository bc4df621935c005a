"""Rights, explained, and who may do what: the same answers as the checks."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from orgchart import extensions
from orgchart.authority import decision
from orgchart.enums import Power
from orgchart.models import Appointment, Deputyship, Person, Position
from orgchart.policies import GOODWILL, may
from orgchart.rights import Right, Rights, may_do, rights_of_person
from orgchart.rules.limits import COVERED, OVER_LIMIT, WRONG_KIND, Asked, cover, next_up
from orgchart.scope import scope_of, today
from orgchart.tests.factories import Organisation, PersonFactory, appoint, person_with, technical_admin
from orgchart.whomay import who_may_edit, who_may_on

pytestmark = pytest.mark.django_db


class Office:
    """Everybody from the head office down to two agents, and a deputy of the group leader until next week."""

    def __init__(self, org: Organisation) -> None:
        self.org = org
        self.head = person_with("head_office_manager", org.company)
        self.department = person_with("department_manager", org.department)
        self.personnel = person_with("admin_hr_lead", org.personnel)
        self.manager = person_with("centre_manager", org.near.unit)
        self.lead = person_with("info_lead", org.near.info)
        self.agent = person_with("service_agent", org.near.info)
        self.deputy = person_with("service_agent", org.near.info)
        Deputyship.objects.create(
            post=Appointment.objects.get(person=self.lead),
            deputy=self.deputy,
            starts_on=today(),
            ends_on=today() + timedelta(days=7),
        )

    def everybody(self) -> list[Person]:
        return list(Person.objects.all())


@pytest.fixture
def office(org: Organisation) -> Office:
    return Office(org)


@pytest.fixture(autouse=True)
def english() -> Any:
    with translation.override("en"):
        yield


def every(found: Rights) -> dict[str, Right]:
    return {right.code: right for section in found.sections for right in section.rights}


def fresh(person: Person) -> Person:
    return Person.objects.get(pk=person.pk)


# -- of a person ----------------------------------------------------------------------------------------------


def test_every_power_and_every_grant_is_answered(office: Office) -> None:
    answered = set(every(rights_of_person(office.lead)))
    granted = {code for family in extensions.grant_families() for code in family.actions()}
    assert set(Power.values) | granted <= answered
    assert len(answered) == len(Power) + len(granted) + 1


def test_what_is_said_is_what_the_scope_grants(office: Office) -> None:
    for person in office.everybody():
        scope = scope_of(fresh(person))
        for code, right in every(rights_of_person(fresh(person))).items():
            if code in Power.values:
                assert right.allowed == any(post.has_power(code) for post in scope.posts)
            elif "." in code:
                assert right.allowed == bool(scope.with_grant(code))
            assert right.allowed != bool(right.refusal)


def test_counted_people_are_those_that_the_row_filter_gives(office: Office) -> None:
    found = every(rights_of_person(office.manager))
    for power in Power.values:
        assert found[power].reached == Person.objects.permitted(office.manager, power).count()
    assert found[Power.ADMINISTER].reached == 3
    assert found[Power.PROPOSE_REWARD].reached == 1


def test_a_reason_says_post_clause_lines_and_reach(office: Office) -> None:
    sentence = every(rights_of_person(office.lead))[Power.PROPOSE_REWARD].reasons[0].sentence()
    since = Appointment.objects.get(person=office.lead).starts_on
    assert sentence.startswith(f"As Information group leader (C440000-INFO) since {since}.")
    assert "(source L314)" in sentence
    assert "no occupied post stands in between" in sentence


def test_a_deputy_has_both_reasons_and_says_until_when(office: Office) -> None:
    report = every(rights_of_person(office.deputy))[Power.REPORT]
    assert [reason.post.acting_for for reason in report.reasons] == [None, office.lead]
    until = today() + timedelta(days=7)
    assert report.reasons[1].sentence().startswith(f"Standing in until {until} for {office.lead.name},")


def test_why_not_is_said(office: Office) -> None:
    found = every(rights_of_person(office.agent))
    assert (
        found[Power.APPRAISE].refusal
        == f"No: none of today's posts (Service agent) provides for this ({today()})."
    )
    nobody = rights_of_person(PersonFactory(name="无岗"))
    assert {right.refusal for right in every(nobody).values()} == {f"No: 无岗 holds no post on {today()}."}


def test_an_administrator_looks_after_accounts_alone(office: Office) -> None:
    admin = technical_admin(name="管理")
    found = every(rights_of_person(admin))
    accounts = next(code for code in found if "/" in code)
    assert found[accounts].allowed
    assert may(admin, "reset_password", office.agent)
    assert [code for code, right in found.items() if right.allowed] == [accounts]
    assert "technical administrator" in found[Power.APPRAISE].refusal


def test_a_closed_account_has_no_rights(office: Office) -> None:
    Person.objects.filter(pk=office.lead.pk).update(is_active=False)
    gone = fresh(office.lead)
    found = rights_of_person(gone)
    assert not any(right.allowed for right in every(found).values())
    assert found.note == f"No: the account of {gone.name} is closed ({today()})."


def test_a_limit_stands_in_the_reason(office: Office) -> None:
    assert every(rights_of_person(office.lead))[GOODWILL].reasons[0].sentence().endswith("Up to 200.00 yuan.")


# -- limits ---------------------------------------------------------------------------------------------------


def grant(limit: str | None = None, kinds: list[str] | None = None) -> dict[str, Any]:
    return {"reach": ["unit"], "kinds": kinds or [], "limit": limit, "clause": {}}


@pytest.mark.parametrize(
    ("given", "amount", "kind", "answer"),
    [
        (grant(), None, "", COVERED),
        (grant(), "999999.99", "repair", COVERED),
        (grant("200.00"), None, "", COVERED),
        (grant("200.00"), "200.00", "", COVERED),
        (grant("200.00"), "200", "", COVERED),
        (grant("200.00"), "200.01", "", OVER_LIMIT),
        (grant("0.00"), "0.01", "", OVER_LIMIT),
        (grant(kinds=["repair"]), None, "repair", COVERED),
        (grant(kinds=["repair"]), None, "inquiry", WRONG_KIND),
        (grant(kinds=["repair"]), None, "", COVERED),
        (grant("5.00", ["repair"]), "9.00", "inquiry", WRONG_KIND),
    ],
)
def test_cover(given: dict[str, Any], amount: str | None, kind: str, answer: str) -> None:
    assert cover(given, Asked(Decimal(amount) if amount else None, kind)) == answer


def test_next_up_is_the_nearest_who_may() -> None:
    superiors = {"a": "b", "b": "c", "c": "d", "d": None}
    grants = {"a": grant("1.00"), "c": grant("50.00"), "d": grant()}
    assert next_up(grants, superiors, "a", Asked(Decimal(9))) == "c"
    assert next_up(grants, superiors, "a", Asked(Decimal(99))) == "d"
    assert next_up({"a": grant("1.00")}, superiors, "a", Asked(Decimal(9))) is None


def test_a_question_with_an_amount(office: Office) -> None:
    yes = may_do(office.lead, GOODWILL, Asked(Decimal("150.00")))
    assert (yes.allowed, yes.code) == (True, "granted")
    assert yes.sentence.startswith("Yes. As Information group leader")
    no = may_do(office.lead, GOODWILL, Asked(Decimal("250.00")))
    assert no.code == "over_limit"
    assert no.sentence == (
        "No: 250.00 yuan exceeds the limit of 200.00 yuan of Information group leader; "
        f"Service centre manager is the next who may ({today()})."
    )
    assert may_do(office.agent, GOODWILL, Asked()).code == "no_grant"
    assert may_do(PersonFactory(), GOODWILL, Asked()).code == "no_post"


def test_a_deputy_uses_the_limit_of_the_holder(office: Office) -> None:
    answer = may_do(office.deputy, GOODWILL, Asked(Decimal("150.00")))
    assert answer.as_json()["acting_for"] == office.lead.pk


def test_grants_of_another_position_do_not_count(office: Office) -> None:
    Position.objects.filter(code="info_lead").update(rights={"powers": {}, "grants": {}})
    answer = may_do(fresh(office.lead), GOODWILL, Asked(Decimal("1.00")))
    assert (answer.allowed, answer.code) == (False, "no_grant")


def test_when_nobody_above_may_that_is_said(office: Office) -> None:
    row = Position.objects.get(code="head_office_manager")
    row.rights["grants"][GOODWILL]["limit"] = "30000.00"
    row.save()
    answer = may_do(office.lead, GOODWILL, Asked(Decimal("30000.01")))
    assert "and nobody above may" in answer.sentence


def test_a_question_with_a_kind(office: Office) -> None:
    row = Position.objects.get(code="info_lead")
    row.rights["grants"]["case.assign"]["kinds"] = ["inquiry"]
    row.save()
    lead = fresh(office.lead)
    assert may_do(lead, "case.assign", Asked(kind="inquiry")).allowed
    no = may_do(lead, "case.assign", Asked(kind="repair"))
    assert (no.code, no.sentence) == (
        "wrong_kind",
        f"No: the job description “Information group leader” provides for this on Inquiry alone ({today()}).",
    )


def test_an_action_that_nobody_knows(office: Office) -> None:
    with pytest.raises(LookupError):
        may_do(office.lead, "case.burn", Asked())


# -- who may --------------------------------------------------------------------------------------------------


def test_who_may_is_everybody_whose_decision_is_yes(office: Office) -> None:
    for subject in office.everybody():
        named = {row.power: {one.person.pk for one in row.people} for row in who_may_on(subject)}
        for other in office.everybody():
            for power in Power.values:
                pair = (subject, other) if power == Power.REPORT else (other, subject)
                assert (other.pk in named[power]) == decision(pair[0], power, pair[1]).allowed, (power, pair)


def test_the_nearest_stands_first_and_the_sentence_is_that_of_the_decision(office: Office) -> None:
    row = next(row for row in who_may_on(office.agent) if row.power == Power.SUPERVISE)
    assert [one.person for one in row.people] == [
        office.lead,
        office.deputy,
        office.manager,
        office.department,
        office.head,
    ]
    assert row.people[1].sentence == decision(office.deputy, Power.SUPERVISE, office.agent).sentence()


def test_the_number_of_statements_is_the_same_for_everybody(office: Office) -> None:
    seen = []
    for _more in range(2):
        for subject in (office.agent, office.manager):
            with CaptureQueriesContext(connection) as caught:
                who_may_on(fresh(subject))
            seen.append(len(caught))
        for person in PersonFactory.create_batch(10):
            appoint(person, "service_agent", office.org.near.info)
    assert set(seen) == {12}


def test_who_edits_a_position_is_who_is_permitted_to(office: Office) -> None:
    admin = technical_admin()
    for position in Position.objects.all():
        named = {one.person.pk for one in who_may_edit(admin, position).editors}
        permitted = {
            person.pk
            for person in office.everybody()
            if Position.objects.permitted(person, "edit").filter(pk=position.pk).exists()
        }
        assert named == permitted, position.code


def test_who_gets_the_rights_of_a_position(office: Office) -> None:
    lead = Position.objects.get(code="info_lead")
    found = who_may_edit(office.manager, lead)
    assert [one.person for one in found.holders] == [office.lead, office.deputy]
    rules = {row.code: words for row, words in found.rules}
    assert rules == {
        "head_office_manager": "all positions but the own",
        "admin_hr_lead": "all positions but the own",
        "department_manager": "all positions below",
    }


def test_holders_elsewhere_are_not_named(office: Office) -> None:
    person_with("info_lead", office.org.far.info)
    found = who_may_edit(office.agent, Position.objects.get(code="info_lead"))
    assert [one.person for one in found.holders] == [office.lead, office.deputy]
