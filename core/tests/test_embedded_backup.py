"""Backup and restore: what comes back is what went in, and nothing doubtful comes back at all."""

import json
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from core import embedded
from core.embedded import backup as backups
from core.embedded.config import read
from core.embedded.errors import ServiceError
from core.embedded.locks import run_lock
from core.embedded.restore import restore, unpack
from core.embedded.target import address
from core.tests.embedded_folders import data_folder, execute

CONTENT = (
    "CREATE TABLE thing (id bigserial PRIMARY KEY, name text, at timestamptz DEFAULT now(), price numeric)",
    "INSERT INTO thing (name, price) SELECT '冒烟 ' || i, i / 7.0 FROM generate_series(1, 500) i",
    "REVOKE UPDATE, DELETE ON thing FROM aftersales_app",
    "CREATE TABLE core_effect (id bigint, state text, last_error text)",
    "INSERT INTO core_effect VALUES (1, 'pending', ''), (2, 'done', '')",
)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with data_folder() as path:
        services = embedded.ensure_services(path, throwaway=True)
        execute(services.migrate_database_url, *CONTENT)
        yield path


@pytest.fixture(autouse=True)
def environment(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_DIR", str(folder))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("MIGRATE_DATABASE_URL", raising=False)


@pytest.fixture
def saved(folder: Path) -> Path:
    return backups.backup()


def query(folder: Path, statement: str) -> list[tuple[object, ...]]:
    return execute(embedded.urls(folder).migrate_database_url, statement)


def rewrite(saved: Path, to: Path, **changes: object) -> Path:
    """The same backup with a changed manifest whose own sum is right."""
    unpack(saved, to)
    values = json.loads((to / backups.MANIFEST).read_text()) | changes
    text = json.dumps(values)
    (to / backups.MANIFEST).write_text(text)
    (to / backups.MANIFEST_SUM).write_text(backups.hashlib.sha256(text.encode()).hexdigest())
    path = to / "rewritten.tar"
    with tarfile.open(path, "w") as archive:
        for name in backups.MEMBERS:
            archive.add(to / name, arcname=name)
    return path


def test_backup_is_one_file_for_the_owner_alone(saved: Path, folder: Path) -> None:
    assert saved.parent == folder / "backups"
    assert saved.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in saved.parent.iterdir() if path.name.startswith(".")] == []


def test_manifest_counts_every_table(saved: Path, tmp_path: Path) -> None:
    manifest = unpack(saved, tmp_path)
    assert manifest.tables["thing"][0] == 500
    assert manifest.roles == ["aftersales_app", "aftersales_owner"]


def test_restore_brings_back_what_was_deleted_and_keeps_what_was_there(saved: Path, folder: Path) -> None:
    before = query(folder, "SELECT count(*), md5(string_agg(t::text, ',' ORDER BY id)) FROM thing t")
    query(folder, "DELETE FROM thing WHERE id > 10")
    restore(str(saved))
    assert query(folder, "SELECT count(*), md5(string_agg(t::text, ',' ORDER BY id)) FROM thing t") == before
    [kept] = query(
        folder, "SELECT datname FROM pg_database WHERE datname LIKE '%before%' ORDER BY 1 DESC LIMIT 1"
    )
    old = embedded.urls(folder).migrate_database_url.rsplit("/", 1)[0] + f"/{kept[0]}"
    assert execute(old, "SELECT count(*) FROM thing") == [(10,)]


def test_restored_rights_and_sequences_hold(saved: Path, folder: Path) -> None:
    restore(str(saved))
    assert query(folder, "SELECT has_table_privilege('aftersales_app', 'thing', 'INSERT')") == [(True,)]
    assert query(folder, "SELECT has_table_privilege('aftersales_app', 'thing', 'UPDATE')") == [(False,)]
    assert query(folder, "SELECT nextval('thing_id_seq') > 500") == [(True,)]


