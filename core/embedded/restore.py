"""`make restore FILE=path`: check a backup, load it beside the present database, compare, then swap names.

Until the swap nothing of the present data is touched; after it the former database is kept under another
name.
"""

import hashlib
import json
import re
import shutil
import tarfile
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import psycopg2
from psycopg2 import sql

from core.embedded import manifest as contents
from core.embedded.backup import DUMP, MANIFEST, MANIFEST_SUM, MEMBERS
from core.embedded.errors import ServiceError
from core.embedded.locks import run_lock
from core.embedded.manifest import FORMAT, Manifest
from core.embedded.places import CHECKOUT
from core.embedded.target import MAINTENANCE, Target, target

RESTORING = "aftersales_restoring"
_HELD_BACK = """
    UPDATE core_effect SET state = 'parked', last_error = 'restored from a backup'
    WHERE state IN ('pending', 'sending', 'uncertain')
"""


def restore(file: str, *, resume: bool = False) -> None:
    """Put a backup in the place of the present database; raises ServiceError, then nothing has changed.

    Notices that were waiting in the backup are held back unless ``resume``: they may have gone out since.
    """
    if not file.strip():
        raise ServiceError("FILE: name the backup, as in make restore FILE=var/backups/aftersales-….tar.")
    path = Path(file).expanduser().resolve()
    with target() as place:
        lock = run_lock(place.data_dir)
        if not lock.take(wait=False):
            raise ServiceError(f"The application runs at {lock.read()}: stop it before restoring.")
        work = Path(tempfile.mkdtemp(prefix=".restore-", dir=place.data_dir))
        try:
            manifest = unpack(path, work)
            _restore(place, manifest, work / DUMP, resume=resume)
        finally:
            shutil.rmtree(work, ignore_errors=True)
            lock.release()


def unpack(path: Path, work: Path) -> Manifest:
    """Take a backup apart and check it against its sums; raises ServiceError for anything but a sound one."""
    if not path.is_file():
        raise ServiceError(f"There is no file {path}.")
    try:
        with tarfile.open(path, "r:") as archive:
            for name in MEMBERS:
                _extract(archive, name, work / name)
        return _checked(work)
    except (tarfile.TarError, KeyError, ValueError, TypeError, EOFError) as error:
        raise ServiceError(f"{path} is damaged or no backup of this program: use another one.") from error


def _extract(archive: tarfile.TarFile, name: str, to: Path) -> None:
    member = archive.extractfile(name)
    if member is None:
        raise KeyError(name)
    with member, to.open("wb") as file:
        shutil.copyfileobj(member, file)


def _checked(work: Path) -> Manifest:
    text = (work / MANIFEST).read_bytes()
    if hashlib.sha256(text).hexdigest() != (work / MANIFEST_SUM).read_text().strip():
        raise ValueError(MANIFEST)
    values = json.loads(text)
    if values["format"] != FORMAT:
        raise ServiceError(
            f"The backup has format {values['format']} and this release reads {FORMAT}: restore it with the "
            "release that made it."
        )
    manifest = Manifest(**values)
    if contents.digest(work / DUMP) != manifest.dump_sha256:
        raise ValueError(DUMP)
    return manifest


def _restore(place: Target, manifest: Manifest, dump: Path, *, resume: bool) -> None:
    with place.connect(MAINTENANCE) as link:
        link.autocommit = True
        _refuse_other_release(place, manifest, link)
        _refuse_users(place, link)
        _fresh_database(link)
        try:
            _load(place, manifest, dump)
            held = 0 if resume else _hold_back(place)
            kept = _swap(place, link)
        except BaseException:
            _execute(link, "DROP DATABASE IF EXISTS {}", RESTORING)
            raise
    print(f"Restored {manifest.rows} rows in {len(manifest.tables)} tables, as of {manifest.made_at}.")
    print(f"The former database is kept as {kept}.")
    if held:
        print(f"{held} notices that were waiting then are parked, because they may have gone out since.")


