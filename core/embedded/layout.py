"""Versions of a data folder and the steps between them.

A new folder goes through all steps, one of an older release through those it lacks; each step may be
repeated, because a crash can come between a step and its record. A folder of a newer release is refused.
"""

from collections.abc import Callable

from core.embedded.errors import ServiceError
from core.embedded.places import APP_ROLE, DATABASE, OWNER_ROLE, Places
from core.embedded.postgres_server import connect

Step = Callable[[Places], None]


def bring_up_to_date(where: Places, steps: tuple[Step, ...] | None = None) -> None:
    """Apply the steps the folder lacks; needs a running cluster; raises ServiceError for a newer folder."""
    steps = STEPS if steps is None else steps
    have = version(where)
    if have > len(steps):
        raise ServiceError(
            f"{where.data_dir} was made by a newer release (version {have}, this one knows {len(steps)}): "
            "update the program or choose another DATA_DIR."
        )
    for number in range(have, len(steps)):
        steps[number](where)
        _write(where, number + 1)


def forget(where: Places) -> None:
    """A cluster that is about to be made has gone through no step."""
    (where.data_dir / "version").unlink(missing_ok=True)


def version(where: Places) -> int:
    """Version of the folder; 0 when it is new."""
    path = where.data_dir / "version"
    if not path.exists():
        return 0
    text = path.read_text().strip()
    if not text.isdigit():
        raise ServiceError(f"{path} is damaged: it has to hold one number.")
    return int(text)


def _write(where: Places, number: int) -> None:
    draft = where.data_dir / "version.new"
    draft.write_text(f"{number}\n")
    draft.replace(where.data_dir / "version")


def _make_roles(where: Places) -> None:
    """Owner (migrations; may make test databases) and application (no DDL), with limits per role.

    The limits keep one stuck statement or forgotten transaction from holding up everyone else.
    """
    _execute(
        where,
        "postgres",
        *(_role(name, rights) for name, rights in ((OWNER_ROLE, "CREATEDB"), (APP_ROLE, "NOCREATEDB"))),
        f"ALTER ROLE {APP_ROLE} SET statement_timeout = '15s'",
        f"ALTER ROLE {APP_ROLE} SET lock_timeout = '3s'",
        f"ALTER ROLE {APP_ROLE} SET idle_in_transaction_session_timeout = '30s'",
        f"ALTER ROLE {OWNER_ROLE} SET statement_timeout = 0",
        f"ALTER ROLE {OWNER_ROLE} SET lock_timeout = '3s'",
    )


def _role(name: str, rights: str) -> str:
    return (
        f"DO $$ BEGIN CREATE ROLE {name} LOGIN NOSUPERUSER NOCREATEROLE {rights}; "
        "EXCEPTION WHEN duplicate_object THEN NULL; END $$"
    )


def _prepare_template(where: Places) -> None:
    """Databases made from template1, as the tests' ones, get extensions and grants without a superuser."""
    _execute(where, "template1", *preparation())


def _make_database(where: Places) -> None:
    create_database(where, DATABASE)


def create_database(where: Places, name: str) -> None:
    """An empty database from the prepared template, owned by the owner's role; an existing one stays."""
    link = connect(where, "postgres")
    try:
        with link.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if cursor.fetchone() is None:
                cursor.execute(f'CREATE DATABASE "{name}" OWNER {OWNER_ROLE}')
    finally:
        link.close()


def preparation() -> tuple[str, ...]:
    """What every database needs before the first migration."""
    defaults = f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER_ROLE} GRANT"
    return (
        "CREATE EXTENSION IF NOT EXISTS pg_trgm",
        "CREATE EXTENSION IF NOT EXISTS btree_gist",
        f"{defaults} SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APP_ROLE}",
        f"{defaults} USAGE, SELECT ON SEQUENCES TO {APP_ROLE}",
    )


def _execute(where: Places, database: str, *statements: str) -> None:
    link = connect(where, database)
    try:
        with link.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
    finally:
        link.close()


STEPS: tuple[Step, ...] = (_make_roles, _prepare_template, _make_database)
