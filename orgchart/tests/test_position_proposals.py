"""Changed position files: they propose, somebody accepts or rejects, and nothing that was edited is overwritten."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from core.actors import person_actor
from core.errors import Conflict
from core.models import AuditEvent, Notification
from orgchart import services
from orgchart.enums import VersionState
from orgchart.models import Person, PositionVersion
from orgchart.services.loading import load_positions
from orgchart.tests.describing import current, edit, position
from orgchart.tests.factories import SYSTEM, Organisation, person_with
from orgchart.tests.positionbodies import bodies, body

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(org: Organisation) -> Person:
    """Personnel: edits every description but its own."""
    return person_with("admin_hr_lead", org.personnel)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the position files."""
    for code, described in bodies().items():
        (tmp_path / f"{code}.json").write_text(json.dumps(described, ensure_ascii=False), encoding="utf-8")
    return tmp_path


def change_file(folder: Path, code: str, **changes: Any) -> Path:
    """A fresh folder, because the loader keeps what it has read."""
    fresh = folder / "next"
    fresh.mkdir()
    for path in folder.glob("*.json"):
        described = json.loads(path.read_text(encoding="utf-8"))
        described |= changes if path.stem == code else {}
        (fresh / path.name).write_text(json.dumps(described, ensure_ascii=False), encoding="utf-8")
    return fresh


def proposal(code: str) -> PositionVersion:
    found: PositionVersion = PositionVersion.objects.get(position__code=code, state=VersionState.PROPOSED)
    return found


def test_equal_files_change_nothing(org: Organisation, folder: Path) -> None:
    assert load_positions(actor=SYSTEM, folder=folder).different == ()
    assert PositionVersion.objects.count() == len(bodies())


def test_a_changed_file_proposes_and_never_overwrites(editor: Person, folder: Path) -> None:
    edit(editor, "cashier", {**body("cashier"), "note": "人改的"})
    loaded = load_positions(actor=SYSTEM, folder=change_file(folder, "cashier", note="文件改的"))
    assert loaded.different == ("cashier",)
    assert current("cashier").body["note"] == "人改的"
    assert proposal("cashier").body["note"] == "文件改的"


def test_an_accepted_proposal_is_in_force(
    org: Organisation, editor: Person, folder: Path, browser: Client
) -> None:
    holder = person_with("cashier", org.near.finance)
    load_positions(actor=SYSTEM, folder=change_file(folder, "cashier", zh="出纳员"))
    browser.force_login(editor)
    assert browser.post("/positions/cashier/versions/2/accept/", {"base": "1"}).status_code == 302
    version = current("cashier")
    assert (version.number, version.decided_by, position("cashier").title) == (2, editor, "出纳员")
    assert Notification.objects.filter(recipient=holder, code="orgchart.sign").count() == 1
    assert AuditEvent.objects.get(action="position.proposal_accepted").changes["proposal"] == [2, 2]


def test_a_proposal_overtaken_by_an_edit_shows_what_it_takes_back(
    editor: Person, folder: Path, browser: Client
) -> None:
    load_positions(actor=SYSTEM, folder=change_file(folder, "cashier", zh="出纳员"))
    edit(editor, "cashier", {**body("cashier"), "note": "人改的"})
    browser.force_login(editor)
    page = browser.get("/positions/cashier/versions/2/")
    shown = {str(row.old) for row in page.context["differences"]}
    assert {"人改的", "出纳"} <= shown
    assert 'name="base" value="3"' in page.content.decode()
    assert browser.post("/positions/cashier/versions/2/accept/", {"base": "1"}).status_code == 409
    browser.post("/positions/cashier/versions/2/accept/", {"base": "3"})
    assert (current("cashier").number, position("cashier").title) == (4, "出纳员")


def test_a_proposal_can_be_taken_into_the_form(editor: Person, folder: Path, browser: Client) -> None:
    load_positions(actor=SYSTEM, folder=change_file(folder, "cashier", zh="出纳员"))
    browser.force_login(editor)
    page = browser.get("/positions/cashier/edit/", {"from": "2"})
    assert 'value="出纳员"' in page.content.decode()
    assert 'name="base" value="1"' in page.content.decode()


def test_a_rejected_proposal_does_not_come_again(editor: Person, folder: Path, browser: Client) -> None:
    changed = change_file(folder, "cashier", zh="出纳员")
    load_positions(actor=SYSTEM, folder=changed)
    browser.force_login(editor)
    assert browser.post("/positions/cashier/versions/2/reject/", {"reason": ""}).status_code == 422
    assert browser.post("/positions/cashier/versions/2/reject/", {"reason": "不需要"}).status_code == 302
    assert load_positions(actor=SYSTEM, folder=changed).different == ()
    assert (current("cashier").number, position("cashier").title) == (1, "出纳")
    with pytest.raises(Conflict) as refusal:
        services.accept_proposal(
            actor=person_actor(editor),
            base=1,
            version=PositionVersion.objects.get(position__code="cashier", number=2),
        )
    assert refusal.value.code == "not_proposed"
