"""What the demo shows of customer files, phones and the protection of personal data."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from random import Random

from core.actors import Actor, person_actor
from customers import personal
from customers.enums import CareKind, Purpose, RequestKind
from customers.models import CareCall, Customer, Promise
from customers.rules.regions import children
from customers.services import create_customer
from customers.services.addresses import add_address
from customers.services.care import CarePlan, plan_care_call
from customers.services.consents import record_consent
from customers.services.correcting import Correction, correct_customer
from customers.services.merging import merge_customers
from customers.services.phones import add_phone
from customers.services.promises import keep_promise, make_promise
from customers.services.requests import record_request
from orgchart.models import Person
from products.models import Device, Ownership, ProductModel
from products.rules import luhn_digit
from products.services import CertificateDetails, NewPhone, change_owner, exchange_device, record_certificate
from products.services.catalogue.makers import ensure_maker
from products.services.catalogue.models import ModelValues, add_model
from products.services.catalogue.parts import PartValues, add_part
from tickets.demo import texts
from tickets.demo.staff import ACTOR, Team
from tickets.models import Case

MAKER, MAKER_EN = "演示牌", "Demo brand"
SELLER = "演示数码专卖店"
_STREETS = ("文一路", "中山路", "人民路", "解放路", "建设街", "和平巷")
_PROMISES = (
    "到货后第一时间电话通知",
    "维修完成后送货上门",
    "三天内回复检测结果",
    "补寄充电数据线",
    "赠送一次屏幕清洁保养",
)
_RELATIONS = ("配偶", "子女", "同事", "父母")
_PARTS = (
    ("battery", "BAT", "电池", "Battery"), ("host", "LCD", "显示屏总成", "Display assembly"),
    ("host", "MB", "主板", "Main board"), ("charger", "CHG", "充电器", "Charger"),
)  # fmt: skip
_FOLLOW_UP_DAYS, _REGULAR_DAYS = (0, 1, 2, 5), 90
_NEW_TAC_SERIAL = 900_001


def enter_catalogue() -> None:
    """The invented maker with its models and a few parts of each."""
    maker = ensure_maker(actor=ACTOR, name=MAKER, name_en=MAKER_EN)
    for given in texts.models():
        values = ModelValues(
            code=given.code, name=given.name, name_en=given.name_en, maker=maker, tacs=(given.tac,),
            colours=given.colours,
        )  # fmt: skip
        model = add_model(actor=ACTOR, values=values)
        for version, (component, code, name, name_en) in enumerate(_PARTS, start=model.version):
            part = PartValues(component, f"{given.code}-{code}", name, name_en)
            add_part(actor=ACTOR, model=model, version=version, values=part)


def tell(teams: Iterable[Team], today: date) -> None:
    """Files, phones, care and requests as they stand on `today`."""
    random = Random(20)
    _sales(random)
    by_letters = {team.place.letters: team for team in teams}
    for team in by_letters.values():
        _files(team, random, today)
    _phones(by_letters["zj"], today)
    _doubles(by_letters["zj"])
    _requests(by_letters["zj"])
    _reveals(by_letters["zj"])


def _sales(random: Random) -> None:
    """Where and when each phone was sold, with the invoice; owned from that day."""
    devices = list(Device.objects.order_by("pk"))
    for device in devices:
        device.seller = SELLER
        device.delivered_on = device.sold_on and device.sold_on + timedelta(days=random.randint(0, 2))
        if random.random() < 0.6:
            device.invoice_number = f"25332000{random.randrange(10**12):012d}"
    Device.objects.bulk_update(devices, ["seller", "delivered_on", "invoice_number"], batch_size=500)
    begins = {device.pk: device.delivered_on for device in devices}
    rows = list(Ownership.objects.all())
    for row in rows:
        row.starts_on = begins[row.device_id]
    Ownership.objects.bulk_update(rows, ["starts_on"], batch_size=500)


def _files(team: Team, random: Random, today: date) -> None:
    """Addresses, second numbers, consents, promises and calls in the files of a centre."""
    agents = team.of("service_agent")
    districts = [one.code for city in children(team.place.province) for one in children(city.code)]
    for customer in Customer.objects.filter(centre=team.centre, merged_into=None).order_by("pk"):
        actor = person_actor(random.choice(agents))
        if random.random() < 0.5:
            street = f"{random.choice(_STREETS)}{random.randint(1, 300)}号"
            add_address(actor=actor, customer=customer.pk, region_code=random.choice(districts), text=street)
        if random.random() < 0.12:
            number = f"154{random.randrange(10_000):04d}{customer.pk % 10_000:04d}"
            add_phone(actor=actor, customer=customer.pk, number=number, relation=random.choice(_RELATIONS))
        _agreements(actor, customer, random, today)


def _agreements(actor: Actor, customer: Customer, random: Random, today: date) -> None:
    if random.random() < 0.3:
        record_consent(actor=actor, customer=customer.pk, purpose=Purpose.SURVEY)
    if random.random() < 0.1:
        _promise(actor, customer, random, today)
    if random.random() < 0.1:
        due = today + timedelta(days=random.choice(_FOLLOW_UP_DAYS))
        plan_care_call(actor=actor, customer=customer.pk, plan=CarePlan(CareKind.FOLLOW_UP, due))
    if random.random() < 0.06:
        record_consent(actor=actor, customer=customer.pk, purpose=Purpose.CARE)
        plan = CarePlan(CareKind.REGULAR, today + timedelta(days=3), interval_days=_REGULAR_DAYS)
        call = plan_care_call(actor=actor, customer=customer.pk, plan=plan)
        if random.random() < 0.3:  # planned a while ago
            CareCall.objects.filter(pk=call.pk).update(due_on=today - timedelta(days=1))


def _promise(actor: Actor, customer: Customer, random: Random, today: date) -> None:
    due = today + timedelta(days=random.randint(0, 6))
    made = make_promise(actor=actor, customer=customer.pk, text=random.choice(_PROMISES), due_on=due)
    chance = random.random()
    if chance < 0.4:
        keep_promise(actor=actor, customer=customer.pk, promise=made.pk, result="已办理，客户满意")
    elif chance < 0.6:  # made a while ago
        Promise.objects.filter(pk=made.pk).update(due_on=today - timedelta(days=random.randint(1, 3)))


def _phones(team: Team, today: date) -> None:
    """Certificates, a phone that was sold on, one that was exchanged, one whose IMEI does not fit the model."""
    agent = person_actor(team.of("service_agent")[0])
    devices = list(Device.objects.filter(owner__centre=team.centre).order_by("pk")[:40])
    for device in devices[:12]:
        certificate = CertificateDetails(
            number=f"SB{device.pk:08d}", seller_address="演示市演示路1号", has_seal=True, seen_on=today
        )
        record_certificate(actor=agent, pk=device.pk, version=device.version, certificate=certificate)
    sold, exchanged, odd = (Device.objects.get(pk=device.pk) for device in devices[20:23])
    change_owner(
        actor=agent, pk=sold.pk, version=sold.version, owner=devices[30].owner,
        starts_on=today - timedelta(days=4), reason="二手转让，凭转让协议",
    )  # fmt: skip
    body = f"{exchanged.model.tacs[0]}{_NEW_TAC_SERIAL:06d}"
    new = NewPhone(f"{body}{luhn_digit(body)}", exchanged.model, exchanged.colour)
    exchange_device(
        actor=agent, pk=exchanged.pk, version=exchanged.version, new=new, exchanged_on=today - timedelta(days=2),
        reason="同一故障两次维修后换机",
    )  # fmt: skip
    other = ProductModel.objects.exclude(pk=odd.model_id).order_by("pk").first()
    Device.objects.filter(pk=odd.pk).update(model=other)


def _doubles(team: Team) -> None:
    """Somebody was entered twice: one pair is merged already, two wait to be looked at."""
    agent = person_actor(team.of("service_agent")[0])
    mine = Customer.objects.filter(centre=team.centre, kind="person", phones__isnull=False).order_by("pk")
    for index, customer in enumerate(mine[3:6]):
        again = create_customer(
            actor=agent, name=customer.name, phone=customer.phones.all()[0].number,
            province_code=team.place.province,
        )  # fmt: skip
        if index == 0:
            merge_customers(actor=agent, kept=customer.pk, merged=again.pk, reason="同一客户重复建档")
    mistyped = mine[8]
    correct_customer(
        actor=agent, customer=mistyped.pk, version=mistyped.version,
        correction=Correction(preference_note="请在工作日18点后来电"),
    )  # fmt: skip


def _requests(team: Team) -> None:
    """One customer wants a copy, another one wants to be erased; neither has an open case."""
    lead = person_actor(team.of("info_lead")[0])
    files = Customer.objects.filter(centre=team.centre, merged_into=None).order_by("-pk")
    files = files.exclude(pk__in=Case.objects.open().values("customer"))
    for customer, kind in zip(files[5:7], (RequestKind.EXPORT, RequestKind.ERASURE), strict=True):
        record_request(
            actor=lead, customer=customer, kind=kind, identity_checked="核对登记手机号并回拨确认", text=""
        )


def _reveals(team: Team) -> None:
    """Looks at personal data with a reason, some of them good ones, a few that somebody should ask about."""
    first, second = team.of("service_agent")[:2]
    files = list(Customer.objects.filter(centre=team.centre, merged_into=None).order_by("pk")[:16])
    for customer in files[:4]:
        _look(first, customer, "客户要求核对登记的号码")
    for customer in files[4:16]:
        _look(second, customer, "查看")


def _look(person: Person, customer: Customer, reason: str) -> None:
    customer = personal.file_of(person, customer.pk)
    personal.reveal(person, customer, "name", reason)
