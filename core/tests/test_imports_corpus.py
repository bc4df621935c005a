"""The corpus of files, every one through the page: the verdict of each stands in corpus/verdicts.txt."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from core import outbox
from core.imports import store
from core.imports.cells import unpack
from core.models import Effect, ImportFile, ImportProblem
from core.tests.corpus.make import FILES, build
from customers.models import Customer, CustomerPhone
from customers.services import findable
from orgchart.models import Person
from orgchart.tests.factories import make_organisation, person_with
from products.models import Device, ProductModel

pytestmark = pytest.mark.django_db

TABLE = Path(__file__).parent / "corpus" / "verdicts.txt"
CHINESE = re.compile("[\u4e00-\u9fff]")


def verdicts() -> dict[str, str]:
    """{file: verdict} of the table; "# …" are remarks."""
    lines = (line.strip() for line in TABLE.read_text(encoding="utf-8").splitlines())
    pairs = (line.split(" | ") for line in lines if line and not line.startswith("#"))
    return {name.strip(): verdict.strip() for name, verdict in pairs}


def short(name: str) -> str:
    """The name as the table has it."""
    return name if len(name) < 60 else f"{name[:5]}…"


@pytest.fixture
def leader(db: None, settings: Settings, tmp_path: Path) -> Person:
    """A leader of an information group, with the model and the owner that the device lists name."""
    settings.IMPORT_DIR = tmp_path / "imports"
    settings.MFA_REQUIRED = False
    org = make_organisation()
    ProductModel.objects.create(code="A10", name="A10", name_en="A10", manufacturer="x")
    owner = Customer.objects.create(name="张三丰", centre=org.near.unit, **findable("张三丰"))
    CustomerPhone.objects.create(customer=owner, number="13800138000", kind="mobile")
    return person_with("info_lead", org.near.info)


def say(client: Client, name: str, data: bytes, encoding: str = "") -> str:
    """Upload, take the proposed columns, check; what is said about the file, in one line."""
    kind = "devices" if name.startswith("devices-") else "customers"
    if kind == "customers":
        CustomerPhone.objects.all().delete()
    upload = SimpleUploadedFile(name, data)
    answer = client.post("/imports/", {"kind": kind, "file": upload})
    if answer.status_code == 422:
        errors = answer.context["form"].errors.as_data()["file"]
        assert CHINESE.search(errors[0].messages[0])
        assert not ImportFile.objects.exists()
        assert not list(store.folder().iterdir())
        return str(errors[0].code)
    assert answer.status_code == 302, answer.status_code
    row = ImportFile.objects.get()
    if encoding:
        client.post(f"/imports/{row.pk}/columns/", {"action": "read", "encoding": encoding})
        row.refresh_from_db()
    page = client.get(f"/imports/{row.pk}/")
    assert page.status_code == 200
    fields = {f"column-{place}": key for key, place in row.mapping.items()}
    answer = client.post(f"/imports/{row.pk}/columns/", {"action": "check", **fields})
    if answer.status_code == 422:
        assert CHINESE.search(answer.context["refused"])
        return f"columns: {answer.context['refused'].split('：')[-1].rstrip('。')}"
    return checked(client, row)


def checked(client: Client, row: ImportFile) -> str:
    """Let the worker check the file; what the page says then."""
    effect = Effect.objects.get(kind=store.CHECK)
    assert outbox.deliver(effect.pk) == "done"
    row.refresh_from_db()
    page = client.get(f"/imports/{row.pk}/")
    assert page.status_code == 200
    if row.state == "failed":
        assert CHINESE.search(row.error)
        return f"failed: {row.error}"
    problems = list(ImportProblem.objects.filter(file=row))
    assert all(CHINESE.search(unpack(problem.code, problem.message)) for problem in problems)
    if problems:
        assert unpack(problems[0].code, problems[0].message) in page.content.decode().replace(
            "&#x27;", "'"
        ).replace("&quot;", '"')
        assert client.get(f"/imports/{row.pk}/bad-rows/").status_code == 200
    parts = [f"{problem.row} {problem.column or '-'} {problem.code}" for problem in problems]
    counts = f"add {row.added}" if row.added else f"unchanged {row.unchanged}" if row.unchanged else ""
    return "; ".join([*([counts] if counts else []), *parts])


def test_the_table_names_every_file() -> None:
    assert sorted(verdicts()) == sorted(map(short, FILES))
    assert len(FILES) >= 60


@pytest.mark.parametrize("name", FILES)
def test_every_file_through_the_page(name: str, leader: Person) -> None:
    client = Client()
    client.force_login(leader)
    encoding = "big5" if name.startswith("big5") else ""
    assert say(client, name, FILES[name](), encoding) == verdicts().get(short(name))
    assert not Device.objects.exists()
    assert Customer.objects.count() == 1


def test_the_corpus_can_be_written_into_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    some: dict[str, Any] = {name: FILES[name] for name in ("utf8.csv", "plain.xlsx", "../../etc/名字.csv")}
    monkeypatch.setattr("core.tests.corpus.make.FILES", some)
    build(tmp_path)
    assert len(list(tmp_path.iterdir())) == 3
