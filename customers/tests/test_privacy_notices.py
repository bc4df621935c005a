"""Versions of the privacy notice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.actors import system_actor
from core.errors import Invalid, Refused
from core.models import AuditEvent
from customers.models import PrivacyNotice
from customers.privacy.notice_texts import compared, in_force
from customers.services.notices_privacy import load_first_notice, publish_notice
from customers.tests.privacy_world import World, actor
from orgchart.models import Person
from orgchart.scope import today

pytestmark = pytest.mark.django_db
TEXT, TEXT_EN = "我们处理您的姓名和电话,用于售后服务。" * 4, "We use your name and number for service. " * 4


@pytest.fixture
def world(db: None, settings: Any) -> World:
    settings.MFA_REQUIRED = False
    made = World()
    Person.objects.update(language="en")
    load_first_notice(actor=system_actor("tests"))
    return made


def publish(world: World, **changed: Any) -> PrivacyNotice:
    given = {"text": TEXT, "text_en": TEXT_EN, "in_force_from": today(), **changed}
    return publish_notice(actor=actor(changed.pop("by", world.department)), **given)


def test_every_installation_begins_with_one(world: World) -> None:
    first = PrivacyNotice.objects.get()
    assert first.version == 1
    assert load_first_notice(actor=system_actor("tests")) == 0
    for word in ("个人信息保护法", "第十七条", "三年", "五年", "十五天"):
        assert word in first.text, word
    for word in ("art. 17", "three years", "five years", "fifteen days"):
        assert word in first.text_en, word


def test_the_next_version_leaves_the_first_as_it_was(world: World) -> None:
    before = PrivacyNotice.objects.values().get()
    made = publish(world)
    assert (made.version, made.created_by) == (2, world.department)
    assert PrivacyNotice.objects.values().get(version=1) == before
    assert AuditEvent.objects.filter(action="privacy.notice_published").latest("id").changes["version"] == [
        1,
        2,
    ]


def test_a_version_to_come_is_not_yet_in_force(world: World) -> None:
    publish(world, in_force_from=today() + timedelta(days=7))
    found = in_force()
    assert found is not None
    assert found.version == 1


@pytest.mark.parametrize(
    ("changed", "code", "field"),
    [
        ({"text": "短"}, "notice_too_short", "text"),
        ({"text_en": ""}, "notice_too_short", "text_en"),
        ({"in_force_from": -1}, "notice_in_the_past", "in_force_from"),
    ],
)
def test_refusals_at_their_field(world: World, changed: dict[str, Any], code: str, field: str) -> None:
    if "in_force_from" in changed:
        changed = {"in_force_from": today() - timedelta(days=1)}
    with pytest.raises(Invalid) as refusal:
        publish(world, **changed)
    assert (refusal.value.code, refusal.value.field) == (code, field)


def test_the_same_text_is_no_new_version(world: World) -> None:
    publish(world)
    with pytest.raises(Invalid, match="notice_unchanged"):
        publish(world)


@pytest.mark.parametrize("who", ["manager", "leader", "agent"])
def test_only_above_the_centres_is_it_published(world: World, who: str) -> None:
    with pytest.raises(Refused):
        publish_notice(actor=actor(getattr(world, who)), text=TEXT, text_en=TEXT_EN, in_force_from=today())
    assert world.browser(who).get("/privacy/notices/new/").status_code == 403
    assert world.browser(who).get("/privacy/notices/").status_code == 200


def test_what_changed_is_shown_paragraph_by_paragraph() -> None:
    old = PrivacyNotice(text="一\n\n二\n\n三", text_en="")
    new = PrivacyNotice(text="一\n\n二改\n\n三\n\n四", text_en="")
    assert compared(old, new, "zh-hans") == [
        ("same", "一"),
        ("gone", "二"),
        ("new", "二改"),
        ("same", "三"),
        ("new", "四"),
    ]


def test_published_by_page_and_printed(world: World) -> None:
    browser = world.browser("department")
    form = {"text": TEXT, "text_en": TEXT_EN, "in_force_from": today().isoformat()}
    assert browser.post("/privacy/notices/new/", {**form, "text": "x"}).status_code == 422
    assert browser.post("/privacy/notices/new/", form).status_code == 302
    page = browser.get("/privacy/notices/").content.decode()
    assert "What the newest version changed" in page
    assert "We use your name and number" in browser.get("/privacy/notices/2/print/").content.decode()
    assert browser.get("/privacy/notices/3/").status_code == 404
