"""A job description as a PDF of A4 pages in the form of the original table.

The fonts come with tools/assets.py, are read once per process, and only the characters used go into the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    CondPageBreak,
    Flowable,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
    TableStyle,
)

from core.errors import DomainError
from core.templatetags.ui import day, moment
from orgchart.descriptions.copies import Copy
from orgchart.descriptions.lines import broken
from orgchart.descriptions.sheet import Duty, Said, Sheet, in_english

REGULAR, BOLD = "NotoSansSC", "NotoSansSC-Bold"
FILES = {REGULAR: "NotoSansSC-Regular.ttf", BOLD: "NotoSansSC-Bold.ttf"}
MARGIN, FOOT = 15 * mm, 9 * mm
WIDTH = A4[0] - 2 * MARGIN
INK, SOFT, LINE, SHADE = HexColor("#1d2736"), HexColor("#55627a"), HexColor("#5b6474"), HexColor("#f1f4f8")
SIZES = (9.0, 8.2, 7.5)
"""Type sizes in points: the usual one, a smaller one that may save a page, and the last resort."""
MOST_PAGES = 3


class FontsMissing(DomainError):
    """The installation lacks the fonts."""

    status = 503


def font_folder() -> Path:
    """Where tools/assets.py puts the fonts."""
    return Path(settings.BASE_DIR) / "vendor" / "fonts"


@cache
def load_fonts() -> None:
    """Make the fonts known to the renderer; a tenth of a second, once per process. Raises FontsMissing."""
    for name, file in FILES.items():
        path = font_folder() / file
        if not path.is_file():
            raise FontsMissing(
                "fonts_missing", _("The fonts for printing are missing: have tools/assets.py run once.")
            )
        pdfmetrics.registerFont(TTFont(name, str(path)))


def _style(font: str = REGULAR, size: float = 9, **extra: Any) -> ParagraphStyle:
    wrap: dict[str, Any] = {} if in_english() else {"wordWrap": "CJK"}
    options: dict[str, Any] = {"fontName": font, "fontSize": size, "leading": size * 1.42, "textColor": INK}
    return ParagraphStyle(f"{font}{size}", **options, **wrap, **extra)


class _Chinese(Paragraph):
    """A paragraph whose lines break by the rules of Chinese print."""

    def breakLinesCJK(self, maxWidths: Any) -> Any:
        """The lines in the shape that the base class draws; text that was broken already is its business."""
        frag = self.frags[0] if len(self.frags) == 1 else None
        if frag is None or not hasattr(frag, "text") or getattr(self, "_splitpara", False):
            return super().breakLinesCJK(maxWidths)
        widths = maxWidths if isinstance(maxWidths, list | tuple) else [maxWidths]
        found = broken(
            frag.text, widths, lambda text: pdfmetrics.stringWidth(text, frag.fontName, frag.fontSize)
        )
        lines = [(space, [line]) for space, line in found]
        return frag.clone(kind=0, lines=lines, ascent=frag.fontSize, descent=-0.2 * frag.fontSize)


class _Writer:
    """Builds the parts of one document."""

    def __init__(self, size: float) -> None:
        self.body = _style(REGULAR, size)
        # English headings are long words in narrow columns.
        self.label = _style(BOLD, size - 1 if in_english() else size, alignment=TA_CENTER)
        self.label_width = (24 if in_english() else 21) * mm
        self.hanging = _style(REGULAR, size, leftIndent=11, firstLineIndent=-11)
        self.note = _style(REGULAR, 7.5)

    def text(self, words: object, style: ParagraphStyle | None = None) -> Paragraph:
        kind = Paragraph if in_english() else _Chinese
        return kind(escape(str(words)), style or self.body)

    def head(self, words: object) -> Paragraph:
        return self.text(words, self.label)

    def said(self, items: Iterable[Said]) -> list[Paragraph]:
        return [self.text(f"{item.no}{item.text}", self.hanging if item.no else None) for item in items]

    def table(
        self, rows: Sequence[Sequence[Any]], widths: Sequence[float], *marks: Any, **extra: Any
    ) -> Table:
        style = [
            ("GRID", (0, 0), (-1, -1), 0.5, LINE),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("TOPPADDING", (0, 0), (-1, -1), 2.5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 3.5),
            ("LEFTPADDING", (0, 0), (-1, -1), 4),
            ("RIGHTPADDING", (0, 0), (-1, -1), 4),
            *marks,
        ]
        return Table([list(row) for row in rows], list(widths), style=TableStyle(style), **extra)

    # -- the parts of the original table

    def top(self, copy: Copy) -> Table:
        sheet, labels = copy.sheet, copy.sheet.labels
        superior = sheet.superior.text if sheet.superior else ""
        below = sheet.subordinates.text if sheet.subordinates else ""
        rows: list[list[Any]] = [
            [
                self.head(labels["title"]), self.text(sheet.title),
                self.head(labels["department"]), self.text(sheet.department.text),
                self.head(labels["holder"]), self.text(copy.holder.name if copy.holder else ""),
            ],
            [
                self.head(labels["superior"]), self.text(superior),
                self.head(labels["subordinates"]), self.text(below),
                self.head(labels["signature"]), self.signature(copy),
            ],
        ]  # fmt: skip
        third = WIDTH / 3 - self.label_width
        shades = [("BACKGROUND", (column, 0), (column, -1), SHADE) for column in (0, 2, 4)]
        return self.table(rows, [self.label_width, third] * 3, *shades, minRowHeights=[22, 30])

    def signature(self, copy: Copy) -> list[Paragraph]:
        if copy.signature is None:
            return [self.text("")]
        return [self.text(copy.signed_name), self.text(moment(copy.signature.signed_at), self.note)]

    def grouped(self, title: object, pairs: Sequence[tuple[object, Any]]) -> Table:
        """A label that stands before several labelled rows: 任职条件, 沟通关系."""
        rows = [[self.head(title), self.head(label), cell] for label, cell in pairs]
        for row in rows[1:]:
            row[0] = self.text("")
        marks = [("SPAN", (0, 0), (0, -1)), ("BACKGROUND", (0, 0), (1, -1), SHADE)]
        return self.table(rows, [self.label_width, self.label_width, WIDTH - 2 * self.label_width], *marks)

    def row(self, title: object, cell: Any) -> Table:
        marks = [("BACKGROUND", (0, 0), (0, -1), SHADE)]
        return self.table(
            [[self.head(title), cell]], [self.label_width, WIDTH - self.label_width], *marks, splitInRow=1
        )

    def duties(self, sheet: Sheet) -> list[Flowable]:
        """One table for the headings and one for each duty, so that a long one may go on overleaf."""
        labels = sheet.labels
        widths = [30 * mm, WIDTH - 88 * mm, 34 * mm, 24 * mm]
        heads = [[self.head(labels[name]) for name in ("duty", "items", "metrics", "degree")]]
        shade, top = ("BACKGROUND", (0, 0), (-1, 0), SHADE), ("VALIGN", (0, 0), (-1, -1), "TOP")
        rows = [self.table([self.duty(duty)], widths, top, splitInRow=1) for duty in sheet.duties]
        return [CondPageBreak(60), self.table(heads, widths, shade), *rows]

    def duty(self, duty: Duty) -> list[Any]:
        degree = duty.degree.text if duty.degree else ""
        title = f"{duty.title.no}{duty.title.text}"
        return [self.text(title), self.said(duty.items), self.said(duty.metrics), self.text(degree)]

    def powers(self, sheet: Sheet) -> list[Paragraph]:
        return [self.text(f"{power.no}{power.text}", self.hanging) for power in sheet.powers]

    def grants(self, sheet: Sheet) -> list[Paragraph]:
        lines = (
            " – ".join(part for part in (line.label, line.reach, line.limits) if part)
            for line in sheet.grants
        )
        return [self.text(line) for line in lines]

    def closing(self, copy: Copy) -> list[Flowable]:
        version = copy.version
        facts = {"number": version.number, "day": day(version.in_force_at), "hash": version.fingerprint}
        lines = [_("Version %(number)s, in force since %(day)s; fingerprint (SHA-256) %(hash)s.") % facts]
        if version.in_force_at is None:
            lines = [
                _("Version %(number)s was proposed and is not in force; fingerprint (SHA-256) %(hash)s.")
                % facts
            ]
        if copy.signature is not None:
            signed = {"name": copy.signed_name, "moment": moment(copy.signature.signed_at)}
            lines.append(_("Signed by %(name)s with the own password on %(moment)s (Beijing time).") % signed)
        soft = _style(REGULAR, 7.5)
        soft.textColor = SOFT
        return [Spacer(1, 5), *(self.text(line, soft) for line in lines)]

    def story(self, copy: Copy) -> list[Flowable]:
        sheet, labels = copy.sheet, copy.sheet.labels
        title = _style(BOLD, 15, alignment=TA_CENTER, spaceAfter=7)
        asked = [(label, self.said(items)) for label, items in sheet.requirements]
        contacts = [
            (labels["internal"], self.said(sheet.internal)),
            (labels["external"], self.said(sheet.external)),
        ]
        parts: list[Flowable] = [
            self.text(pgettext("job description", "Job description"), title),
            self.top(copy),
            self.grouped(labels["requirements"], asked),
            self.row(labels["purpose"], self.text(sheet.purpose.text if sheet.purpose else "")),
            self.grouped(labels["contacts"], contacts),
            *self.duties(sheet),
            self.row(labels["powers"], self.powers(sheet)),
        ]
        career = [step.said for step in sheet.career]
        for name, cell in (
            ("conditions", self.said(sheet.conditions)),
            ("career", self.said(career)),
            ("grants", self.grants(sheet)),
        ):
            if cell:
                parts.append(self.row(labels[name], cell))
        return parts + self.closing(copy)


class _Pages(Canvas):
    """Writes the foot of every page once the number of pages is known."""

    foot: str = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kept: list[dict[str, Any]] = []

    def showPage(self) -> None:
        """Keep the page for later."""
        self._kept.append(dict(self.__dict__))
        self._startPage()  # type: ignore[attr-defined]

    def save(self) -> None:
        """Write all pages with their feet."""
        for number, page in enumerate(self._kept, 1):
            self.__dict__.update(page)
            self.setFont(REGULAR, 7.5)
            self.setFillColor(SOFT)
            self.drawString(MARGIN, FOOT, self.foot)
            self.drawRightString(A4[0] - MARGIN, FOOT, f"{number} / {len(self._kept)}")
            super().showPage()
        super().save()


def render(copy: Copy) -> bytes:
    """The copy as a PDF file, in the language in force. Raises FontsMissing."""
    load_fonts()
    title = f"{pgettext('job description', 'Job description')} · {copy.sheet.title}"
    foot = _("%(title)s · version %(number)s") % {"title": copy.sheet.title, "number": copy.version.number}

    def pages(*args: Any, **kwargs: Any) -> Canvas:
        canvas = _Pages(*args, **kwargs)
        canvas.foot = foot
        return canvas

    def build(size: float) -> tuple[int, bytes]:
        target = BytesIO()
        document = SimpleDocTemplate(
            target, pagesize=A4, leftMargin=MARGIN, rightMargin=MARGIN, topMargin=13 * mm, bottomMargin=16 * mm,
            title=title, author="Aftersales", lang="en" if in_english() else "zh-CN", initialFontName=REGULAR,
        )  # fmt: skip
        document.build(_Writer(size).story(copy), canvasmaker=pages)
        return document.page, target.getvalue()

    count, content = build(SIZES[0])
    for size in SIZES[1:]:
        # A smaller type is worth it when it saves a page, and is taken in any case where there are too many.
        if count == 1 or (count <= MOST_PAGES and size == SIZES[-1]):
            break
        fewer, smaller = build(size)
        if fewer < count:
            count, content = fewer, smaller
    return content
