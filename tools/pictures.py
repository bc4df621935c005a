"""Render every page at two widths in both languages; check overflow, accessibility and the browser's complaints.

python tools/pictures.py http://127.0.0.1:8000 DATA_DIR/demo-logins.txt [--out pictures] [--only call]

Needs the demo data. Writes one PNG per page, width and language, prints what is wrong, and exits 1 when anything is.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright  # noqa: E402

from tools.assets import axe_path  # noqa: E402

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--hide-scrollbars"]
WIDTHS = {1440: 900, 390: 844}
LANGUAGES = ("zh-hans", "en")
SERIOUS = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations
    .filter(v => ['serious', 'critical'].includes(v.impact))
    .map(v => `${v.id} (${v.nodes.length}): ${v.nodes[0].html.slice(0, 140)}`)"""
WIDER = """() => {
    const width = document.documentElement.clientWidth;
    const beyond = document.documentElement.scrollWidth <= width ? [] : [...document.querySelectorAll('body *')]
        .filter(e => e.getBoundingClientRect().right > width + 1 && !e.closest('.table-responsive, pre'));
    const outOfCard = [...document.querySelectorAll('.card > *, .card-body > *')]
        .filter(e => e.offsetParent
            && e.getBoundingClientRect().right > e.closest('.card').getBoundingClientRect().right + 1);
    return [...beyond, ...outOfCard].slice(0, 3).map(e => e.outerHTML.slice(0, 120));
}"""
CUT = """() => [...document.querySelectorAll('button, .btn, .badge, .nav-link, th, label')]
    .filter(e => e.offsetParent && e.scrollWidth > e.clientWidth + 2 && getComputedStyle(e).overflow === 'hidden'
        && !e.closest('.visually-hidden, [aria-hidden=true]'))
    .slice(0, 3).map(e => e.outerHTML.slice(0, 120))"""


LIST = "姓名,电话,省份,地址,星座\r\n张三丰,13800138000,广东,天河路1号,白羊\r\n李四,123,火星,,\r\n"
"""A list with a bad row and a column that nobody knows."""


@dataclass(frozen=True)
class Shot:
    """One page: `names` are the URL names that it shows, `prepare` does what a person does to get there."""

    slug: str
    names: tuple[str, ...]
    who: str
    path: str = ""
    prepare: Callable[[Page, dict[str, str]], None] | None = None
    status: int = 200


def _open_dialog(page: Page, facts: dict[str, str]) -> None:
    page.goto("/")
    page.keyboard.press("?")
    page.wait_for_timeout(200)


def _look_up(page: Page, facts: dict[str, str]) -> None:
    page.goto("/calls/new/")
    page.locator("[name=phone]").fill(facts["phone"])
    page.locator("[name=phone]").press("Tab")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(400)


def _call_refused(page: Page, facts: dict[str, str]) -> None:
    page.goto("/calls/new/")
    page.locator("[name=phone]").fill("12")
    page.locator("[name=description]").fill("充电时屏幕闪烁")
    page.locator("[name=description]").press("Control+Enter")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(300)


def _search(page: Page, facts: dict[str, str]) -> None:
    page.goto("/")
    box = page.locator("form[role=search] input[type=search], input[type=search]").first
    if not box.is_visible():
        page.goto("/search/")
        box = page.locator("main input[type=search], main input[type=text]").first
    box.fill(facts["phone"])
    box.press("Enter")
    page.wait_for_load_state("networkidle")


def _find_customer(page: Page, facts: dict[str, str]) -> None:
    page.goto("/customers/")
    page.locator("main [name=q]").fill(facts["phone"][-4:])
    page.locator("main .find-form button[type=submit]").click()
    page.wait_for_load_state("networkidle")


def _compare_files(page: Page, facts: dict[str, str]) -> None:
    """Any other file of the list beside the one of the facts."""
    page.goto("/customers/")
    links = page.locator("main tbody th a").evaluate_all(
        "links => links.map(link => link.getAttribute('href'))"
    )
    other = next(link.split("/")[2] for link in links if link != f"/customers/{facts['file']}/")
    page.goto(f"/customers/{facts['file']}/merge/{other}/")


def _empty_use(page: Page, facts: dict[str, str]) -> None:
    page.goto(f"/staff/{facts['subordinate']}/powers/appraise/")
    page.locator("main form").last.evaluate("form => { form.noValidate = true; }")
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_load_state("networkidle")


def _edit_position(page: Page, facts: dict[str, str]) -> None:
    page.goto("/positions/tech_lead/edit/")
    page.evaluate("document.querySelectorAll('details.jd-section').forEach(part => { part.open = true; })")


