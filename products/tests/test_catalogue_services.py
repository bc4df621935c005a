"""Writes on the catalogue and what they refuse."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from core.actors import Actor, person_actor, system_actor
from core.errors import Conflict, DomainError, Invalid, Refused, StaleVersion
from core.models import AuditEvent
from orgchart.tests.factories import Organisation, make_organisation, person_with
from products.loading import load_faults, load_service_codes
from products.models import FaultCode, Manufacturer, ModelPart, ProductModel, ServiceCode
from products.rules.catalogue import makes_circle, next_code
from products.services import catalogue as services
from products.services.catalogue import CodeValues, FaultValues, MakerValues, ModelValues, PartValues
from products.tests import factories

pytestmark = pytest.mark.django_db
SYSTEM = system_actor("test")


@pytest.fixture
def org() -> Organisation:
    return make_organisation()


@pytest.fixture
def lead(org: Organisation) -> Actor:
    """A technical group leader, whose position edits the catalogue."""
    return person_actor(person_with("tech_lead", org.near.tech))


@pytest.fixture
def official() -> FaultCode:
    load_faults(actor=SYSTEM)
    found: FaultCode = FaultCode.objects.get(code="F02")
    return found


def model_values(**changes: Any) -> ModelValues:
    given = {"code": "x9", "name": "星河 X9", "maker": factories.maker(), "tacs": ["86012345"], **changes}
    return ModelValues(**given)


def refused(call: Callable[[], object]) -> DomainError:
    with pytest.raises(DomainError) as found:
        call()
    return found.value


def last() -> AuditEvent:
    found = AuditEvent.objects.order_by("-id").first()
    assert found is not None
    return found


# -- who may -----------------------------------------------------------------------------------------------


def test_a_position_without_the_grant_changes_nothing(org: Organisation) -> None:
    agent = person_actor(person_with("service_agent", org.near.info))
    error = refused(lambda: services.add_maker(actor=agent, values=MakerValues("QH", "青禾")))
    assert (type(error), error.code, Manufacturer.objects.count()) == (Refused, "may_not_catalogue", 0)


# -- manufacturers and models ------------------------------------------------------------------------------


def test_a_manufacturer_is_kept_with_its_reading_and_the_trail_holds_what_was_entered(lead: Actor) -> None:
    row = services.add_maker(actor=lead, values=MakerValues(" qh ", "青禾", hotline="400-000 0000"))
    assert (row.code, row.name_en, row.pinyin, row.initials) == ("QH", "青禾", "qinghe", "qh")
    assert (last().action, last().changes["name"]) == ("maker.added", [None, "青禾"])


def test_a_corrected_manufacturer_renames_the_old_column_of_its_models(lead: Actor) -> None:
    model = factories.product()
    maker = services.correct_maker(actor=lead, maker=model.maker, version=1, values=MakerValues("QH", "青苗"))
    model.refresh_from_db()
    assert (maker.version, maker.initials, model.manufacturer) == (2, "qm", "青苗")
    assert last().changes["name"] == ["青禾", "青苗"]


def test_two_manufacturers_never_have_one_code(lead: Actor) -> None:
    factories.maker("QH")
    error = refused(lambda: services.add_maker(actor=lead, values=MakerValues("qh", "别家")))
    assert (error.code, error.field) == ("code_taken", "code")


def test_a_model_fills_maker_old_column_and_reading(lead: Actor) -> None:
    row = services.add_model(actor=lead, values=model_values())
    assert (row.code, row.manufacturer, row.pinyin, row.version) == ("X9", "青禾", "xinghex9", 1)
    assert last().changes["maker"] == [None, "QH"]
    assert last().changes["tacs"] == [None, ["86012345"]]


@pytest.mark.parametrize("tac", ["8601234", "860123456", "8601234A", "８６０１２３４５"])
def test_a_tac_has_eight_digits(lead: Actor, tac: str) -> None:
    error = refused(lambda: services.add_model(actor=lead, values=model_values(tacs=[tac])))
    assert (error.code, error.field) == ("bad_tac", "tacs")
    assert tac in str(error.message)


def test_a_tac_that_another_model_has_is_refused_and_the_other_model_named(lead: Actor) -> None:
    services.add_model(actor=lead, values=model_values())
    error = refused(lambda: services.add_model(actor=lead, values=model_values(code="X10", name="星河 X10")))
    assert (type(error), error.code, error.field) == (Conflict, "tac_taken", "tacs")
    assert "星河 X9" in str(error.message)
    assert "86012345" in str(error.message)
    assert not ProductModel.objects.filter(code="X10").exists()


def test_a_model_keeps_its_own_tacs_when_it_is_corrected(lead: Actor) -> None:
    row = services.add_model(actor=lead, values=model_values())
    values = model_values(tacs=["86012345", "86012346"])
    row = services.correct_model(actor=lead, model=row, version=1, values=values)
    assert (row.tacs, row.version) == (["86012345", "86012346"], 2)


def test_a_correction_on_an_old_version_is_refused_with_what_is_there_now(lead: Actor) -> None:
    row = services.add_model(actor=lead, values=model_values())
    services.correct_model(actor=lead, model=row, version=1, values=model_values(name="星河 X9 新"))
    error = refused(
        lambda: services.correct_model(actor=lead, model=row, version=1, values=model_values(name="晚"))
    )
    assert isinstance(error, StaleVersion)
    assert error.context["current"].name == "星河 X9 新"


def test_a_correction_that_changes_nothing_makes_no_version_and_no_event(lead: Actor) -> None:
    row = services.add_model(actor=lead, values=model_values())
    events = AuditEvent.objects.count()
    row = services.correct_model(actor=lead, model=row, version=1, values=model_values())
    assert (row.version, AuditEvent.objects.count()) == (1, events)


def test_a_model_that_is_ensured_twice_is_there_once_with_its_maker() -> None:
    for _time in range(2):
        services.ensure_model(actor=SYSTEM, code="M-1", name="青禾 A5", name_en="Qinghe A5", maker="演示牌")
    row = ProductModel.objects.select_related("maker").get()
    assert (row.maker.name, row.manufacturer, row.initials) == ("演示牌", "演示牌", "qha")
    assert Manufacturer.objects.count() == 1


# -- parts -------------------------------------------------------------------------------------------------


def test_a_part_counts_as_a_change_of_its_model(lead: Actor) -> None:
    model = factories.product()
    part = services.add_part(
        actor=lead, model=model, version=1, values=PartValues("battery", "a5-bat", "电池")
    )
    model.refresh_from_db()
    assert (part.code, part.name_en, model.version) == ("A5-BAT", "电池", 2)
    late = PartValues("battery", "A5-BAT2", "电池二")
    assert isinstance(
        refused(lambda: services.add_part(actor=lead, model=model, version=1, values=late)), StaleVersion
    )


def test_a_part_number_stands_once_in_a_model(lead: Actor) -> None:
    model, values = factories.product(), PartValues("battery", "BAT", "电池")
    services.add_part(actor=lead, model=model, version=1, values=values)
    error = refused(lambda: services.add_part(actor=lead, model=model, version=2, values=values))
    assert (error.code, error.field) == ("code_taken", "code")


def test_copying_parts_brings_those_in_use_that_are_missing(lead: Actor) -> None:
    source, model = factories.product("A5"), factories.product("A6")
    ModelPart.objects.create(model=source, component="battery", code="BAT", name="电池")
    ModelPart.objects.create(model=source, component="host", code="OLD", name="旧件", is_active=False)
    ModelPart.objects.create(model=source, component="host", code="LCD", name="显示屏")
    ModelPart.objects.create(model=model, component="host", code="LCD", name="自己的")
    assert services.copy_parts(actor=lead, model=model, version=1, source=source) == 1
    assert sorted(model.parts.values_list("code", "name")) == [("BAT", "电池"), ("LCD", "自己的")]
    error = refused(lambda: services.copy_parts(actor=lead, model=model, version=2, source=source))
    assert error.code == "nothing_to_copy"


# -- faults ------------------------------------------------------------------------------------------------


def test_the_wording_of_the_official_list_is_not_edited(lead: Actor, official: FaultCode) -> None:
    values = FaultValues("host", "屏幕坏")
    error = refused(lambda: services.correct_fault(actor=lead, fault=official, version=1, values=values))
    assert (type(error), error.code, error.field) == (Conflict, "official_name", "name")
    official.refresh_from_db()
    assert official.name == "屏幕无显示、错字、漏划"


def test_an_official_fault_is_retired_and_restored_and_never_deleted(
    lead: Actor, official: FaultCode
) -> None:
    services.retire(actor=lead, row=official, version=1)
    official.refresh_from_db()
    assert (official.is_active, official.version, last().action) == (False, 2, "fault.retired")
    services.restore(actor=lead, row=official, version=2)
    assert FaultCode.objects.get(pk=official.pk).is_active
    assert refused(lambda: services.delete(actor=lead, row=official)).code == "official_entry"


def test_own_faults_get_codes_that_never_clash_with_the_list(lead: Actor, official: FaultCode) -> None:
    first = services.add_fault(
        actor=lead, values=FaultValues("host", "屏幕闪烁", "Screen flickers", official)
    )
    second = services.add_fault(actor=lead, values=FaultValues("battery", "电池鼓包"))
    assert (first.code, second.code, first.parent, first.is_official) == ("U001", "U002", official, False)
    assert (first.pinyin, first.initials) == ("pingmushanshuo", "pmss")


def test_a_fault_stands_below_one_of_its_own_component(lead: Actor, official: FaultCode) -> None:
    values = FaultValues("battery", "电池鼓包", parent=official)
    error = refused(lambda: services.add_fault(actor=lead, values=values))
    assert (type(error), error.code, error.field) == (Invalid, "other_component", "parent")


def test_a_circle_of_faults_is_refused(lead: Actor) -> None:
    top = services.add_fault(actor=lead, values=FaultValues("host", "甲"))
    middle = services.add_fault(actor=lead, values=FaultValues("host", "乙", parent=top))
    low = services.add_fault(actor=lead, values=FaultValues("host", "丙", parent=middle))
    values = FaultValues("host", "甲", parent=low)
    error = refused(lambda: services.correct_fault(actor=lead, fault=top, version=1, values=values))
    assert (error.code, error.field) == ("circle", "parent")
    top.refresh_from_db()
    assert top.parent is None


@pytest.mark.parametrize(
    ("row", "parent", "circle"), [(1, None, False), (1, 1, True), (1, 3, True), (3, 1, False), (4, 3, False)]
)
def test_a_circle_is_seen_over_any_number_of_levels(row: int, parent: int | None, *, circle: bool) -> None:
    assert makes_circle(row, parent, {2: 1, 3: 2}) is circle


def test_numbers_go_on_after_the_highest_one() -> None:
    assert next_code("U", ["U001", "U009", "UX1", "F99"], 3) == "U010"


# -- causes and remedies -----------------------------------------------------------------------------------


def test_fault_cause_and_remedy_are_linked_and_the_trail_names_the_codes(
    lead: Actor, official: FaultCode
) -> None:
    cause = services.add_code(actor=lead, kind="cause", values=CodeValues("排线松动", faults=[official]))
    remedy = services.add_code(actor=lead, kind="remedy", values=CodeValues("紧固排线", causes=[cause]))
    assert (cause.code, remedy.code) == ("K001", "R001")
    assert last().changes["causes"] == [None, ["K001"]]
    services.link_causes(actor=lead, fault=official, version=1, causes=[])
    assert (last().action, last().changes) == ("fault.causes_set", {"causes": [["K001"], []]})
    services.link_remedies(actor=lead, cause=cause, version=1, remedies=[])
    assert list(cause.remedies.all()) == []


def test_a_remedy_does_not_pass_as_a_cause(lead: Actor, official: FaultCode) -> None:
    remedy = services.add_code(actor=lead, kind="remedy", values=CodeValues("清洁"))
    error = refused(lambda: services.link_causes(actor=lead, fault=official, version=1, causes=[remedy]))
    assert error.code == "not_a_cause"
    wrong = CodeValues("清洁", faults=[official])
    assert refused(lambda: services.add_code(actor=lead, kind="remedy", values=wrong)).code == "wrong_links"


# -- deleting ----------------------------------------------------------------------------------------------


def test_what_nothing_uses_is_deleted_and_the_trail_keeps_its_name(lead: Actor) -> None:
    row = services.add_code(actor=lead, kind="cause", values=CodeValues("手误"))
    services.delete(actor=lead, row=row, version=1)
    assert not ServiceCode.objects.exists()
    assert (last().action, last().subject_label, last().changes["name"]) == (
        "cause.deleted",
        "K001",
        ["手误", None],
    )


@pytest.mark.parametrize("sort", ["maker", "model", "fault", "cause"])
def test_what_something_uses_is_not_deleted(org: Organisation, lead: Actor, sort: str) -> None:
    owner = factories.customer(org.near.unit)
    model = factories.device(owner).model
    top = services.add_fault(actor=lead, values=FaultValues("host", "甲"))
    services.add_fault(actor=lead, values=FaultValues("host", "乙", parent=top))
    cause = services.add_code(actor=lead, kind="cause", values=CodeValues("因", faults=[top]))
    row = {"maker": model.maker, "model": model, "fault": top, "cause": cause}[sort]
    assert refused(lambda: services.delete(actor=lead, row=row)).code == "in_use"
    services.retire(actor=lead, row=row)
    row.refresh_from_db()
    assert not row.is_active


# -- loading -----------------------------------------------------------------------------------------------


def test_loading_twice_adds_nothing_and_overwrites_nothing() -> None:
    load_faults(actor=SYSTEM)
    added = load_service_codes(actor=SYSTEM)
    assert added == ServiceCode.objects.count() == 46
    changed = ServiceCode.objects.get(code="K010")
    changed.name = "屏幕总成坏"
    changed.save()
    changed.faults.clear()
    events = AuditEvent.objects.count()
    assert (load_faults(actor=SYSTEM), load_service_codes(actor=SYSTEM)) == (0, 0)
    changed.refresh_from_db()
    assert (changed.name, changed.faults.count(), AuditEvent.objects.count()) == ("屏幕总成坏", 0, events)


def test_every_fault_of_the_list_has_causes_every_cause_a_remedy_and_everything_a_reading() -> None:
    load_faults(actor=SYSTEM)
    load_service_codes(actor=SYSTEM)
    assert not FaultCode.objects.filter(causes__isnull=True).exists()
    assert (
        set(ServiceCode.objects.filter(kind="cause", remedies__isnull=True).values_list("code", flat=True))
        == set()
    )
    for row in [*FaultCode.objects.all(), *ServiceCode.objects.all()]:
        assert re.search("[a-z]", row.pinyin)
        assert re.search("[a-z]", row.initials)
