"""The export of a list holds the rows of the screen that may be exported, masked."""

from __future__ import annotations

import csv

from core import outbox
from core.exports import path_of
from core.models import ExportFile
from tickets.tests import factories
from tickets.tests.conftest import Browser
from tickets.tests.world import World


def test_the_file_holds_the_filtered_rows_masked(
    office: World, browser: Browser, settings: object, tmp_path: object
) -> None:
    settings.EXPORT_DIR = tmp_path  # type: ignore[attr-defined]
    factories.log(office.people["agent"], customer_name="欧阳明月")
    factories.log(office.people["agent"], kind="inquiry", imei="")
    factories.log(office.people["other"])
    answer = browser("agent").post("/cases/export/", {"query": "view=all&kind=repair"})
    assert answer.status_code == 302
    outbox.drain()
    with path_of(ExportFile.objects.get()).open(encoding="utf-8-sig") as file:
        rows = list(csv.reader(file))
    assert len(rows) == 2
    assert "欧阳明月" not in str(rows)


def test_without_the_power_there_is_no_export(office: World, browser: Browser) -> None:
    assert browser("engineer").post("/cases/export/", {"query": "view=all"}).status_code == 403


def test_a_wrong_filter_is_refused(office: World, browser: Browser) -> None:
    assert browser("agent").post("/cases/export/", {"query": "view=nonsense"}).status_code == 422
