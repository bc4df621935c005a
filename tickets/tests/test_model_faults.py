"""The faults that the page of a model shows: those of visible cases of the last weeks, the commonest first."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.actors import system_actor
from orgchart.models import Person
from products.loading import load_faults
from products.models import FaultCode, ProductModel
from tickets.modelfaults import faults_seen
from tickets.models import Case
from tickets.tests import world
from tickets.tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def seen(office: World) -> ProductModel:
    """Three cases of centre A about one model (F02 twice, F03 once), one of centre B and one of long ago (F04)."""
    load_faults(actor=system_actor("tests"))
    now = timezone.now()
    for code, unit, days in (
        ("F03", "A-TECH", 1), ("F02", "A-TECH", 2), ("F02", "A-TECH", 3), ("F04", "B-INFO", 1), ("F04", "A-TECH", 200),
    ):  # fmt: skip
        made = world.case(
            unit=office.units[unit], logged_by=office.people["agent" if unit != "B-INFO" else "other"], kind="repair",
            now=now - timedelta(days=days),
        )  # fmt: skip
        made.fault = FaultCode.objects.get(code=code)
        made.save()
    model: ProductModel = Case.objects.filter(device__isnull=False)[0].device.model
    return model


def codes(reader: Person, model: ProductModel) -> list[tuple[str, int]]:
    return [(fault.code, count) for fault, count in faults_seen(reader, model).context["rows"]]


def test_only_visible_cases_of_the_last_weeks_count(office: World, seen: ProductModel) -> None:
    assert codes(office.people["manager"], seen) == [("F02", 2), ("F03", 1)]


def test_a_model_without_cases_says_so_in_two_statements_at_most(office: World, seen: ProductModel) -> None:
    reader = Person.objects.get(pk=office.people["manager"].pk)
    codes(reader, seen)
    with CaptureQueriesContext(connection) as captured:
        panel = faults_seen(reader, seen)
    assert len(captured) == 2
    assert "F02" in panel.html()
    other = ProductModel.objects.create(code="NEW", name="新", name_en="New", manufacturer="演示")
    assert codes(reader, other) == []
    assert "cat-seen" not in faults_seen(reader, other).html()
