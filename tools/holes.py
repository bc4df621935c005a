"""Plants holes by hand, one at a time, into a copy of the tree and looks whether the tests find them.

    python tools/holes.py            all holes
    python tools/holes.py 3 7        some of them
    python tools/holes.py --list     what they are

A test suite that finds none of them guards nothing. The exit code is 1 when a hole is not found, or when a patch does
not apply any more: then bring it up to date, do not delete it. The servers are those of DATA_DIR (default var/holes).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", "var", "node_modules", "__pycache__", ".mypy_cache", "vendor"
)
MATRIX = "tickets/tests/test_matrix.py::test_each_power_and_each_state"
ISOLATION = "tickets/tests/test_isolation.py"
RACES = "tickets/tests/test_races.py"
API = "tickets/tests/test_api.py"
POWERS = "orgchart/tests/test_power_matrix.py::test_each_cell"
USES = "orgchart/tests/test_power_uses.py"
RIGHTS = "orgchart/tests/test_rights.py"


@dataclass(frozen=True)
class Hole:
    """One mistake: in `path` the text `old` becomes `new`; `tests` should notice."""

    title: str
    path: str
    old: str
    new: str
    tests: tuple[str, ...]


HOLES = (
    Hole(
        "the centre's rows without the centre",
        "tickets/policies.py",
        "return Q(centre_id=post.centre_id) if post.centre_id else _unit_rows(post)",
        "return Q(centre_id__isnull=False)",
        (f"{ISOLATION}::test_lists",),
    ),
    Hole(
        "a step without the question who may",
        "tickets/queries.py",
        "    if not case.allowed:\n        raise no_power(decide(person, action, case).sentence())\n",
        "",
        (f"{MATRIX}[close-api]",),
    ),
    Hole(
        "a step without the row lock",
        "tickets/queries.py",
        '.select_for_update(of=("self",)).first()',
        ".first()",
        (f"{RACES}::test_64_closings_are_one_close",),
    ),
    Hole(
        "a step without comparing versions",
        "tickets/services/workflow.py",
        "if version is not None and version != case.version:",
        "if False:",
        (f"{API}::TestSteps::test_stale_version_shows_what_is_there_now",),
    ),
    Hole(
        "closing from a state too many",
        "tickets/rules/transitions.py",
        "_CLOSE = Transition(\n    Action.CLOSE,\n    _from(RESOLVED),",
        "_CLOSE = Transition(\n    Action.CLOSE,\n    _from(RESOLVED, IN_PROGRESS),",
        (f"{MATRIX}[close-api]",),
    ),
    Hole(
        "the export takes all cases",
        "tickets/exports.py",
        'queryset=Case.objects.permitted(person, "export")',
        "queryset=Case.objects.all()",
        (f"{ISOLATION}::test_export_rows",),
    ),
    Hole(
        "the search takes all cases",
        "tickets/search.py",
        "mine = Case.objects.permitted(actor.person)",
        "mine = Case.objects.all()",
        (f"{ISOLATION}::test_search_stays_in_scope",),
    ),
    Hole(
        "the start page counts all cases",
        "kpi/queries.py",
        "still_open = Case.objects.permitted(at.person).filter(",
        "still_open = Case.objects.filter(",
        (f"{ISOLATION}::test_counts",),
    ),
    Hole(
        "a look behind the mask leaves no row",
        "core/reveal.py",
        "    audit.record(\n",
        "    dict(\n",
        (f"{ISOLATION}::test_handler_reveals_and_it_is_logged",),
    ),
    Hole(
        "finance may look behind the mask",
        "tickets/facts.py",
        'return "reason" if case.may_reveal else ""',
        'return "reason"',
        (f"{ISOLATION}::test_finance_reveals_nothing",),
    ),
    Hole(
        "the detail takes any case",
        "tickets/queries.py",
        "rows = with_powers(Case.objects.permitted(person).filter(number=number), person)\n    at = figures",
        "rows = with_powers(Case.objects.filter(number=number), person)\n    at = figures",
        (f"{ISOLATION}::test_page", f"{ISOLATION}::test_api"),
    ),
    Hole(
        "engineers close their own work",
        "orgchart/data/positions/repair_engineer.json",
        '"action": "case.accept"',
        '"action": "case.close"',
        (f"{MATRIX}[close-api]",),
    ),
    Hole(
        "any customer by a bare id",
        "tickets/queries.py",
        "wanted.filter(known).first() or wanted.permitted(person).first()",
        "wanted.first()",
        (f"{API}::TestLogging::test_customer_of_another_centre_by_bare_id",),
    ),
    Hole(
        "anybody may be given the case",
        "tickets/queries.py",
        "        unit_id__in={case.unit_id, case.centre_id},\n",
        "",
        (f"{ISOLATION}::test_people_of_another_centre_are_not_offered",),
    ),
    Hole(
        "an API without log-in",
        "aftersales/settings/base.py",
        '"DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"]',
        '"DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"]',
        ("aftersales/tests/test_routes.py::test_closed_to_anonymous",),
    ),
    Hole(
        "a list of any length",
        "core/api.py",
        "return min(int(text), MAX_LIMIT) if _DIGITS.fullmatch(text) else MAX_LIMIT",
        "return int(text)",
        (f"{API}::TestList::test_limit_is_capped",),
    ),
    Hole(
        "a name in clear in the API",
        "tickets/api/representation.py",
        '"customer": masking.mask_name(row["customer_name"])',
        '"customer": row["customer_name"]',
        (f"{API}::TestList::test_line_has_the_published_fields_and_no_plain_name",),
    ),
    Hole(
        "a repeated key acts again",
        "core/idempotency.py",
        "        if row_id is None:\n",
        "        if False:\n",
        (f"{API}::TestLogging::test_repetition_gets_the_first_answer",),
    ),
    Hole(
        "a deputy keeps the post after the last day",
        "orgchart/models/appointments.py",
        "        dated = self.on(day)\n",
        "        dated = self.filter(starts_on__lte=day)\n",
        (f"{POWERS}[after-api]",),
    ),
    Hole(
        "deputies of deputies of any depth",
        "orgchart/models/appointments.py",
        "is_cancelled=False, depth__lte=settings.DEPUTY_DEPTH",
        "is_cancelled=False",
        (f"{POWERS}[on-api]",),
    ),
    Hole(
        "proposals about everybody below",
        "orgchart/rules/authority.py",
        "between = line.between(rung) if REACH[power] == DIRECT else None",
        "between = None",
        (f"{POWERS}[on-api]",),
    ),
    Hole(
        "a deputy about the own person",
        "orgchart/rules/authority.py",
        "    if actor in (subject, second):\n",
        "    if False:\n",
        (f"{POWERS}[on-page]",),
    ),
    Hole(
        "a vacant superior is waited for",
        "orgchart/rules/authority.py",
        "            if others:\n                return others, self.vacant(index)",
        "            if True:\n                return others, self.vacant(index)",
        (f"{POWERS}[after-api]",),
    ),
    Hole(
        "powers end at no department",
        "orgchart/rules/authority.py",
        "return [seat for seat in facts.of(person) if seat.unit not in facts.outside]",
        "return facts.of(person)",
        (f"{POWERS}[on-page]",),
    ),
    Hole(
        "a use without asking for the power",
        "orgchart/services/powers.py",
        "found, decision = authority.require(actor, given.power, given.subject, second=given.second)",
        "found, decision = actor, authority.decision(\n            actor.person, given.power, given.subject\n        )",
        (f"{USES}::test_refusal_carries_the_sentence",),
    ),
    Hole(
        "powers on people out of sight, by the API",
        "orgchart/api/powers.py",
        "    found = uses.visible_person(_caller(request), pk)\n",
        "    found = Person.objects.filter(pk=pk).first()\n",
        (f"{POWERS}[on-api]",),
    ),
    Hole(
        "a former subordinate stays below",
        "orgchart/facts.py",
        'held = Appointment.objects.on(day).filter(open_on(day, "person__"))',
        'held = Appointment.objects.filter(open_on(day, "person__"), starts_on__lte=day)',
        (f"{POWERS}[after-page]",),
    ),
    Hole(
        "an override that nobody is told of",
        "orgchart/services/overrides.py",
        "found = (superior.person, *superior.deputies) if superior else ()",
        "found = ()",
        (f"{USES}::test_an_override_is_told_to_the_superior_until_seen",),
    ),
    Hole(
        "deciding on the own proposal",
        "orgchart/services/powers.py",
        "    if not uses.may_decide(reader, locked):\n",
        "    if False:\n",
        (f"{USES}::test_nobody_decides_on_what_they_submitted",),
    ),
    Hole(
        "the rights of the position above",
        "orgchart/scope.py",
        "rights=row.position.rights,",
        "rights=(row.position.superior or row.position).rights,",
        (f"{RIGHTS}::test_grants_of_another_position_do_not_count",),
    ),
    Hole(
        "a grant without its limit",
        "orgchart/rules/limits.py",
        "asked.amount > limit",
        "asked.amount > 100 * limit",
        (f"{RIGHTS}::test_a_question_with_an_amount",),
    ),
    Hole(
        "the row filter forgets who stands in between",
        "orgchart/reach.py",
        "            part &= ~Q(Exists(held))\n",
        "            part &= Q()\n",
        ("orgchart/tests/test_agreement.py::test_row_filters_and_walk_agree",),
    ),
    Hole(
        "customer files of every centre",
        "customers/policies.py",
        "rows = Q(centre_id__in=centres) if centres else NOTHING",
        "rows = Q(centre_id__isnull=False) if centres else NOTHING",
        ("tickets/tests/test_customer_files.py",),
    ),
    Hole(
        "finding by tail and name beyond the scope",
        "customers/finding.py",
        "mine = living(Customer.objects.permitted(person) if rows is None else rows).order_by()",
        "mine = living(Customer.objects.all() if rows is None else rows).order_by()",
        ("customers/tests/test_finding.py",),
    ),
    Hole(
        "regular care calls without consent",
        "customers/services/care.py",
        "    if in_force(file.pk, Purpose.CARE) is None:\n",
        "    if False:\n",
        ("customers/tests/test_care_services.py",),
    ),
    Hole(
        "an erasure past a legal hold",
        "customers/services/erasing.py",
        "if LegalHold.objects.filter(customer__in=ids, released_at=None).exists():",
        "if False:",
        ("customers/tests/test_erasing.py",),
    ),
    Hole(
        "an erasure with open cases",
        "tickets/services/privacy.py",
        "    refuse_open_cases(erased.customer)\n",
        "",
        ("tickets/tests/test_customer_files.py",),
    ),
    Hole(
        "undoing a merge takes back what came later too",
        "customers/services/merging.py",
        "rows = field.model._base_manager.filter(pk__in=ids, **{field.attname: source})",
        "rows = field.model._base_manager.filter(**{field.attname: source})",
        ("customers/tests/test_merging.py",),
    ),
    Hole(
        "a type allocation code of two models by a list",
        "products/imports/catalogue.py",
        'row.no("tacs", "tac_taken")',
        "pass",
        ("products/tests/test_product_imports.py",),
    ),
    Hole(
        "somebody else's import",
        "core/policies.py",
        '"""A file belongs to whoever brought it in."""\n    return Q(owner_id=person.pk)',
        '"""A file belongs to whoever brought it in."""\n    return Q()',
        ("core/tests/test_imports.py",),
    ),
    Hole(
        "a corrected device without asking for its version",
        "products/services/writing.py",
        "    if device.version != version:\n",
        "    if False:\n",
        ("products/tests/test_device_services.py",),
    ),
    Hole(
        "whoever sees a file sees its data in full with a reason",
        "core/personal.py",
        'return REASON if record.may_reveal else ""',
        "return REASON",
        ("tickets/tests/test_customer_files.py",),
    ),
)


def plant(tree: Path, hole: Hole) -> str:
    """Make the hole and return the file's text as it was; refuses a text that is not there exactly once."""
    path = tree / hole.path
    whole = path.read_text(encoding="utf-8")
    if whole.count(hole.old) != 1:
        sys.exit(
            f"{hole.title}: the text stands {whole.count(hole.old)} times in {hole.path}; mend tools/holes.py"
        )
    path.write_text(whole.replace(hole.old, hole.new), encoding="utf-8")
    return whole


