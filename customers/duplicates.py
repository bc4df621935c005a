"""Files that may be of the same customer: a warning while somebody types, and the worklist of a centre.

Higher apps say whose device an IMEI is (`same_device`) and which customers have one in common (`pairs_by_device`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.actors import person_actor
from core.errors import Text
from core.grams import folded
from customers import finding
from customers.models import Customer, CustomerPhone
from customers.policies import acting_for, centres_with, home_centre
from customers.rules import parse_phone
from customers.rules.grants import MERGE, VIEW
from customers.rules.questions import only_digits
from customers.services import lookups
from orgchart.models import Person
from orgchart.scope import scope_of

MOST = 9
MOST_PAIRS = 50
COMMON_NAME = 5
"""A name that more files of a province bear says nothing by itself."""
NUMBER, NAME, DEVICE = "number", "name", "device"
REASONS: dict[str, Text] = {
    NUMBER: _("same phone number"),
    NAME: _("same name and region"),
    DEVICE: _("same device"),
}

OwnersOf = Callable[[str], Iterable[int]]
PairsOf = Callable[[int, int], Iterable[tuple[int, int]]]
_owners: dict[str, OwnersOf] = {}
_pairs: dict[str, PairsOf] = {}


def same_device(name: str, function: OwnersOf) -> None:
    """Register `function(text) -> ids of customers` whose device has this complete IMEI; from an app's `ready`.

    One statement; none for a text that is no complete IMEI.
    """
    _owners[name] = function


def pairs_by_device(name: str, function: PairsOf) -> None:
    """Register `function(centre, most) -> pairs of ids` of the centre's files with a device in common, lower id first."""
    _pairs[name] = function


@dataclass(frozen=True, slots=True)
class Hit:
    """A file that may be the same customer's, and why. One that the reader does not see stands as its centre alone."""

    customer: Customer
    reasons: tuple[str, ...]
    is_visible: bool = True

    @property
    def words(self) -> list[Text]:
        """The reasons in words."""
        return [REASONS[reason] for reason in self.reasons]


def similar(
    person: Person, name: str = "", phone: str = "", province_code: str = "", imei: str = ""
) -> list[Hit]:
    """Living files with the same number or device (company-wide) or the same name and region (in scope); at most MOST.

    The region is `province_code`; without one, and for files without one, it is the service centre.

    A complete number or IMEI counts as a look-up the first time this person asks for it: refuses with
    "too_many_lookups" (429), writes "customer.looked_up". Somebody without a post gets nothing.
    """
    if not scope_of(person).posts:
        return []
    reasons: dict[int, list[str]] = {}
    number = parse_phone(phone)
    exact = [*_by_number(number.digits if number else ""), *_by_device(imei)]
    for pk, reason in exact:
        reasons.setdefault(pk, []).append(reason)
    _count_look_up(person, number.digits if number else "", imei, exact)
    for pk in _by_name(person, name, province_code):
        reasons.setdefault(pk, []).append(NAME)
    return _hits(person, reasons)


def like(person: Person, customer: Customer) -> list[Hit]:
    """Files in scope with a number or the name and region of this one; for the page that merges. Not a look-up.

    Reads the file's phones; prefetch them.
    """
    mine = finding.living(Customer.objects.permitted(person)).exclude(pk=customer.pk)
    numbers = [phone.number for phone in customer.phones.all()]
    owners = CustomerPhone.objects.filter(number__in=numbers).order_by().values("customer_id")
    reasons: dict[int, list[str]] = {}
    for reason, rows in (
        (NUMBER, mine.filter(pk__in=owners)),
        (NAME, mine.filter(name=customer.name, province_code=customer.province_code)),
    ):
        for pk in rows.order_by("pk").values_list("pk", flat=True)[:MOST]:
            reasons.setdefault(pk, []).append(reason)
    return _hits(person, reasons)


def _by_number(digits: str) -> list[tuple[int, str]]:
    if not digits:
        return []
    return [(pk, NUMBER) for pk in finding.with_number(digits).values_list("pk", flat=True)[: MOST + 1]]


def _by_device(imei: str) -> list[tuple[int, str]]:
    if not imei.strip():
        return []
    return [(pk, DEVICE) for function in _owners.values() for pk in function(imei)]


def _by_name(person: Person, name: str, province_code: str) -> list[int]:
    if len(folded(name)) < 2:
        return []
    # A file without a province is of the region of its centre.
    region = Q(province_code="", centre_id=home_centre(person))
    region = region | Q(province_code=province_code) if province_code else Q(centre_id=home_centre(person))
    mine = finding.living(Customer.objects.permitted(person)).filter(region, name=name.strip())
    return list(mine.order_by("pk").values_list("pk", flat=True)[: MOST + 1])


