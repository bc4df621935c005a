"""Organisations with a history, made by chance from a seed: some steps are refused, as in life."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from django.db import transaction

from core.errors import DomainError
from orgchart import services
from orgchart.enums import Power
from orgchart.models import Appointment, Deputyship, Position, Unit
from orgchart.scope import today
from orgchart.services import appoint, end_appointment, name_deputy, record_leave
from orgchart.services.deputies import StandIn
from orgchart.services.units import rebuild_links
from orgchart.tests.factories import SYSTEM, PersonFactory, make_organisation


class RandomOrganisation:
    """Two centres with groups, branch and outlet, the department and sales; about thirty people and a year of changes."""

    def __init__(self, seed: int, people: int = 24, steps: int = 120) -> None:
        self.random = Random(seed)
        self.refused: list[str] = []
        self.org = make_organisation()
        self.sales = Unit.objects.create(
            code="SALES", kind="outside", name="SALES", name_en="SALES", parent=self.org.company
        )
        rebuild_links()
        self._shuffle_powers()
        self.units = list(Unit.objects.all())
        self.positions = list(Position.objects.filter(is_post=True))
        self.people = PersonFactory.create_batch(people)
        self._begin()
        for _ in range(steps):
            self._step()

    def _begin(self) -> None:
        """One centre is staffed from the start, so that lines are long enough to be asked about."""
        posts = {position.code: position for position in self.positions}
        near = self.org.near
        places = [
            ("head_office_manager", self.org.company), ("department_manager", self.org.department),
            ("centre_manager", near.unit), ("info_lead", near.info), ("tech_lead", near.tech),
            ("service_agent", near.info), ("service_agent", near.info), ("repair_engineer", near.tech),
            ("repair_engineer", near.tech), ("accountant", near.finance), ("network_admin", near.unit),
        ]  # fmt: skip
        since = today() - timedelta(days=90)
        for person, (code, unit) in zip(self.people, places, strict=False):
            appoint(actor=SYSTEM, person=person, position=posts[code], unit=unit, starts_on=since)

    def _shuffle_powers(self) -> None:
        """Some descriptions lose powers, one position gets another superior."""
        for position in Position.objects.all():
            powers = position.rights["powers"]
            for power in Power.values:
                if power in powers and self.random.random() < 0.15:
                    del powers[power]
            position.save(update_fields=["rights"])

    def day(self) -> date:
        """Some day around today; often today itself or a neighbour, where mistakes hide."""
        near = self.random.random() < 0.5
        return today() + timedelta(days=self.random.randint(-2, 2) if near else self.random.randint(-200, 60))

    def unit_for(self, position: Position) -> Unit:
        """Where the position belongs, sometimes somewhere else."""
        fitting = [
            unit for unit in self.units
            if (unit.kind, unit.group_kind) == (position.unit_kind, position.group_kind)
        ]  # fmt: skip
        return self.random.choice(fitting if fitting and self.random.random() < 0.8 else self.units)

    def _step(self) -> None:
        act = self.random.choice(
            [self._appoint] * 5 + [self._end, self._deputy, self._deputy, self._leave, self._close]
        )
        try:
            with transaction.atomic():
                act()
        except DomainError as error:
            self.refused.append(error.code)

    def _appoint(self) -> None:
        position = self.random.choice(self.positions)
        start = self.day()
        end = start + timedelta(days=self.random.randint(0, 120)) if self.random.random() < 0.4 else None
        appoint(
            actor=SYSTEM, person=self.random.choice(self.people), position=position, unit=self.unit_for(position),
            starts_on=start, ends_on=end, is_primary=self.random.random() < 0.7,
        )  # fmt: skip

    def _end(self) -> None:
        row = self._one(Appointment)
        if row is not None:
            end_appointment(actor=SYSTEM, appointment=row, last_day=self.day())

    def _deputy(self) -> None:
        post, via = self._one(Appointment), None
        if post is None:
            return
        if self.random.random() < 0.4:
            via = self.random.choice([*Deputyship.objects.filter(is_cancelled=False), None])
            post = via.post if via else post
        start = self.day()
        end = start + timedelta(days=self.random.randint(0, 60))
        deputy = self.random.choice(self.people)
        name_deputy(actor=SYSTEM, post=post, deputy=deputy, starts_on=start, ends_on=end, via=via)

    def _leave(self) -> None:
        row = self._one(Appointment)
        if row is not None:
            start = self.day()
            record_leave(
                actor=SYSTEM, person=row.person, kind="annual", starts_on=start,
                ends_on=start + timedelta(days=self.random.randint(0, 20)),
                stand_ins=[StandIn(row, self.random.choice(self.people))],
            )  # fmt: skip

    def _close(self) -> None:
        if self.random.random() < 0.1:
            services.close_account(
                actor=SYSTEM,
                person=self.random.choice(self.people),
                last_day=today(),
                at_once=self.random.random() < 0.5,
            )

    def _one(self, model: type) -> Appointment | None:
        rows = list(model.objects.select_related("person", "position", "unit"))
        return self.random.choice(rows) if rows else None
