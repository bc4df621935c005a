"""Staff lists: read from any file, judged row by row, loaded in one piece, safe to repeat."""

from __future__ import annotations

import csv
import io
import time
import zipfile
from datetime import date, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from openpyxl import Workbook

from core import outbox
from core.actors import person_actor
from core.errors import Conflict, Invalid, Refused
from core.models import AuditEvent, Effect, Notification
from orgchart import importwords, services, stafftables
from orgchart.models import Appointment, Person, Qualification, StaffImport, Unit
from orgchart.rules.stafflist import COLUMNS, read_day
from orgchart.scope import today
from orgchart.services.staffimport import verdicts_of
from orgchart.tests.factories import SYSTEM, Organisation, appoint, person_with, technical_admin

pytestmark = pytest.mark.django_db

CHINESE = ("工号", "姓名", "登录名", "邮箱", "岗位", "单位", "到岗日期", "是否主岗", "学历", "入职日期")
AGENT = (
    "S001",
    "赵一",
    "zhao.yi",
    "zhao@example.com",
    "信息员",
    "C440000-INFO",
    "2026-03-02",
    "是",
    "大专",
    "2020/9/1",
)


def table(*rows: tuple[Any, ...], heading: tuple[str, ...] = CHINESE) -> str:
    file = io.StringIO(newline="")
    csv.writer(file).writerows([heading, *rows])
    return file.getvalue()


def made(
    number: int, position: str = "service_agent", unit: str = "C440000-INFO", **more: str
) -> tuple[str, ...]:
    """A good row; `more` replaces cells by column."""
    cells = {
        "employee_no": f"S{number:03}", "name": f"员{number}", "username": f"staff.{number}", "email": "",
        "position": position, "unit": unit, "starts_on": "2026-03-02", "is_primary": "", "education": "",
        "hired_on": "", **more,
    }  # fmt: skip
    return tuple(cells[column] for column in COLUMNS[:10])


def workbook(*rows: tuple[Any, ...]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.fixture
def personnel(org: Organisation) -> Person:
    return person_with("admin_hr_lead", org.personnel)


def check(personnel: Person, data: str | bytes) -> StaffImport:
    raw = data.encode() if isinstance(data, str) else data
    return services.check_import(actor=person_actor(personnel), file_name="list.csv", data=raw)


def wrong(row: StaffImport) -> list[tuple[int, str, str]]:
    return [(problem["row"], problem["column"], problem["code"]) for problem in row.problems]


def load(row: StaffImport, *, good_only: bool = False) -> StaffImport:
    """Start the load and let the outbox deliver it."""
    services.start_import(actor=person_actor(row.owner), staff_import=row, good_only=good_only)
    outbox.deliver(Effect.objects.get(kind="staff.import", key=str(row.pk)).pk)
    row.refresh_from_db()
    return row


# -- files --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be"]
)
def test_every_encoding_that_excel_writes(org: Organisation, personnel: Person, encoding: str) -> None:
    row = check(personnel, table(AGENT).encode(encoding))
    assert (row.problems, row.rows[0]["cells"]["name"]) == ([], "赵一")


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_other_delimiters(org: Organisation, personnel: Person, delimiter: str) -> None:
    data = delimiter.join(CHINESE) + "\r\n" + delimiter.join(AGENT)
    assert check(personnel, data).problems == []


def test_a_workbook_with_numbers_and_dates(org: Organisation, personnel: Person) -> None:
    agent = (
        1001,
        "赵一",
        "zhao.yi",
        None,
        "信息员",
        "C440000-INFO",
        datetime(2026, 3, 2),  # noqa: DTZ001 - so does Excel
        True,
        "本科",
        date(2020, 9, 1),
    )
    row = load(check(personnel, workbook(CHINESE, (), agent)))
    person = Person.objects.get(employee_no="1001")
    assert (row.added, person.hired_on) == (1, date(2020, 9, 1))
    assert person.appointments.get().starts_on == date(2026, 3, 2)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_templates_are_understood(org: Organisation, personnel: Person, language: str) -> None:
    with translation.override(language):
        heading = importwords.template_csv().decode("utf-8-sig").strip()
        sheet = importwords.template_xlsx()
    assert check(personnel, heading + "\r\n" + ",".join(AGENT)).problems == []
    with pytest.raises(Invalid, match="file_empty"):
        check(personnel, sheet)


