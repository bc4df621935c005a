"""Build the corpus: one function a file, so that nothing binary is kept.

python -m core.tests.corpus.make FOLDER
"""

from __future__ import annotations

import csv
import io
import struct
import sys
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

HEAD = ["姓名", "电话", "省份", "地址"]
ROW = ["张三丰", "13800138000", "广东", "天河路1号"]
DEVICE_HEAD = ["IMEI", "型号", "机主", "机主手机", "购买日期", "发票号码"]
DEVICE = ["860123045567517", "A10", "张三丰", "13800138000", "2026-03-02", "26442000000012345678"]

Make = Callable[[], bytes]
FILES: dict[str, Make] = {}


def file(name: str, made: Make) -> None:
    """Add a file to the corpus."""
    assert name not in FILES, name
    FILES[name] = made


def text(*rows: list[str], delimiter: str = ",", end: str = "\r\n", head: list[str] = HEAD) -> str:
    """Rows below the headings as CSV."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator=end).writerows([head, *rows])
    return out.getvalue()


def sheet(
    *rows: list[Any], head: list[str] | None = HEAD, formats: dict[tuple[int, int], str] | None = None
) -> bytes:
    """Rows as a workbook, cells with their types."""
    from openpyxl import Workbook

    book = Workbook()
    for row in [*([head] if head else []), *rows]:
        book.active.append(row)
    for (row, column), form in (formats or {}).items():
        book.active.cell(row, column).number_format = form
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def archive(parts: dict[str, bytes]) -> bytes:
    """A zip of parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in parts.items():
            made.writestr(name, data)
    return out.getvalue()


def with_parts(
    extra: dict[str, bytes], changed: Callable[[str, bytes], bytes] = lambda name, data: data
) -> bytes:
    """A good workbook with further parts."""
    with zipfile.ZipFile(io.BytesIO(sheet(ROW))) as made:
        parts = {name: changed(name, made.read(name)) for name in made.namelist()}
    return archive({**parts, **extra})


def row(**cells: str) -> list[str]:
    """The good row with other cells, by place n, p, r, a."""
    return [cells.get(place, cell) for place, cell in zip("npra", ROW, strict=True)]


def _lie(name: str, data: bytes) -> bytes:
    return data.replace(b'ref="A1:D2"', b'ref="A1:XFD1048576"') if "sheet1" in name else data


def _declared_bomb() -> bytes:
    """A small archive whose table of contents declares a gigabyte; the bytes themselves are few."""
    data = bytearray(archive({"[Content_Types].xml": b"<Types/>", "xl/worksheets/sheet1.xml": b"x" * 100}))
    place = data.rfind(b"PK\x01\x02")
    data[place + 24 : place + 28] = struct.pack("<I", 1 << 30)
    return bytes(data)


def _encrypted() -> bytes:
    data = bytearray(with_parts({}))
    place = 0
    while (place := data.find(b"PK\x01\x02", place)) >= 0:
        data[place + 8] |= 1
        place += 4
    return bytes(data)


# -- encodings
for _name, _codec in (
    ("utf8", "utf-8"),
    ("utf8-bom", "utf-8-sig"),
    ("utf16-bom", "utf-16"),
    ("utf16-le", "utf-16-le"),
    ("utf16-be", "utf-16-be"),
    ("gbk", "gbk"),
    ("gb18030", "gb18030"),
):
    file(f"{_name}.csv", lambda codec=_codec: text(ROW).encode(codec))