def tests_pass(tree: Path, tests: tuple[str, ...]) -> bool:
    """Run the tests in the tree; True when all pass. Anything but passed or failed ends the run."""
    data = Path(os.environ.get("DATA_DIR", ROOT / "var" / "holes")).resolve()
    environment = {**os.environ, "DATA_DIR": str(data), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-x",
        "--reuse-db",
        "-p",
        "no:cacheprovider",
        "--tb=line",
        *tests,
    ]
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        sys.exit(f"the tests did not run:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.returncode == 0


def try_hole(tree: Path, hole: Hole) -> bool:
    """Whether the tests find the hole."""
    whole = plant(tree, hole)
    try:
        return not tests_pass(tree, hole.tests)
    finally:
        (tree / hole.path).write_text(whole, encoding="utf-8")


def _chosen(arguments: list[str]) -> list[tuple[int, Hole]]:
    numbered = list(enumerate(HOLES, 1))
    wanted = {int(text) for text in arguments if text.isdigit()}
    return [(number, hole) for number, hole in numbered if not wanted or number in wanted]


def main() -> None:
    chosen = _chosen(sys.argv[1:])
    if "--list" in sys.argv:
        print("\n".join(f"{number:2}  {hole.title} ({hole.path})" for number, hole in chosen))
        return
    with tempfile.TemporaryDirectory(prefix="holes-") as folder:
        tree = Path(folder) / "tree"
        shutil.copytree(ROOT, tree, ignore=LEFT_OUT)
        tests = tuple(dict.fromkeys(name for _, hole in chosen for name in hole.tests))
        if not tests_pass(tree, tests):
            sys.exit("The tests fail without any hole; mend that first.")
        found = [_report(number, hole, tree) for number, hole in chosen]
    print(f"{sum(found)} of {len(found)} found")
    sys.exit(0 if all(found) else 1)


def _report(number: int, hole: Hole, tree: Path) -> bool:
    began = time.monotonic()
    found = try_hole(tree, hole)
    print(
        f"{number:2}  {'found    ' if found else 'NOT FOUND'}  {hole.title}  ({time.monotonic() - began:.0f} s)",
        flush=True,
    )
    return found


if __name__ == "__main__":
    main()