def test_codes_are_headings_too(org: Organisation, personnel: Person) -> None:
    assert check(personnel, table(made(1), heading=COLUMNS[:10])).problems == []


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_empty"),
        ("工号,姓名\r\n1,2".encode(), "file_headings"),
        (table(heading=(*CHINESE, "姓名")).encode(), "file_headings"),
        (table().encode(), "file_empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "file_old_format"),
        (b"PK\x03\x04 not a zip", "file_unreadable"),
        (b"\x81\xff\xff\xff" * 200, "file_unreadable"),
        (b"\0" * (stafftables.MAX_BYTES + 1), "file_too_large"),
        ("\r\n".join([",".join(CHINESE), *["x"] * 5_001]).encode(), "file_too_many_rows"),
    ],
)
def test_files_that_are_no_list(org: Organisation, personnel: Person, data: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        check(personnel, data)
    assert (refused.value.code, refused.value.field) == (code, "file")
    assert not StaffImport.objects.exists()


def _archive(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return file.getvalue()


def test_a_bomb_is_refused_before_it_is_unpacked(
    org: Organisation, personnel: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = _archive({"xl/worksheets/sheet1.xml": b"0" * (stafftables.MAX_UNPACKED + 1)})
    assert len(bomb) < 200_000
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_args, **_more: pytest.fail("it was unpacked"))
    with pytest.raises(Invalid, match="file_too_large"):
        check(personnel, bomb)


def test_too_many_parts_and_entities_are_refused(org: Organisation, personnel: Person) -> None:
    with pytest.raises(Invalid, match="file_too_large"):
        check(personnel, _archive({f"{number}.xml": b"" for number in range(stafftables.MAX_PARTS + 1)}))
    laughs = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ha">]><a>&b;</a>'
    with pytest.raises(Invalid, match="file_unreadable"):
        check(personnel, _archive({"xl/workbook.xml": laughs}))


@pytest.mark.parametrize("claim", [b'ref="A1:XFD1048576"', b'ref="A1"'])
def test_a_sheet_that_lies_about_its_size(org: Organisation, personnel: Person, claim: bytes) -> None:
    data = workbook(CHINESE, AGENT)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    assert b'ref="A1:J2"' in sheet
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(b'ref="A1:J2"', claim)
    assert len(check(personnel, _archive(parts)).rows) == 1


# -- verdicts -----------------------------------------------------------------------------------------------

GOLDEN: list[tuple[dict[str, str], list[tuple[str, str]]]] = [
    ({}, []),
    (
        {
            "position": "Service agent",
            "unit": "c440000-info",
            "is_primary": "Yes",
            "education": "Junior college",
        },
        [],
    ),
    ({"starts_on": "2026年3月2日", "hired_on": "20200901"}, []),
    ({"employee_no": ""}, [("employee_no", "missing")]),
    ({"employee_no": "S 1"}, [("employee_no", "bad_employee_no")]),
    ({"name": ""}, [("name", "missing")]),
    ({"name": "长" * 41}, [("name", "too_long")]),
    ({"name": "<b>赵"}, [("name", "not_plain")]),
    ({"username": "赵一"}, [("username", "bad_username")]),
    ({"username": "TAKEN"}, [("username", "username_taken")]),
    ({"email": "zhao@"}, [("email", "bad_email")]),
    ({"position": "总裁"}, [("position", "unknown_position")]),
    ({"position": "售后经理"}, [("position", "not_a_post")]),
    ({"position": "info_lead", "unit": "C510000-INFO"}, [("position", "post_is_held")]),
    ({"unit": "火星客服中心"}, [("unit", "unknown_unit")]),
    ({"unit": "同名网点"}, [("unit", "ambiguous")]),
    ({"unit": "C440000-B1-O1"}, [("unit", "unit_closed")]),
    ({"unit": "C440000-FIN"}, [("unit", "wrong_unit")]),
    ({"position": "centre_manager"}, [("unit", "wrong_unit")]),
    ({"starts_on": "03/02/2026"}, [("starts_on", "bad_date")]),
    ({"starts_on": "2026-02-30"}, [("starts_on", "bad_date")]),
    ({"starts_on": "1900-01-01"}, [("starts_on", "date_out_of_range")]),
    ({"starts_on": ""}, [("starts_on", "missing")]),
    ({"is_primary": "也许"}, [("is_primary", "bad_yes_no")]),
    ({"is_primary": "否"}, [("is_primary", "no_main_post")]),
    ({"education": "小学"}, [("education", "unknown_education")]),
    ({"hired_on": "2027-01-01"}, [("hired_on", "hired_after_start")]),
    (
        {"employee_no": "?", "email": "x", "starts_on": "?"},
        [("employee_no", "bad_employee_no"), ("email", "bad_email"), ("starts_on", "bad_date")],
    ),
]


@pytest.fixture
def golden_world(org: Organisation) -> None:
    person_with("info_lead", org.far.info, username="taken")
    for unit in (org.near.branch, org.far.branch):
        type(unit).objects.filter(pk=unit.pk).update(name="同名网点")
    type(org.near.outlet).objects.filter(pk=org.near.outlet.pk).update(is_active=False)


@pytest.mark.parametrize(("cells", "expected"), GOLDEN)
def test_golden_verdicts_of_one_row(
    personnel: Person, golden_world: None, cells: dict[str, str], expected: list[tuple[str, str]]
) -> None:
    row = check(personnel, table(made(1, **cells)))
    assert wrong(row) == [(2, column, code) for column, code in expected]
    assert row.rows[0]["verdict"] == ("bad" if expected else "add")


def test_golden_verdicts_of_rows_against_each_other(org: Organisation, personnel: Person) -> None:
    lead = ("info_lead", "C440000-INFO")
    rows = (
        made(1, *lead),
        made(2, *lead),
        made(3),
        made(3),
        made(4),
        made(4, "repair_engineer", "C440000-TECH"),
        made(5),
        made(6, username="STAFF.5"),
        made(7),
        made(7, "repair_engineer", "C440000-TECH", is_primary="否", name="别人"),
        made(8),
        made(8, "cashier", "C440000-FIN", is_primary="no"),
    )
    row = check(personnel, table(*rows))
    assert wrong(row) == [
        (2, "position", "two_holders"),
        (3, "position", "two_holders"),
        (4, "employee_no", "other_row_wrong"),
        (5, "employee_no", "twice_in_file"),
        (5, "is_primary", "two_main_posts"),
        (6, "employee_no", "other_row_wrong"),
        (7, "is_primary", "two_main_posts"),
        (9, "username", "username_twice"),
        (10, "employee_no", "other_row_wrong"),
        (11, "name", "differs_in_file"),
    ]
    assert verdicts_of(row) == {"bad": 9, "add": 3}


def test_superiors_are_checked_and_may_stand_anywhere_in_the_list(
    org: Organisation, personnel: Person
) -> None:
    boss = person_with("department_manager", org.department)
    rows = (
        (*made(1), "S002"),
        (*made(2, "info_lead", "C440000-INFO"), "S003"),
        (*made(3, "centre_manager", "C440000"), boss.employee_no),
        (*made(4), "S999"),
        (*made(5), "S003"),
        (*made(6), "S001"),
        (*made(7), "S008"),
        (*made(8), "S007"),
    )
    row = check(personnel, table(*rows, heading=COLUMNS))
    assert wrong(row) == [
        (5, "superior", "unknown_superior"),
        (7, "superior", "superior_not_above"),
        (8, "superior", "superior_cycle"),
        (9, "superior", "superior_cycle"),
    ]
    assert row.problems[2]["params"] == {"path": "S007 → S008 → S007"}


def test_who_is_there_already_is_unchanged_or_different(org: Organisation, personnel: Person) -> None:
    agent = person_with("service_agent", org.near.info, employee_no="S001", name="赵一", username="zhao.yi")
    day = agent.appointments.get().starts_on.isoformat()
    same = made(1, name="赵一", username="ZHAO.YI", starts_on=day)
    assert verdicts_of(check(personnel, table(same))) == {"unchanged": 1}
    cases = [
        ({"name": "赵二"}, ("name", "differs")),
        ({"username": "zhao"}, ("username", "differs")),
        ({"email": "new@example.com"}, ("email", "differs")),
        ({"starts_on": "2020-01-01"}, ("starts_on", "differs")),
        ({"is_primary": "否"}, ("is_primary", "other_kind_of_post")),
        ({"education": "博士"}, ("education", "differs")),
        ({"unit": "C510000-INFO"}, ("position", "other_post")),
    ]
    for cells, expected in cases:
        cells = {"name": "赵一", "username": "zhao.yi", "starts_on": day, **cells}
        assert wrong(check(personnel, table(made(1, **cells)))) == [(2, *expected)]
    agent.refresh_from_db()
    assert (agent.name, agent.email) == ("赵一", "")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-24", date(2026, 11, 24)), ("2026/1/2", date(2026, 1, 2)), ("2026.1.2", date(2026, 1, 2)),
        ("２０２６－１－２", date(2026, 1, 2)), ("2026年1月2日", date(2026, 1, 2)), ("20260102", date(2026, 1, 2)),
        ("2026-01-02 00:00:00", date(2026, 1, 2)), ("1/2/2026", None), ("2026-13-01", None), ("46000", None),
    ],
)  # fmt: skip
def test_days(text: str, day: date | None) -> None:
    assert read_day(text) == day


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_problem_has_a_sentence(language: str) -> None:
    params = dict.fromkeys(("limit", "codes", "there", "other", "owner", "holder", "path"), "§")
    with translation.override(language):
        for code in importwords.SENTENCES:
            assert importwords.sentence({"code": code, "params": params})


