"""Cases logged through the services, in an organisation of two centres."""

from __future__ import annotations

import itertools
from datetime import datetime
from typing import Any

from core.actors import Actor, person_actor
from orgchart.models import Person
from products.models import FaultCode, ProductModel
from tickets import services
from tickets.models import Case
from tickets.tests import world

PHONE = "13812345678"
_serial = itertools.count(500_000)


def model() -> ProductModel:
    """A phone model."""
    made, _created = ProductModel.objects.get_or_create(
        code="DEMO-X1", defaults={"name": "演示 X1", "name_en": "Demo X1", "manufacturer": "演示"}
    )
    return made


def fault() -> FaultCode:
    """A fault of the list."""
    made, _created = FaultCode.objects.get_or_create(
        code="H01",
        defaults={"name": "不开机", "name_en": "Does not switch on", "component": "host", "source": "test"},
    )
    return made


def office() -> world.World:
    """Two centres; in A an agent, an engineer, a technical leader and a manager, in B an agent."""
    made = world.build()
    made.person("agent", "service_agent", "A-INFO")
    made.person("engineer", "repair_engineer", "A-TECH")
    made.person("leader", "tech_lead", "A-TECH")
    made.person("manager", "centre_manager", "A")
    made.person("other", "service_agent", "B-INFO")
    return made


def log(person: Person, now: datetime | None = None, **values: Any) -> Case:
    """A repair logged by `person`; everything can be given otherwise."""
    given: dict[str, Any] = {
        "kind": "repair",
        "description": "充电后不开机",
        "phone": PHONE,
        "customer_name": "测试客户",
        "imei": world.imei(next(_serial)),
        "model_id": model().pk,
        "fault_id": fault().pk,
    }
    given.update(values)
    return services.log_case(actor=person_actor(person), new=services.NewCase(**given), now=now)


def take(person: Person, case: Case, action: str, **step: Any) -> Case:
    """A step of `person` on the case as it is now."""
    actor: Actor = person_actor(person)
    return services.perform(
        actor=actor, number=case.number, action=action, version=None, step=services.Step(**step)
    )