def _preview_position(page: Page, facts: dict[str, str]) -> None:
    _edit_position(page, facts)
    page.locator("[name='purpose.zh']").fill("带领技术组做好中心和网点的技术培训")
    page.locator("button[value^='remove:grants.']").last.click()
    page.wait_for_timeout(600)
    page.locator("[name=reason]").fill("培训为先")
    page.locator(".jd-save button[value=preview]").click()
    page.wait_for_load_state()


def _follow(page: Page, path: str, values: dict[str, str]) -> None:
    """Fill in a guided action and look at what follows."""
    page.goto(path)
    for name, value in values.items():
        control = page.locator(f"[name={name}]")
        if control.evaluate("control => control.tagName") == "SELECT":
            control.select_option(value)
        else:
            control.fill(value)
    page.locator("form.guided button[type=submit]").click()
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(300)


def _upload_list(page: Page, facts: dict[str, str]) -> None:
    page.goto("/imports/")
    page.locator("[name=kind]").select_option("customers")
    page.locator("input[type=file]").set_input_files(
        {"name": "客户名单.csv", "mimeType": "text/csv", "buffer": LIST.encode("gbk")}
    )
    page.locator("form[enctype] button[type=submit]").click()
    page.wait_for_load_state("networkidle")


def _check_list(page: Page, facts: dict[str, str]) -> None:
    """The same file is uploaded once; the second time its page stands where the file stands."""
    _upload_list(page, facts)
    start = page.locator("button[value=check]")
    if start.count():
        start.click()
    page.locator("#import-progress").wait_for(state="detached", timeout=60_000)


def _record_request(page: Page, facts: dict[str, str]) -> None:
    """An erasure that the customer asks for; asked for before, the first one of the list."""
    page.goto(f"/customers/{facts['file']}/requests/new/")
    page.locator("[name=kind]").select_option("erasure")
    page.locator("[name=identity_checked]").fill("回拨档案中的号码核实（演示）")
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_load_state("networkidle")
    if "/privacy/requests/" not in page.url:
        page.goto("/privacy/requests/?kind=erasure&state=open")
        page.locator("tbody th a").first.click()
        page.wait_for_load_state("networkidle")


def _preview_erasure(page: Page, facts: dict[str, str]) -> None:
    _record_request(page, facts)
    page.goto(f"{page.url}erase/")


def _refuse_request(page: Page, facts: dict[str, str]) -> None:
    """The letter about a correction that was refused, of a new request or the one that was answered before."""
    page.goto(f"/customers/{facts['file']}/requests/new/")
    page.locator("[name=kind]").select_option("correction")
    page.locator("[name=identity_checked]").fill("出示购机发票（演示）")
    page.locator("[name=text]").fill("门牌号有误（演示）")
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url(re.compile(r"/privacy/requests/\d+/$"))
    page.locator("[name=reason]").fill("所述门牌号与登记一致，无需更正（演示）")
    page.locator("button[value=refuse]").click()
    page.wait_for_load_state("networkidle")
    page.goto(f"{page.url}letter/")


def _unfold_chart(page: Page, facts: dict[str, str]) -> None:
    page.goto("/chart/")
    page.locator("#chart[data-ready]").wait_for()
    page.locator("[data-chart=unfold]").click()
    page.locator("[data-chart=unfold]").click()
    page.locator("[data-chart=fit]").click()
    page.wait_for_timeout(400)


def _search_chart(page: Page, facts: dict[str, str]) -> None:
    page.goto("/chart/")
    page.locator("#chart[data-ready]").wait_for()
    page.locator("#chart-name").fill(facts["leader_name"])


def _newcomer(facts: dict[str, str]) -> dict[str, str]:
    return {
        "name": "演示新员工", "employee_no": "DEMO-900", "username": "demo.newcomer", "position": "repair_engineer",
        "unit": facts["unit"], "starts_on": "2026-11-20", "thing_1": "工牌（演示）", "serial_1": "B-900",
    }  # fmt: skip


def _join(page: Page, facts: dict[str, str]) -> None:
    _follow(page, "/staff/new/", _newcomer(facts))


def _join_refused(page: Page, facts: dict[str, str]) -> None:
    _follow(page, "/staff/new/", {**_newcomer(facts), "username": "demo.agent", "position": "info_lead"})


def _transfer(page: Page, facts: dict[str, str]) -> None:
    values = {"position": "repair_engineer", "unit": facts["far_unit"], "starts_on": facts["later"]}
    _follow(page, f"/staff/{facts['subordinate']}/transfer/", values)


def _leave_company(page: Page, facts: dict[str, str]) -> None:
    _follow(
        page, f"/staff/{facts['leader']}/leaving/", {"last_day": facts["later"], "reason": "合同到期（演示）"}
    )


def _record_leave(page: Page, facts: dict[str, str]) -> None:
    _follow(
        page,
        f"/staff/{facts['leader']}/leave/new/",
        {"starts_on": facts["later"], "ends_on": facts["latest"]},
    )