# -- dry run and load ---------------------------------------------------------------------------------------


def test_a_dry_run_writes_nothing_to_staff(org: Organisation, personnel: Person) -> None:
    people, posts = Person.objects.count(), Appointment.objects.count()
    check(personnel, table(AGENT, made(2)))
    assert (Person.objects.count(), Appointment.objects.count()) == (people, posts)


def test_the_load_adds_accounts_posts_and_education(org: Organisation, personnel: Person) -> None:
    row = load(check(personnel, table(AGENT, made(2, "tech_lead", "C440000-TECH"))))
    assert (row.state, row.added, row.unchanged, row.done, row.problems, row.rows) == (
        "loaded",
        2,
        0,
        2,
        [],
        [],
    )
    agent = Person.objects.get(employee_no="S001")
    assert (agent.name, agent.username, agent.email, agent.hired_on) == (
        "赵一", "zhao.yi", "zhao@example.com", date(2020, 9, 1)
    )  # fmt: skip
    assert not agent.has_usable_password()
    assert agent.must_change_password
    post = agent.appointments.select_related("position", "unit").get()
    assert (post.position.code, post.unit, post.is_primary, post.is_single, post.was_late) == (
        "service_agent", org.near.info, True, False, True
    )  # fmt: skip
    assert Qualification.objects.get(person=agent).level == "junior_college"
    lead = Appointment.objects.get(position__code="tech_lead")
    assert (lead.is_single, lead.person.hired_on) == (True, date(2026, 3, 2))


