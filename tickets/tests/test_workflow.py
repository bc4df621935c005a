"""Steps of a case through its one writer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core import outbox
from core.actors import Actor, person_actor
from core.errors import DomainError
from core.models import AuditEvent, Effect, Notification
from customers.models import Customer
from orgchart.models import Person
from orgchart.tests.factories import Organisation, make_organisation, person_with
from products.models import Device, FaultCode, ProductModel
from tickets import queries
from tickets.models import Case, Notice
from tickets.services import NewCase, Step, log_case, perform

pytestmark = pytest.mark.django_db

# Monday to Friday without a holiday in sight; 01:00 UTC is 09:00 in Shanghai.
MONDAY_9 = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)
IMEI = "490154203237518"


@dataclass
class World:
    """Two centres, and the people whom the main job needs in the near one."""

    organisation: Organisation
    agent: Person
    leader: Person
    engineer: Person
    manager: Person
    far_agent: Person
    model: ProductModel
    fault: FaultCode

    def new(self, **fields: Any) -> NewCase:
        base: dict[str, Any] = {
            "kind": "repair",
            "description": "充电后仍不能开机",
            "phone": "138 0000 1234",
            "customer_name": "演示客户",
            "customer_email": "customer@example.com",
            "imei": IMEI,
            "model_id": self.model.pk,
            "fault_id": self.fault.pk,
        }
        return NewCase(**{**base, **fields})

    def log(self, **fields: Any) -> Case:
        now = fields.pop("now", MONDAY_9)
        return log_case(actor=person_actor(self.agent), new=self.new(**fields), now=now)

    def assigned(self, **fields: Any) -> Case:
        case = self.log(**fields)
        return step(self.leader, case, "assign", assignee=self.engineer.pk)

    def in_progress(self, **fields: Any) -> Case:
        return step(self.engineer, self.assigned(**fields), "accept")

    def resolved(self, **fields: Any) -> Case:
        return step(self.engineer, self.in_progress(**fields), "resolve", resolution="更换尾插，测试正常")


def step(person: Person, case: Case, action: str, *, now: datetime | None = None, **inputs: Any) -> Case:
    """One step by `person`, by default one working hour after the last one."""
    fresh = Case.objects.get(pk=case.pk)
    return perform(
        actor=person_actor(person),
        number=case.number,
        action=action,
        version=fresh.version,
        step=Step(**inputs),
        now=now or fresh.changed_at + timedelta(hours=1),
    )


@pytest.fixture
def world(db: None) -> World:
    organisation = make_organisation()
    near, far = organisation.near, organisation.far
    return World(
        organisation,
        person_with("service_agent", near.info),
        person_with("tech_lead", near.tech),
        person_with("repair_engineer", near.tech),
        person_with("centre_manager", near.unit),
        person_with("service_agent", far.info),
        ProductModel.objects.create(name="演示一号", name_en="Demo One", manufacturer="演示", code="DEMO-1"),
        FaultCode.objects.create(
            code="F93", name="无法开机", name_en="No start", component="host", source="test"
        ),
    )


def refusal(function: Any, *args: Any, **kwargs: Any) -> DomainError:
    with pytest.raises(DomainError) as caught:
        function(*args, **kwargs)
    return caught.value


def bells(person: Person) -> list[str]:
    return list(Notification.objects.filter(recipient=person).order_by("id").values_list("code", flat=True))


def test_a_logged_repair_waits_in_the_technical_group(world: World) -> None:
    case = world.log()
    assert (case.status, case.unit, case.centre) == (
        "logged",
        world.organisation.near.tech,
        world.organisation.near.unit,
    )
    assert case.assignee is None
    assert bells(world.leader) == ["tickets.case_arrived"]


def test_unknown_caller_and_phone_get_their_files(world: World) -> None:
    case = world.log()
    assert case.customer.phones.get().number == "13800001234"
    assert (case.device.imei, case.device.owner) == (IMEI, case.customer)


def test_an_inquiry_answered_on_the_call_is_closed_at_once(world: World) -> None:
    case = world.log(kind="inquiry", imei="", next_step="resolved", resolution="教客户关闭省电模式")
    assert (case.status, case.resolved_on_call, case.responded_at, case.closed_at) == (
        "closed",
        True,
        MONDAY_9,
        MONDAY_9,
    )
    assert case.unit == world.organisation.near.info


def test_who_keeps_a_case_handles_it_in_the_own_unit(world: World) -> None:
    case = world.log(kind="inquiry", imei="", next_step="keep")
    assert (case.status, case.assignee, case.unit) == (
        "in_progress",
        world.agent,
        world.organisation.near.info,
    )


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"description": "  "}, "required", "description"),
        ({"phone": "12"}, "phone_not_recognised", "phone"),
        ({"customer_name": ""}, "name_missing", "customer_name"),
        ({"imei": ""}, "required", "device"),
        ({"imei": "490154203237519"}, "imei_wrong_check_digit", "imei"),
        ({"model_id": None}, "model_missing", "model_id"),
        ({"fault_id": 999_999}, "fault_unknown", "fault_id"),
        ({"kind": "wish"}, "not_a_choice", "kind"),
        ({"priority": 9}, "not_a_choice", "priority"),
        ({"next_step": "resolved"}, "required", "resolution"),
        ({"customer_id": 999_999}, "customer_unknown", "customer_id"),
    ],
)
def test_bad_input_is_refused_with_its_field_and_leaves_nothing(
    world: World, fields: dict[str, Any], code: str, field: str
) -> None:
    error = refusal(world.log, **fields)
    assert (error.code, error.field) == (code, field)
    assert (Case.objects.count(), Customer.objects.count(), Device.objects.count()) == (0, 0, 0)


def test_a_position_that_logs_no_cases_is_refused(world: World) -> None:
    finance = person_with("finance_lead", world.organisation.near.finance)
    error = refusal(log_case, actor=person_actor(finance), new=world.new())
    assert (error.code, error.status) == ("may_not_log", 403)


def test_a_manager_logs_but_does_not_handle(world: World) -> None:
    error = refusal(log_case, actor=person_actor(world.manager), new=world.new(next_step="keep"))
    assert (error.code, error.field) == ("may_not_handle", "next_step")


def test_due_times_count_working_hours_over_lunch_and_night(world: World) -> None:
    case = world.log()  # normal: 4 hours to respond, 24 to resolve; a day has 8
    assert case.response_due_at == datetime(2026, 11, 16, 6, 0, tzinfo=UTC)
    assert case.due_at == datetime(2026, 11, 18, 10, 0, tzinfo=UTC)


def test_the_main_job_from_call_to_close(world: World) -> None:
    case = world.resolved()
    assert bells(world.engineer) == ["tickets.case_assigned"]
    assert bells(world.agent) == ["tickets.case_resolved"]
    case = step(world.agent, case, "close")
    assert (case.status, case.version) == ("closed", 5)
    assert list(
        AuditEvent.objects.filter(subject_type="tickets.case", subject_id=case.pk)
        .order_by("id")
        .values_list("action", flat=True)
    ) == ["case.logged", "case.assigned", "case.accepted", "case.resolved", "case.closed"]


def test_closing_puts_a_notice_in_the_customers_language_into_the_outbox(
    world: World, mailoutbox: list[Any]
) -> None:
    case = step(world.agent, world.resolved(), "close")
    notice = Notice.objects.get(case=case)
    assert notice.language == "zh-hans"
    assert "已结案" in notice.subject
    assert notice.effect.payload == {"notice": notice.pk}
    outbox.drain()
    assert [mail.to for mail in mailoutbox] == [["customer@example.com"]]
    assert Effect.objects.get(pk=notice.effect.pk).state == "done"


def test_without_an_address_no_notice_is_written(world: World) -> None:
    step(world.agent, world.resolved(customer_email=""), "close")
    assert not Notice.objects.exists()


def test_waiting_for_the_customer_stops_the_clock(world: World) -> None:
    case = world.in_progress()  # accepted at 11:00
    step(world.engineer, case, "wait", wait_reason="customer", now=MONDAY_9 + timedelta(hours=4))  # 13:00
    case = step(world.engineer, case, "resume", now=MONDAY_9 + timedelta(hours=6))  # 15:00
    # Due Wednesday 18:00; two hours later is Thursday 11:00.
    assert case.due_at == datetime(2026, 11, 19, 3, 0, tzinfo=UTC)


def test_waiting_for_parts_does_not_stop_the_clock(world: World) -> None:
    case = world.in_progress()
    due = case.due_at
    step(world.engineer, case, "wait", wait_reason="parts", now=MONDAY_9 + timedelta(hours=4))
    case = step(world.engineer, case, "resume", now=MONDAY_9 + timedelta(hours=30))
    assert case.due_at == due


def test_time_between_resolved_and_reopened_does_not_count(world: World) -> None:
    case = world.resolved()  # resolved at 12:00 on Monday, 3 of 24 hours used
    case = step(world.agent, case, "reopen", reason="客户说仍不能开机", now=MONDAY_9 + timedelta(days=1))
    assert (case.status, case.assignee, case.reopened_count) == ("logged", None, 1)
    # 21 hours are left from Tuesday 09:00: Thursday 15:00.
    assert case.due_at == datetime(2026, 11, 19, 7, 0, tzinfo=UTC)


def test_an_assignment_while_waiting_ends_the_wait(world: World) -> None:
    case = step(world.engineer, world.in_progress(), "wait", wait_reason="customer")
    other = person_with("repair_engineer", world.organisation.near.tech)
    case = step(world.leader, case, "assign", assignee=other.pk)
    assert (case.status, case.wait_reason, case.assignee) == ("assigned", "", other)
    assert case.segments.filter(ends_at__isnull=True, is_running=True).count() == 1


def test_only_handlers_of_the_unit_can_be_assigned(world: World) -> None:
    case = world.log()
    for person in (world.agent, world.far_agent, world.manager):
        error = refusal(step, world.leader, case, "assign", assignee=person.pk)
        assert (error.code, error.field) == ("not_assignable", "assignee")


def test_a_wrong_actor_a_stale_version_and_a_wrong_status_are_told_apart(world: World) -> None:
    case = world.assigned()
    agent: Actor = person_actor(world.agent)
    stranger: Actor = person_actor(world.far_agent)
    ask: dict[str, Any] = {"number": case.number, "action": "accept"}
    assert refusal(perform, actor=stranger, version=case.version, **ask).status == 404
    assert refusal(perform, actor=agent, version=case.version, **ask).status == 403
    engineer = person_actor(world.engineer)
    stale = refusal(perform, actor=engineer, version=case.version - 1, **ask)
    assert (stale.status, stale.code, stale.context["current"]) == (409, "stale_version", case)
    perform(actor=engineer, version=case.version, **ask)
    again = refusal(perform, actor=engineer, version=case.version + 1, **ask)
    assert (again.status, again.code) == (409, "not_now")


def test_an_inquiry_becomes_a_repair_of_a_known_device(world: World) -> None:
    inquiry = world.log(kind="inquiry", imei="")
    case = step(world.agent, inquiry, "convert", device=IMEI, model_id=world.model.pk, fault=world.fault.pk)
    assert (case.kind, case.status, case.unit) == ("repair", "logged", world.organisation.near.tech)
    assert (case.device.imei, case.fault) == (IMEI, world.fault)


def test_a_repair_cannot_be_converted(world: World) -> None:
    assert refusal(step, world.agent, world.log(), "convert", device=IMEI).code == "not_now"


def test_a_mis_logged_case_is_cancelled_with_its_reason(world: World) -> None:
    case = world.log()
    assert refusal(step, world.agent, case, "cancel").field == "reason"
    case = step(world.agent, case, "cancel", reason="重复登记")
    assert (case.status, case.cancel_reason) == ("cancelled", "重复登记")


def test_who_is_mentioned_may_read_and_hears_the_bell(world: World) -> None:
    case = world.log()
    outsider = world.far_agent
    assert queries.case_rows(outsider).filter(pk=case.pk).count() == 0
    step(world.agent, case, "note", note=f"请 @{outsider.username} 看一下同型号的处理办法。")
    assert queries.case_rows(outsider).filter(pk=case.pk).count() == 1
    assert bells(outsider) == ["tickets.case_mentioned"]


def test_a_vacant_leader_means_the_next_one_up(world: World) -> None:
    world.leader.appointments.all().update(
        ends_on=datetime(2020, 1, 1, tzinfo=UTC).date(), starts_on=datetime(2019, 1, 1, tzinfo=UTC).date()
    )
    world.log()
    assert bells(world.manager) == ["tickets.case_arrived"]
    assert bells(world.leader) == []


def test_every_step_that_needs_an_input_names_it(world: World) -> None:
    case = world.in_progress()
    for action, field in (("hand_back", "reason"), ("wait", "wait_reason"), ("resolve", "resolution")):
        assert refusal(step, world.engineer, case, action).field == field
    assert refusal(step, world.leader, case, "assign").field == "assignee"


def test_a_wait_until_a_past_day_is_refused(world: World) -> None:
    error = refusal(
        step,
        world.engineer,
        world.in_progress(),
        "wait",
        wait_reason="parts",
        wait_until=MONDAY_9.date() - timedelta(days=1),
    )
    assert (error.code, error.field) == ("date_past", "wait_until")


def test_the_actions_of_a_case_are_those_that_table_and_powers_both_allow(world: World) -> None:
    case = world.assigned()

    def actions(person: Person) -> list[str]:
        return [row.action for row in queries.actions_for(queries.case_page(person, case.number))]

    assert actions(world.engineer) == ["accept", "hand_back", "note"]
    assert actions(world.leader) == ["assign", "note"]
    assert actions(world.agent) == ["cancel", "note"]
    assert actions(world.manager) == ["assign", "cancel", "note"]