def _count_look_up(person: Person, digits: str, imei: str, found: list[tuple[int, str]]) -> None:
    whole = len(only_digits(imei)) in (15, 16)
    by = [kind for kind, given in (("phone", digits), ("imei", whole)) if given]
    actor = person_actor(person)
    if not by or not lookups.is_first(actor, digits, only_digits(imei)):
        return
    lookups.check_rate(actor)
    actor = actor.in_place_of(acting_for(person, VIEW))
    lookups.record(actor, by, {"customers": len({pk for pk, _reason in found})})


def _hits(person: Person, reasons: dict[int, list[str]]) -> list[Hit]:
    if not reasons:
        return []
    rows = finding.living(Customer.objects.filter(pk__in=reasons)).select_related("centre")
    seen = set(Customer.objects.permitted(person).filter(pk__in=reasons).values_list("pk", flat=True))
    hits = [
        Hit(customer, tuple(dict.fromkeys(reasons[customer.pk])), customer.pk in seen)
        for customer in rows.prefetch_related("phones")
    ]
    hits.sort(key=lambda hit: (not hit.is_visible, -len(hit.reasons), hit.customer.pk))
    return hits[:MOST]


# -- the worklist --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pair:
    """Two files of one centre that may be one customer's; `first` is the older one."""

    first: Customer
    second: Customer
    reasons: tuple[str, ...]

    @property
    def files(self) -> tuple[Customer, Customer]:
        """Both files."""
        return self.first, self.second

    @property
    def words(self) -> list[Text]:
        """The reasons in words."""
        return [REASONS[reason] for reason in self.reasons]


def centres_to_work(person: Person) -> frozenset[int]:
    """The centres whose duplicates the person may merge."""
    return centres_with(person, MERGE)


def pairs(person: Person, centre: int) -> list[Pair]:
    """Likely duplicates of a centre, those with more reasons first, at most MOST_PAIRS of each kind of reason.

    Only files that the person may merge; without pairs that somebody called different. A fixed number of statements.
    """
    reasons: dict[tuple[int, int], list[str]] = {}
    for reason, found in (
        (NUMBER, _sql_pairs(_SAME_NUMBER, centre)),
        (NAME, _sql_pairs(_SAME_NAME, centre)),
        (DEVICE, [pair for function in _pairs.values() for pair in function(centre, MOST_PAIRS)]),
    ):
        for pair in found:
            reasons.setdefault(pair, []).append(reason)
    ids = {pk for pair in reasons for pk in pair}
    rows = finding.living(Customer.objects.permitted(person, "merge")).filter(pk__in=ids)
    files = {customer.pk: customer for customer in rows.prefetch_related("phones")}
    made = [
        Pair(files[low], files[high], tuple(why))
        for (low, high), why in reasons.items()
        if low in files and high in files
    ]
    return sorted(made, key=lambda pair: (-len(pair.reasons), pair.first.pk, pair.second.pk))[:MOST_PAIRS]


def _sql_pairs(statement: str, centre: int) -> list[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"centre": centre, "most": MOST_PAIRS, "common": COMMON_NAME})
        return [(int(low), int(high)) for low, high in cursor.fetchall()]


_SAME_NUMBER = """
SELECT DISTINCT low.id, high.id
FROM customers_customer low
CROSS JOIN LATERAL (
    SELECT other.customer_id FROM customers_customerphone own
    JOIN customers_customerphone other ON other.number = own.number AND other.customer_id > low.id AND other.is_active
    WHERE own.customer_id = low.id AND own.is_active
    OFFSET 0
) AS same
JOIN customers_customer high ON high.id = same.customer_id
WHERE low.centre_id = %(centre)s AND low.merged_into_id IS NULL AND low.erased_at IS NULL
  AND high.centre_id = %(centre)s AND high.merged_into_id IS NULL AND high.erased_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM customers_notduplicate n WHERE n.low_id = low.id AND n.high_id = high.id)
LIMIT %(most)s
"""
_SAME_NAME = """
WITH mine AS MATERIALIZED (
    SELECT id, name, coalesce(nullif(province_code, ''), home.code) AS region
    FROM customers_customer CROSS JOIN (SELECT province_code AS code FROM orgchart_unit WHERE id = %(centre)s) AS home
    WHERE centre_id = %(centre)s AND merged_into_id IS NULL AND erased_at IS NULL AND char_length(name) > 1
), shared AS (
    SELECT name, region FROM mine GROUP BY name, region HAVING count(*) BETWEEN 2 AND %(common)s
)
SELECT low.id, high.id
FROM shared
JOIN mine low ON low.name = shared.name AND low.region = shared.region
JOIN mine high ON high.name = shared.name AND high.region = shared.region AND high.id > low.id
WHERE NOT EXISTS (SELECT 1 FROM customers_notduplicate n WHERE n.low_id = low.id AND n.high_id = high.id)
ORDER BY low.id, high.id
LIMIT %(most)s
"""
