"""The position files against the tables as they were read, and what they grant."""

from __future__ import annotations

import json
from typing import Any

import pytest

from orgchart.enums import Power
from orgchart.rules.positionfile import check
from orgchart.tests.positionbodies import DATA, KNOWN_ACTIONS, bodies, body

BODIES = bodies()

# In the order of the chart: posts, then names from the narratives.
CODES = [
    "head_office_manager", "department_manager", "department_supervisor", "admin_hr_lead", "centre_manager",
    "info_lead", "tech_lead", "finance_lead", "tech_support", "network_admin", "service_agent",
    "repair_engineer", "exchange_engineer", "accountant", "cashier", "storekeeper", "logistics_clerk", "branch_head",
    "aftersales_specialist", "service_engineer", "senior_service_engineer", "account_manager",
    "aftersales_supervisor", "aftersales_manager",
]  # fmt: skip

KEYS = [
    "code", "zh", "en", "superior", "unit_kind", "group_kind", "is_leader", "is_post", "source", "confidence", "note",
    "rival", "department", "superior_text", "subordinates_text", "dotted_lines", "requirements", "purpose",
    "contacts", "duties", "powers", "conditions", "career", "grants",
]  # fmt: skip

# Position -> number of the duty -> contents, metrics, degree.
PLANNED, CONTROLLED = "及时规划、有效落实", "合理控制"
VOLUME, OUTLETS = "业务量", "网点运作情况"
STANDARDS, RESULTS = "工作规范", "绩效良好"
THRIFT, NAME, ORDER, FAIR = "节约", "保持声誉", "工作有序、高效", "公开、公正、公平、合理"
TABLES: dict[str, dict[int, tuple[int, list[str], str]]] = {
    "department_manager": {
        1: (2, [PLANNED, CONTROLLED], "leading"),
        2: (2, [VOLUME, OUTLETS], "direct"),
        3: (1, [THRIFT], "direct"),
        4: (2, [STANDARDS, RESULTS], "leading"),
        5: (2, [NAME], "leading"),
        6: (3, [ORDER], "direct"),
    },
    "centre_manager": {
        1: (2, [PLANNED, CONTROLLED], "direct"),
        2: (2, [VOLUME, OUTLETS], "direct"),
        3: (1, [THRIFT], "direct"),
        4: (2, [STANDARDS, RESULTS], "leading"),
        5: (2, [NAME], "leading"),
        6: (2, [ORDER], "direct"),
    },
    "info_lead": {
        1: (1, [FAIR], "direct"),
        2: (3, ["效率、规范、及时、有效"], ""),
        3: (1, [THRIFT], "direct"),
        4: (2, [STANDARDS, RESULTS], "direct"),
        5: (2, [NAME], "leading"),
        6: (2, [ORDER], "direct"),
    },
    "finance_lead": {
        1: (1, [FAIR], "direct"),
        2: (2, ["规范、准确、高效"], "direct"),
        3: (1, [THRIFT], "direct"),
        4: (2, [STANDARDS, RESULTS], "direct"),
        5: (1, [NAME], "leading"),
        6: (2, [ORDER], "direct"),
    },
    "tech_lead": {6: (5, [], "")},
    "tech_support": {
        1: (4, ["客户满意度"], ""),
        2: (3, ["问题解决率"], ""),
        3: (3, ["工作质量"], ""),
    },
    "admin_hr_lead": {
        1: (1, [PLANNED, CONTROLLED], "direct"),
        2: (2, ["人员配置情况", "通知到位"], "direct"),
        3: (1, [THRIFT], "direct"),
        4: (2, [STANDARDS, RESULTS], "direct"),
        5: (2, [NAME], "leading"),
        6: (3, [ORDER], "direct"),
    },
    # L229–250, which names no position.
    "department_supervisor": {
        2: (1, [VOLUME, OUTLETS], "direct"),
        3: (1, [THRIFT], "direct"),
        4: (2, [STANDARDS, RESULTS], "leading"),
        5: (2, [NAME], "leading"),
        6: (1, [], ""),
    },
}