def _import(page: Page, facts: dict[str, str]) -> None:
    """A list with good and bad rows, as far as the dry run."""
    heading = "工号,姓名,登录名,邮箱,岗位,单位,到岗日期,是否主岗,学历,入职日期"
    rows = [
        f"DEMO-8{n:02},演示员{n},demo.new{n},,维修工程师,{facts['unit']},2026-11-02,是,大专,"
        for n in range(12)
    ]
    rows += [
        f"DEMO-820,演示员,演示,,总裁,{facts['unit']},昨天,也许,小学,",
        "DEMO-821,,demo.agent,x,信息员,火星,,,,",
    ]
    page.goto("/staff/import/")
    data = "\r\n".join([heading, *rows]).encode("gbk")
    page.locator("[name=file]").set_input_files(
        {"name": "员工名单.csv", "mimeType": "text/csv", "buffer": data}
    )
    page.locator("main form button[type=submit]").click()
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(300)


CASE = "/cases/{case}/"
SHOTS: tuple[Shot, ...] = (
    Shot("login", ("account_login",), "", "/accounts/login/"),
    Shot("forgotten", ("orgchart:forgotten", "account_reset_password"), "", "/account/forgotten/"),
    Shot("agent-start", ("home",), "demo.agent", "/"),
    Shot("engineer-start", (), "demo.engineer", "/"),
    Shot("manager-start", (), "demo.manager", "/"),
    Shot("department-start", (), "demo.department", "/"),
    Shot("finance-start", (), "demo.financelead", "/"),
    Shot("admin-start", (), "demo.admin", "/"),
    Shot("shortcuts", (), "demo.agent", prepare=_open_dialog),
    Shot("call-page", ("tickets:call",), "demo.agent", "/calls/new/"),
    Shot("call-known", ("tickets:look_up",), "demo.agent", prepare=_look_up),
    Shot("call-refused", (), "demo.agent", prepare=_call_refused),
    Shot("cases", ("tickets:cases",), "demo.agent", "/cases/"),
    Shot("cases-department", (), "demo.department", "/cases/"),
    Shot("cases-empty", (), "demo.agent", "/cases/?logged_from=2001-01-01&logged_to=2001-01-02"),
    Shot("case", ("tickets:case",), "demo.techlead", CASE),
    Shot("case-closed", (), "demo.agent", "/cases/{closed}/"),
    Shot("case-who-may", ("tickets:who_may",), "demo.techlead", "/cases/{case}/who-may/"),
    Shot("step-assign", ("tickets:step",), "demo.techlead", "/cases/{unassigned}/assign/"),
    Shot("step-close", (), "demo.agent", "/cases/{resolved}/close/"),
    Shot("reveal", ("tickets:reveal",), "demo.agent", "/cases/{closed}/reveal/phone/"),
    Shot("search", ("tickets:search",), "demo.agent", "/search/"),
    Shot("found", ("tickets:found",), "demo.agent", prepare=_search),
    Shot("exports", ("core:exports",), "demo.manager", "/exports/"),
    Shot("list-imports", ("core:imports",), "demo.manager", "/imports/"),
    Shot("list-import-columns", ("core:import",), "demo.manager", prepare=_upload_list),
    Shot("list-import-checked", (), "demo.manager", prepare=_check_list),
    Shot("staff", ("orgchart:staff",), "demo.manager", "/staff/"),
    Shot("person", ("orgchart:person",), "demo.manager", "/staff/{subordinate}/"),
    Shot(
        "reset-password", ("orgchart:reset_password",), "demo.admin", "/staff/{subordinate}/reset-password/"
    ),
    Shot(
        "reset-factor",
        ("orgchart:reset_second_factor",),
        "demo.admin",
        "/staff/{subordinate}/reset-second-factor/",
    ),
    Shot("end-sessions", ("orgchart:end_sessions",), "demo.admin", "/staff/{subordinate}/end-sessions/"),
    Shot("person-personnel", (), "demo.hr", "/staff/{subordinate}/"),
    Shot("person-self", (), "demo.engineer", "/staff/{subordinate}/"),
    Shot("staff-personnel", (), "demo.hr", "/staff/"),
    Shot("leaving", ("orgchart:close_account",), "demo.hr", prepare=_leave_company),
    Shot("join", ("orgchart:join",), "demo.hr", prepare=_join),
    Shot("join-refused", (), "demo.hr", prepare=_join_refused),
    Shot("transfer", ("orgchart:transfer",), "demo.hr", prepare=_transfer),
    Shot("transfer-override", (), "demo.admin", "/staff/{subordinate}/transfer/"),
    Shot("add-post", ("orgchart:add_post",), "demo.hr", "/staff/{subordinate}/posts/new/"),
    Shot("end-post", ("orgchart:end_post",), "demo.hr", "/staff/{subordinate}/posts/{post}/end/"),
    Shot("staff-file", ("orgchart:staff_file",), "demo.techlead", "/staff/{subordinate}/file/"),
    Shot("staff-file-self", (), "demo.engineer", "/staff/{subordinate}/file/"),
    Shot(
        "add-entry",
        ("orgchart:add_entry",),
        "demo.techlead",
        "/staff/{subordinate}/file/new/?proves=knowledge.0",
    ),
    Shot("correct-entry", ("orgchart:correct_entry",), "demo.techlead", "/staff/{subordinate}/file/{entry}/"),
    Shot(
        "remove-entry",
        ("orgchart:remove_entry",),
        "demo.techlead",
        "/staff/{subordinate}/file/{entry}/remove/",
    ),
    Shot("hand-out", ("orgchart:hand_out",), "demo.techlead", "/staff/{subordinate}/items/new/"),
    Shot("take-back", ("orgchart:take_back",), "demo.hr", "/staff/{holder}/items/{item}/back/"),
    Shot("leave", ("orgchart:leave",), "demo.hr", "/staff/{absent}/leave/"),
    Shot("leave-of-a-colleague", (), "demo.agent", "/staff/{subordinate}/leave/"),
    Shot("record-leave", ("orgchart:record_leave",), "demo.manager", prepare=_record_leave),
    Shot("end-leave", ("orgchart:end_leave",), "demo.hr", "/staff/{absent}/leave/{leave}/end/"),
    Shot("name-deputy", ("orgchart:name_deputy",), "demo.manager", "/staff/{leader}/deputies/new/"),
    Shot("away", ("orgchart:away",), "demo.hr", "/leave/"),
    Shot("imports", ("orgchart:imports",), "demo.hr", "/staff/import/"),
    Shot("import", ("orgchart:import",), "demo.hr", prepare=_import),
    Shot("chart", ("orgchart:chart",), "demo.department", "/chart/"),
    Shot("chart-manager", (), "demo.manager", prepare=_unfold_chart),
    Shot("chart-compare", (), "demo.department", "/chart/?with={earlier}"),
    Shot("chart-part", (), "demo.department", "/chart/?unit={centre}"),
    Shot("chart-hits", (), "demo.manager", prepare=_search_chart),
    Shot("chart-refused", (), "demo.manager", "/chart/?on=2026-02-30", status=422),
    Shot("unit", ("orgchart:unit",), "demo.hr", "/units/{centre}/"),
    Shot("unit-unseen", (), "demo.neighbour", "/units/{centre}/"),
    Shot("establishment", ("orgchart:establishment",), "demo.hr", "/units/{centre}/establishment/"),
    Shot("unit-move", ("orgchart:move_unit",), "demo.hr", "/units/{branch}/move/"),
    Shot("unit-close", ("orgchart:close_unit",), "demo.hr", "/units/{branch}/close/"),
    Shot("powers-of", ("orgchart:powers_of",), "demo.techlead", "/staff/{subordinate}/powers/"),
    Shot("powers-refused", (), "demo.engineer", "/staff/{leader}/powers/"),
    Shot("power-appraise", ("orgchart:use_power",), "demo.techlead", "/staff/{subordinate}/powers/appraise/"),
    Shot("power-empty", (), "demo.techlead", prepare=_empty_use),
    Shot("power-override", (), "demo.admin", "/staff/{subordinate}/powers/administer/"),
    Shot("power-no", (), "demo.manager", "/staff/{subordinate}/powers/propose_reward/", status=403),
    Shot("dispute", ("orgchart:dispute",), "demo.manager", "/powers/dispute/"),
    Shot("uses", ("orgchart:uses",), "demo.manager", "/powers/"),
    Shot("uses-people", (), "demo.department", "/powers/?tab=people"),
    Shot("uses-none", (), "demo.neighbour", "/powers/"),
    Shot("use", ("orgchart:use",), "demo.manager", "/powers/{use}/"),
    Shot("use-own", (), "demo.techlead", "/powers/{use}/"),
    Shot("rights", ("orgchart:rights",), "demo.manager", "/staff/{leader}/rights/"),
    Shot("rights-admin", (), "demo.admin", "/staff/{administrator}/rights/"),
    Shot("who-may", ("orgchart:who_may",), "demo.manager", "/staff/{subordinate}/who-may/"),
    Shot(
        "position-who-may", ("orgchart:position_who_may",), "demo.department", "/positions/tech_lead/who-may/"
    ),
    Shot("overrides", ("orgchart:overrides",), "demo.infolead", "/overrides/"),
    Shot("positions", ("orgchart:positions",), "demo.hr", "/positions/"),
    Shot("position", ("orgchart:position",), "demo.hr", "/positions/finance_lead/"),
    Shot("position-own", (), "demo.agent", "/positions/service_agent/"),
    Shot("position-edit", ("orgchart:position_edit",), "demo.hr", prepare=_edit_position),
    Shot("position-preview", (), "demo.hr", prepare=_preview_position),
    Shot("position-sign", ("orgchart:position_sign",), "demo.agent", "/positions/service_agent/sign/"),
    Shot("position-version", ("orgchart:position_version",), "demo.hr", "/positions/tech_lead/versions/1/"),
    Shot(
        "position-print", ("orgchart:position_print",), "demo.financelead", "/positions/finance_lead/print/"
    ),
    Shot("unsigned", ("orgchart:unsigned",), "demo.manager", "/positions/unsigned/"),
    Shot("customer", ("customers:file",), "demo.agent", "/customers/{file}/"),
    Shot("customer-read-only", (), "demo.techlead", "/customers/{case_file}/"),
    Shot("customers", ("customers:list",), "demo.agent", "/customers/"),
    Shot("customers-found", (), "demo.agent", prepare=_find_customer),
    Shot("duplicates", ("customers:duplicates",), "demo.agent", "/customers/duplicates/"),
    Shot("merge-choose", ("customers:merge_choose",), "demo.agent", "/customers/{file}/merge/"),
    Shot("merge-compare", ("customers:merge_compare",), "demo.agent", prepare=_compare_files),
    Shot("customer-new", ("customers:new",), "demo.agent", "/customers/new/"),
    Shot("customer-correct", ("customers:correct",), "demo.agent", "/customers/{file}/correct/"),
    Shot("customer-phone", ("customers:phone_new",), "demo.agent", "/customers/{file}/phones/new/"),
    Shot("customer-address", ("customers:address_new",), "demo.agent", "/customers/{file}/addresses/new/"),
    Shot("customer-promise", ("customers:promise_new",), "demo.agent", "/customers/{file}/promises/new/"),
    Shot("customer-plan", ("customers:care_new",), "demo.agent", "/customers/{file}/care/new/"),
    Shot("customer-consent", ("customers:consent_new",), "demo.agent", "/customers/{file}/consents/new/"),
    Shot("care", ("customers:care",), "demo.agent", "/customers/care/"),
    Shot("care-mine", (), "demo.manager", "/customers/care/?whose=mine"),
    Shot("devices", ("products:devices",), "demo.agent", "/devices/"),
    Shot("devices-strange", (), "demo.agent", "/devices/?fact=any"),
    Shot("device", ("products:device",), "demo.agent", "/devices/{device}/"),
    Shot("device-new", ("products:device_new",), "demo.agent", "/devices/new/?owner={file}"),
    Shot("device-correct", ("products:device_work",), "demo.agent", "/devices/{device}/correct/"),
    Shot("device-owner", (), "demo.agent", "/devices/{device}/owner/"),
    Shot("device-exchange", (), "demo.agent", "/devices/{device}/exchange/"),
    Shot("device-certificate", (), "demo.agent", "/devices/{device}/certificate/"),
    Shot("catalogue", ("products:catalogue",), "demo.techlead", "/catalogue/"),
    Shot("catalogue-search", (), "demo.agent", "/catalogue/?q=pm"),
    Shot("catalogue-nothing", (), "demo.agent", "/catalogue/?q=zzzz"),
    Shot("catalogue-models", ("products:models",), "demo.techlead", "/catalogue/models/"),
    Shot("catalogue-model", ("products:model",), "demo.techlead", "/catalogue/models/{model}/"),
    Shot("catalogue-model-add", ("products:model_add",), "demo.techlead", "/catalogue/models/new/"),
    Shot(
        "catalogue-model-edit", ("products:model_edit",), "demo.techlead", "/catalogue/models/{model}/edit/"
    ),
    Shot(
        "catalogue-part-add", ("products:part_add",), "demo.techlead", "/catalogue/models/{model}/parts/new/"
    ),
    Shot(
        "catalogue-copy", ("products:parts_copy",), "demo.techlead", "/catalogue/models/{model}/parts/copy/"
    ),
    Shot("catalogue-makers", ("products:makers",), "demo.techlead", "/catalogue/makers/"),
    Shot("catalogue-maker", ("products:maker",), "demo.techlead", "/catalogue/makers/{maker}/"),
    Shot("catalogue-maker-add", ("products:maker_add",), "demo.techlead", "/catalogue/makers/new/"),
    Shot(
        "catalogue-maker-edit", ("products:maker_edit",), "demo.techlead", "/catalogue/makers/{maker}/edit/"
    ),
    Shot("catalogue-tree", ("products:faults",), "demo.techlead", "/catalogue/faults/"),
    Shot("catalogue-tree-search", (), "demo.agent", "/catalogue/faults/?q=pm"),
    Shot("catalogue-tree-open", (), "demo.agent", "/catalogue/faults/?component=battery&unfold=1"),
    Shot("catalogue-fault", ("products:fault",), "demo.techlead", "/catalogue/faults/{fault}/"),
    Shot(
        "catalogue-fault-add",
        ("products:fault_add",),
        "demo.techlead",
        "/catalogue/faults/new/?parent={fault}",
    ),
    Shot(
        "catalogue-causes", ("products:fault_causes",), "demo.techlead", "/catalogue/faults/{fault}/causes/"
    ),
    Shot("catalogue-codes", ("products:codes",), "demo.techlead", "/catalogue/codes/"),
    Shot("catalogue-code", ("products:code",), "demo.techlead", "/catalogue/codes/{cause}/"),
    Shot("catalogue-code-add", ("products:code_add",), "demo.techlead", "/catalogue/codes/new/remedy/"),
    Shot("catalogue-code-edit", ("products:code_edit",), "demo.techlead", "/catalogue/codes/{cause}/edit/"),
    Shot(
        "catalogue-remedies",
        ("products:code_remedies",),
        "demo.techlead",
        "/catalogue/codes/{cause}/remedies/",
    ),
    Shot(
        "catalogue-retire", ("products:catalogue_life",), "demo.techlead", "/catalogue/faults/{fault}/retire/"
    ),
    Shot("reveals", ("customers:reveals",), "demo.manager", "/privacy/"),
    Shot("reveals-unusual", (), "demo.manager", "/privacy/?unusual=on"),
    Shot("reveals-people", ("customers:reveal_people",), "demo.manager", "/privacy/people/"),
    Shot("privacy-requests", ("customers:requests",), "demo.manager", "/privacy/requests/"),
    Shot("privacy-request-new", ("customers:request_new",), "demo.agent", "/customers/{file}/requests/new/"),
    Shot("privacy-request", ("customers:request",), "demo.manager", prepare=_record_request),
    Shot("privacy-erase", ("customers:request_erase",), "demo.manager", prepare=_preview_erasure),
    Shot("privacy-letter", ("customers:request_letter",), "demo.manager", prepare=_refuse_request),
    Shot("legal-hold", ("customers:hold",), "demo.manager", "/customers/{file}/hold/"),
    Shot("retention", ("customers:retention",), "demo.manager", "/privacy/retention/"),
    Shot("privacy-notices", ("customers:notices",), "demo.department", "/privacy/notices/"),
    Shot("privacy-notice", ("customers:notice",), "demo.manager", "/privacy/notices/1/"),
    Shot("privacy-notice-print", ("customers:notice_print",), "demo.manager", "/privacy/notices/1/print/"),
    Shot("privacy-notice-new", ("customers:notice_new",), "demo.department", "/privacy/notices/new/"),
    Shot("account", ("orgchart:profile",), "demo.agent", "/account/"),
    Shot("sessions", ("orgchart:sessions",), "demo.agent", "/account/sessions/"),
    Shot("password", ("account_change_password",), "demo.agent", "/accounts/password/change/"),
    Shot("second-factor", ("mfa_index",), "demo.agent", "/accounts/2fa/"),
    Shot("notifications", ("core:notifications",), "demo.engineer", "/notifications/"),
    Shot("operations", ("core:operations",), "demo.admin", "/ops/"),
    Shot("styleguide", ("core:styleguide",), "demo.agent", "/styleguide/"),
    Shot("logout", ("account_logout",), "demo.agent", "/accounts/logout/"),
    Shot("not-found", (), "demo.agent", "/cases/999999999/", status=404),
    Shot("refused", (), "demo.agent", "/cases/{closed}/assign/", status=403),
)

