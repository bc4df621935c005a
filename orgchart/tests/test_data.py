"""Provinces and positions as the sources and rulings say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.errors import Invalid
from orgchart.data.provinces import provinces
from orgchart.enums import GroupKind, UnitKind
from orgchart.models import Position, Unit, UnitLink
from orgchart.services import create_unit, load_organisation, load_positions, rebuild_links
from orgchart.tests.factories import SYSTEM, Organisation

CODES = [
    "110000",
    "120000",
    "130000",
    "140000",
    "150000",
    "210000",
    "220000",
    "230000",
    "310000",
    "320000",
    "330000",
    "340000",
    "350000",
    "360000",
    "370000",
    "410000",
    "420000",
    "430000",
    "440000",
    "450000",
    "460000",
    "500000",
    "510000",
    "520000",
    "530000",
    "540000",
    "610000",
    "620000",
    "630000",
    "640000",
    "650000",
    "710000",
    "810000",
    "820000",
]

# Position -> superior, unit kind, group kind, leads its unit.
CHART = {
    "head_office_manager": (None, "company", "", True),
    "department_manager": ("head_office_manager", "department", "", True),
    "department_supervisor": ("department_manager", "department", "", False),
    "admin_hr_lead": ("department_manager", "group", "admin_hr", True),
    "centre_manager": ("department_manager", "centre", "", True),
    "info_lead": ("centre_manager", "group", "info", True),
    "tech_lead": ("centre_manager", "group", "tech", True),
    "finance_lead": ("centre_manager", "group", "finance", True),
    "tech_support": ("centre_manager", "centre", "", False),
    "network_admin": ("centre_manager", "centre", "", False),
    "service_agent": ("info_lead", "group", "info", False),
    "repair_engineer": ("tech_lead", "group", "tech", False),
    "exchange_engineer": ("tech_lead", "group", "tech", False),
    "accountant": ("finance_lead", "group", "finance", False),
    "cashier": ("finance_lead", "group", "finance", False),
    "storekeeper": ("finance_lead", "group", "finance", False),
    "logistics_clerk": ("finance_lead", "group", "finance", False),
    "branch_head": ("centre_manager", "branch", "", True),
    "aftersales_specialist": ("info_lead", "group", "info", False),
    "service_engineer": ("tech_lead", "group", "tech", False),
    "senior_service_engineer": ("tech_lead", "group", "tech", False),
    "account_manager": ("centre_manager", "centre", "", False),
    "aftersales_supervisor": ("centre_manager", "centre", "", False),
    "aftersales_manager": ("department_manager", "department", "", False),
}


def test_all_34_provinces_with_their_codes() -> None:
    found = provinces()
    assert [province.code for province in found] == CODES
    assert {province.code: province.official for province in found}["710000"] == "台湾省"
    assert {province.code: province.short for province in found}["150000"] == "内蒙古"


@pytest.mark.django_db
def test_every_province_has_a_centre_with_three_groups() -> None:
    assert load_organisation(actor=SYSTEM).added == 4 + 34 * 4
    centres = Unit.objects.filter(kind=UnitKind.CENTRE)
    assert sorted(centres.values_list("province_code", flat=True)) == CODES
    for kind in (GroupKind.INFO, GroupKind.TECH, GroupKind.FINANCE):
        assert Unit.objects.filter(group_kind=kind, centre__in=centres).count() == 34
    personnel = Unit.objects.get(group_kind=GroupKind.ADMIN_HR)
    assert (personnel.parent.kind, personnel.centre) == (UnitKind.DEPARTMENT, None)


@pytest.mark.django_db
def test_loading_again_adds_nothing() -> None:
    load_organisation(actor=SYSTEM)
    load_positions(actor=SYSTEM)
    assert load_organisation(actor=SYSTEM).added == 0
    assert load_positions(actor=SYSTEM) == load_positions(actor=SYSTEM)
    assert load_positions(actor=SYSTEM).different == ()


@pytest.mark.django_db
def test_positions_answer_to_whom_the_rulings_say() -> None:
    load_positions(actor=SYSTEM)
    rows = Position.objects.values_list("code", "superior__code", "unit_kind", "group_kind", "is_leader")
    assert {row[0]: row[1:] for row in rows} == CHART


@pytest.mark.django_db
def test_every_position_names_source_and_both_titles() -> None:
    load_positions(actor=SYSTEM)
    assert not Position.objects.filter(source="").exists()
    assert not Position.objects.filter(title="").exists()
    assert not Position.objects.filter(title_en="").exists()
    assert not Position.objects.filter(title="客服中心各部门主管").exists()


@pytest.mark.django_db
def test_changed_file_is_proposed_and_overwrites_nothing(tmp_path: Path) -> None:
    load_positions(actor=SYSTEM)
    body = {**Position.objects.get(code="tech_support").versions.get().body, "zh": "技术支持专员"}
    (tmp_path / "tech_support.json").write_text(json.dumps({**body, "superior": None}), encoding="utf-8")
    assert load_positions(actor=SYSTEM, folder=tmp_path).different == ("tech_support",)
    assert load_positions(actor=SYSTEM, folder=tmp_path).different == ()
    position = Position.objects.get(code="tech_support")
    assert position.title == "技术支持"
    states = position.versions.order_by("number").values_list("number", "state", "body__zh")
    assert list(states) == [(1, "in_force", "技术支持"), (2, "proposed", "技术支持专员")]


@pytest.mark.django_db
def test_links_equal_the_parents(org: Organisation) -> None:
    UnitLink.objects.filter(depth=0).delete()
    rebuild_links()
    rebuild_links()
    for unit in Unit.objects.all():
        chain, above = [], unit
        while above is not None:
            chain.append(above.pk)
            above = above.parent
        links = (
            UnitLink.objects.filter(descendant=unit).order_by("depth").values_list("ancestor_id", flat=True)
        )
        assert list(links) == chain


@pytest.mark.django_db
def test_new_unit_inherits_centre_and_province(org: Organisation) -> None:
    outlet = create_unit(
        actor=SYSTEM, code="X", kind=UnitKind.OUTLET, name="x", name_en="x", parent=org.near.branch
    )
    assert (outlet.centre, outlet.province_code) == (org.near.unit, "440000")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "code"), [(UnitKind.CENTRE, "wrong_parent"), (UnitKind.COMPANY, "wrong_parent")]
)
def test_units_stand_where_they_belong(org: Organisation, kind: str, code: str) -> None:
    with pytest.raises(Invalid, match=code):
        create_unit(actor=SYSTEM, code="X", kind=kind, name="x", name_en="x", parent=org.near.branch)