# Position -> source line of each clause 1 to 6 ("": set by ruling, None: no such power), who is reported to.
POWERS: dict[str, tuple[tuple[str | None, ...], str | None]] = {
    "head_office_manager": (("", "", "", "", "", None), None),
    "department_manager": (("L457", "L458", "L459", "L460", "L461", ""), "head_office_manager"),
    "department_supervisor": ((None, None, None, "", None, ""), "department_manager"),
    "admin_hr_lead": (("L426", "L427", "L428", "L429", "L355", "L356"), "department_manager"),
    "centre_manager": (("L426", "L427", "L428", "L429", "L355", "L356"), "department_manager"),
    "info_lead": (("L313", "L314", "L315", "L316", "L317", "L318"), "centre_manager"),
    "tech_lead": (("L313", "L314", "L315", "L316", "L317", "L318"), "centre_manager"),
    "finance_lead": (("L313", "L314", "L315", "L316", "L317", "L318"), "centre_manager"),
    "branch_head": (("", None, "", "", None, ""), "centre_manager"),
}
ONLY_REPORT = (None, None, None, None, None, "")
CLAUSES = (
    (Power.ADMINISTER,),
    (
        Power.PROPOSE_TRANSFER, Power.PROPOSE_REWARD, Power.PROPOSE_DISCIPLINE,
        Power.NOMINATE_APPOINTMENT, Power.NOMINATE_DISMISSAL,
    ),
    (Power.APPRAISE,),
    (Power.SUPERVISE,),
    (Power.ADJUDICATE,),
    (Power.REPORT,),
)  # fmt: skip

ORGANISATION = {
    "position.edit": {"admin_hr_lead": "all", "head_office_manager": "all", "department_manager": "below"},
    "staff.appoint": {"admin_hr_lead": "all", "head_office_manager": "below", "department_manager": "below"},
    "unit.establish": {"admin_hr_lead": "all"},
    "proposal.decide": dict.fromkeys(
        ("centre_manager", "department_manager", "head_office_manager"), "below"
    ),
}
HEADS = (
    "centre_manager", "info_lead", "tech_lead", "finance_lead", "department_manager", "head_office_manager",
    "branch_head",
)  # fmt: skip
AGENTS = ("service_agent", "aftersales_specialist", "tech_support", "info_lead", "centre_manager")
ENGINEERS = (
    "repair_engineer", "exchange_engineer", "service_engineer", "senior_service_engineer", "tech_lead",
)  # fmt: skip
DEPARTMENT = ("department_supervisor", "department_manager", "head_office_manager")
# Written by hand from docs/who-sees-what.md; reviewed on 2026-11-25.
FILES = {
    "customer.view": dict.fromkeys((*AGENTS, *DEPARTMENT), "centre"),
    "customer.edit": {**dict.fromkeys(AGENTS, "case+centre"), "branch_head": "case"},
    "customer.merge": dict.fromkeys(AGENTS, "centre"),
    "customer.reveal": {
        **dict.fromkeys((*AGENTS, *DEPARTMENT), "case+centre"), **dict.fromkeys(ENGINEERS, "case"),
    },
    "customer.export": dict.fromkeys(
        ("info_lead", "centre_manager", "department_supervisor", "department_manager"), "centre"
    ),
    "customer.import": dict.fromkeys(("info_lead", "centre_manager", "department_supervisor"), "centre"),
    "privacy.manage": dict.fromkeys(("info_lead", "centre_manager", "department_manager"), "centre"),
    "device.edit": {**dict.fromkeys(AGENTS, "case+centre"), **dict.fromkeys(ENGINEERS, "case")},
    "catalogue.edit": dict.fromkeys(("department_supervisor", "department_manager", "tech_lead"), "all"),
}  # fmt: skip
GOODWILL = {
    "info_lead": "200.00",
    "centre_manager": "2000.00",
    "department_manager": "20000.00",
    "head_office_manager": None,
}


def granted(code: str) -> dict[str, dict[str, Any]]:
    return {grant["action"]: grant for grant in BODIES[code]["grants"]}