def test_the_load_is_in_the_trail_and_rings(org: Organisation, personnel: Person) -> None:
    row = load(check(personnel, table(AGENT)))
    events = AuditEvent.objects.filter(action__startswith="staff_import.").order_by("id")
    assert [event.action for event in events] == [
        "staff_import.checked", "staff_import.started", "staff_import.loaded"
    ]  # fmt: skip
    imported = AuditEvent.objects.get(action="person.imported")
    assert (imported.subject_label, imported.actor_id, imported.changes["import"]) == (
        "zhao.yi", personnel.pk, [None, row.pk]
    )  # fmt: skip
    assert Notification.objects.get(code="orgchart.import_done").recipient_id == personnel.pk


def test_a_second_import_adds_nothing(org: Organisation, personnel: Person) -> None:
    load(check(personnel, table(AGENT, made(2))))
    again = check(personnel, table(AGENT, made(2), made(3)))
    assert verdicts_of(again) == {"unchanged": 2, "add": 1}
    assert (load(again).added, Person.objects.filter(employee_no__startswith="S0").count()) == (1, 3)
    third = check(personnel, table(AGENT, made(2), made(3)))
    with pytest.raises(Invalid, match="nothing_to_add"):
        services.start_import(actor=person_actor(personnel), staff_import=third, good_only=False)


def test_the_load_runs_once_however_often_it_is_delivered(org: Organisation, personnel: Person) -> None:
    row = load(check(personnel, table(AGENT)))
    services.load_import(row.pk)
    row.refresh_from_db()
    assert (row.added, Person.objects.filter(employee_no="S001").count()) == (1, 1)
    assert AuditEvent.objects.filter(action="staff_import.loaded").count() == 1