NOT_A_PAGE = {
    "customers:reveal": "the dialog of tickets:reveal",
    "products:reveal": "the dialog of tickets:reveal",
    "customers:reveal_export": "answers a POST",
    "customers:request_answer": "answers a POST",
    "customers:phone_correct": "the form of customers:phone_new with a version",
    "customers:phone_act": "answers a POST",
    "customers:address_correct": "the form of customers:address_new with a version",
    "customers:address_main": "answers a POST",
    "customers:address_remove": "a question; see its tests",
    "customers:consent_withdraw": "a question; see its tests",
    "customers:promise_keep": "one field in the dialog of customers:promise_new",
    "customers:promise_reopen": "answers a POST",
    "customers:care_result": "the dialog of customers:care_new with other fields",
    "customers:care_cancel": "a question; see its tests",
    "customers:regions": "a fragment",
    "customers:similar": "a fragment",
    "customers:merged": "needs a merge, which would change the demo; see its tests",
    "customers:merge_undo": "answers a POST",
    "products:device_imei": "a fragment",
    "products:serial_remove": "a question; see its tests",
    "products:part_edit": "the form of products:part_add, for a part",
    "products:fault_edit": "the form of products:fault_add, for an own fault",
    "tickets:export": "answers a POST",
    "orgchart:chart_data": "JSON",
    "orgchart:units": "redirects to the chart",
    "orgchart:position_pdf": "a file",
    "orgchart:accept_proposal": "answers a POST",
    "orgchart:reject_proposal": "answers a POST",
    "orgchart:cancel_post": "needs a transfer to come; see its tests",
    "orgchart:end_deputyship": "needs a deputy without a leave; see its tests",
    "orgchart:import_template": "a file",
    "orgchart:import_problems": "a file",
    "orgchart:import_load": "answers a POST",
    "orgchart:import_discard": "answers a POST",
    "orgchart:session_renew": "a form inside the overlay of an expired session; see the shell's browser test",
    "core:healthz": "JSON",
    "core:readyz": "JSON",
    "core:metrics": "plain text",
    "core:notifications_count": "a fragment",
    "core:notifications_read": "answers a POST",
    "core:notification": "marks as read and redirects",
    "core:import_export": "an action",
    "core:import_template": "a file",
    "core:import_columns": "an action; a refusal looks like the page of the columns",
    "core:import_load": "an action",
    "core:import_cancel": "an action",
    "core:import_bad_rows": "a file",
    "core:import_result": "a file",
    "core:export": "a fragment of the exports page",
    "core:export_download": "a file",
    "core:effect_retry": "answers a POST",
    "core:effect_discard": "answers a POST",
    "set_language": "answers a POST",
    "orgchart:decide_use": "answers a POST",
    "orgchart:withdraw_use": "answers a POST",
    "orgchart:see_override": "answers a POST",
    "account_inactive": "shown to closed accounts at log-in only",
    "account_signup": "closed",
    "account_reauthenticate": "reached only from steps of the second factor",
    "mfa_authenticate": "needs a log-in half done; see the second factor's tests",
    "mfa_reauthenticate": "reached only from steps of the second factor",
    "mfa_activate_totp": "needs a fresh log-in; see the second factor's tests",
    "mfa_deactivate_totp": "needs a second factor",
    "mfa_view_recovery_codes": "needs a second factor",
    "mfa_generate_recovery_codes": "needs a second factor",
    "mfa_download_recovery_codes": "a file",
}


