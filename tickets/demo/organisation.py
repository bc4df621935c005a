"""What the demo shows of the organisation: posts established, leave and deputies, files, signatures, powers in use."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from core.actors import person_actor
from orgchart.enums import Power, QualificationKind, VersionState
from orgchart.models import Appointment, Person, Position, PositionVersion, Signature
from orgchart.rules.uses import RATINGS
from orgchart.services import StandIn, appoint, record_leave
from orgchart.services.establishment import seed_establishment
from orgchart.services.files import Entry, add_entry
from orgchart.services.loans import Thing, hand_out
from orgchart.services.powers import decide_use, use_power
from tickets.demo.staff import ACTOR, Team

ESTABLISHED = {
    "department_supervisor": 1, "tech_support": 1, "network_admin": 1, "service_agent": 4, "repair_engineer": 3,
    "exchange_engineer": 1, "accountant": 1, "cashier": 1, "storekeeper": 1, "logistics_clerk": 1,
}  # fmt: skip
_UNSIGNED = ("service_agent", "finance_lead")
"""Positions whose holders have yet to sign, so that the demo shows what is asked of them."""


def establish(since: date) -> None:
    """Every unit has its established posts from `since` on; most centres are vacant."""
    seed_establishment(actor=ACTOR, starts_on=since, counts=ESTABLISHED)


def tell(teams: Iterable[Team], today: date) -> None:
    """Leave, files, signatures and uses of powers as they stand on `today`."""
    by_letters = {team.place.letters: team for team in teams}
    _double_post(by_letters["sd"], today)
    _leave(by_letters, today)
    for team in by_letters.values():
        _files(team, today)
    _sign()
    _powers(by_letters["zj"], by_letters["js"], today)


def _double_post(team: Team, today: date) -> None:
    """The head of a branch looks after the network of outlets as well; entered late."""
    appoint(
        actor=ACTOR, person=team.of("branch_head")[0], position=Position.objects.get(code="network_admin"),
        unit=team.centre, starts_on=today - timedelta(days=20), is_primary=False,
    )  # fmt: skip


def _post(person: Person) -> Appointment:
    return person.appointments.get(is_primary=True)


def _leave(teams: dict[str, Team], today: date) -> None:
    """A leader is away and a deputy acts; a manager goes next week; somebody is ill without a deputy."""
    lead, agents = teams["js"].of("info_lead")[0], teams["js"].of("service_agent")
    record_leave(
        actor=ACTOR, person=lead, kind="annual", starts_on=today - timedelta(days=1),
        ends_on=today + timedelta(days=5), stand_ins=[StandIn(_post(lead), agents[-1])],
    )  # fmt: skip
    manager, stand_in = teams["gd"].of("centre_manager")[0], teams["gd"].of("tech_lead")[0]
    record_leave(
        actor=ACTOR, person=manager, kind="trip", starts_on=today + timedelta(days=6),
        ends_on=today + timedelta(days=10), stand_ins=[StandIn(_post(manager), stand_in)],
    )  # fmt: skip
    record_leave(
        actor=ACTOR, person=teams["zj"].of("repair_engineer")[-1], kind="sick", starts_on=today,
        ends_on=today + timedelta(days=2),
    )  # fmt: skip


def _files(team: Team, today: date) -> None:
    """Engineers and leaders have degrees, years and certificates, one of which runs out soon; keys are handed out."""
    for index, person in enumerate(team.of("tech_lead", "info_lead", "repair_engineer")):
        person.hired_on = today - timedelta(days=400 + 130 * index)
        person.save(update_fields=["hired_on"])
        kind = QualificationKind
        entries = [
            Entry(kind.EDUCATION, "电子信息工程", level="bachelor" if index % 2 else "junior_college"),
            Entry(kind.EXPERIENCE, "手机维修（演示）", years=Decimal(index % 3)),
            Entry(
                kind.CERTIFICATE, "用户通信终端维修员（演示）", document_no=f"DEMO-{index:03d}",
                obtained_on=today - timedelta(days=700), valid_until=today + timedelta(days=20 + 90 * index),
            ),
        ]  # fmt: skip
        for entry in entries:
            add_entry(actor=ACTOR, person=person, entry=entry)
    for person in team.of("tech_lead"):
        key = Thing("维修间钥匙（演示）", f"K-{team.place.letters.upper()}-01")
        hand_out(actor=ACTOR, person=person, thing=key, handed_on=today - timedelta(days=40))


def _sign() -> None:
    """Most holders signed when the descriptions came into force."""
    versions = {row.position_id: row for row in PositionVersion.objects.filter(state=VersionState.IN_FORCE)}
    posts = Appointment.objects.exclude(position__code__in=_UNSIGNED).select_related("person")
    now = timezone.now()
    Signature.objects.bulk_create(
        Signature(
            version=versions[post.position_id], person=post.person, name=post.person.name,
            fingerprint=versions[post.position_id].fingerprint, signed_at=now,
        )
        for post in posts
    )  # fmt: skip


def _powers(near: Team, other: Team, today: date) -> None:
    """Proposals decided and waiting, an instruction, a finding, an appraisal, a ruling and a report."""
    manager, tech, info = (near.of(code)[0] for code in ("centre_manager", "tech_lead", "info_lead"))
    engineers, agents = near.of("repair_engineer"), near.of("service_agent")
    reward = use_power(
        actor=person_actor(tech), power=Power.PROPOSE_REWARD, subject=engineers[0],
        text="本月返修率最低，建议通报表扬并发放季度奖金（演示）。",
    )  # fmt: skip
    decide_use(
        actor=person_actor(manager),
        use=reward,
        accept=True,
        answer="同意，随本月工资发放。",
        version=reward.version,
    )
    use_power(
        actor=person_actor(tech), power=Power.PROPOSE_TRANSFER, subject=engineers[1],
        text="换机业务增多，建议调任换机工程师（演示）。",
    )  # fmt: skip
    use_power(
        actor=person_actor(manager), power=Power.ADMINISTER, subject=info,
        text="请于本周内组织全组学习新版登记规范（演示）。", due_on=today + timedelta(days=4),
    )  # fmt: skip
    use_power(
        actor=person_actor(info), power=Power.SUPERVISE, subject=agents[1],
        text="抽查三通录音，两通未核对IMEI（演示）。", due_on=today + timedelta(days=7),
    )  # fmt: skip
    use_power(
        actor=person_actor(manager), power=Power.APPRAISE, subject=tech, text="第三季度考核（演示）。",
        ratings=dict(zip(RATINGS, (4, 5, 4), strict=True)),
    )  # fmt: skip
    use_power(
        actor=person_actor(manager), power=Power.ADJUDICATE, subject=tech, second=info,
        text="换机审批由技术组先核对故障，信息组再通知客户（演示）。",
    )  # fmt: skip
    use_power(
        actor=person_actor(other.of("tech_lead")[0]), power=Power.REPORT, subject=other.of("centre_manager")[0],
        text="本周备件到货延迟两天，已请仓管催办（演示）。",
    )  # fmt: skip
