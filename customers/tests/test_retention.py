"""The nightly job: what is over goes, everything else stays, and running it again finds nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from core import audit, jobs
from core.actors import system_actor
from core.localtime import local_midnight
from core.models import AuditEvent, ImportFile, StoredSearch
from core.searches import keep_search
from customers.models import Customer, CustomerChange, PrivacyRequest, Promise
from customers.rules import retention as rules
from customers.services import holds
from customers.services.retention import quiet_files, run_retention
from customers.tests.privacy_world import World, actor, file_of
from orgchart.scope import today

pytestmark = pytest.mark.django_db
SYSTEM = system_actor("retention")


@pytest.fixture
def world(db: None, settings: Any, tmp_path: Any) -> World:
    settings.IMPORT_DIR, settings.EXPORT_DIR = tmp_path / "in", tmp_path / "out"
    settings.MFA_REQUIRED = False
    return World()


def midnight_before(code: str, days: int = 0) -> datetime:
    """The first moment that is still kept, moved by so many days."""
    return local_midnight(rules.class_of(code).period.before(today()) + timedelta(days=days))


def old_file(world: World, days: int = -1, **values: Any) -> Customer:
    made = file_of(world.org.near.unit, **values)
    Customer.objects.filter(pk=made.pk).update(created_at=midnight_before(rules.FILES, days))
    return made


def run() -> dict[str, int]:
    return run_retention(actor=SYSTEM, now=timezone.now())


def test_searches_after_ninety_days(world: World) -> None:
    for days in (0, -1):
        token = keep_search(world.agent, "t", {"q": "x"})
        StoredSearch.objects.filter(token=token).update(created_at=midnight_before(rules.SEARCHES, days))
    assert run()["searches"] == 1
    assert StoredSearch.objects.count() == 1


def test_corrections_after_three_years(world: World) -> None:
    customer = file_of(world.org.near.unit)
    for days in (0, -1):
        row = CustomerChange.objects.create(customer=customer, field="name", old="a", new="b")
        CustomerChange.objects.filter(pk=row.pk).update(changed_at=midnight_before(rules.CHANGES, days))
    assert run()["changes"] == 1
    assert CustomerChange.objects.count() == 1


def test_imports_after_a_week(world: World) -> None:
    for days in (1, -1):
        file = ImportFile.objects.create(
            owner=world.leader,
            kind="k",
            file_name="a.csv",
            stored_as=f"f{days}",
            fingerprint="x",
            sample=[["a"]],
        )
        ImportFile.objects.filter(pk=file.pk).update(created_at=midnight_before(rules.IMPORTS, days))
    assert run()["imports"] == 1
    assert sorted(ImportFile.objects.values_list("stored_as", "sample")) == [("", []), ("f1", [["a"]])]


def test_a_file_without_anything_for_three_years_is_erased(world: World) -> None:
    over, kept = old_file(world), old_file(world, days=0)
    assert run()["files"] == 1
    over.refresh_from_db()
    kept.refresh_from_db()
    assert over.erased_at is not None
    assert (kept.erased_at, kept.name) == (None, "测试客户")
    assert AuditEvent.objects.get(action="customer.erased").actor_kind == "system"


def test_activity_and_holds_keep_a_file(world: World) -> None:
    promised, asked, held, changed = (old_file(world) for _number in range(4))
    Promise.objects.create(customer=promised, text="x", due_on=today(), made_by=world.agent)
    PrivacyRequest.objects.create(
        customer=asked, kind="export", identity_checked="x", due_on=today(), recorded_by=world.agent
    )
    holds.place_hold(actor=actor(world.manager), customer=held, reason="法院调查令")
    CustomerChange.objects.create(customer=changed, field="name", old="a", new="b")
    assert run()["files"] == 0
    assert not Customer.objects.exclude(erased_at=None).exists()


def test_what_is_older_than_three_years_keeps_nothing(world: World) -> None:
    customer = old_file(world)
    row = Promise.objects.create(
        customer=customer, text="x", due_on=today() - timedelta(days=2000), made_by=world.agent
    )
    Promise.objects.filter(pk=row.pk).update(made_at=midnight_before(rules.FILES, -1))
    assert list(quiet_files(midnight_before(rules.FILES))) == [customer]


def test_answered_requests_lose_their_words(world: World) -> None:
    customer = file_of(world.org.near.unit)
    PrivacyRequest.objects.create(
        customer=customer, kind="erasure", state="refused", identity_checked="x", text="y", reason="z",
        due_on=today(), recorded_by=world.agent, decided_at=midnight_before(rules.REQUESTS, -1),
    )  # fmt: skip
    assert run()["requests"] == 1
    assert PrivacyRequest.objects.values_list("identity_checked", "text", "reason").get() == ("", "", "")


def test_a_second_run_finds_nothing_and_the_trail_says_what_the_first_did(world: World) -> None:
    old_file(world)
    first = run()
    second = run()
    assert first["files"] == 1
    assert set(second.values()) == {0}
    events = AuditEvent.objects.filter(action="privacy.retention_ran").order_by("id")
    assert [row.changes["files"][1] for row in events] == [1]
    assert audit.verify_chain().ok


def test_it_runs_every_night_and_the_page_shows_it(world: World) -> None:
    old_file(world)
    assert jobs.run_due("customers.retention") is jobs.Outcome.RAN
    page = world.browser("manager").get("/privacy/retention/")
    assert page.status_code == 200
    assert page.context["last_run"].ok
    assert [row.last for row in page.context["rows"]] == [0, 0, 0, 0, 1, 0, None, None, None]
    assert page.context["next_run"] > timezone.now()