def test_all_or_nothing_is_refused_while_a_row_is_wrong(org: Organisation, personnel: Person) -> None:
    row = check(personnel, table(AGENT, made(2, starts_on="?")))
    with pytest.raises(Invalid, match="bad_rows"):
        services.start_import(actor=person_actor(personnel), staff_import=row, good_only=False)
    assert load(row, good_only=True).added == 1
    assert not Person.objects.filter(employee_no="S002").exists()
    assert wrong(row) == [(3, "starts_on", "bad_date")]


def test_all_or_nothing_fails_whole_when_the_staff_changed_meanwhile(
    org: Organisation, personnel: Person
) -> None:
    row = check(personnel, table(AGENT, made(2, "tech_lead", "C440000-TECH")))
    person_with("tech_lead", org.near.tech)
    row = load(row)
    assert (row.state, row.added, wrong(row)) == ("failed", 0, [(3, "position", "post_is_held")])
    assert not Person.objects.filter(employee_no="S001").exists()


def test_good_rows_only_leaves_out_what_turned_bad_meanwhile(org: Organisation, personnel: Person) -> None:
    row = check(personnel, table(AGENT, made(2, "tech_lead", "C440000-TECH")))
    person_with("tech_lead", org.near.tech)
    row = load(row, good_only=True)
    assert (row.state, row.added, wrong(row)) == ("loaded", 1, [(3, "position", "post_is_held")])


def test_who_lost_the_right_meanwhile_loads_nothing(org: Organisation, personnel: Person) -> None:
    row = check(personnel, table(AGENT))
    services.start_import(actor=person_actor(personnel), staff_import=row, good_only=False)
    Appointment.objects.filter(person=personnel).delete()
    outbox.deliver(Effect.objects.get(kind="staff.import").pk)
    row.refresh_from_db()
    assert (row.state, wrong(row)) == ("failed", [(0, "employee_no", "no_right")])


def test_the_personnel_group_alone_imports(org: Organisation) -> None:
    for person in (
        person_with("department_manager", org.department),
        person_with("centre_manager", org.near.unit),
        technical_admin(),
    ):
        with pytest.raises(Refused, match="may_not_appoint"):
            check(person, table(AGENT))


def test_a_deputy_imports_in_the_place_of_the_holder(org: Organisation, personnel: Person) -> None:
    deputy = person_with("department_supervisor", org.department)
    post = personnel.appointments.get()
    services.name_deputy(actor=SYSTEM, post=post, deputy=deputy, starts_on=today(), ends_on=None)
    load(check(Person.objects.get(pk=deputy.pk), table(AGENT)))
    event = AuditEvent.objects.get(action="person.imported")
    assert (event.actor_id, event.for_id) == (deputy.pk, personnel.pk)


def test_discarded_and_loaded_lists_are_shut(org: Organisation, personnel: Person) -> None:
    row = check(personnel, table(AGENT))
    services.discard_import(actor=person_actor(personnel), staff_import=row)
    row.refresh_from_db()
    assert (row.state, row.rows, row.problems) == ("discarded", [], [])
    with pytest.raises(Conflict, match="import_not_open"):
        services.start_import(actor=person_actor(personnel), staff_import=row, good_only=True)


def test_old_lists_are_forgotten(org: Organisation, personnel: Person) -> None:
    old, new = check(personnel, table(AGENT)), check(personnel, table(AGENT))
    StaffImport.objects.filter(pk=old.pk).update(created_at=datetime(2026, 1, 1).astimezone())
    assert services.forget_old_imports(actor=SYSTEM) == 1
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.state, old.rows, new.state) == ("discarded", [], "checked")


def statements(personnel: Person, count: int) -> tuple[int, int]:
    start = StaffImport.objects.count() * 200
    data = table(*(made(start + number) for number in range(1, count + 1)))
    with CaptureQueriesContext(connection) as dry:
        row = check(personnel, data)
    services.start_import(actor=person_actor(personnel), staff_import=row, good_only=False)
    with CaptureQueriesContext(connection) as loading:
        services.load_import(row.pk)
    return len(dry), len(loading)


def test_statements_do_not_grow_with_the_list(org: Organisation, personnel: Person) -> None:
    statements(personnel, 1)
    assert statements(personnel, 5) == statements(personnel, 50) == (10, 18)