@dataclass
class Run:
    """One run over all pages."""

    browser: Browser
    base: str
    logins: dict[str, str]
    out: Path
    facts: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    _contexts: dict[str, BrowserContext] = field(default_factory=dict)

    def context(self, who: str, language: str) -> BrowserContext:
        """The browser of `who`, signed in and set to the language; made once."""
        key = f"{who} {language}"
        if key not in self._contexts:
            context = self.browser.new_context(base_url=self.base, locale="zh-CN")
            if who:
                _log_in(context, who, self.logins[who])
            _speak(context, language)
            self._contexts[key] = context
        return self._contexts[key]

    def take(self, shot: Shot, language: str) -> None:
        """The pictures of one page in one language."""
        for width, height in WIDTHS.items():
            page = self.context(shot.who, language).new_page()
            page.set_default_timeout(15_000)
            page.set_viewport_size({"width": width, "height": height})
            try:
                self._one(page, shot, language, width)
            except Error as error:
                self.faults.append(f"{shot.slug} {width} {language}: {str(error).splitlines()[0]}")
            page.close()

    def _one(self, page: Page, shot: Shot, language: str, width: int) -> None:
        label = f"{shot.slug} {width} {language}"
        complaints: list[str] = []
        page.on("pageerror", lambda problem: complaints.append(f"script: {problem}"))
        page.on("console", lambda line: complaints.append(line.text) if _is_complaint(line) else None)
        if shot.prepare:
            shot.prepare(page, self.facts)
        else:
            answer = page.goto(shot.path.format(**self.facts), wait_until="load")
            if answer is None or answer.status != shot.status:
                complaints.append(f"status {answer and answer.status}, not {shot.status}")
        page.wait_for_timeout(250)
        page.screenshot(path=self.out / f"{shot.slug}-{width}-{language}.png", full_page=True)
        complaints += [f"wider than the screen: {html}" for html in page.evaluate(WIDER)]
        complaints += [f"text cut off: {html}" for html in page.evaluate(CUT)]
        page.evaluate(axe_path().read_text(encoding="utf-8") + "; undefined")
        complaints += [f"axe: {found}" for found in page.evaluate(SERIOUS)]
        self.faults += [f"{label}: {text}" for text in complaints]


