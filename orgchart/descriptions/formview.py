"""The form of a job description as templates draw it, section by section."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from core.errors import Text
from orgchart.descriptions.formparts import Drawing, Input, Option, Row, Rows, Section, offered
from orgchart.descriptions.sheet import LABELS, in_english, numbered
from orgchart.enums import Degree, EducationLevel, GroupKind, Power, UnitKind
from orgchart.extensions import GrantFamily, grant_families
from orgchart.rules.positionfile import RULING

_NARROW_FIRST = ("own", "logged", "reader", "unit", "below", "centre", "all")


def _width(reach: str) -> tuple[int, str]:
    """Reaches are offered from narrow to wide; one that is new here comes last."""
    known = _NARROW_FIRST.index(reach) if reach in _NARROW_FIRST else len(_NARROW_FIRST)
    return known, reach


class View(Drawing):
    """Draws one body."""

    def positions(self, empty: Text) -> list[Option]:
        """All positions to choose from, by their titles."""
        return [("", empty), *((code, pair[in_english()]) for code, pair in self.titles.items())]

    def _section(
        self,
        key: str,
        title: Text,
        note: Text,
        parts: Iterable[Row | Rows],
        *inputs: Input,
        roots: tuple[str, ...] = (),
    ) -> Section:
        opened = any(self._touches(root, path) for root in roots for path in (*self.problems, self.focus))
        return Section(key, title, note, tuple(parts), inputs, opened)

    @staticmethod
    def _touches(root: str, path: str) -> bool:
        return path == root or path.startswith(f"{root}.")

    def _head(self) -> Section:
        names = [code for code in self.positions(_("nobody")) if code[0] != self.body["code"]]
        inputs = (
            self.text("zh", _("Title in Chinese"), required=True),
            self.text("en", _("Title in English"), required=True),
            self.choice("superior", LABELS["superior"], names),
            self.choice("unit_kind", _("Kind of unit"), UnitKind.choices),
            self.choice("group_kind", _("Kind of group"), [("", _("no group")), *GroupKind.choices]),
            self.flag("is_leader", _("Heads the unit")),
            self.flag("is_post", _("A post of the tables, not only a name in a narrative")),
            self.text("source", _("Source"), required=True),
            self.confidence("confidence", _("How sure the reading is")),
            self.text("note", _("Note"), widget="area"),
            self.text("rival", _("Rival reading"), widget="area"),
        )
        parts = (
            self.single("department", LABELS["department"]),
            self.single("superior_text", _("Direct superior as written")),
            self.single("subordinates_text", _("Direct subordinates as written")),
            self.rows(
                "dotted_lines", _("Dotted lines"), _("Add a dotted line"),
                lambda path: (self.text(f"{path}.unit", _("Code of the unit"), small=True),),
            ),
        )  # fmt: skip
        roots = (*(item.name for item in inputs), *(part.path for part in parts))
        title = self.body["en" if in_english() else "zh"]
        return self._section("head", _("Title and place"), title, parts, *inputs, roots=roots)

    def _asked(self) -> Section:
        years = (
            self.text("requirements.experience.years_in_trade", _("Years in the trade"), small=True),
            self.text("requirements.experience.years_in_post", _("Years in an equal post"), small=True),
        )
        level = self.choice(
            "requirements.education.level", _("Level"), EducationLevel.choices,
            str(EducationLevel.JUNIOR_COLLEGE), small=True,
        )  # fmt: skip
        parts = (
            self.single("requirements.education", LABELS["education"], level),
            self.rows("requirements.knowledge", LABELS["knowledge"], _("Add knowledge")),
            self.rows("requirements.skills", LABELS["skills"], _("Add a skill")),
            self.single("requirements.experience", LABELS["experience"], *years),
            self.rows("requirements.other", LABELS["other"], _("Add another requirement")),
        )
        return self._section("requirements", LABELS["requirements"], "", parts, roots=("requirements",))

    def _relations(self) -> Section:
        parts = (
            self.single("purpose", LABELS["purpose"]),
            self.rows("contacts.internal", LABELS["internal"], _("Add an internal contact")),
            self.rows("contacts.external", LABELS["external"], _("Add an external contact")),
        )
        return self._section("purpose", _("Purpose and contacts"), "", parts, roots=("purpose", "contacts"))

    def _duties(self) -> Section:
        count = len(self.body["duties"])
        rows = tuple(self._duty(f"duties.{place}", place, count) for place in range(count))
        whole = Rows("duties", LABELS["duty"], rows, _("Add a duty"), error=self._error("duties"))
        return self._section("duties", _("Duties"), str(count), (whole,), roots=("duties",))

    def _duty(self, path: str, place: int, count: int) -> Row:
        duty = self.body["duties"][place]
        degrees: list[Option] = [("", _("not stated")), *Degree.choices]
        main = (
            self.text(f"{path}.no", _("Number"), small=True),
            *self._words(path),
            self.choice(f"{path}.degree", LABELS["degree"], degrees, small=True),
        )
        quiet = (
            *self._quiet(path),
            self.text(f"{path}.degree_lines", _("Source lines of the degree")),
            self.confidence(f"{path}.degree_confidence", _("How sure the degree is")),
        )
        below = (
            self.rows(
                f"{path}.items", LABELS["items"], _("Add work"),
                lambda here: (self.text(f"{here}.no", _("Number"), small=True),),
            ),
            self.rows(f"{path}.metrics", LABELS["metrics"], _("Add a metric")),
        )  # fmt: skip
        title = numbered(duty["no"]) + (duty["en"] if in_english() else duty["zh"])
        return self._entry(path, title, place, count, main=main, quiet=quiet, below=below)

    def _powers(self) -> Section:
        found = self.body["powers"]
        held = {row["power"] for row in found}
        rows = tuple(self._power(f"powers.{place}", place) for place in range(len(found)))
        free = [(str(power), Power(power).label) for power in Power.values if power not in held]
        choose = Input("choose:powers", _("Power"), "choice", "", offered(free)) if free else None
        whole = Rows("powers", LABELS["powers"], rows, _("Add this power"), choose, self._error("powers"))
        return self._section("powers", LABELS["powers"], str(len(found)), (whole,), roots=("powers",))

    def _power(self, path: str, place: int) -> Row:
        rows = self.body["powers"]
        row = rows[place]
        label = Power(row["power"]).label if row["power"] in Power.values else row["power"]
        main = [self.hidden(f"{path}.power"), *self._words(path)]
        if "to" in row:
            main.append(
                self.choice(f"{path}.to", _("Reports go to"), self.positions(_("choose")), small=True)
            )
        title = f"{numbered(row['no'])}{label}"
        self._error(f"{path}.no")
        return self._entry(path, title, place, len(rows), main=tuple(main), quiet=self._quiet(path))

    def _around(self) -> Section:
        parts = (
            self.rows("conditions", LABELS["conditions"], _("Add a condition")),
            self.rows(
                "career", LABELS["career"], _("Add a career step"),
                lambda path: (
                    self.choice(f"{path}.to", _("To position"), self.positions(_("no position")), small=True),
                ),
            ),
        )  # fmt: skip
        return self._section("around", _("Conditions and career"), "", parts, roots=("conditions", "career"))

    # -- rights in the system

    def _clauses(self) -> list[Option]:
        options: list[Option] = [(RULING, _("Set by ruling"))]
        for duty in self.body["duties"]:
            title = duty["en"] if in_english() else duty["zh"]
            options.append(
                (f"duty.{duty['no']}", _("Duty %(no)s: %(title)s") % {"no": duty["no"], "title": title})
            )
        for no in dict.fromkeys(str(row["no"]).rstrip("ab") for row in self.body["powers"]):
            rows = [row for row in self.body["powers"] if str(row["no"]).rstrip("ab") == no]
            title = rows[0]["en"] if in_english() else rows[0]["zh"]
            options.append((f"power.{no}", _("Power %(no)s: %(title)s") % {"no": no, "title": title}))
        return options

    def _grants(self) -> Section:
        found = self.body["grants"]
        families = {action: family for family in grant_families() for action in family.actions()}
        clauses = self._clauses()
        rows = tuple(
            self._grant(f"grants.{place}", place, families.get(row["action"]), clauses)
            for place, row in enumerate(found)
        )
        held = {row["action"] for row in found}
        free = [
            (action, f"{family.title} · {label}")
            for family in grant_families()
            for action, label in family.actions().items()
            if action not in held
        ]
        choose = Input("choose:grants", _("Action"), "choice", "", offered(free)) if free else None
        whole = Rows("grants", LABELS["grants"], rows, _("Add this right"), choose, self._error("grants"))
        return self._section("grants", LABELS["grants"], str(len(found)), (whole,), roots=("grants",))

    def _grant(self, path: str, place: int, family: GrantFamily | None, clauses: list[Option]) -> Row:
        grants = self.body["grants"]
        row = grants[place]
        action = row["action"]
        reaches = sorted(family.reaches()[action], key=_width) if family else []
        main = [
            self.hidden(f"{path}.action"),
            self.checks(
                f"{path}.reach", _("How far it reaches"),
                [(reach, family.reach_label(reach)) for reach in reaches] if family else [], required=True,
            ),
        ]  # fmt: skip
        if (family and family.kinds) or row["kinds"]:
            kinds = [(kind, family.kind_label(kind)) for kind in family.kinds] if family else []
            main.append(self.checks(f"{path}.kinds", _("Kinds"), kinds, hint=_("none chosen: all kinds")))
        if (family and action in family.with_limit) or row["limit"]:
            main.append(self.text(f"{path}.limit", _("Limit in CNY"), hint=_("empty: no limit"), small=True))
        main.append(self.choice(f"{path}.clause", _("Clause"), clauses))
        title = f"{family.title} · {family.actions()[action]}" if family else action
        error = self._error(f"{path}.action") or self._error(path)
        return Row(
            path, title, tuple(main), first=place == 0, last=place == len(grants) - 1, is_entry=True, error=error
        )  # fmt: skip

    def sections(self) -> tuple[Section, ...]:
        """The whole form."""
        return (
            self._head(), self._asked(), self._relations(), self._duties(), self._powers(), self._around(),
            self._grants(),
        )  # fmt: skip

    def elsewhere(self) -> list[Text]:
        """Problems of parts that have no place in the form; asked after `sections`."""
        return [text for path, text in self.problems.items() if path not in self.shown]
