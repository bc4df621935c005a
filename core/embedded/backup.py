"""`make backup`: one file that holds the database and a manifest of the same snapshot.

The application may go on running. The secret key is not in the file: whoever finds a backup must not be able
to read the encrypted columns; keep ``DATA_DIR/secret-key`` (or SECRET_KEY) apart from it.
"""

import dataclasses
import hashlib
import json
import os
import shutil
import tarfile
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import psycopg2

from core.embedded import manifest as contents
from core.embedded.manifest import FORMAT, Manifest
from core.embedded.target import Target, target

DUMP = "database.dump"
MANIFEST = "manifest.json"
MANIFEST_SUM = "manifest.sha256"
MEMBERS = (MANIFEST, MANIFEST_SUM, DUMP)


def backup() -> Path:
    """Write a backup of this environment's database below DATA_DIR/backups; raises ServiceError."""
    with target() as source:
        folder = source.data_dir / "backups"
        folder.mkdir(mode=0o700, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=".backup-", dir=folder))
        try:
            manifest = _dump(source, work / DUMP)
            path = _pack(manifest, work, folder)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    print(f"Backup written: {path} ({len(manifest.tables)} tables, {manifest.rows} rows).")
    return path


def _dump(source: Target, path: Path) -> Manifest:
    """Dump and count in one snapshot, so that counts and dump agree however busy the application is."""
    with source.connect() as link:
        link.set_session(isolation_level="REPEATABLE READ", readonly=True)
        snapshot = _export_snapshot(link)
        arguments = [
            "--format=custom",
            "--no-owner",
            "--no-comments",
            f"--snapshot={snapshot}",
            f"--file={path}",
        ]
        source.run("pg_dump", arguments, "check that the disk has room and the role may read every table")
        return dataclasses.replace(
            _describe(link), dump_sha256=contents.digest(path), dump_bytes=path.stat().st_size
        )


def _describe(link: "psycopg2.extensions.connection") -> Manifest:
    found = contents.content(link)
    return Manifest(
        format=FORMAT,
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        postgres=link.server_version,
        migrations=contents.migrations(link),
        roles=contents.grantees(link),
        tables=found.tables,
        audit_head=found.audit_head,
    )


def _export_snapshot(link: "psycopg2.extensions.connection") -> str:
    with link.cursor() as cursor:
        cursor.execute("SELECT pg_export_snapshot()")
        return str(cursor.fetchall()[0][0])


def _pack(manifest: Manifest, work: Path, folder: Path) -> Path:
    text = json.dumps(manifest.as_dict(), indent=1, ensure_ascii=False).encode()
    (work / MANIFEST).write_bytes(text)
    (work / MANIFEST_SUM).write_text(hashlib.sha256(text).hexdigest() + "\n")
    draft = work / "whole.tar"
    with tarfile.open(draft, "w") as archive:
        for name in MEMBERS:
            archive.add(work / name, arcname=name)
    os.chmod(draft, 0o600)
    path = folder / f"aftersales-{datetime.now(UTC):%Y%m%dT%H%M%S.%f}Z.tar"
    draft.rename(path)
    return path
