"""Finding in the catalogue, marking what was meant, and the tree."""

from __future__ import annotations

import pytest

from core.actors import system_actor
from orgchart.models import Person
from orgchart.tests.factories import make_organisation, person_with
from products import catalogue, codetree
from products.codetree import FaultNode, Tree
from products.loading import load_faults, load_service_codes
from products.models import FaultCode, ModelPart
from products.rules.marks import pieces
from products.services import catalogue as services
from products.services.catalogue import FaultValues
from products.tests import factories

pytestmark = pytest.mark.django_db
SYSTEM = system_actor("test")


@pytest.fixture
def agent() -> Person:
    person = person_with("service_agent", make_organisation().near.info)
    load_faults(actor=SYSTEM)
    load_service_codes(actor=SYSTEM)
    return person


@pytest.mark.parametrize(
    "text",
    [
        "屏",
        "屏幕",
        "幕无",
        "pingmu",
        "pingm",
        "PingMu",
        "pm",
        "pmu",
        "pmwxs",
        "f02",
        "F02",
        "missing strokes",
        "屏 错字",
    ],
)
def test_a_fault_is_found_by_fragment_code_english_pinyin_and_initials(agent: Person, text: str) -> None:
    assert "F02" in [fault.code for fault in catalogue.find_faults(text)]


@pytest.mark.parametrize("text", ["屏幂", "xyzzy", "屏 充电器"])
def test_every_word_has_to_fit(agent: Person, text: str) -> None:
    assert list(catalogue.find_faults(text)) == []


def test_a_name_with_blanks_is_found_without_them(agent: Person) -> None:
    assert [fault.code for fault in catalogue.find_faults("SIM卡")] == ["F07"]


def test_the_code_stands_before_everything_else_and_retired_faults_are_not_offered(agent: Person) -> None:
    services.add_fault(actor=SYSTEM, values=FaultValues("host", "f01 一样的字"))
    assert [fault.code for fault in catalogue.find_faults("F01")] == ["F01", "U001"]
    FaultCode.objects.filter(code="F01").update(is_active=False)
    assert [fault.code for fault in catalogue.find_faults("F01")] == ["U001"]


def test_one_search_finds_models_by_tac_and_name_parts_and_codes(agent: Person) -> None:
    model = services.ensure_model(actor=SYSTEM, code="X9", name="星河 X9", maker="青禾", tacs=["86012345"])
    ModelPart.objects.create(model=model, component="battery", code="X9-BAT", name="电池")
    by_tac = catalogue.find(agent, "8601 2345")
    assert [row.code for row in by_tac.models] == ["X9"]
    assert [row.code for row in catalogue.find(agent, "xhx9").models] == ["X9"]
    found = catalogue.find(agent, "电池")
    assert [row.code for row in found.parts] == ["X9-BAT"]
    assert {row.code for row in found.codes} == {"K003", "K004", "R006"}
    assert {row.code for row in found.faults} == {"C01", "B01"}


def test_somebody_without_posts_finds_nothing(agent: Person) -> None:
    stranger = Person.objects.create(username="stranger", employee_no="S1")
    assert catalogue.find(stranger, "屏").is_empty


@pytest.mark.parametrize(
    ("term", "marked"),
    [
        ("屏幕", "屏幕"),
        ("pm", "屏幕"),
        ("pingmu", "屏幕"),
        ("pingm", "屏幕"),
        ("pmu", "屏幕"),
        ("wxs", "无显示"),
        ("ingm", ""),
    ],
)
def test_the_characters_that_were_meant_are_marked(term: str, marked: str) -> None:
    assert "".join(part for part, hit in pieces("屏幕无显示、错字、漏划", [term]) if hit) == marked


def test_marks_keep_the_blanks_of_a_name() -> None:
    assert pieces("SIM 卡接触不良", ["sim卡"]) == [
        ("SIM", True),
        (" ", False),
        ("卡", True),
        ("接触不良", False),
    ]
    assert pieces("SIM 卡接触不良", ["jc"])[1] == ("接触", True)


# -- the tree ----------------------------------------------------------------------------------------------


def codes(nodes: list[FaultNode]) -> list[str]:
    return [node.fault.code for node in nodes]


def branch(tree: Tree, code: str) -> list[FaultNode]:
    return next(one.faults for one in tree.branches if one.code == code)


def test_the_tree_has_official_faults_with_own_ones_below_and_causes_with_remedies(agent: Person) -> None:
    official = FaultCode.objects.get(code="F02")
    services.add_fault(actor=SYSTEM, values=FaultValues("host", "屏幕闪烁", parent=official))
    services.add_fault(actor=SYSTEM, values=FaultValues("host", "发烫"))
    host = branch(codetree.tree(agent), "host")
    assert codes(host) == [f"F{number:02d}" for number in range(1, 11)] + ["U002"]
    assert codes(host[1].children) == ["U001"]
    display = next(node for node in host[1].causes if node.cause.code == "K010")
    assert [remedy.code for remedy in display.remedies] == ["R004", "R007"]


def test_a_cause_without_faults_comes_into_question_everywhere(agent: Person) -> None:
    assert [node.cause.code for node in codetree.tree(agent).everywhere] == ["K025", "K026"]


def test_a_search_leaves_what_it_means_and_what_leads_there(agent: Person) -> None:
    tree = codetree.tree(agent, text="bdsr")
    assert tree.is_empty
    tree = codetree.tree(agent, text="虚焊")
    assert codes(branch(tree, "host")) == ["F02", "F03", "F06", "F09"]
    assert [[cause.cause.code for cause in node.causes] for node in branch(tree, "host")] == [["K008"]] * 4
    assert all(node.is_open for node in branch(tree, "host"))
    assert codes(branch(codetree.tree(agent, text="wzl"), "host")) == ["F04"]


def test_a_component_and_the_components_of_a_model_cut_the_tree(agent: Person) -> None:
    model = factories.product()
    ModelPart.objects.create(model=model, component="battery", code="BAT", name="电池")
    assert codetree.components_of(model) == ["battery", "host"]
    tree = codetree.tree(agent, components=codetree.components_of(model))
    assert [one.code for one in tree.branches] == ["host", "battery"]


def test_retired_codes_are_left_out_unless_asked_for(agent: Person) -> None:
    FaultCode.objects.filter(code="F04").update(is_active=False)
    assert "F04" not in codes(branch(codetree.tree(agent), "host"))
    assert "F04" in codes(branch(codetree.tree(agent, retired=True), "host"))
