"""What an XLSX declares about itself, looked at before anything of it is unpacked."""

from __future__ import annotations

import zipfile
from typing import BinaryIO

from core.imports.limits import Limits, refuse

_MEGABYTE = 1 << 20
_INSIDE = (".zip", ".rar", ".7z", ".gz", ".xlsx", ".xlsm", ".docx", ".exe", ".dll", ".js")


def check_archive(file: BinaryIO, limits: Limits) -> None:
    """Raises Invalid at "file": "file_too_large" (a bomb), "file_old_format" (a password), "file_macros",
    "file_embedded", "file_unreadable" (no workbook, entities). `zipfile` never gives more than is declared."""
    try:
        with zipfile.ZipFile(file) as archive:
            _check_sizes(archive.infolist(), limits)
            for part in archive.infolist():
                _check_part(archive, part)
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
        raise refuse("file_unreadable") from error


def _check_sizes(parts: list[zipfile.ZipInfo], limits: Limits) -> None:
    strings = sum(part.file_size for part in parts if part.filename.lower().endswith("sharedstrings.xml"))
    whole = sum(part.file_size for part in parts)
    if (
        len(parts) > limits.parts
        or whole > limits.unpacked * _MEGABYTE
        or strings > limits.strings * _MEGABYTE
    ):
        raise refuse("file_too_large", megabytes=limits.unpacked)


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    name = part.filename.lower()
    if part.flag_bits & 1:
        raise refuse("file_old_format")
    if name.endswith("vbaproject.bin") or "/macrosheets/" in name:
        raise refuse("file_macros")
    if name.endswith(_INSIDE) or "/embeddings/" in name:
        raise refuse("file_embedded")
    if name.endswith((".xml", ".rels")):
        with archive.open(part) as opened:
            if b"<!DOCTYPE" in opened.read(4096):
                raise refuse("file_unreadable")
