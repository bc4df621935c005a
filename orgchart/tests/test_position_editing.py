"""Editing job descriptions: the form, the preview, the new version, refusals; proposals from changed files."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client

from core.errors import DomainError, Invalid, Refused, StaleVersion
from core.models import AuditEvent, Notification
from orgchart import services
from orgchart.descriptions import editing
from orgchart.descriptions.formview import View
from orgchart.descriptions.grants import right_changes
from orgchart.enums import Power, VersionOrigin, VersionState
from orgchart.extensions import known_reaches
from orgchart.models import Deputyship, Person, PositionVersion, Unit
from orgchart.rules.editors import editors
from orgchart.rules.positionfile import check, differences
from orgchart.scope import forget_scope, today
from orgchart.tests.describing import current, edit, position
from orgchart.tests.factories import SYSTEM, Organisation, person_with
from orgchart.tests.positionbodies import KNOWN_ACTIONS, bodies, body
from tickets.tests import factories as cases

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(org: Organisation) -> Person:
    """Personnel: edits every description but its own."""
    return person_with("admin_hr_lead", org.personnel)


def without_grant(code: str, action: str) -> dict[str, Any]:
    described = dict(current(code).body)
    described["grants"] = [grant for grant in described["grants"] if grant["action"] != action]
    return described


def fields(view: View) -> dict[str, list[str]]:
    """What a browser sends when nothing is touched."""
    found: dict[str, list[str]] = {}

    def add(item: Any) -> None:
        if item.name.startswith("choose:"):
            found[item.name] = [""]
        elif item.widget == "flag":
            found.update({item.name: ["on"]} if item.value else {})
        elif item.widget == "checks":
            chosen = [value for value, _label, on in item.options if on]
            found.update({item.name: chosen} if chosen else {})
        else:
            found[item.name] = [str(item.value)]

    def walk(part: Any) -> None:
        for item in (*getattr(part, "inputs", ()), *getattr(part, "main", ()), *getattr(part, "quiet", ())):
            add(item)
        if getattr(part, "choose", None):
            add(part.choose)
        for below in (*getattr(part, "parts", ()), *getattr(part, "rows", ()), *getattr(part, "below", ())):
            walk(below)

    for section in view.sections():
        walk(section)
    return found


def form_of(described: dict[str, Any]) -> dict[str, Any]:
    titles = {code: (b["zh"], b["en"]) for code, b in bodies().items()}
    return dict(fields(View(described, titles)))


def post(described: dict[str, Any]) -> QueryDict:
    query = QueryDict(mutable=True)
    for name, values in form_of(described).items():
        query.setlist(name, values)
    return query


# -- the form -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", sorted(bodies()))
def test_an_untouched_form_gives_the_same_description(code: str) -> None:
    read = editing.read(post(body(code)), code)
    assert differences(body(code), read) == []
    assert check(read, actions=known_reaches(), codes=set(bodies())) == []


def test_the_registry_knows_what_the_policies_know() -> None:
    assert known_reaches() == KNOWN_ACTIONS


def test_rows_are_added_removed_and_moved_with_their_grants() -> None:
    described = body("finance_lead")
    first, second = (duty["zh"] for duty in described["duties"][:2])
    assert editing.press(described, "down:duties.0") == "duties.1"
    assert [(d["no"], d["zh"]) for d in described["duties"][:2]] == [(1, second), (2, first)]
    assert {g["clause"] for g in described["grants"] if g["action"].startswith("case.")} == {"duty.1"}
    assert (
        editing.press(described, "add:duties.0.items")
        == f"duties.0.items.{len(described['duties'][0]['items']) - 1}"
    )
    assert editing.press(described, "remove:duties.0.metrics.0") == "duties.0.metrics"
    assert described["duties"][0]["metrics"] == []
    assert editing.press(described, "add:grants", "case.assign") == "grants.4"
    assert editing.press(described, "up:duties.0") == "duties.0"


@pytest.mark.parametrize(
    "command",
    ["", "add:", "add:code", "add:duties.99.items", "remove:duties.99", "remove:duties.x", "up:powers", "shout:duties.1",
     "add:powers", "add:grants", "remove:requirements.education.0"],
)  # fmt: skip
def test_a_command_that_leads_nowhere_changes_nothing(command: str) -> None:
    described = body("finance_lead")
    editing.press(described, command)
    assert described == body("finance_lead")


def test_names_that_are_no_fields_are_left_aside() -> None:
    query = post(body("cashier"))
    query["duties.x.zh"] = query["a" * 3000] = query["duties"] = query["Code"] = "?"
    assert differences(body("cashier"), editing.read(query, "cashier")) == []


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", None),
        ("2000", "2000.00"),
        ("2,000.5", "2000.50"),
        ("2000.00", "2000.00"),
        ("x", "x"),
        ("1.234", "1.234"),
    ],
)
def test_amounts_are_read_as_people_write_them(typed: str, kept: str | None) -> None:
    assert editing.amount(typed) == kept


def test_row_button_keeps_everything_typed(editor: Person, browser: Client) -> None:
    browser.force_login(editor)
    typed = form_of(body("finance_lead")) | {
        "purpose.zh": ["全新的目的"],
        "reason": ["还没写完"],
        "base": ["1"],
    }
    answer = browser.post("/positions/finance_lead/edit/", {**typed, "do": "add:duties.1.items"})
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "全新的目的" in text
    assert "还没写完" in text
    assert 'name="duties.1.items.2.zh"' in text
    assert current("finance_lead").number == 1


# -- preview and saving -------------------------------------------------------------------------------------


def preview(browser: Client, code: str, **typed: Any) -> Any:
    described = form_of(current(code).body) | {"base": [str(current(code).number)], "reason": ["改进"]}
    return browser.post(f"/positions/{code}/edit/", {**described, **typed, "do": "preview"})


def test_preview_shows_the_difference_and_writes_nothing(editor: Person, browser: Client) -> None:
    browser.force_login(editor)
    answer = preview(browser, "cashier", **{"purpose.zh": "管好现金", "purpose.en": "Keep the cash well"})
    assert answer.status_code == 200
    assert "管好现金" in " ".join(str(row.new) for row in answer.context["differences"])
    assert current("cashier").number == 1


def test_preview_then_save_puts_the_version_in_force(
    org: Organisation, editor: Person, browser: Client
) -> None:
    holder = person_with("cashier", org.near.finance)
    browser.force_login(editor)
    carried = preview(browser, "cashier", zh="出纳员").context["carried"]
    saved = browser.post(
        "/positions/cashier/edit/", {"do": "save", "body": carried, "reason": "改名", "base": "1"}
    )
    assert (saved.status_code, saved["Location"]) == (302, "/positions/cashier/")
    version = current("cashier")
    assert (version.number, version.origin, version.author, version.reason) == (
        2,
        VersionOrigin.EDIT,
        editor,
        "改名",
    )
    assert position("cashier").title == "出纳员"
    assert PositionVersion.objects.get(position__code="cashier", number=1).state == VersionState.SUPERSEDED
    ring = Notification.objects.get(recipient=holder)
    assert (ring.code, ring.path) == ("orgchart.sign", "/positions/cashier/")


def test_back_from_the_preview_shows_the_form_as_it_was(editor: Person, browser: Client) -> None:
    browser.force_login(editor)
    carried = preview(browser, "cashier", zh="出纳员").context["carried"]
    answer = browser.post(
        "/positions/cashier/edit/", {"do": "back", "body": carried, "reason": "改名", "base": "1"}
    )
    assert 'value="出纳员"' in answer.content.decode()
    assert 'value="改名"' in answer.content.decode()


def test_a_carried_text_that_was_tampered_with_changes_nothing(editor: Person, browser: Client) -> None:
    browser.force_login(editor)
    for carried in ("{", "[]", json.dumps({"zh": "x"}), json.dumps({**body("cashier"), "zh": "<b>"})):
        answer = browser.post(
            "/positions/cashier/edit/", {"do": "save", "body": carried, "reason": "改名", "base": "1"}
        )
        assert answer.status_code == 422
    assert current("cashier").number == 1


def test_errors_stand_at_their_fields(editor: Person, browser: Client) -> None:
    browser.force_login(editor)
    answer = preview(browser, "finance_lead", **{"duties.1.items.0.zh": "", "reason": ""})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="f-duties-1-items-0-zh-error"' in text
    assert 'href="#f-duties-1-items-0-zh"' in text
    assert 'id="f-reason-error"' in text
    assert next(section for section in answer.context["sections"] if section.key == "duties").is_open


def test_preview_warns_of_rights_gained_and_lost(org: Organisation, editor: Person, browser: Client) -> None:
    person_with("tech_lead", org.near.tech)
    browser.force_login(editor)
    changed = without_grant("tech_lead", "case.assign")
    changed["powers"] = [row for row in changed["powers"] if row["power"] != "adjudicate"]
    typed = form_of(changed) | {"base": ["1"], "reason": ["改"], "do": "preview"}
    answer = browser.post("/positions/tech_lead/edit/", typed)
    assert [(change.kind, change.label) for change in answer.context["rights"]] == [
        ("lost", str(Power.ADJUDICATE.label)),
        ("lost", "派单"),
    ]
    assert answer.context["holders"] == 1


def test_a_right_that_reaches_further_is_named(org: Organisation) -> None:
    changed = body("tech_lead")
    grant = next(grant for grant in changed["grants"] if grant["action"] == "case.assign")
    grant["reach"] = ["centre"]
    assert [change.kind for change in right_changes(body("tech_lead"), changed)] == ["changed"]
    assert right_changes(body("tech_lead"), body("tech_lead")) == []


def test_an_edited_grant_takes_effect_with_the_next_request(client: Client, settings: Any) -> None:
    settings.ROOT_URLCONF = "aftersales.urls"
    desk = cases.office()
    case = cases.log(desk.people["agent"], next_step="pass_on")
    editor = person_with("head_office_manager", Unit.objects.get(kind="department"))
    client.force_login(desk.people["leader"])
    path = f"/cases/{case.number}/assign/"
    assert client.get(path).status_code == 200
    edit(editor, "tech_lead", without_grant("tech_lead", "case.assign"))
    refused = client.get(path)
    assert refused.status_code == 403
    assert "技术组长" in refused.content.decode()
    edit(editor, "tech_lead", body("tech_lead"))
    assert client.get(path).status_code == 200


def test_the_edit_is_in_the_trail(editor: Person) -> None:
    before = current("cashier")
    made = edit(editor, "cashier")
    event = AuditEvent.objects.get(action="position.edited")
    assert (event.actor_id, event.for_id, event.reason, event.subject_label) == (
        editor.pk,
        None,
        "改进",
        "cashier",
    )
    assert event.changes == {"version": [1, 2], "fingerprint": [before.fingerprint, made.fingerprint]}


def test_a_deputy_edits_for_the_holder(org: Organisation, editor: Person) -> None:
    deputy = person_with("service_agent", org.near.info)
    Deputyship.objects.create(
        post=editor.appointments.get(), deputy=deputy, starts_on=today(), ends_on=today()
    )
    forget_scope(deputy)
    edit(deputy, "cashier")
    event = AuditEvent.objects.get(action="position.edited")
    assert (event.actor_id, event.for_id) == (deputy.pk, editor.pk)
    with pytest.raises(Refused) as refusal:
        edit(deputy, "admin_hr_lead")
    assert refusal.value.code == "own_position"


# -- refusals -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["edit/", "versions/1/accept/", "versions/1/reject/"])
def test_who_has_no_power_is_told_who_has(org: Organisation, browser: Client, path: str) -> None:
    browser.force_login(person_with("centre_manager", org.near.unit))
    answer = browser.post(f"/positions/cashier/{path}", {"reason": "x", "base": "1"})
    assert answer.status_code == 403
    assert "行政人事组长" in answer.content.decode()


def test_nobody_edits_the_description_of_the_own_post(editor: Person, browser: Client) -> None:
    browser.force_login(editor)
    answer = browser.get("/positions/admin_hr_lead/edit/")
    assert answer.status_code == 403
    assert "售后服务部经理" in answer.content.decode()
    with pytest.raises(Refused) as refusal:
        edit(editor, "admin_hr_lead")
    assert refusal.value.code == "own_position"


def refused(code: str, actor: Person, **options: Any) -> DomainError:
    with pytest.raises(DomainError) as refusal:
        edit(actor, "cashier", **options)
    assert refusal.value.code == code
    assert current("cashier").number == 1
    return refusal.value


def test_a_reason_is_asked_for(editor: Person) -> None:
    assert refused("reason_missing", editor, reason="  ").field == "reason"
    assert refused("reason_too_long", editor, reason="长" * 301).field == "reason"


def test_a_change_is_asked_for(editor: Person) -> None:
    refused("nothing_changed", editor, changed=body("cashier"))


def test_unknown_grants_and_reaches_are_refused(editor: Person) -> None:
    grant = {"action": "case.explode", "reach": ["unit"], "kinds": [], "limit": None, "clause": "ruling"}
    found = refused("unknown_action", editor, changed={**body("cashier"), "grants": [grant]})
    assert found.field == "grants.0.action"
    grant |= {"action": "case.view", "reach": ["everywhere"]}
    assert refused("reach", editor, changed={**body("cashier"), "grants": [grant]}).field == "grants.0.reach"


def test_a_circle_of_superiors_is_refused_with_its_reason(editor: Person, browser: Client) -> None:
    changed = {**body("finance_lead"), "superior": "cashier"}
    with pytest.raises(Invalid) as refusal:
        edit(editor, "finance_lead", changed)
    assert (refusal.value.code, refusal.value.field) == ("superior_cycle", "superior")
    browser.force_login(editor)
    answer = preview(browser, "finance_lead", superior="cashier")
    assert answer.status_code == 422
    assert "f-superior" in dict(answer.context["problems"])


def test_a_post_that_is_held_keeps_its_place(org: Organisation, editor: Person) -> None:
    changed = {**body("cashier"), "is_leader": True}
    holder = person_with("cashier", org.near.finance)
    refused("position_is_held", editor, changed=changed)
    holder.appointments.all().delete()
    assert edit(editor, "cashier", changed).number == 2


def test_the_text_of_another_position_is_refused(editor: Person) -> None:
    refused("other_position", editor, changed={**body("cashier"), "code": "accountant"})


def test_the_last_editor_cannot_be_removed(org: Organisation, editor: Person) -> None:
    system = {"actor": SYSTEM, "reason": "x"}
    for code, number in (("head_office_manager", 1), ("department_manager", 1)):
        changed = without_grant(code, "position.edit")
        services.edit_position(position=position(code), body=changed, base=number, **system)
    changed = without_grant("admin_hr_lead", "position.edit")
    with pytest.raises(Invalid) as refusal:
        services.edit_position(position=position("admin_hr_lead"), body=changed, base=1, **system)
    assert refusal.value.code == "last_editor"
    assert edit(editor, "cashier").number == 2


def test_a_right_that_nobody_holds_is_no_editor(org: Organisation, editor: Person) -> None:
    editor.appointments.update(ends_on=today() - timedelta(days=1))
    changed = {**body("cashier"), "note": "x"}
    with pytest.raises(Invalid) as refusal:
        services.edit_position(actor=SYSTEM, position=position("cashier"), body=changed, base=1, reason="x")
    assert refusal.value.code == "last_editor"


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        ({1: {"hr"}}, {1}),
        ({1: {"hr", "boss", "low"}}, set()),
        ({1: {"boss"}, 2: {"low"}}, {1}),
        ({1: {"low"}}, set()),
        ({}, set()),
    ],
)
def test_who_can_still_edit(held: dict[int, set[str]], expected: set[int]) -> None:
    chart = {"boss": None, "hr": "boss", "low": "hr"}
    assert editors(chart, {"hr": ("all",), "boss": ("below",)}, held) == expected


# -- somebody was faster ------------------------------------------------------------------------------------


def test_a_stale_edit_is_refused(editor: Person) -> None:
    edit(editor, "cashier")
    with pytest.raises(StaleVersion) as refusal:
        edit(editor, "cashier", {**body("cashier"), "note": "我的"}, base=1)
    assert refusal.value.context["current"].number == 2


@pytest.mark.parametrize("do", ["preview", "save"])
def test_a_stale_form_shows_both_texts_and_loses_nothing(editor: Person, browser: Client, do: str) -> None:
    edit(editor, "cashier", {**body("cashier"), "note": "别人改的"})
    browser.force_login(editor)
    mine = {**body("cashier"), "note": "我的改动"}
    typed = {"body": [json.dumps(mine)]} if do == "save" else form_of(mine)
    answer = browser.post("/positions/cashier/edit/", {**typed, "reason": "我的理由", "base": "1", "do": do})
    text = answer.content.decode()
    assert answer.status_code == 409
    assert [(str(row[1]), str(row[2])) for row in answer.context["conflict_rows"]] == [
        ("别人改的", "我的改动")
    ]
    assert "我的改动</textarea>" in text
    assert 'value="我的理由"' in text
    assert 'name="base" value="2"' in text
