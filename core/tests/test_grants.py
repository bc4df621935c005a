"""What the application's database role is given after a migration."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.db import connection
from pytest_django import Settings

from core.grants import check_two_roles

EVERYTHING = {"SELECT", "INSERT", "UPDATE", "DELETE"}


def rights_by_table() -> dict[str, set[str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, array_agg(privilege_type::text) FROM pg_class, aclexplode(relacl) AS acl"
            " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
            " AND acl.grantee = to_regrole(%s) GROUP BY relname",
            [settings.APP_DB_ROLE],
        )
        return {table: set(rights) for table, rights in cursor.fetchall()}


@pytest.mark.django_db
def test_rows_everywhere_and_no_more_than_adding_to_the_trail() -> None:
    rights = rights_by_table()
    assert rights.pop("core_auditevent") == {"SELECT", "INSERT"}
    assert rights.pop("django_migrations") == {"SELECT"}
    assert {table: given for table, given in rights.items() if given != EVERYTHING} == {}
    assert set(connection.introspection.table_names()) - set(rights) == {
        "core_auditevent",
        "django_migrations",
    }


@pytest.mark.django_db
def test_the_role_may_not_create_tables() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_schema_privilege(%s, 'public', 'CREATE')", [settings.APP_DB_ROLE])
        assert cursor.fetchone() == (False,)


def test_one_role_for_everything_is_warned_of(settings: Settings) -> None:
    assert check_two_roles() == []
    settings.APP_DB_ROLE = None
    assert [message.id for message in check_two_roles()] == ["core.W001"]
