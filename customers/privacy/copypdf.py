"""The readable form of a copy: an A4 document in the language in force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from core.templatetags.ui import moment
from customers.extensions import word
from orgchart.descriptions.pdf import BOLD, INK, LINE, MARGIN, REGULAR, SHADE, WIDTH, load_fonts

_LABEL_WIDTH = 42 * mm


def _style(font: str, size: float, **extra: Any) -> ParagraphStyle:
    return ParagraphStyle(
        f"copy{font}{size}",
        fontName=font,
        fontSize=size,
        leading=size * 1.45,
        textColor=INK,
        wordWrap="CJK",
        **extra,
    )


def write_pdf(number: int, data: Mapping[str, Sequence[Mapping[str, Any]]], day: date) -> bytes:
    """All sections as a PDF file; empty ones say so. Raises FontsMissing."""
    load_fonts()
    title = _("Copy of personal data")
    intro = _(
        "This is what we hold about you in customer file #%(number)s on %(day)s. If something is wrong you may ask "
        "for a correction, and for erasure of what is no longer needed."
    ) % {"number": number, "day": day.isoformat()}
    parts: list[Flowable] = [
        _text(title, _style(BOLD, 16, spaceAfter=8)),
        _text(intro, _style(REGULAR, 9.5, spaceAfter=8)),
    ]
    for section, rows in data.items():
        parts += _section(section, rows)
    target = BytesIO()
    SimpleDocTemplate(
        target, pagesize=A4, leftMargin=MARGIN, rightMargin=MARGIN, topMargin=14 * mm, bottomMargin=16 * mm,
        title=title, author="Aftersales", initialFontName=REGULAR,
    ).build(parts)  # fmt: skip
    return target.getvalue()


def _text(words: object, style: ParagraphStyle) -> Paragraph:
    return Paragraph(escape(str(words)).replace("\n", "<br/>"), style)


def _section(section: str, rows: Sequence[Mapping[str, Any]]) -> list[Flowable]:
    head = _text(word(section), _style(BOLD, 11.5, spaceBefore=10, spaceAfter=4))
    if not rows:
        return [head, _text(_("Nothing."), _style(REGULAR, 9))]
    tables: list[Flowable] = [part for row in rows for part in (_table(row), Spacer(1, 4))]
    return [KeepTogether([head, tables[0]]), *tables[1:]]


def _table(row: Mapping[str, Any]) -> Table:
    body, label = _style(REGULAR, 9), _style(BOLD, 8.5)
    cells = [[_text(word(name), label), _text(shown(value), body)] for name, value in row.items()]
    look = TableStyle(
        [
            ("GRID", (0, 0), (-1, -1), 0.5, LINE),
            ("BACKGROUND", (0, 0), (0, -1), SHADE),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
        ]
    )
    return Table(cells, [_LABEL_WIDTH, WIDTH - _LABEL_WIDTH], style=look, splitInRow=1)


def shown(value: Any) -> str:
    """A value as people read it: yes and no in words, moments in local time, lists with commas."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        return _(", ").join(shown(item) for item in value)
    at = parse_datetime(value) if isinstance(value, str) and len(value) > 10 and value[4:5] == "-" else None
    return moment(at) if at else str(value)