@pytest.mark.parametrize(("resume", "state"), [(False, "parked"), (True, "pending")])
def test_waiting_notices_go_out_again_only_when_asked(folder: Path, resume: bool, state: str) -> None:
    query(folder, "UPDATE core_effect SET state = 'pending' WHERE id = 1")
    restore(str(backups.backup()), resume=resume)
    assert query(folder, "SELECT state FROM core_effect ORDER BY id") == [(state,), ("done",)]


@pytest.mark.parametrize("member", backups.MEMBERS)
def test_damaged_backup_is_refused_and_changes_nothing(saved: Path, folder: Path, member: str) -> None:
    with tarfile.open(saved) as archive:
        entry = archive.getmember(member)
    with saved.open("r+b") as file:
        file.seek(entry.offset_data + entry.size // 2)
        file.write(b"\xff")
    query(folder, "UPDATE thing SET price = 1 WHERE id = 1")
    with pytest.raises(ServiceError, match="damaged"):
        restore(str(saved))
    assert query(folder, "SELECT price FROM thing WHERE id = 1") == [(1,)]


def test_cut_off_backup_is_refused(saved: Path) -> None:
    saved.write_bytes(saved.read_bytes()[: saved.stat().st_size // 2])
    with pytest.raises(ServiceError, match="damaged"):
        restore(str(saved))


def test_foreign_file_is_refused(tmp_path: Path) -> None:
    foreign = Path(
        shutil.make_archive(str(tmp_path / "foreign"), "tar", Path(__file__).parent, Path(__file__).name)
    )
    with pytest.raises(ServiceError, match="no backup of this program"):
        restore(str(foreign))


def test_missing_file_is_refused() -> None:
    with pytest.raises(ServiceError, match="There is no file"):
        restore("/nowhere/backup.tar")
    with pytest.raises(ServiceError, match="FILE: name the backup"):
        restore("")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"format": 99}, "has format 99"),
        ({"postgres": 990001}, "newer than the server"),
        ({"migrations": [["core", "0999_from_the_future"]]}, "newer release"),
        ({"roles": ["somebody_else"]}, "role somebody_else is missing"),
        ({"tables": {"thing": [499, "0"]}}, "differs from the manifest"),
        ({"audit_head": [7, "abc"]}, "differs from the manifest"),
    ],
)
def test_backup_that_does_not_fit_is_refused(
    saved: Path, tmp_path: Path, folder: Path, changes: dict[str, object], sentence: str
) -> None:
    with pytest.raises(ServiceError, match=sentence):
        restore(str(rewrite(saved, tmp_path, **changes)))
    assert query(folder, "SELECT count(*) FROM pg_database WHERE datname = 'aftersales_restoring'") == [(0,)]


def test_restore_is_refused_while_the_application_runs(saved: Path, folder: Path) -> None:
    lock = run_lock(folder)
    lock.take()
    lock.note("http://127.0.0.1:8000/")
    with pytest.raises(ServiceError, match=r"runs at http://127\.0\.0\.1:8000/: stop it"):
        restore(str(saved))
    lock.release()


def test_restore_works_into_a_new_data_folder(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with data_folder() as other:
        embedded.ensure_services(other, throwaway=True)
        monkeypatch.setenv("DATA_DIR", str(other))
        restore(str(saved))
        assert query(other, "SELECT count(*) FROM thing") == [(500,)]


def test_password_of_a_given_database_stays_out_of_the_command_line() -> None:
    parts = address("postgres://me:se%2Fcret@db.example:6432/aftersales?sslmode=require")
    assert parts == {
        "host": "db.example",
        "port": "6432",
        "user": "me",
        "password": "se/cret",
        "dbname": "aftersales",
        "sslmode": "require",
    }
    with pytest.raises(ServiceError, match="must look like"):
        address("mysql://me@db.example/x")


def test_configuration_is_read_for_the_folder_given(folder: Path) -> None:
    assert read({"DATA_DIR": str(folder)}).data_dir == folder
