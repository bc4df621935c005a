"""The demo: told once for all tests of this file, into a transaction that is rolled back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from io import StringIO

import pytest
from django.conf import settings
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import RequestFactory
from django.utils import timezone

from core import calendars
from core.audit import verify_chain
from core.models import AuditEvent, Effect, Notification
from core.workcalendar import STANDARD_WINDOWS, Calendar
from customers.models import Customer, CustomerPhone
from customers.rules import parse_phone
from orgchart.models import Appointment, Deputyship, Establishment, Leave, Person, PowerUse, Unit
from products.loading import load_reference
from products.models import Device, FaultCode
from products.rules import is_imei
from tickets.demo import logins, seed, texts
from tickets.demo.plan import plan
from tickets.demo.staff import ACTOR, PLACES, ROLES
from tickets.enums import CaseKind, CaseStatus, WaitReason
from tickets.models import Case, ClockSegment

DAY = date(2026, 11, 19)
# Every position with a table in the job descriptions.
WITH_TABLE = {
    "department_manager", "centre_manager", "info_lead", "finance_lead", "tech_lead", "tech_support", "admin_hr_lead",
}  # fmt: skip


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[None]:
    """The story that ends on a Thursday afternoon."""
    folder = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), transaction.atomic():
        patch.setattr(settings, "DATA_DIR", folder)
        call_command("seed_demo", force_date=DAY, stdout=StringIO())
        yield
        transaction.set_rollback(True)


def test_sizes(demo) -> None:
    assert (Customer.objects.count(), Device.objects.count()) == (303, 401)
    assert 560 <= Case.objects.count() <= 600
    assert 75 <= Person.objects.count() <= 85


def test_all_34_provinces_and_six_staffed_centres(demo) -> None:
    centres = Unit.objects.filter(kind="centre")
    staffed = Appointment.objects.filter(unit__centre__in=centres).values("unit__centre").distinct()
    assert (centres.count(), staffed.count()) == (34, len(PLACES))


def test_every_position_with_a_table_is_filled(demo) -> None:
    assert set(Appointment.objects.values_list("position__code", flat=True)) >= WITH_TABLE


def test_every_state_of_both_kinds(demo) -> None:
    found = set(Case.objects.values_list("kind", "status"))
    missing = {(str(kind), str(status)) for kind in CaseKind for status in CaseStatus} - found
    assert missing <= {("inquiry", "resolved")}


def test_waiting_for_everything_that_one_can_wait_for(demo) -> None:
    reasons = set(Case.objects.filter(status="waiting").values_list("wait_reason", flat=True))
    assert reasons == set(WaitReason.values)


def test_a_realistic_mix(demo) -> None:
    end = seed._evening(DAY)
    unfinished = Case.objects.unfinished()
    overdue = unfinished.filter(due_at__lt=end).count()
    today = [case for case in unfinished if timezone.localdate(case.due_at) == DAY]
    assert 5 <= overdue <= unfinished.count() * 0.7
    assert today
    assert Case.objects.filter(reopened_count__gt=0).count() >= 5
    assert Case.objects.filter(resolved_on_call=True).count() >= 40
    assert AuditEvent.objects.filter(action="case.converted").count() >= 3
    assert not Case.objects.filter(status="cancelled", cancel_reason="").exists()


def test_many_different_descriptions(demo) -> None:
    written = {*texts.repairs(), *texts.answered(), *texts.converted(), *texts.remote()}
    told = [
        story
        for story in written
        if Case.objects.filter(description__startswith=story.says, fault__code=story.fault or None).exists()
        or (not story.fault and Case.objects.filter(description=story.says).exists())
    ]
    assert len({story.says for story in told}) >= 150


def test_descriptions_fit_the_model(demo) -> None:
    traits = {model.code: set(model.traits) for model in texts.models()}
    fits: dict[str, set[str]] = {}
    for story in texts.repairs():
        fits.setdefault(story.says, set()).add(story.fits)
    for case in Case.objects.filter(kind="repair").select_related("device__model"):
        for says, wanted in fits.items():
            if case.description.startswith(says):
                assert wanted & traits[case.device.model.code], case.description


def test_every_imei_and_number_has_the_right_form(demo) -> None:
    assert all(
        is_imei(imei) and imei.startswith("001") for imei in Device.objects.values_list("imei", flat=True)
    )
    numbers = CustomerPhone.objects.values_list("number", flat=True)
    assert all(parse_phone(number) and number.startswith("154") for number in numbers)


def test_cases_are_logged_within_service_hours(demo) -> None:
    calendar = calendars.calendar_for(fresh=True)
    assert all(calendar.is_open(moment) for moment in Case.objects.values_list("logged_at", flat=True))


def test_the_trail_is_whole_and_of_its_time(demo) -> None:
    assert verify_chain().ok
    first, last = (
        AuditEvent.objects.filter(action="case.logged").order_by(order).first().at for order in ("id", "-id")
    )
    assert (last - first).days > 100
    assert timezone.localdate(last) <= DAY


def test_clocks_run_only_in_unfinished_cases(demo) -> None:
    running = set(ClockSegment.objects.filter(ends_at__isnull=True).values_list("case_id", flat=True))
    assert running == set(Case.objects.unfinished().values_list("pk", flat=True))


def test_no_notice_of_the_past_is_sent(demo) -> None:
    effects = Effect.objects.filter(kind="tickets.notice")
    assert effects.count() > 100
    assert set(effects.values_list("state", "request_id")) == {("done", "demo")}


def test_bells_of_the_past_were_read(demo) -> None:
    bells = Notification.objects.all()
    assert bells.filter(read_at__isnull=True).count() < bells.count() / 10


def test_all_is_marked(demo) -> None:
    assert seed.is_demo_only()


def test_a_log_in_for_each_role(demo) -> None:
    request = RequestFactory().post("/")
    known = logins.read()
    assert set(known) == {username for _, username in ROLES}
    people = [
        authenticate(request, username=username, password=password) for username, password in known.items()
    ]
    assert [person.must_change_password for person in people if person] == [False] * len(ROLES)


def test_the_file_of_log_ins_is_for_its_owner_alone(demo) -> None:
    assert logins.path().stat().st_mode & 0o777 == 0o600


def test_passwords_stay_the_same(demo) -> None:
    assert logins.passwords(ROLES) == logins.read()


def test_the_log_ins_have_work(demo) -> None:
    assert Case.objects.open().filter(assignee__username="demo.engineer").exists()


def test_a_second_run_is_refused(demo) -> None:
    with pytest.raises(CommandError, match="already"):
        call_command("seed_demo")


def test_if_empty_leaves_data_alone(demo) -> None:
    said, before = StringIO(), Case.objects.count()
    call_command("seed_demo", if_empty=True, stdout=said)
    assert (said.getvalue(), Case.objects.count()) == ("", before)


@pytest.mark.django_db
def test_refuses_a_database_with_other_data() -> None:
    Customer.objects.create(name="李雷")
    with pytest.raises(CommandError, match="other data"):
        call_command("seed_demo")


@pytest.mark.django_db
def test_reference_data_is_added_once() -> None:
    first = load_reference(ACTOR)
    again = load_reference(ACTOR)
    assert (first["faults"], again["faults"], again["units"], again["positions"]) == (15, 0, 0, 0)
    assert set(FaultCode.objects.values_list("component", flat=True)) == {
        "host", "charger", "battery", "card", "data_card", "earphone",
    }  # fmt: skip


def _outline(day: date) -> list[tuple[object, ...]]:
    calls = plan(day, Calendar(STANDARD_WINDOWS))
    return [
        (call.at, call.kind, call.path, call.story.says, call.phone.imei, call.caller.name) for call in calls
    ]


def test_the_same_date_tells_the_same_story() -> None:
    assert _outline(DAY) == _outline(DAY)
    assert _outline(DAY) != _outline(date(2026, 11, 20))


@pytest.mark.parametrize("day", [date(2027, 1, 1), date(2026, 2, 20), date(2028, 2, 29)])
def test_a_story_for_any_day(day: date) -> None:
    assert len(_outline(day)) == 600


def test_the_organisation_has_something_to_show(demo) -> None:
    """Leave with and without a deputy, a double post, unsigned descriptions, uses of powers decided and waiting."""
    assert Leave.objects.count() == 3
    assert Deputyship.objects.count() == 2
    assert Appointment.objects.filter(is_primary=False).count() == 1
    assert set(PowerUse.objects.values_list("state", flat=True)) == {"accepted", "submitted", "recorded"}
    assert set(PowerUse.objects.values_list("power", flat=True)) >= {"appraise", "adjudicate", "report"}
    assert Establishment.objects.get(unit__code="C330000-INFO", position__code="service_agent").count == 4
    unsigned = Appointment.objects.exclude(person__signatures__isnull=False)
    assert set(unsigned.values_list("position__code", flat=True)) == {"service_agent", "finance_lead"}
