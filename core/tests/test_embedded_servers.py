"""The embedded servers: started, shared, stopped, and back after every kind of crash."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from core import embedded
from core.embedded import layout, postgres_server, servers
from core.embedded.account import is_root, own_folder, run_as
from core.embedded.errors import ServiceError
from core.embedded.locks import use_lock
from core.embedded.places import SOCKET_PATH_LIMIT, places
from core.tests.embedded_folders import data_folder, execute, kill_servers


@pytest.fixture
def folder() -> Iterator[Path]:
    with data_folder() as path:
        yield path


@pytest.fixture(scope="module")
def running() -> Iterator[Path]:
    """Servers that a whole module reads from."""
    with data_folder() as path:
        embedded.ensure_services(path, throwaway=True)
        yield path


def start(folder: Path) -> embedded.Services:
    return embedded.ensure_services(folder, throwaway=True)


def test_urls_make_nothing_and_stay_the_same_after_the_start(folder: Path) -> None:
    before = embedded.urls(folder)
    assert not folder.exists()
    assert start(folder) == before == embedded.urls(folder)


def test_second_start_finds_all_data(folder: Path) -> None:
    services = start(folder)
    execute(services.migrate_database_url, "CREATE TABLE kept AS SELECT 7 AS number")
    embedded.release(folder)
    assert not embedded.running(folder)
    assert execute(start(folder).database_url, "SELECT number FROM kept") == [(7,)]


def test_last_user_stops_the_servers(folder: Path) -> None:
    start(folder)
    other = use_lock(folder)
    other.take(shared=True)
    embedded.release(folder)
    assert embedded.running(folder)
    other.release()
    start(folder)
    embedded.release(folder)
    assert not embedded.running(folder)


def test_kept_servers_outlive_their_users_until_stopped(folder: Path) -> None:
    embedded.keep_running(folder, throwaway=True)
    embedded.release(folder)
    assert embedded.running(folder)
    embedded.stop(folder)
    assert not embedded.running(folder)


def test_killed_servers_come_back_with_committed_data(folder: Path) -> None:
    services = start(folder)
    execute(services.migrate_database_url, "CREATE TABLE kept AS SELECT 7 AS number")
    kill_servers(places(folder))
    assert servers.revive(folder)
    assert execute(services.database_url, "SELECT number FROM kept") == [(7,)]
    assert not servers.revive(folder)


def test_silent_server_is_waited_for_and_not_killed(folder: Path) -> None:
    start(folder)
    where = places(folder)
    number = int((where.pgdata / "postmaster.pid").read_text().split()[0])
    os.kill(number, signal.SIGSTOP)
    wake = threading.Timer(1, os.kill, (number, signal.SIGCONT))
    wake.start()
    start(folder)
    wake.join()
    assert int((where.pgdata / "postmaster.pid").read_text().split()[0]) == number


def test_full_server_counts_as_running(folder: Path) -> None:
    url = start(folder).database_url.replace("aftersales_app", "postgres")
    links = []
    with pytest.raises(psycopg2.OperationalError, match="too many clients"):  # noqa: PT012 - one of many refuses
        while True:
            links.append(psycopg2.connect(url))
    assert postgres_server.answers(places(folder))
    for link in links:
        link.close()


def test_stale_files_that_name_a_living_process_do_not_block(folder: Path) -> None:
    start(folder)
    where = places(folder)
    pid_file = (where.pgdata / "postmaster.pid").read_text()
    kill_servers(where)
    with subprocess.Popen(["sleep", "60"], **run_as(where.account)) as innocent:
        first, _, rest = pid_file.partition("\n")
        (where.pgdata / "postmaster.pid").write_text(f"{innocent.pid}\n{rest}")
        (where.sockets / ".s.PGSQL.5432.lock").write_text(f"{innocent.pid}\n{rest}")
        start(folder)
        assert first != str(innocent.pid)
        assert innocent.poll() is None
        innocent.kill()
    assert embedded.running(folder)


def test_interrupted_first_start_leaves_nothing_in_the_way(folder: Path) -> None:
    servers.make_folders(folder)
    half = own_folder(folder / "postgres.new", places(folder).account)
    (half / "PG_VERSION").write_text("18\n")
    start(folder)
    assert embedded.running(folder)


def test_state_of_a_closed_folder_lies_where_the_account_may_enter() -> None:
    with data_folder(enterable=False) as folder:
        start(folder)
        where = places(folder)
        outside = not where.home.is_relative_to(folder)
        assert outside == is_root()
        assert where.pgdata.stat().st_uid == where.account.uid
        assert where.home.stat().st_mode & 0o077 == 0 or not outside
        assert folder.parent.stat().st_mode & 0o777 == 0o700


def test_deleted_data_folder_starts_fresh_and_deletes_nothing_outside(folder: Path) -> None:
    services = start(folder)
    execute(services.migrate_database_url, "CREATE TABLE kept AS SELECT 7 AS number")
    embedded.stop(folder)
    folder.rename(folder.with_name("put-aside"))
    assert execute(start(folder).database_url, "SELECT to_regclass('kept')") == [(None,)]


def test_moved_folder_takes_its_data_along(folder: Path) -> None:
    execute(start(folder).migrate_database_url, "CREATE TABLE kept AS SELECT 7 AS number")
    embedded.stop(folder)
    moved = folder.with_name("moved")
    folder.rename(moved)
    assert execute(start(moved).database_url, "SELECT number FROM kept") == [(7,)]
    embedded.stop(moved)


@pytest.mark.parametrize("name", ["x" * 90, "数据 folder, with 'all'"])
def test_awkward_paths_get_a_short_plain_socket_folder(name: str) -> None:
    with data_folder(name=name) as folder:
        start(folder)
        sockets = str(places(folder).sockets)
        assert len(sockets) < SOCKET_PATH_LIMIT
        assert sockets.isascii()
        assert embedded.running(folder)


def test_folders_of_servers_are_closed_to_others(running: Path) -> None:
    where = places(running)
    for path in (where.pgdata, where.redis_dir, where.sockets, where.logs):
        assert path.stat().st_mode & 0o077 == 0


def test_folder_of_an_older_version_goes_through_the_steps_it_lacks(folder: Path) -> None:
    start(folder)
    where = places(folder)
    done: list[str] = []
    layout.bring_up_to_date(where, (*layout.STEPS, lambda _: done.append("new")))
    layout.bring_up_to_date(where, (*layout.STEPS, lambda _: done.append("new")))
    assert done == ["new"]
    assert layout.version(where) == len(layout.STEPS) + 1


def test_interrupted_step_is_repeated(folder: Path) -> None:
    start(folder)
    (folder / "version").write_text("1\n")
    layout.bring_up_to_date(places(folder))
    assert layout.version(places(folder)) == len(layout.STEPS)


def test_folder_of_a_newer_version_is_refused(folder: Path) -> None:
    start(folder)
    (folder / "version").write_text("99\n")
    with pytest.raises(ServiceError, match="newer release"):
        start(folder)


def test_cluster_of_another_postgresql_is_refused(folder: Path) -> None:
    start(folder)
    embedded.stop(folder)
    (places(folder).pgdata / "PG_VERSION").write_text("15\n")
    with pytest.raises(ServiceError, match="made by PostgreSQL 15"):
        start(folder)


def test_damaged_record_is_refused(folder: Path) -> None:
    folder.mkdir()
    (folder / "services.json").write_text("{")
    with pytest.raises(ServiceError, match="damaged"):
        embedded.urls(folder)
    (folder / "services.json").unlink()


def test_only_throwaway_folders_can_be_discarded(folder: Path) -> None:
    embedded.ensure_services(folder)
    with pytest.raises(ServiceError, match="not made for tests"):
        embedded.discard(folder)
    assert execute(embedded.urls(folder).database_url, "SHOW fsync") == [("on",)]


def test_application_role_may_write_rows_but_change_no_table(running: Path) -> None:
    services = embedded.urls(running)
    execute(services.migrate_database_url, "CREATE TABLE thing (id bigserial PRIMARY KEY, name text)")
    insert = "INSERT INTO thing (name) VALUES ('a') RETURNING name"
    assert execute(services.database_url, insert) == [("a",)]
    for refused in ("TRUNCATE thing", "DROP TABLE thing", "CREATE TABLE other (id int)", "CREATE DATABASE x"):
        with pytest.raises(psycopg2.Error, match=r"permission denied|must be owner"):
            execute(services.database_url, refused)


def test_application_role_has_limits(running: Path) -> None:
    names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
    limits = [execute(embedded.urls(running).database_url, f"SHOW {name}")[0][0] for name in names]
    assert limits == ["15s", "3s", "30s"]


def test_databases_made_by_the_owner_know_chinese_trigrams(running: Path) -> None:
    services = embedded.urls(running)
    execute(services.migrate_database_url, "CREATE DATABASE another")
    another = places(running).database_url("aftersales_owner", "another")
    assert execute(another, "SELECT cardinality(show_trgm('冒烟')) > 0") == [(True,)]


def test_nothing_listens_on_the_network(running: Path) -> None:
    url = embedded.urls(running).database_url
    assert execute(url, "SHOW listen_addresses") == [("",)]
    assert execute(url, "SHOW unix_socket_permissions") == [("0700",)]


def test_start_of_running_servers_is_quick(running: Path) -> None:
    begun = time.monotonic()
    embedded.ensure_services(running)
    assert time.monotonic() - begun < 1


def test_postgres_that_cannot_start_names_its_log(folder: Path) -> None:
    start(folder)
    embedded.stop(folder)
    (places(folder).pgdata / "postgresql.conf").write_text("nonsense = on\n")
    with pytest.raises(ServiceError, match=r"PostgreSQL did not start: see .*postgres\.log"):
        start(folder)


def test_programs_run_under_the_account_that_owns_the_data(running: Path) -> None:
    where = places(running)
    owners = {os.stat(f"/proc/{pid}").st_uid for pid in postgres_server.pids(where)}
    assert owners == {where.account.uid}
