"""Exports: declared once per kind, written by a worker in chunks, fetched by the person who asked.

A kind is registered in `<app>/exports.py`:

    @exporter("cases", _("Cases"))
    def cases(person, query):
        rows = in_chunks(Case.objects.permitted(person).values("id", "number"))
        return Table([Column("number", _("Case number"), lambda row: row["number"])], rows)
"""

from core.exports.registry import Exporter, exporter, file_exporter, find
from core.exports.services import expire, note_download, path_of, request_export, run_export
from core.exports.tabular import Column, Table, in_chunks, neutral, write_csv, write_xlsx

__all__ = [
    "Column",
    "Exporter",
    "Table",
    "expire",
    "exporter",
    "file_exporter",
    "find",
    "in_chunks",
    "neutral",
    "note_download",
    "path_of",
    "request_export",
    "run_export",
    "write_csv",
    "write_xlsx",
]
