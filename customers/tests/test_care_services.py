"""Consents, promises and care calls: what follows from what, and what is refused."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from core.errors import DomainError
from core.models import AuditEvent
from customers.models import CareCall, Consent, Customer, PrivacyNotice
from customers.services import care, consents, promises
from customers.services.care import CarePlan
from customers.tests import factories
from customers.tests.factories import Office
from orgchart.scope import today


@pytest.fixture
def office(db: None) -> Office:
    return factories.office()


@pytest.fixture
def file(office: Office) -> Customer:
    PrivacyNotice.objects.all().delete()
    return factories.customer(office.centre)


def refused(code: str, act: Any) -> DomainError:
    with pytest.raises(DomainError) as caught:
        act()
    assert caught.value.code == code
    return caught.value


def agree(office: Office, file: Customer, purpose: str = "care") -> Consent:
    return consents.record_consent(actor=office.actor, customer=file.pk, purpose=purpose)


def withdraw(office: Office, file: Customer, purpose: str = "care") -> Consent:
    return consents.withdraw_consent(actor=office.actor, customer=file.pk, purpose=purpose)


# -- consents ----------------------------------------------------------------------------------------------------------


def test_consent_is_given_under_the_newest_notice_in_force(office: Office, file: Customer) -> None:
    factories.notice(1)
    factories.notice(2, today())
    factories.notice(3, today() + timedelta(days=1))
    assert agree(office, file).notice.version == 2
    event = AuditEvent.objects.get(action="customer.consent_given")
    assert event.changes == {"purpose": [None, "care"], "notice": [None, 2]}


def test_without_a_notice_nobody_can_agree(office: Office, file: Customer) -> None:
    factories.notice(1, today() + timedelta(days=1))
    assert refused("no_notice", lambda: agree(office, file)).status == 409


def test_the_same_version_is_agreed_to_once_and_a_newer_one_renews(office: Office, file: Customer) -> None:
    factories.notice(1)
    first = agree(office, file)
    refused("consent_given", lambda: agree(office, file))
    factories.notice(2, today())
    assert agree(office, file).notice.version == 2
    first.refresh_from_db()
    assert first.withdrawn_at is not None
    assert file.consents.filter(withdrawn_at=None).count() == 1


def test_withdrawing_is_immediate_and_keeps_the_row(office: Office, file: Customer) -> None:
    factories.notice()
    row = agree(office, file)
    withdraw(office, file)
    row.refresh_from_db()
    assert row.withdrawn_at is not None
    refused("no_consent", lambda: withdraw(office, file))
    agree(office, file)
    assert file.consents.count() == 2


def test_withdrawing_care_ends_planned_regular_calls_alone(office: Office, file: Customer) -> None:
    factories.notice()
    agree(office, file)
    factories.care_call(file, office.agent, kind="regular", interval_days=30)
    kept = factories.care_call(file, office.agent)
    withdraw(office, file)
    assert list(CareCall.objects.all()) == [kept]


def test_an_unknown_purpose_is_refused(office: Office, file: Customer) -> None:
    assert refused("not_a_choice", lambda: agree(office, file, "anything")).field == "purpose"


# -- promises ----------------------------------------------------------------------------------------------------------


def test_a_promise_is_made_kept_and_taken_up_again(office: Office, file: Customer) -> None:
    made = promises.make_promise(actor=office.actor, customer=file.pk, text=" 回电 ", due_on=today())
    act = {"actor": office.actor, "customer": file.pk, "promise": made.pk}
    assert (made.text, made.made_by, made.kept_at) == ("回电", office.agent, None)
    kept = promises.keep_promise(**act, result="已回电")
    assert (kept.result, kept.kept_by) == ("已回电", office.agent)
    refused("promise_kept", lambda: promises.keep_promise(**act))
    again = promises.reopen_promise(**act)
    assert (again.kept_at, again.kept_by, again.result) == (None, None, "")
    refused("promise_open", lambda: promises.reopen_promise(**act))
    actions = AuditEvent.objects.filter(action__startswith="customer.promise").order_by("pk")
    assert [event.action for event in actions] == [
        "customer.promise_made", "customer.promise_kept", "customer.promise_reopened",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "days", "code", "field"),
    [(" ", 1, "promise_missing", "text"), ("回电", -1, "day_passed", "due_on")],
)
def test_promises_that_are_refused(
    office: Office, file: Customer, text: str, days: int, code: str, field: str
) -> None:
    due = today() + timedelta(days=days)
    act = lambda: promises.make_promise(actor=office.actor, customer=file.pk, text=text, due_on=due)  # noqa: E731
    assert refused(code, act).field == field


def test_a_promise_of_another_file_is_not_found(office: Office, file: Customer) -> None:
    other = factories.promise(factories.customer(office.centre), office.agent)
    act = lambda: promises.keep_promise(actor=office.actor, customer=file.pk, promise=other.pk)  # noqa: E731
    assert refused("promise_not_found", act).status == 404


# -- care calls --------------------------------------------------------------------------------------------------------


def plan(office: Office, file: Customer, kind: str = "follow_up", days: int = 1, **more: Any) -> CareCall:
    wanted = CarePlan(kind, today() + timedelta(days=days), **more)
    return care.plan_care_call(actor=office.actor, customer=file.pk, plan=wanted)


def end(office: Office, call: CareCall, result: str, **more: Any) -> CareCall | None:
    return care.record_result(
        actor=office.actor, customer=call.customer_id, call=call.pk, result=result, **more
    )


def test_a_follow_up_needs_no_consent(office: Office, file: Customer) -> None:
    made = plan(office, file, caller=office.mate, note="问换屏后如何")
    assert (made.kind, made.caller, made.planned_by, made.interval_days) == (
        "follow_up", office.mate, office.agent, None,
    )  # fmt: skip


def test_regular_calls_need_the_consent(office: Office, file: Customer) -> None:
    factories.notice()
    act = lambda: plan(office, file, "regular", interval_days=90)  # noqa: E731
    assert refused("no_consent_to_care", act).field == "kind"
    agree(office, file)
    assert act().interval_days == 90
    refused("care_planned", act)


@pytest.mark.parametrize(
    ("more", "code", "field"),
    [
        ({"days": -1}, "day_passed", "due_on"),
        ({"kind": "whatever"}, "not_a_choice", "kind"),
        ({"kind": "regular", "interval_days": 3}, "interval_wrong", "interval_days"),
        ({"kind": "regular"}, "interval_wrong", "interval_days"),
    ],
)
def test_plans_that_are_refused(
    office: Office, file: Customer, more: dict[str, Any], code: str, field: str
) -> None:
    assert refused(code, lambda: plan(office, file, **more)).field == field


def test_the_caller_has_to_reach_the_file(office: Office, file: Customer) -> None:
    assert refused("caller_may_not", lambda: plan(office, file, caller=office.stranger)).field == "caller"


def test_a_follow_up_that_reached_the_customer_is_over(office: Office, file: Customer) -> None:
    call = plan(office, file)
    assert end(office, call, "reached", text="一切正常") is None
    call.refresh_from_db()
    assert (call.result, call.made_by, call.note) == ("reached", office.agent, "一切正常")
    refused("care_call_made", lambda: end(office, call, "reached"))


def test_who_was_not_reached_is_tried_on_the_next_day(office: Office, file: Customer) -> None:
    following = end(office, plan(office, file, caller=office.mate), "not_reached")
    assert following is not None
    assert (following.due_on, following.caller) == (today() + timedelta(days=1), office.mate)


def test_who_wants_a_later_call_says_when(office: Office, file: Customer) -> None:
    call = plan(office, file)
    assert refused("next_missing", lambda: end(office, call, "call_later")).field == "next_on"
    refused("day_passed", lambda: end(office, call, "call_later", next_on=date(2020, 1, 1)))
    following = end(office, call, "call_later", next_on=today() + timedelta(days=9))
    assert following is not None
    assert following.due_on == today() + timedelta(days=9)


def test_a_regular_call_plans_the_next_one(office: Office, file: Customer) -> None:
    factories.notice()
    agree(office, file)
    following = end(office, plan(office, file, "regular", interval_days=30), "reached")
    assert following is not None
    assert (following.kind, following.due_on, following.interval_days) == (
        "regular", today() + timedelta(days=30), 30,
    )  # fmt: skip


def test_declining_withdraws_the_consent_and_ends_the_plan(office: Office, file: Customer) -> None:
    factories.notice()
    agree(office, file)
    call = plan(office, file, "regular", interval_days=30)
    assert end(office, call, "declined") is None
    assert not file.consents.filter(withdrawn_at=None).exists()
    assert not file.care_calls.filter(made_at=None).exists()
    refused("no_consent_to_care", lambda: plan(office, file, "regular", interval_days=30))


def test_declining_a_follow_up_withdraws_the_consent_to_care_too(office: Office, file: Customer) -> None:
    factories.notice()
    agree(office, file)
    factories.care_call(file, office.agent, kind="regular", interval_days=30)
    end(office, plan(office, file), "declined")
    assert not file.consents.filter(withdrawn_at=None).exists()
    assert not file.care_calls.filter(made_at=None).exists()


def test_a_planned_call_is_cancelled_and_a_made_one_is_not(office: Office, file: Customer) -> None:
    call = plan(office, file)
    care.cancel_care_call(actor=office.actor, customer=file.pk, call=call.pk)
    assert not file.care_calls.exists()
    made = plan(office, file)
    end(office, made, "reached")
    refused(
        "care_call_made",
        lambda: care.cancel_care_call(actor=office.actor, customer=file.pk, call=made.pk),
    )