def _refuse_other_release(place: Target, manifest: Manifest, link: "psycopg2.extensions.connection") -> None:
    if manifest.postgres // 10_000 > link.server_version // 10_000:
        raise ServiceError(
            f"The backup comes from PostgreSQL {manifest.postgres // 10_000}, which is newer than the server "
            f"({link.server_version // 10_000}): restore into a server of at least that version."
        )
    unknown = [f"{app}.{name}" for app, name in manifest.migrations if not _known(app, name)]
    if unknown:
        raise ServiceError(f"The backup comes from a newer release ({unknown[0]}): update the program first.")
    with link.cursor() as cursor:
        cursor.execute("SELECT rolname FROM pg_roles")
        missing = sorted(set(manifest.roles) - {row[0] for row in cursor.fetchall()})
    if missing:
        raise ServiceError(f"The role {missing[0]} is missing in this server: create it, then restore again.")


def _known(app: str, name: str) -> bool:
    """Whether this release has the migration; those of libraries are theirs to judge."""
    folder = CHECKOUT / app / "migrations"
    return not folder.is_dir() or (folder / f"{name}.py").exists() or _squashed(folder, name)


def _squashed(folder: Path, name: str) -> bool:
    """A squashed migration names the ones it replaces."""
    pattern = re.compile(rf"""["']{re.escape(name)}["']""")
    return any(
        pattern.search(text.split("replaces", 1)[1])
        for text in (path.read_text(encoding="utf-8") for path in folder.glob("*_squashed_*.py"))
        if "replaces" in text
    )


def _refuse_users(place: Target, link: "psycopg2.extensions.connection") -> None:
    with link.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = %s", [place.database])
        users = cursor.fetchall()[0][0]
    if users:
        raise ServiceError(f"{users} connections use the database: stop the application first.")


def _fresh_database(link: "psycopg2.extensions.connection") -> None:
    _execute(link, "DROP DATABASE IF EXISTS {}", RESTORING)
    # From template0: grants that every new table gets by default would add to those in the backup.
    _execute(link, "CREATE DATABASE {} TEMPLATE template0", RESTORING)


def _load(place: Target, manifest: Manifest, dump: Path) -> None:
    """Load and compare; any difference refuses the backup."""
    place.run(
        "pg_restore",
        ["--exit-on-error", "--no-owner", "--no-comments", "--jobs=2", f"--dbname={RESTORING}", str(dump)],
        "the backup does not fit this server; nothing was changed",
        database=RESTORING,
    )
    with place.connect(RESTORING) as link:
        loaded = contents.content(link)
    wrong = [name for name in manifest.tables if loaded.tables.get(name) != manifest.tables[name]]
    if wrong or loaded.audit_head != manifest.audit_head:
        raise ServiceError(
            f"The restored data differs from the manifest (table {(wrong or ['core_auditevent'])[0]}): "
            "nothing was changed; use another backup."
        )


def _hold_back(place: Target) -> int:
    with place.connect(RESTORING) as link, link, link.cursor() as cursor:
        if "core_effect" not in contents.names(link):
            return 0
        cursor.execute(_HELD_BACK)
        return int(cursor.rowcount)


def _swap(place: Target, link: "psycopg2.extensions.connection") -> str:
    """Both renames in one transaction: there is always a database of the right name."""
    kept = f"{place.database}_before_{datetime.now(UTC):%Y%m%d_%H%M%S_%f}"
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    link.autocommit = False
    try:
        with link, link.cursor() as cursor:
            cursor.execute(rename.format(sql.Identifier(place.database), sql.Identifier(kept)))
            cursor.execute(rename.format(sql.Identifier(RESTORING), sql.Identifier(place.database)))
    finally:
        link.autocommit = True
    return kept


def _execute(link: "psycopg2.extensions.connection", statement: str, database: str) -> None:
    with link.cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(sql.Identifier(database)))