# --- the files


def test_there_is_one_file_for_every_position() -> None:
    assert sorted(BODIES) == sorted(CODES)
    assert all(one["code"] == code for code, one in BODIES.items())


@pytest.mark.parametrize("code", CODES)
def test_every_file_may_be_kept(code: str) -> None:
    assert check(BODIES[code], actions=KNOWN_ACTIONS, codes=CODES) == []


@pytest.mark.parametrize("code", CODES)
def test_files_are_written_in_one_form(code: str) -> None:
    text = (DATA / "positions" / f"{code}.json").read_text(encoding="utf-8")
    assert text == json.dumps(BODIES[code], ensure_ascii=False, indent=2) + "\n"
    assert list(BODIES[code]) == KEYS


@pytest.mark.parametrize("code", CODES)
def test_the_line_leads_to_the_top_without_a_circle(code: str) -> None:
    passed, here = [], code
    while here is not None:
        assert here not in passed
        passed.append(here)
        here = BODIES[here]["superior"]
    assert passed[-1] == "head_office_manager"


@pytest.mark.parametrize("code", CODES)
def test_reports_go_to_the_superior(code: str) -> None:
    receivers = [row["to"] for row in BODIES[code]["powers"] if row["power"] == "report"]
    assert receivers == ([BODIES[code]["superior"]] if BODIES[code]["superior"] else [])


def test_every_position_says_what_it_is_for() -> None:
    assert [code for code in CODES if not BODIES[code]["duties"]] == []
    assert [code for code in CODES if not all(duty["items"] for duty in BODIES[code]["duties"])] == []


# --- against the tables


@pytest.mark.parametrize("code", TABLES)
def test_duties_of_the_tables(code: str) -> None:
    found = {
        duty["no"]: (len(duty["items"]), [metric["zh"] for metric in duty["metrics"]], duty["degree"])
        for duty in BODIES[code]["duties"]
    }
    assert found == TABLES[code]


def test_every_metric_of_the_tables_and_of_narrative_6_is_somewhere() -> None:
    found = {metric["zh"] for one in BODIES.values() for duty in one["duties"] for metric in duty["metrics"]}
    assert found == {
        PLANNED, CONTROLLED, VOLUME, OUTLETS, THRIFT, STANDARDS, RESULTS, NAME, ORDER, FAIR,
        "规范、准确、高效", "效率、规范、及时、有效", "人员配置情况", "通知到位",
        "客户满意度", "问题解决率", "工作质量", "团队合作",
    }  # fmt: skip


@pytest.mark.parametrize("code", CODES)
def test_the_seven_powers(code: str) -> None:
    lines, _receiver = POWERS.get(code, (ONLY_REPORT, None))
    expected = {
        str(power): line
        for powers, line in zip(CLAUSES, lines, strict=True)
        if line is not None
        for power in powers
    }
    assert {row["power"]: row["lines"] for row in BODIES[code]["powers"]} == expected


@pytest.mark.parametrize("code", POWERS)
def test_who_is_reported_to(code: str) -> None:
    receivers = [row.get("to") for row in BODIES[code]["powers"] if row["power"] == "report"]
    assert receivers == [to for to in [POWERS[code][1]] if to]


@pytest.mark.parametrize(
    ("code", "level", "in_trade", "in_post"),
    [
        ("admin_hr_lead", None, 3, 2),
        ("centre_manager", "junior_college", 3, 2),
        ("info_lead", "junior_college", 2, 1),
        ("finance_lead", "junior_college", 3, 2),
        ("tech_lead", "junior_college", 2, 1),
        ("tech_support", "junior_college", 2, 1),
        ("service_engineer", "bachelor", 1, 0),
    ],
)
def test_education_and_experience(code: str, level: str | None, in_trade: int, in_post: int) -> None:
    asked = BODIES[code]["requirements"]
    assert (asked["education"] or {}).get("level") == level
    assert (asked["experience"]["years_in_trade"], asked["experience"]["years_in_post"]) == (
        in_trade,
        in_post,
    )


