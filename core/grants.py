"""What the application's database role may do, set after every migration by the owner.

Two roles (settings.APP_DB_ROLE names the application's): the owner migrates, the application reads and writes
rows, has no DDL, and can only add to and read the append-only tables. With one role for everything these
limits cannot hold, and a system check says so.
"""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import connections

APPEND_ONLY = ("core_auditevent",)
READ_ONLY = ("django_migrations",)


def grant_after_migrate(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """Signal handler for post_migrate."""
    if settings.APP_DB_ROLE and connections[using].settings_dict["USER"] != settings.APP_DB_ROLE:
        apply_grants(settings.APP_DB_ROLE, using)


def apply_grants(role: str, using: str = "default") -> None:
    """Give `role` its rights on everything in the schema public. Safe to run again."""
    connection = connections[using]
    name = connection.ops.quote_name(role)
    present = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {name}")
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {name}")
        for table in present.intersection(APPEND_ONLY):
            cursor.execute(f"REVOKE ALL ON {connection.ops.quote_name(table)} FROM {name}")
            cursor.execute(f"GRANT SELECT, INSERT ON {connection.ops.quote_name(table)} TO {name}")
        for table in present.intersection(READ_ONLY):
            cursor.execute(f"REVOKE ALL ON {connection.ops.quote_name(table)} FROM {name}")
            cursor.execute(f"GRANT SELECT ON {connection.ops.quote_name(table)} TO {name}")


@register(Tags.security)
def check_two_roles(**kwargs: Any) -> list[CheckMessage]:
    """Warn when one database role does everything."""
    if settings.APP_DB_ROLE:
        return []
    return [
        Warning(
            "One database role migrates and runs the application: triggers alone protect the audit trail.",
            hint="Let MIGRATE_DATABASE_URL be the owner's URL and DATABASE_URL that of a role without DDL.",
            id="core.W001",
        )
    ]
