"""Who calls in the demo: 300 customers with 400 phones. All invented."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from random import Random

from customers.models import CustomerKind
from products.rules import luhn_digit
from tickets.demo import texts
from tickets.demo.staff import PLACES, Place
from tickets.demo.texts import PhoneModel

CUSTOMERS, PHONES = 300, 400
_EVERY_COMPANY = 25
_EVERY_FOREIGNER = 97


@dataclass(eq=False, slots=True)
class Phone:
    """A phone; `age` is how many days before its first case it was sold. Registered by that case."""

    imei: str
    model: PhoneModel
    colour: str
    age: int
    device_id: int | None = None
    sold_on: date | None = None


@dataclass(eq=False, slots=True)
class Caller:
    """A customer; the file is opened by the first case."""

    name: str
    number: str
    email: str
    kind: str
    language: str
    place: Place
    phones: list[Phone] = field(default_factory=list)
    customer_id: int | None = None


def callers(random: Random) -> list[Caller]:
    """All customers, each with a phone, a third of them with a second one."""
    names = _names(random)
    people = [_caller(index, next(names), random) for index in range(CUSTOMERS)]
    owners = [*people, *random.sample(people, PHONES - CUSTOMERS)]
    for serial, owner in enumerate(owners, start=1):
        owner.phones.append(_phone(serial, random))
    return people


def _names(random: Random) -> Iterator[str]:
    words = texts.read("people")
    pairs = [surname + given for surname in words["surnames"] for given in words["given"]]
    return iter(random.sample(pairs, CUSTOMERS))


def _caller(index: int, name: str, random: Random) -> Caller:
    place = random.choices(PLACES, [place.share for place in PLACES])[0]
    kind, language = str(CustomerKind.PERSON), "zh-hans"
    if index % _EVERY_COMPANY == 1:
        companies = texts.read("people")["companies"]
        name = f"{companies[index // _EVERY_COMPANY % len(companies)]}（{name}）"
        kind = str(random.choice([CustomerKind.COMPANY, CustomerKind.DEALER]))
    elif index % _EVERY_FOREIGNER == 2:
        name, language = f"Demo Visitor {index}", "en"
    email = f"customer{index + 1:03d}@example.com" if random.random() < 0.6 else ""
    return Caller(name, f"154{random.randrange(10_000):04d}{index + 1:04d}", email, kind, language, place)


def _phone(serial: int, random: Random) -> Phone:
    models = texts.models()
    model = random.choices(models, [one.share for one in models])[0]
    body = f"{model.tac}{serial:06d}"
    age = random.choice(
        [random.randint(2, 14), random.randint(15, 340), random.randint(15, 340), random.randint(370, 640)]
    )
    return Phone(f"{body}{luhn_digit(body)}", model, random.choice(model.colours), age)
