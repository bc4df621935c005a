"""How a call goes on: each case is a row of steps, each step the real service at its moment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from core import serviceclock
from core.actors import person_actor
from core.workcalendar import Calendar
from customers.models import Customer
from orgchart.models import Person
from products.models import Device, FaultCode, ProductModel
from tickets import services
from tickets.demo import texts
from tickets.demo.clock import StoryClock
from tickets.demo.plan import CANCELLED, CONVERTED, KEPT, ON_CALL, PASSED_ON, Call
from tickets.demo.staff import AGENTS, ENGINEERS, Team
from tickets.enums import Action, CaseKind, NextStep, WaitReason
from tickets.services import NewCase, Step

Steps = Iterator[datetime]
_GUARANTEE_DAYS = 365


class Stage:
    """What all cases share: the clock, the calendar, the teams and the words."""

    def __init__(self, clock: StoryClock, calendar: Calendar, teams: list[Team]) -> None:
        self.clock, self.calendar = clock, calendar
        self.teams = {team.place.province: team for team in teams}
        self.words: dict[str, Any] = texts.read("words")
        self.again: str = texts.read("inquiries")["again"]
        self.back: list[str] = texts.read("inquiries")["reopened"]
        self.models = dict(ProductModel.objects.values_list("code", "pk"))
        self.faults = dict(FaultCode.objects.values_list("code", "pk"))


class CaseStory:
    """One case. `steps` yields the moment of each next step and does it when it is resumed."""

    def __init__(self, call: Call, stage: Stage) -> None:
        self.call, self.stage, self.random = call, stage, call.random
        self.team = stage.teams[call.caller.place.province]
        self.agent: Person = self._one_of(self.team.of(*AGENTS))
        self.handler = self.agent
        self.kind = call.kind
        self.number = 0
        self.fixed = call.story.done

    def steps(self) -> Steps:
        """The whole life of the case."""
        yield self.call.at
        yield from _WAYS[self.call.path](self)

    # -- moments and people -------------------------------------------------------------------------------------

    def _after(self, least: float, most: float) -> datetime:
        """A moment in service time, between so many working hours from now."""
        hours = timedelta(hours=self.random.uniform(least, most))
        return serviceclock.add_working_time(self.stage.clock.now(), hours, self.stage.calendar).at

    def _one_of(self, people: list[Person]) -> Person:
        """Somebody of these; the first, who has a log-in, more often than the others."""
        return people[0] if self.random.random() < 0.4 else self.random.choice(people)

    def _word(self, name: str, **values: object) -> str:
        text: str = self.random.choice(self.stage.words[name])
        return text.format(part=self.call.story.part, days=self.random.randint(2, 6), **values)

    def _do(self, person: Person, action: str, **inputs: Any) -> None:
        services.perform(
            actor=person_actor(person),
            number=self.number,
            action=action,
            version=None,
            step=Step(**inputs),
            now=self.stage.clock.now(),
        )

    # -- beginning ----------------------------------------------------------------------------------------------

    def _log(self, next_step: str, resolution: str = "") -> None:
        call, caller, phone = self.call, self.call.caller, self.call.phone
        new = NewCase(
            kind=self.kind,
            description=self._description(),
            phone=caller.number,
            next_step=next_step,
            customer_id=caller.customer_id,
            customer_name=caller.name,
            customer_email=caller.email,
            imei=phone.imei,
            model_id=self.stage.models[phone.model.code],
            fault_id=self.stage.faults[call.story.fault] if self.kind == CaseKind.REPAIR else None,
            priority=call.priority,
            channel=call.channel,
            resolution=resolution,
        )
        case = services.log_case(actor=person_actor(self.agent), new=new, now=self.stage.clock.now())
        self.number = case.number
        self._complete_files(case.customer_id, case.device_id)

    def _complete_files(self, customer_id: int, device_id: int | None) -> None:
        """What the first case of a customer and of a phone does not ask for."""
        caller, phone = self.call.caller, self.call.phone
        if caller.customer_id is None:
            caller.customer_id = customer_id
            Customer.objects.filter(pk=customer_id).update(
                kind=caller.kind, language=caller.language, province_code=caller.place.province
            )
        if phone.device_id is None:
            phone.device_id = device_id
            phone.sold_on = self._sold_on()
            Device.objects.filter(pk=device_id).update(colour=phone.colour, sold_on=phone.sold_on)

    def _sold_on(self) -> date:
        first = timezone.localdate(self.call.at) - timedelta(days=self.call.phone.age)
        return self.call.phone.sold_on or first

    def _description(self) -> str:
        """What the customer says, often with when the phone was bought, sometimes with a wish."""
        if self.kind != CaseKind.REPAIR or self.call.path == CANCELLED:
            return self.call.story.says
        bought = self._bought() if self.random.random() < 0.6 else ""
        return self.call.story.says + bought + self._word("remarks")

    def _bought(self) -> str:
        age = self._age()
        if age > _GUARANTEE_DAYS:
            return self._word("bought_long_ago")
        if age < 45:
            return str(self.random.choice(self.stage.words["bought_lately"])).format(days=age)
        return self._word("bought", months=round(age / 30))

    def _age(self) -> int:
        """Days since the phone was sold."""
        return (timezone.localdate(self.call.at) - self._sold_on()).days

    # -- ways ---------------------------------------------------------------------------------------------------

    def resolved_on_call(self) -> Steps:
        """Answered at once."""
        self._log(NextStep.RESOLVED, self.fixed)
        yield from ()

    def kept(self) -> Steps:
        """The agent looks it up and calls back."""
        self._log(NextStep.KEEP)
        yield self._after(0.3, 5)
        self._do(self.agent, Action.RESOLVE, resolution=self.fixed)
        yield from self._closing()

    def cancelled(self) -> Steps:
        """Logged by mistake."""
        self._log(NextStep.PASS_ON)
        yield self._after(0.1, 0.8)
        self._do(self.agent, Action.CANCEL, reason=self.fixed)

    def converted(self) -> Steps:
        """A question turns out to be a fault."""
        self._log(NextStep.PASS_ON)
        yield self._after(0.2, 1.5)
        story = self.call.story
        fault = self.stage.faults[story.fault]
        self._do(self.agent, Action.CONVERT, device=self.call.phone.imei, fault=fault, note=story.turned)
        self.kind = CaseKind.REPAIR
        yield from self._work()

    def passed_on(self) -> Steps:
        """The ordinary way: leader, handler, customer."""
        self._log(NextStep.PASS_ON)
        if self.call.stop != "logged":
            yield from self._work()

    # -- work ---------------------------------------------------------------------------------------------------

    def _work(self) -> Steps:
        yield from self._assignment()
        if self.call.stop == "assigned":
            return
        yield self._after(0.2, 2.5)
        self._do(self.handler, Action.ACCEPT)
        yield from self._notes()
        if self.call.stop == "in_progress":
            return
        if self.call.stop.startswith("waiting:"):
            yield self._after(0.5, 2)
            self._wait(self.call.stop.removeprefix("waiting:"))
            return
        yield from self._finish()

    def _assignment(self) -> Steps:
        lead = self.team.lead(self.kind)
        yield self._after(0.1, 2.5)
        self._assign(lead)
        if not self.call.stop and self.random.random() < 0.07:
            yield self._after(0.2, 2)
            self._do(self.handler, Action.HAND_BACK, reason=self._word(f"hand_back_{self.kind}"))
            yield self._after(0.2, 2)
            self._assign(lead)

    def _assign(self, lead: Person) -> None:
        positions = ENGINEERS if self.kind == CaseKind.REPAIR else (*AGENTS, "tech_support")
        self.handler = self._one_of(self.team.of(*positions))
        self._do(lead, Action.ASSIGN, assignee=self.handler.pk)

    def _notes(self) -> Steps:
        """Half of the cases carry a note, some of them a second one."""
        while self.random.random() < 0.45:
            yield self._after(0.2, 2)
            self._do(self.handler, Action.NOTE, note=self._note())

    def _note(self) -> str:
        if self.kind == CaseKind.INQUIRY:
            return self._word("notes_inquiry")
        if self.random.random() < 0.3:
            return self._word("notes_in_guarantee" if self._age() <= _GUARANTEE_DAYS else "notes_out")
        if self.team.place.letters == "zj" and self.random.random() < 0.12:
            return "@demo.support 请协助确认检测结论。"
        return self._word("notes_repair")

    def _finish(self) -> Steps:
        if self.kind == CaseKind.REPAIR and self.random.random() < 0.28:
            yield from self._pause()
        yield self._after(1, 12 if self.kind == CaseKind.REPAIR else 5)
        self._do(self.handler, Action.RESOLVE, resolution=self.fixed)
        if self.call.stop == "resolved":
            return
        yield from self._closing()
        if self.call.stop == "reopened" or (not self.call.stop and self.random.random() < 0.05):
            yield from self._back_again()

    def _pause(self) -> Steps:
        reason = self.random.choices([*WaitReason.values], [3, 1, 5])[0]
        yield self._after(0.5, 3)
        self._wait(reason)
        if reason == WaitReason.PARTS and self.random.random() < 0.2:
            yield self._after(3, 6)
            self._do(self.agent, Action.NOTE, note=self.stage.words["chasing"])
        yield self._after(4, 26)
        self._do(self.handler, Action.RESUME)

    def _wait(self, reason: str) -> None:
        name = "inquiry_wait_notes" if self.kind == CaseKind.INQUIRY else f"{reason}_notes"
        until = timezone.localdate(self._after(8, 40))
        self._do(self.handler, Action.WAIT, wait_reason=reason, wait_until=until, note=self._word(name))

    def _closing(self) -> Steps:
        """The agent tells the customer and closes."""
        yield self._after(0.3, 7)
        closer = self.agent if self.random.random() < 0.7 else self.random.choice(self.team.of(*AGENTS))
        note = (
            self._word("closing_notes") if self.kind == CaseKind.REPAIR and self.random.random() < 0.4 else ""
        )
        self._do(closer, Action.CLOSE, note=note)

    def _back_again(self) -> Steps:
        """The customer comes back; the case is reopened and, unless it stalls there, worked on once more."""
        repair = self.kind == CaseKind.REPAIR
        yield self._after(2, 5 if self.call.stop else 40)
        reason = self._word("reopen_repair") if repair else self.random.choice(self.stage.back)
        self._do(self.agent, Action.REOPEN, reason=reason)
        if self.call.stop:
            return
        self.fixed = (
            self.stage.words["repaired_again"].format(part=self.call.story.part)
            if repair
            else self.stage.again
        )
        yield self._after(0.1, 2)
        self._assign(self.team.lead(self.kind))
        yield self._after(0.2, 2)
        self._do(self.handler, Action.ACCEPT)
        yield self._after(2, 10)
        self._do(self.handler, Action.RESOLVE, resolution=self.fixed)
        yield from self._closing()


_WAYS = {
    ON_CALL: CaseStory.resolved_on_call,
    KEPT: CaseStory.kept,
    PASSED_ON: CaseStory.passed_on,
    CONVERTED: CaseStory.converted,
    CANCELLED: CaseStory.cancelled,
}