@pytest.mark.parametrize(
    ("code", "outside"),
    [
        ("department_manager", "厂家 消协 质检 公安 媒体"),
        ("centre_manager", "厂家 消协 质检 公安 媒体"),
        ("admin_hr_lead", "厂家 消协 质检 公安 媒体"),
        ("info_lead", "厂家 消协 质检 公安 媒体"),
        ("finance_lead", "银行 税务 厂家 消协 质检 媒体"),
        ("tech_lead", "厂家相应接口部门"),
    ],
)
def test_contacts_outside(code: str, outside: str) -> None:
    assert [contact["zh"] for contact in BODIES[code]["contacts"]["external"]] == outside.split()


def test_only_the_posts_of_the_sales_narratives_have_a_dotted_line_to_sales() -> None:
    dotted = {code: [line["unit"] for line in one["dotted_lines"]] for code, one in BODIES.items()}
    assert {code: units for code, units in dotted.items() if units} == {
        "service_agent": ["SALES"],
        "aftersales_specialist": ["SALES"],
    }


def test_the_ladder() -> None:
    steps = {code: [step["to"] for step in one["career"] if step["to"]] for code, one in BODIES.items()}
    assert {code: to for code, to in steps.items() if to} == {
        "service_agent": ["senior_service_engineer", "aftersales_supervisor", "aftersales_manager"],
        "aftersales_specialist": ["senior_service_engineer", "aftersales_supervisor", "aftersales_manager"],
        "tech_support": ["senior_service_engineer"],
        "repair_engineer": ["senior_service_engineer"],
        "exchange_engineer": ["senior_service_engineer"],
        "service_engineer": ["senior_service_engineer"],
        "senior_service_engineer": ["aftersales_supervisor"],
        "aftersales_supervisor": ["aftersales_manager"],
    }


# --- grants


def test_grants_of_the_organisation() -> None:
    found: dict[str, dict[str, str]] = {}
    for code in CODES:
        for action, grant in granted(code).items():
            if action.startswith(("staff.", "position.", "unit.", "proposal.")):
                (reach,) = grant["reach"]
                found.setdefault(action, {})[code] = reach
    staff = {"admin_hr_lead": "all", **dict.fromkeys(HEADS, "below")}
    assert found == {**ORGANISATION, "staff.leave": staff, "staff.file": staff}


def test_grants_of_customer_files_and_the_catalogue() -> None:
    found = {
        action: {code: "+".join(granted(code)[action]["reach"]) for code in CODES if action in granted(code)}
        for action in FILES
    }
    assert found == FILES


def test_goodwill_has_a_limit_by_position() -> None:
    found = {code: granted(code)["goodwill.approve"] for code in CODES if "goodwill.approve" in granted(code)}
    assert {code: grant["limit"] for code, grant in found.items()} == GOODWILL
    assert {tuple(grant["reach"]) for grant in found.values()} == {("unit",)}


def test_names_of_the_narratives_that_are_no_post_have_no_grants() -> None:
    bare = [code for code in CODES if not BODIES[code]["grants"]]
    assert bare == ["account_manager", "aftersales_supervisor", "aftersales_manager"]


def test_nothing_else_has_a_limit_and_nothing_is_limited_to_kinds_yet() -> None:
    rest = [
        grant
        for one in BODIES.values()
        for grant in one["grants"]
        if grant["kinds"] or (grant["limit"] is not None and grant["action"] != "goodwill.approve")
    ]
    assert rest == []


def test_whoever_assigns_leads_or_sees_that_work_is_done() -> None:
    clauses = {
        code: granted(code)["case.assign"]["clause"] for code in CODES if "case.assign" in granted(code)
    }
    assert clauses == {
        "head_office_manager": "power.1",
        "department_manager": "power.1",
        "department_supervisor": "duty.6",
        "centre_manager": "power.1",
        "info_lead": "power.1",
        "tech_lead": "power.1",
    }


def test_a_fresh_copy_is_handed_out_every_time() -> None:
    body("info_lead")["duties"].clear()
    assert body("info_lead")["duties"]
