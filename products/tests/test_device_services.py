"""Registering, correcting, serial numbers, certificates, owners, exchanges: what they do and what they refuse."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from core.actors import Actor, person_actor, system_actor
from core.errors import Conflict, DomainError, Invalid, NotVisible, Refused, StaleVersion
from core.models import AuditEvent
from core.tests.threads import at_once
from orgchart.models import Person
from orgchart.scope import forget_scope, today
from products import services
from products.models import Certificate, Device, Exchange, Ownership
from products.services import CertificateDetails, Details, NewPhone, Serial
from products.tests import factories
from products.tests.factories import Counter, imei

DAY = date(2026, 3, 1)


def refused(kind: type[DomainError], code: str, act: Callable[[], Any]) -> DomainError:
    """The refusal, which has to be of this kind and code."""
    with pytest.raises(kind) as caught:
        act()
    assert caught.value.code == code
    return caught.value


def events(device: Device) -> list[tuple[str, dict[str, Any]]]:
    rows = AuditEvent.objects.filter(subject_type="products.device", subject_id=device.pk).order_by("id")
    return list(rows.values_list("action", "changes"))


def owned(device: Device) -> list[tuple[int, date | None, date | None]]:
    return list(device.ownerships.order_by("id").values_list("owner_id", "starts_on", "ends_on"))


# -- Registering -------------------------------------------------------------------------------------------------------


def test_a_phone_is_registered_with_everything_on_the_invoice(counter: Counter, agent: Actor) -> None:
    details = Details(
        imei2=imei(2), colour="黑", variant="12+256", sold_on=DAY, delivered_on=DAY + timedelta(2), seller="店",
        invoice_number="3300224130-12345678",
    )  # fmt: skip
    device = services.register_for(
        actor=agent, owner_id=counter.customer.pk, imei=f"{imei(1)[:6]} {imei(1)[6:]}", model=factories.product(),
        details=details, serials=(Serial("battery", "bt-12 3"),),
    )  # fmt: skip
    device.refresh_from_db()
    assert (device.imei, device.imei2, device.invoice_code, device.invoice_number, device.seller) == (
        imei(1), imei(2), "3300224130", "12345678", "店",
    )  # fmt: skip
    assert owned(device) == [(counter.customer.pk, DAY + timedelta(2), None)]
    assert list(device.serials.values_list("kind", "number")) == [("battery", "BT123")]
    assert events(device) == [("device.registered", {"model": [None, "A5"]})]


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"imei": "49"}, "imei_wrong_length", "imei"),
        ({"details": Details(imei2="1")}, "imei_wrong_length", "imei2"),
        ({"details": Details(imei2=imei(1))}, "imeis_same", "imei2"),
        ({"details": Details(invoice_number="12345678")}, "invoice_code_missing", "invoice_code"),
        ({"details": Details(invoice_number="123")}, "invoice_number_length", "invoice_number"),
        ({"details": Details(sold_on=DAY, delivered_on=DAY - timedelta(1))}, "delivered_before_sold", "delivered_on"),
        ({"details": Details(sold_on=date(2100, 1, 1))}, "day_in_future", "sold_on"),
        ({"serials": (Serial("battery", " "),)}, "serial_empty", "number"),
        ({"serials": (Serial("screen", "1"),)}, "serial_kind", "kind"),
    ],
)  # fmt: skip
def test_what_registering_refuses_at_its_field(
    counter: Counter, agent: Actor, given: dict[str, Any], code: str, field: str
) -> None:
    values = {"imei": imei(1), "model": factories.product(), **given}
    error = refused(
        Invalid, code, lambda: services.register_for(actor=agent, owner_id=counter.customer.pk, **values)
    )
    assert error.field == field
    assert not Device.objects.exists()


def test_fourteen_digits_get_the_fifteenth_as_a_proposal(counter: Counter, agent: Actor) -> None:
    error = refused(Invalid, "imei_wrong_length", lambda: services.require_imei("49015420323751"))
    assert "49 015420 323751 8" in str(error.message)


def test_nobody_registers_for_a_file_out_of_sight_or_without_the_grant(
    counter: Counter, agent: Actor
) -> None:
    given = {"imei": imei(1), "model": factories.product()}
    refused(
        NotVisible,
        "customer_not_found",
        lambda: services.register_for(actor=agent, owner_id=counter.stranger.pk, **given),
    )
    lead = factories.person_with("finance_lead", counter.org.near.finance)
    refused(
        Refused,
        "may_not_devices",
        lambda: services.register_for(actor=person_actor(lead), owner_id=counter.customer.pk, **given),
    )


def test_no_phone_for_a_merged_file(counter: Counter, agent: Actor) -> None:
    kept = factories.customer(counter.org.near.unit, "张三")
    counter.customer.merged_into = kept
    counter.customer.save()
    given = {"imei": imei(1), "model": factories.product(), "owner_id": counter.customer.pk}
    refused(Invalid, "owner_not_usable", lambda: services.register_for(actor=agent, **given))


@pytest.mark.django_db(transaction=True)
def test_the_same_imei_at_the_same_time_is_one_phone_and_one_refusal() -> None:
    owner, model = factories.customer(None), factories.product()
    results = at_once(
        2,
        lambda _n: services.register_device(
            actor=system_actor("test"), imei=imei(1), model=model, owner=owner
        ),
    )
    kinds = sorted(type(result).__name__ for result in results)
    assert kinds == ["Conflict", "Device"]
    assert next(r.code for r in results if isinstance(r, Conflict)) == "imei_registered"
    assert (Device.objects.count(), Ownership.objects.count()) == (1, 1)


# -- Correcting --------------------------------------------------------------------------------------------------------


def test_a_mistyped_imei_is_corrected_with_history_and_without_a_number_in_the_trail(
    counter: Counter, agent: Actor
) -> None:
    device = factories.device(counter.customer, imei=imei(1), colour="黑")
    services.correct_device(
        actor=agent,
        pk=device.pk,
        version=1,
        imei=imei(2),
        model=factories.product("A6"),
        details=Details(colour="黑"),
    )
    device.refresh_from_db()
    assert (device.imei, device.model.code, device.version) == (imei(2), "A6", 2)
    changes = device.changes.order_by("field").values_list("field", "old", "new", "changed_by")
    assert list(changes) == [
        ("imei", imei(1), imei(2), counter.agent.pk),
        ("model", "A5", "A6", counter.agent.pk),
    ]
    assert events(device) == [("device.corrected", {"fields": [None, ["imei", "model"]]})]


def test_nothing_changed_writes_nothing(counter: Counter, agent: Actor) -> None:
    device = factories.device(counter.customer, imei=imei(1))
    services.correct_device(
        actor=agent, pk=device.pk, version=1, imei=imei(1), model=device.model, details=Details()
    )
    device.refresh_from_db()
    assert (device.version, events(device)) == (1, [])


def test_correcting_refuses_a_stale_version_and_shows_what_is_there(counter: Counter, agent: Actor) -> None:
    device = factories.device(counter.customer, imei=imei(1), version=4)
    error = refused(
        StaleVersion,
        "device_changed",
        lambda: services.correct_device(
            actor=agent, pk=device.pk, version=3, imei=imei(2), model=device.model, details=Details()
        ),
    )
    assert error.context["current"].pk == device.pk


def test_correcting_refuses_the_imei_of_another_phone(counter: Counter, agent: Actor) -> None:
    device, other = factories.device(counter.customer), factories.device(counter.customer)
    refused(
        Conflict,
        "imei_registered",
        lambda: services.correct_device(
            actor=agent, pk=device.pk, version=1, imei=other.imei, model=device.model, details=Details()
        ),
    )


def correct(person: Person, device: Device) -> Device:
    return services.correct_device(
        actor=person_actor(person), pk=device.pk, version=device.version, imei=device.imei, model=device.model,
        details=Details(colour="白"),
    )  # fmt: skip


def test_who_may_correct(counter: Counter, seen_by_case: Callable[[Person, int], None]) -> None:
    device = factories.device(counter.customer)
    refused(NotVisible, "device_not_found", lambda: correct(counter.other, device))
    refused(NotVisible, "device_not_found", lambda: correct(counter.engineer, device))
    seen_by_case(counter.engineer, device.pk)
    forget_scope(counter.engineer)
    assert correct(counter.engineer, device).colour == "白"
    lead = factories.person_with("finance_lead", counter.org.near.finance)
    seen_by_case(lead, device.pk)
    refused(Refused, "may_not_devices", lambda: correct(lead, device))


# -- Serial numbers and certificate ------------------------------------------------------------------------------------


def test_a_serial_number_comes_and_goes_with_history(counter: Counter, agent: Actor) -> None:
    device = factories.device(counter.customer)
    row = services.add_serial(actor=agent, pk=device.pk, version=1, kind="serial", number="r5-8n a")
    assert row.number == "R58NA"
    again = lambda: services.add_serial(  # noqa: E731
        actor=agent, pk=device.pk, version=2, kind="serial", number="R58NA"
    )
    refused(Conflict, "serial_known", again)
    services.remove_serial(actor=agent, pk=device.pk, version=2, serial_id=row.pk)
    assert not device.serials.exists()
    assert list(device.changes.order_by("id").values_list("field", "old", "new")) == [
        ("serial.serial", "", "R58NA"),
        ("serial.serial", "R58NA", ""),
    ]
    refused(
        NotVisible,
        "serial_not_found",
        lambda: services.remove_serial(actor=agent, pk=device.pk, version=3, serial_id=row.pk),
    )
    assert "R58NA" not in str(events(device))


def test_an_imeisv_has_to_be_that_of_the_phone(counter: Counter, agent: Actor) -> None:
    device = factories.device(counter.customer, imei=imei(1))
    services.add_serial(actor=agent, pk=device.pk, version=1, kind="imeisv", number=f"{imei(1)[:14]}-07")
    refused(
        Invalid,
        "serial_imeisv_of_another",
        lambda: services.add_serial(
            actor=agent, pk=device.pk, version=2, kind="imeisv", number=f"{imei(2)[:14]}07"
        ),
    )


def test_the_certificate_is_recorded_and_corrected(counter: Counter, agent: Actor) -> None:
    device = factories.device(counter.customer)
    first = CertificateDetails(number="zs-001", origin="深圳", has_seal=True, seen_on=DAY)
    services.record_certificate(actor=agent, pk=device.pk, version=1, certificate=first)
    second = CertificateDetails(number="zs-002", origin="深圳", has_seal=True, seen_on=DAY)
    services.record_certificate(actor=agent, pk=device.pk, version=2, certificate=second)
    row = Certificate.objects.get(device=device)
    assert (row.number, row.origin, row.has_seal) == ("ZS002", "深圳", True)
    assert device.changes.filter(field="certificate.number").values_list("old", "new")[0] == (
        "ZS001",
        "ZS002",
    )
    assert [action for action, _changes in events(device)] == ["device.certificate_recorded"] * 2
    empty = lambda: services.record_certificate(  # noqa: E731
        actor=agent, pk=device.pk, version=3, certificate=CertificateDetails(seen_on=DAY)
    )
    assert refused(Invalid, "certificate_empty", empty).field == "number"


# -- Owners ------------------------------------------------------------------------------------------------------------


def change(actor: Actor, device: Device, owner: Any, day: date = DAY, **given: Any) -> Device:
    values = {"version": device.version, "reason": "转卖", **given}
    return services.change_owner(actor=actor, pk=device.pk, owner=owner, starts_on=day, **values)


def test_the_owner_changes_and_the_old_one_stays_in_the_history(counter: Counter, agent: Actor) -> None:
    device = factories.device(counter.customer)
    buyer = factories.customer(counter.org.near.unit, "李四")
    changed = change(agent, device, buyer)
    assert (changed.owner_id, changed.version) == (buyer.pk, 2)
    assert owned(device) == [(counter.customer.pk, None, DAY), (buyer.pk, DAY, None)]
    assert events(device) == [("device.owner_changed", {"owner": [counter.customer.pk, buyer.pk]})]


def test_the_former_owners_centre_keeps_seeing_the_phone(counter: Counter, agent: Actor) -> None:
    device = factories.device(counter.customer)
    Device.objects.filter(pk=device.pk).update(owner=counter.stranger)
    Ownership.objects.filter(device=device).update(ends_on=DAY)
    Ownership.objects.create(device=device, owner=counter.stranger, starts_on=DAY)
    assert Device.objects.permitted(counter.agent).filter(pk=device.pk).exists()
    assert Device.objects.permitted(counter.other).filter(pk=device.pk).exists()


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"owner": "same"}, "owner_same", "owner"),
        ({"owner": "stranger"}, "owner_not_visible", "owner"),
        ({"owner": "merged"}, "owner_not_usable", "owner"),
        ({"day": date(2100, 1, 1)}, "day_in_future", "starts_on"),
        ({"day": DAY - timedelta(1)}, "before_last_owner", "starts_on"),
        ({"reason": " "}, "reason_missing", "reason"),
    ],
)
def test_what_a_change_of_owner_refuses(
    counter: Counter, agent: Actor, given: dict[str, Any], code: str, field: str
) -> None:
    device = factories.device(counter.customer, owned_from=DAY)
    near = counter.org.near.unit
    owners = {
        "same": counter.customer,
        "stranger": counter.stranger,
        "merged": factories.customer(near, "王五", merged_into=counter.customer),
    }
    values = {"owner": factories.customer(near, "李四"), "day": DAY, **given}
    values["owner"] = owners.get(values["owner"], values["owner"])
    assert refused(Invalid, code, lambda: change(agent, device, **values)).field == field
    assert owned(device) == [(counter.customer.pk, DAY, None)]


def test_a_change_of_owner_is_taken_back_the_same_day_only(counter: Counter, agent: Actor) -> None:
    device = factories.device(counter.customer)
    device = change(agent, device, factories.customer(counter.org.near.unit, "李四"))
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        undo = lambda: services.undo_owner_change(  # noqa: E731
            actor=system_actor("test"), pk=device.pk, version=2, reason="错了"
        )
        refused(Conflict, "nothing_to_undo", undo)
    back = services.undo_owner_change(actor=agent, pk=device.pk, version=2, reason="错了")
    assert (back.owner_id, owned(device)) == (counter.customer.pk, [(counter.customer.pk, None, None)])
    assert [action for action, _changes in events(device)] == [
        "device.owner_changed",
        "device.owner_change_undone",
    ]
    refused(
        Conflict,
        "nothing_to_undo",
        lambda: services.undo_owner_change(actor=agent, pk=device.pk, version=3, reason="错了"),
    )


@pytest.mark.django_db(transaction=True)
def test_two_changes_of_owner_at_once_are_one_change_and_one_stale_version() -> None:
    device = factories.device(factories.customer(None))
    buyers = [factories.customer(None, "李四"), factories.customer(None, "王五")]
    results = at_once(2, lambda n: change(system_actor("test"), device, buyers[n]))
    assert sorted(type(result).__name__ for result in results) == ["Device", "StaleVersion"]
    assert device.ownerships.filter(ends_on=None).count() == 1


# -- Exchanges ---------------------------------------------------------------------------------------------------------


def exchange(actor: Actor, device: Device, new: NewPhone, **given: Any) -> Exchange:
    values = {"version": device.version, "exchanged_on": DAY, "reason": "不开机", **given}
    return services.exchange_device(actor=actor, pk=device.pk, new=new, **values)


def test_the_owner_gets_a_new_phone_for_the_old_one(counter: Counter, agent: Actor) -> None:
    device = factories.device(counter.customer)
    row = exchange(agent, device, NewPhone(imei(9), factories.product("A6"), "白"))
    assert (row.new.imei, row.new.owner_id, row.new.model.code) == (imei(9), counter.customer.pk, "A6")
    assert owned(device) == [(counter.customer.pk, None, DAY)]
    assert owned(row.new) == [(counter.customer.pk, DAY, None)]
    assert [action for action, _ in events(row.new)] == ["device.registered", "device.exchanged"]
    assert events(device)[0][1] == {
        "old": [None, device.pk],
        "new": [None, row.new.pk],
        "on": [None, "2026-03-01"],
    }


def test_a_phone_registered_for_the_owner_already_may_be_the_new_one(counter: Counter, agent: Actor) -> None:
    device, known = factories.device(counter.customer), factories.device(counter.customer)
    assert exchange(agent, device, NewPhone(known.imei)).new_id == known.pk


def test_what_an_exchange_refuses(counter: Counter, agent: Actor) -> None:
    old, got = factories.device(counter.customer, owned_from=DAY), factories.device(counter.customer)
    foreign = factories.device(factories.customer(counter.org.near.unit, "李四"))
    spare = factories.device(counter.customer)
    for kind, code, new, given in (
        (Invalid, "same_device", old.imei, {}),
        (Invalid, "model_missing", imei(77), {}),
        (Invalid, "imei_wrong_length", "77", {}),
        (Invalid, "day_in_future", got.imei, {"exchanged_on": date(2100, 1, 1)}),
        (Invalid, "before_last_owner", got.imei, {"exchanged_on": DAY - timedelta(1)}),
        (Invalid, "reason_missing", got.imei, {"reason": ""}),
        (Conflict, "owner_other", foreign.imei, {}),
    ):
        refused(kind, code, lambda new=new, given=given: exchange(agent, old, NewPhone(new), **given))  # type: ignore[misc]
    assert not Exchange.objects.exists()
    exchange(agent, old, NewPhone(got.imei))
    old.refresh_from_db()
    refused(Conflict, "already_exchanged", lambda: exchange(agent, old, NewPhone(spare.imei)))
    refused(Conflict, "new_is_exchanged", lambda: exchange(agent, spare, NewPhone(got.imei)))
    refused(Conflict, "new_is_exchanged", lambda: exchange(agent, spare, NewPhone(old.imei)))


def test_an_exchange_is_undone_unless_it_went_on(counter: Counter, agent: Actor) -> None:
    device = factories.device(counter.customer)
    row = exchange(agent, device, NewPhone(imei(9), factories.product()))
    further = exchange(agent, row.new, NewPhone(imei(10), factories.product()))
    undo = lambda pk, version: services.undo_exchange(  # noqa: E731
        actor=agent, pk=pk, version=version, reason="录错"
    )
    refused(Conflict, "exchange_went_on", lambda: undo(device.pk, 2))
    refused(Conflict, "not_exchanged", lambda: undo(further.new_id, 2))
    undo(row.new_id, 3)
    undo(device.pk, 2)
    assert not Exchange.objects.exists()
    assert owned(device) == [(counter.customer.pk, None, None)]
    assert Device.objects.filter(pk=row.new_id, owner=counter.customer).exists()
    assert [a for a, _ in events(device)] == ["device.exchanged", "device.exchange_undone"]


def test_an_exchange_stays_when_the_old_phone_has_another_owner_since(counter: Counter, agent: Actor) -> None:
    device = factories.device(counter.customer)
    exchange(agent, device, NewPhone(imei(9), factories.product()))
    device.refresh_from_db()
    change(agent, device, factories.customer(counter.org.near.unit, "李四"), today())
    refused(
        Conflict,
        "owner_since",
        lambda: services.undo_exchange(actor=agent, pk=device.pk, version=3, reason="录错"),
    )


def test_a_deputy_acts_in_the_place_of_the_agent(counter: Counter) -> None:
    from orgchart.models import Appointment, Deputyship

    post = Appointment.objects.get(person=counter.agent)
    lead = factories.person_with("accountant", counter.org.near.finance)
    Deputyship.objects.create(
        post=post, deputy=lead, starts_on=today() - timedelta(1), ends_on=today() + timedelta(1)
    )
    forget_scope(lead)
    device = factories.device(counter.customer)
    correct(lead, device)
    event = AuditEvent.objects.get(action="device.corrected")
    assert (event.actor_id, event.for_id) == (lead.pk, counter.agent.pk)
