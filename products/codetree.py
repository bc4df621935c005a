"""The tree of fault, cause and remedy: for one component, for a model, or all of it; and what a search leaves of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db.models import Value

from core.errors import Text
from orgchart.models import Person
from products.catalogue import matching
from products.enums import CodeKind, Component
from products.models import FaultCode, ProductModel, ServiceCode


@dataclass(slots=True)
class CauseNode:
    """A cause with the remedies that cure it."""

    cause: ServiceCode
    remedies: list[ServiceCode]
    is_open: bool = False


@dataclass(slots=True)
class FaultNode:
    """A fault with the own ones below it and its causes."""

    fault: FaultCode
    children: list[FaultNode] = field(default_factory=list)
    causes: list[CauseNode] = field(default_factory=list)
    is_open: bool = False


@dataclass(slots=True)
class Branch:
    """One component of the phone with its faults."""

    code: str
    label: Text
    faults: list[FaultNode]


@dataclass(frozen=True, slots=True)
class Tree:
    """Branches by component, and the causes that come into question for every fault."""

    branches: list[Branch]
    everywhere: list[CauseNode]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        return not (self.branches or self.everywhere)


@dataclass(slots=True)
class _Rows:
    """The rows of the tree and how they hang together, in three statements, five with a search."""

    faults: list[FaultCode]
    causes: dict[int, ServiceCode]
    remedies: dict[int, ServiceCode]
    of_fault: dict[int, list[int]]
    of_cause: dict[int, list[int]]
    hit_faults: frozenset[int] | None = None
    hit_codes: frozenset[int] = frozenset()


def components_of(model: ProductModel) -> list[str]:
    """The handset, and whatever else the model has parts for. One statement."""
    return sorted(
        {Component.HOST.value, *model.parts.filter(is_active=True).values_list("component", flat=True)}
    )


def tree(
    person: Person,
    *,
    components: Collection[str] = (),
    text: str = "",
    retired: bool = False,
    unfold: bool = False,
) -> Tree:
    """The tree that `person` may read. `components`: none named means all; `text`: only what it means, unfolded."""
    rows = _read(person, components, text, retired)
    nodes = {fault.pk: FaultNode(fault, causes=_causes(rows, fault), is_open=unfold) for fault in rows.faults}
    tops: list[FaultNode] = []
    for node in nodes.values():
        above = nodes.get(node.fault.parent_id or 0)
        (above.children if above else tops).append(node)
    if rows.hit_faults is not None:
        tops = [node for node in tops if _keep(node, rows)]
    return Tree(_branches(tops), _everywhere(rows))


def _read(person: Person, components: Collection[str], text: str, retired: bool) -> _Rows:
    faults, codes = FaultCode.objects.permitted(person), ServiceCode.objects.permitted(person)
    faults = faults.filter(component__in=components) if components else faults
    if not retired:
        faults, codes = faults.filter(is_active=True), codes.filter(is_active=True)
    of_kind: dict[str, dict[int, ServiceCode]] = {CodeKind.CAUSE: {}, CodeKind.REMEDY: {}}
    for code in codes.order_by("code"):
        of_kind[code.kind][code.pk] = code
    of_fault, of_cause = _links()
    ordered = list(faults.order_by("-is_official", "code"))
    rows = _Rows(ordered, of_kind[CodeKind.CAUSE], of_kind[CodeKind.REMEDY], of_fault, of_cause)
    if text.strip():
        rows.hit_faults = frozenset(matching(faults, text).values_list("pk", flat=True))
        rows.hit_codes = frozenset(matching(codes, text).values_list("pk", flat=True))
    return rows


def _links() -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    """Fault -> causes, and cause -> remedies, in one statement."""
    found: dict[str, dict[int, list[int]]] = {
        CodeKind.CAUSE: defaultdict(list),
        CodeKind.REMEDY: defaultdict(list),
    }
    causes = ServiceCode.faults.through.objects.values_list(
        Value(CodeKind.CAUSE.value), "faultcode_id", "servicecode_id"
    )
    remedies = ServiceCode.causes.through.objects.values_list(
        Value(CodeKind.REMEDY.value), "to_servicecode_id", "from_servicecode_id"
    )
    for kind, above, below in causes.union(remedies, all=True):
        found[kind][above].append(below)
    return found[CodeKind.CAUSE], found[CodeKind.REMEDY]


def _causes(rows: _Rows, fault: FaultCode) -> list[CauseNode]:
    return _cause_nodes(rows, rows.of_fault.get(fault.pk, ()))


def _cause_nodes(rows: _Rows, keys: Iterable[int]) -> list[CauseNode]:
    causes = sorted((rows.causes[key] for key in keys if key in rows.causes), key=lambda cause: cause.code)
    return [CauseNode(cause, _remedies(rows, cause)) for cause in causes]


def _remedies(rows: _Rows, cause: ServiceCode) -> list[ServiceCode]:
    found = [rows.remedies[key] for key in rows.of_cause.get(cause.pk, ()) if key in rows.remedies]
    return sorted(found, key=lambda remedy: remedy.code)


def _keep(node: FaultNode, rows: _Rows) -> bool:
    """Leave below `node` what the search meant and what leads there; says whether anything is left.

    A fault that was meant itself keeps everything below it.
    """
    node.is_open = node.fault.pk in (rows.hit_faults or ())
    if not node.is_open:
        node.children = [child for child in node.children if _keep(child, rows)]
        node.causes = [cause for cause in node.causes if _cause_meant(cause, rows)]
        node.is_open = bool(node.children or node.causes)
    return node.is_open


def _cause_meant(node: CauseNode, rows: _Rows) -> bool:
    below = any(remedy.pk in rows.hit_codes for remedy in node.remedies)
    node.is_open = below
    return below or node.cause.pk in rows.hit_codes


def _branches(tops: list[FaultNode]) -> list[Branch]:
    by_component: dict[str, list[FaultNode]] = defaultdict(list)
    for node in tops:
        by_component[node.fault.component].append(node)
    return [
        Branch(code, label, by_component[code]) for code, label in Component.choices if code in by_component
    ]


def _everywhere(rows: _Rows) -> list[CauseNode]:
    linked = {key for keys in rows.of_fault.values() for key in keys}
    nodes = _cause_nodes(rows, (key for key in rows.causes if key not in linked))
    if rows.hit_faults is None:
        return nodes
    return [node for node in nodes if _cause_meant(node, rows)]


@dataclass(frozen=True, slots=True)
class FaultPage:
    """A fault with what stands above and below it and its causes, those for every fault apart."""

    fault: FaultCode
    children: list[FaultCode]
    causes: list[CauseNode]
    everywhere: list[CauseNode]


def fault_page(person: Person, fault: FaultCode) -> FaultPage:
    """What the page of a fault shows, retired entries too; three statements."""
    rows = _read(person, (), "", retired=True)
    children = [row for row in rows.faults if row.parent_id == fault.pk]
    return FaultPage(fault, children, _causes(rows, fault), _everywhere(rows))