file("gb18030-four-bytes.csv", lambda: text(row(n="𠮷野家")).encode("gb18030"))
file("utf8-four-bytes.csv", lambda: text(row(n="𠮷野家")).encode())
file(
    "big5.csv",
    lambda: text(["張三豐", "13800138000", "", "天河路"], head=["姓名", "電話", "省份", "地址"]).encode(
        "big5"
    ),
)
file(
    "mixed-utf8-gbk.csv",
    lambda: (
        text(*[row(p=f"1380013{n:04}") for n in range(40)]).encode()
        + "李四,13900139000,广东,路\r\n".encode("gbk")
    ),
)
file(
    "utf16-lone-surrogate.csv",
    lambda: text(ROW).encode("utf-16") + b"\x00\xd8" + "四,13900139000,广东,路\r\n".encode("utf-16-le"),
)
file(
    "utf8-lone-surrogate.csv",
    lambda: (
        text(*[row(p=f"1380013{n:04}") for n in range(40)]).encode()
        + b"\xed\xa0\x80\xe5\x9b\x9b,13900139000,,\r\n"
    ),
)
file("nul.csv", lambda: text(row(n="张\0三")).encode())
# -- form
file("semicolon.csv", lambda: text(ROW, delimiter=";").encode())
file("tab.txt", lambda: text(ROW, delimiter="\t").encode())
file("cr-only.csv", lambda: text(ROW, end="\r").encode())
file("lf-only.csv", lambda: text(ROW, end="\n").encode())
file("blank-lines.csv", lambda: ("\r\n\r\n" + text(ROW) + "\r\n,,,\r\n" + "李四,bad,,\r\n").encode())
file("ragged-short.csv", lambda: text(ROW[:2]).encode())
file("ragged-long.csv", lambda: text([*ROW, "x", "y"]).encode())
file("quote-open.csv", lambda: (text(ROW) + '"李四,13900139000,,\r\n' * 3 + '"王').encode())
file("quote-open-end.csv", lambda: (text(ROW) + '"李四,13900139000,,\r\n').encode())
file(
    "quote-open-late.csv",
    lambda: (text(*[row(p=f"1380013{n:04}") for n in range(9)]) + '"李四,13900139000').encode(),
)
file("quote-inside.csv", lambda: (text(ROW) + '"李"四,13900139000,,\r\n王五,13900139001,,\r\n').encode())
file("line-break-inside.csv", lambda: text(row(a="天河路\n1号"), row(n="李四", p="12")).encode())
file(
    "columns-10000.csv",
    lambda: text(head=HEAD + ["x"] * 9_996).encode() + (",".join(ROW + ["y"] * 9_996)).encode(),
)
file("cell-1mb.csv", lambda: text(row(a="路" * 350_000)).encode())
file("cell-3mb.csv", lambda: text(row(a="x" * 3_000_000)).encode())
file("empty.csv", lambda: b"")
file("only-bom.csv", lambda: b"\xef\xbb\xbf")
file("only-heading.csv", lambda: text().encode())
file("no-heading.csv", lambda: ",".join(ROW).encode() + b"\r\n" + ",".join(ROW).encode())
file("heading-twice.csv", lambda: text([*ROW, "13900139000"], head=[*HEAD, "电话"]).encode())
file("heading-missing.csv", lambda: text(ROW[1:], head=HEAD[1:]).encode())
file("heading-reordered.csv", lambda: text(ROW[::-1], head=HEAD[::-1]).encode())
file("heading-english.csv", lambda: text(ROW, head=["Name*", "Main phone", "PROVINCE", " address "]).encode())
file("heading-unknown.csv", lambda: text([*ROW, "x"], head=[*HEAD, "星座"]).encode())
# -- cells
file("full-width.csv", lambda: text(row(p="１３８００１３８０００")).encode())
file("country-code.csv", lambda: text(row(p="+86 138-0013-8000")).encode())
file("spaces.csv", lambda: text(row(n="　张三丰 ", p=" 138 0013 8000")).encode())
file("e-notation.csv", lambda: text(row(p="1.3800138e10")).encode())
file("underscore.csv", lambda: text(row(p="138_0013_8000")).encode())
file("zero-lost.csv", lambda: text(row(p="2088886666")).encode())
file("letters.csv", lambda: text(row(p="四川138")).encode())
file("rtl.csv", lambda: text(row(n="张\u202e三")).encode())
file("zwj-emoji.csv", lambda: text(row(n="👨‍👩‍👧一家")).encode())
file("angle.csv", lambda: text(row(n="<script>alert(1)</script>")).encode())
file("long-name.csv", lambda: text(row(n="长" * 61)).encode())
file("formula.csv", lambda: text(row(n="=1+1"), row(n="＝SUM(A1)")).encode())
file("formula-dde.csv", lambda: text(row(n="+cmd|' /C calc'!A0"), row(n="@SUM(1)", p="13900139000")).encode())
file("formula-link.csv", lambda: text(row(n='=HYPERLINK("http://example.com","x")')).encode())
file("neutralised.csv", lambda: text(row(n="'=张三")).encode())
file("missing-name.csv", lambda: text(row(n=""), row(n=" \u3000 ", p="13900139000")).encode())
file("missing-phone.csv", lambda: text(row(p="")).encode())
file("unknown-province.csv", lambda: text(row(r="火星")).encode())
file("twice.csv", lambda: text(ROW, row(p="138 0013 8000"), row(n="李四")).encode())
file("traversal.csv", lambda: text(row(a="../../etc/passwd")).encode())
# -- workbooks
file("plain.xlsx", lambda: sheet(ROW))
file("numbers.xlsx", lambda: sheet(["张三丰", 13800138000.0, None, None], ["李四", 13900139000, None, None]))
file("number-eighteen.xlsx", lambda: sheet(["张三丰", 440106199001011234, None, None]))
file("zero-lost.xlsx", lambda: sheet(["张三丰", 2088886666, None, None]))
file("formula.xlsx", lambda: sheet(["=A1", "13800138000", None, None], ["李四", "=13900139000", None, None]))
file("csv-called.xlsx", lambda: text(ROW).encode())
file("xlsx-called.csv", lambda: sheet(ROW))
file("lies-about-size.xlsx", lambda: with_parts({}, _lie))
file("far-away-cell.xlsx", lambda: sheet([*ROW, *[None] * 300, "x"]))
file("empty.xlsx", lambda: sheet(head=None))
file("bomb.xlsx", lambda: archive({"xl/worksheets/sheet1.xml": b"0" * (301 << 20)}))
file("bomb-declared.xlsx", _declared_bomb)
file("many-parts.xlsx", lambda: archive({f"{number}.xml": b"" for number in range(201)}))
file("nested.xlsx", lambda: with_parts({"xl/inner.zip": archive({"a": b"a"})}))
file("embedded.xlsx", lambda: with_parts({"xl/embeddings/oleObject1.bin": b"x"}))
file("macro.xlsm", lambda: with_parts({"xl/vbaProject.bin": b"x"}))
file("external-link.xlsx", lambda: with_parts({"xl/externalLinks/externalLink1.xml": b"<externalLink/>"}))
file(
    "entities.xlsx",
    lambda: with_parts({"xl/a.xml": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ha">]><a>&b;</a>'}),
)
file("encrypted.xlsx", _encrypted)
file("cut-off.xlsx", lambda: sheet(ROW)[:-400])
file("zip-not-xlsx.xlsx", lambda: archive({"a.txt": b"a"}))
file("old.xls", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
file("pdf.csv", lambda: b"%PDF-1.7\n" + text(ROW).encode())
file("html.xls", lambda: b"<html><table><tr><td>a</td></tr></table></html>")
file("picture.csv", lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
file("noise.csv", lambda: bytes((number * 7919 + 13) % 255 + 1 for number in range(3_000)))
# -- devices: days, IMEIs
_D = DEVICE


def device(**cells: Any) -> list[Any]:
    """The good device with other cells: i(mei), m(odel), n(ame), p(hone), d(ay), v (invoice)."""
    return [cells.get(place, cell) for place, cell in zip("imnpdv", DEVICE, strict=True)]


file(
    "devices-days.csv",
    lambda: text(
        device(d="2026/3/2"),
        device(i="860123045567525", d="46083"),
        device(i="860123045567533", d="２０２６年３月２日"),
        head=DEVICE_HEAD,
    ).encode(),
)
file(
    "devices-leap-bug.csv",
    lambda: text(device(d="60"), device(d="1900-02-29"), device(d="59"), head=DEVICE_HEAD).encode(),
)
file(
    "devices-dates.xlsx",
    lambda: sheet(
        device(d=date(2026, 3, 2)),
        device(i="860123045567525", d=datetime.fromisoformat("2026-03-02T10:00")),
        device(i="860123045567533", d=46083),
        head=DEVICE_HEAD,
    ),
)
file("devices-leap-bug.xlsx", lambda: sheet(device(d=60), head=DEVICE_HEAD, formats={(2, 5): "yyyy-mm-dd"}))
file(
    "devices-imei.csv",
    lambda: text(
        device(i="860123045567515"),
        device(i="8601230455675171"),
        device(i="8.60123E+14"),
        device(i="86012304556751"),
        head=DEVICE_HEAD,
    ).encode(),
)
file("devices-imei-number.xlsx", lambda: sheet(device(i=860123045567517), head=DEVICE_HEAD))
file(
    "devices-invoice.csv",
    lambda: text(
        device(v="1234567"), device(i="860123045567525", v="2.64420E+19"), head=DEVICE_HEAD
    ).encode(),
)
file(
    "devices-unknown.csv",
    lambda: text(device(m="Z99"), device(i="860123045567525", n="李四"), head=DEVICE_HEAD).encode(),
)
file("devices-twice.csv", lambda: text(DEVICE, device(i="86 012304 556751 7"), head=DEVICE_HEAD).encode())
file("../../etc/名字.csv", lambda: text(ROW).encode())
file("很" * 296 + ".csv", lambda: text(ROW).encode())


def build(folder: Path) -> None:
    """Write all files; names that no folder takes are shortened."""
    for name, made in FILES.items():
        (folder / name.replace("/", "_")[-60:]).write_bytes(made())


if __name__ == "__main__":
    build(Path(sys.argv[1]))