@pytest.mark.soak
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_two_thousand_rows(org: Organisation, personnel: Person, form: str) -> None:
    """34 centres and 600 outlets; generous limits, for the machine may be busy. `-s` shows the figures."""
    services.load_organisation(actor=SYSTEM)
    centre = Unit.objects.get(code="C110000")
    for number in range(600):
        Unit.objects.create(
            code=f"O{number}",
            kind="outlet",
            name=f"网点{number}",
            name_en=f"Outlet {number}",
            parent=centre,
            centre=centre,
        )
    services.rebuild_links()
    rows = [made(number, education="本科", hired_on="2025-01-02") for number in range(1, 2_001)]
    data = workbook(CHINESE, *rows) if form == "xlsx" else table(*rows).encode()
    started = time.perf_counter()
    row = check(personnel, data)
    checked = time.perf_counter()
    services.start_import(actor=person_actor(personnel), staff_import=row, good_only=False)
    done = services.load_import(row.pk)
    loaded = time.perf_counter()
    assert verdicts_of(check(personnel, data)) == {"unchanged": 2_000}
    print(f"{form}: dry run {checked - started:.2f} s, load {loaded - checked:.2f} s")
    assert done.added == 2_000
    assert (checked - started < 10, loaded - checked < 30) == (True, True)


# -- pages --------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(browser: Client, personnel: Person) -> Client:
    browser.force_login(personnel)
    return browser


def upload(desk: Client, data: str, name: str = "名单.csv") -> Any:
    return desk.post("/staff/import/", {"file": SimpleUploadedFile(name, data.encode())})


def test_upload_check_load(desk: Client, org: Organisation) -> None:
    page = upload(desk, table(AGENT))
    assert page.status_code == 302
    shown = desk.get(page["Location"])
    assert (shown.context["add"], shown.context["bad"]) == (1, 0)
    assert desk.post(f"{page['Location']}load/", {"mode": "all"}).status_code == 302
    assert "progress" in desk.get(page["Location"]).content.decode()
    outbox.deliver(Effect.objects.get(kind="staff.import").pk)
    done = desk.get(page["Location"], headers={"HX-Request": "true"})
    assert done["HX-Refresh"] == "true"
    assert desk.get("/staff/import/").context["imports"][0][0].added == 1


def test_bad_rows_are_named_in_both_languages(desk: Client, org: Organisation, personnel: Person) -> None:
    page = upload(desk, table(AGENT, made(2, starts_on="昨天")))["Location"]
    for language, words in (("zh-hans", ("到岗日期", "昨天")), ("en", ("First day", "昨天", "YYYY-MM-DD"))):
        Person.objects.filter(pk=personnel.pk).update(language=language)
        desk.cookies["django_language"] = language
        shown = desk.get(page).content.decode()
        listed = desk.get(f"{page}problems/").content.decode("utf-8-sig")
        for word in words if language == "en" else ("昨天",):
            assert word in shown
            assert word in listed
    refused = desk.post(f"{page}load/", {"mode": "all"})
    assert refused.status_code == 422
    assert refused.context["refused"]


def test_a_file_that_is_no_list_is_refused_at_its_field(desk: Client, org: Organisation) -> None:
    answer = upload(desk, "工号,姓名\r\n1,2")
    assert answer.status_code == 422
    assert "file" in answer.context["form"].errors
    assert desk.post("/staff/import/", {}).status_code == 422


def test_imports_of_others_are_as_if_they_did_not_exist(desk: Client, org: Organisation) -> None:
    page = upload(desk, table(AGENT))["Location"]
    other = person_with("service_agent", org.near.info)
    appoint(other, "admin_hr_lead", org.far.info, is_primary=False)
    desk.force_login(other)
    assert desk.get("/staff/import/").status_code == 200
    for path in ("", "problems/"):
        assert desk.get(f"{page}{path}").status_code == 404
    assert desk.post(f"{page}load/", {"mode": "all"}).status_code == 404
    desk.force_login(person_with("info_lead", org.near.info))
    for path in ("/staff/import/", page, "/staff/import/template/"):
        assert desk.get(path).status_code == 403


def test_templates_are_downloads(desk: Client, org: Organisation) -> None:
    for query, kind in (("", "text/csv"), ("?as=xlsx", "spreadsheetml")):
        answer = desk.get(f"/staff/import/template/{query}")
        assert answer["Content-Disposition"].startswith("attachment")
        assert kind in answer["Content-Type"]