def _is_complaint(line: Any) -> bool:
    return line.type == "error" and "status of 4" not in line.text


def _log_in(context: BrowserContext, who: str, password: str) -> None:
    page = context.new_page()
    page.goto("/accounts/login/")
    page.locator("[name=login]").fill(who)
    page.locator("[name=password]").fill(password)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url(re.compile(r"^(?!.*accounts/login)"))
    page.close()


def _speak(context: BrowserContext, language: str) -> None:
    """Choose the language as a person does, by the switch of the shell."""
    page = context.new_page()
    page.goto("/account/")
    spoken = (page.locator("html").get_attribute("lang") or "").lower()
    if spoken != language:
        with page.expect_navigation():
            page.locator(f"button[name=language][value='{language}']").first.evaluate(
                "button => button.click()"
            )
    page.close()


def _facts() -> dict[str, str]:
    """Objects of the demo to look at."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aftersales.settings.trial")
    django.setup()
    from customers.models import Customer
    from orgchart.models import Person
    from tickets.queries import case_rows

    lead = Person.objects.get(username="demo.techlead")
    agent = Person.objects.get(username="demo.agent")
    engineer = Person.objects.get(username="demo.engineer")

    def number(person: Person, **where: Any) -> str:
        case = case_rows(person).filter(**where).order_by("-changed_at").first()
        return str(case.number) if case else "0"

    from orgchart.models import Leave, LoanedItem, PowerUse, Unit
    from orgchart.scope import today
    from products.models import Device, FaultCode, Manufacturer, ProductModel, ServiceCode

    post = engineer.appointments.select_related("unit").get(is_primary=True)
    leave = Leave.objects.on(today()).filter(is_cancelled=False).order_by("pk").first()
    item = LoanedItem.objects.filter(returned_on=None).order_by("pk").first()
    far = (
        Unit.objects.filter(kind="group", group_kind="tech").exclude(pk=post.unit_id).order_by("code").first()
    )
    waiting = PowerUse.objects.filter(state="submitted", actor=lead).order_by("-pk").first()
    entry = engineer.qualifications.order_by("pk").first()
    assert leave is not None
    assert item is not None
    assert far is not None
    assert entry is not None
    caller: Any = case_rows(agent).order_by("-logged_at").first()
    files = Customer.objects.permitted(agent, "edit").filter(merged_into=None, erased_at=None)
    full = files.filter(promises__isnull=False, addresses__isnull=False).order_by("pk").first()
    device = Device.objects.permitted(agent, "edit").order_by("exchanged_for", "pk").first()
    in_case = case_rows(lead).order_by("-logged_at").first()
    return {
        "case": number(lead, status="in_progress"),
        "unassigned": number(lead, status="logged"),
        "closed": number(agent, status="closed", kind="repair"),
        "resolved": number(agent, status="resolved"),
        "subordinate": str(engineer.pk),
        "leader": str(lead.pk),
        "leader_name": lead.name,
        "administrator": str(Person.objects.get(username="demo.admin").pk),
        "use": str(waiting.pk if waiting else 0),
        "post": str(post.pk),
        "unit": post.unit.code,
        "centre": str(post.unit.centre_id),
        "branch": str(Unit.objects.filter(centre_id=post.unit.centre_id, kind="branch")[0].pk),
        "earlier": (today() - timedelta(days=30)).isoformat(),
        "far_unit": far.code,
        "later": (today() + timedelta(days=7)).isoformat(),
        "latest": (today() + timedelta(days=11)).isoformat(),
        "entry": str(entry.pk),
        "absent": str(leave.person_id),
        "leave": str(leave.pk),
        "holder": str(item.person_id),
        "item": str(item.pk),
        "phone": caller.caller_number,
        "file": str(full.pk if full else caller.customer_id),
        "device": str(device.pk if device else 0),
        "case_file": str(in_case.customer_id if in_case else 0),
        "model": str(ProductModel.objects.order_by("pk")[0].pk),
        "maker": str(Manufacturer.objects.order_by("pk")[0].pk),
        "fault": str(FaultCode.objects.get(code="F02").pk),
        "cause": str(ServiceCode.objects.get(code="K010").pk),
    }


def _logins(path: Path) -> dict[str, str]:
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
    return {row[1]: row[2] for row in rows if len(row) == 3}


def _chosen(only: str | None) -> Iterator[Shot]:
    return (shot for shot in SHOTS if not only or re.search(only, shot.slug))


def main() -> int:
    """Take the pictures and say what is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("base")
    parser.add_argument("logins", type=Path)
    parser.add_argument("--out", type=Path, default=ROOT / "pictures")
    parser.add_argument("--only")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    facts = _facts()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        run = Run(browser, options.base, _logins(options.logins), options.out, facts)
        shots = list(_chosen(options.only))
        for language in LANGUAGES:
            for shot in shots:
                run.take(shot, language)
        browser.close()
    print("\n".join(run.faults) or "Nothing wrong.")
    print(f"{len(shots)} pages, {len(shots) * len(WIDTHS) * len(LANGUAGES)} pictures in {options.out}")
    return 1 if run.faults else 0


if __name__ == "__main__":
    sys.exit(main())
