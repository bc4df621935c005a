"""The supervisor's parts: configuration, steps, programs that die, and one run at a time."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.embedded import children, processes, servers, supervisor
from core.embedded.children import Child, Program
from core.embedded.config import RUN_MARK, RunConfig, read
from core.embedded.errors import ServiceError
from core.embedded.locks import run_lock
from core.embedded.steps import Runner, Step, preparation
from core.tests.embedded_folders import data_folder

SLEEP = ["-c", "import time; time.sleep(60)"]
STUBBORN = [
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('x'); time.sleep(60)",
]


@pytest.fixture
def config() -> Iterator[RunConfig]:
    with data_folder() as folder:
        servers.make_folders(folder)
        yield read({"DATA_DIR": str(folder), "PATH": os.environ["PATH"]})


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def script(text: str) -> list[str]:
    return ["-c", text]


@pytest.mark.parametrize("value", ["abc", "0", "65536", "-1", "80.5", "８０００"])
def test_nonsense_as_port_is_refused_by_name(value: str) -> None:
    with pytest.raises(ServiceError, match=r"^PORT: "):
        read({"PORT": value})


def test_nonsense_as_demo_switch_is_refused_by_name() -> None:
    with pytest.raises(ServiceError, match=r"^SEED_DEMO: "):
        read({"SEED_DEMO": "perhaps"})


@pytest.mark.parametrize(
    ("environ", "seeds"),
    [
        ({}, True),
        ({"SEED_DEMO": "0"}, False),
        ({"DATABASE_URL": "postgres://u@h/d"}, False),
        ({"DATABASE_URL": "postgres://u@h/d", "SEED_DEMO": "1"}, True),
    ],
)
def test_demo_goes_into_a_given_database_only_when_asked(environ: dict[str, str], seeds: bool) -> None:
    assert read(environ).seed_demo is seeds


def test_given_servers_are_used_and_none_started() -> None:
    given = {"DATABASE_URL": "postgres://u@h/d", "REDIS_URL": "redis://h/0"}
    config = read(given)
    assert not config.own_servers
    assert {name: config.environ[name] for name in given} == given
    assert "MIGRATE_DATABASE_URL" not in config.environ


def test_children_see_the_addresses_of_the_data_folder(config: RunConfig) -> None:
    assert "aftersales_app@" in config.environ["DATABASE_URL"]
    assert "aftersales_owner@" in config.environ["MIGRATE_DATABASE_URL"]


def test_host_moves_address_and_allowed_names() -> None:
    config = read({"HOST": "192.0.2.7", "PORT": "9000"})
    assert config.address == "http://192.0.2.7:9000/"
    assert config.environ["ALLOWED_HOSTS"].endswith(",192.0.2.7")
    assert read({"HOST": "::1"}).bind == "[::1]:8000"
    assert read({"HOST": "0.0.0.0"}).address == "http://127.0.0.1:8000/"


def test_failed_step_says_what_to_do_and_where_the_log_is(config: RunConfig) -> None:
    step = Step("demo", "demo data", script("import sys; sys.exit('no room left')"), "make room")
    with pytest.raises(
        ServiceError, match=r"The step 'demo' failed \(no room left\): make room; .*demo\.log"
    ):
        Runner(config).run(step)


def test_failed_step_ends_those_beside_it(config: RunConfig) -> None:
    runner = Runner(config)
    begun = time.monotonic()
    with pytest.raises(ServiceError, match="'bad'"):
        runner.run(Step("bad", "bad", script("raise SystemExit(1)"), "x"), Step("long", "long", SLEEP, "x"))
    assert time.monotonic() - begun < 10
    assert not processes.marked(RUN_MARK, config.mark)


def test_migrations_run_as_the_owner_of_the_tables(config: RunConfig) -> None:
    commands = {step.name: step.command for steps in preparation(config) for step in steps}
    assert commands["migrate"][-1] == "--database=owner"
    given = read({"DATABASE_URL": "postgres://u@h/d", "REDIS_URL": "redis://h/0"})
    assert all("--database=owner" not in step.command for steps in preparation(given) for step in steps)


def test_second_run_on_the_same_folder_is_refused(config: RunConfig) -> None:
    lock = run_lock(config.data_dir)
    lock.take()
    lock.note(config.address)
    with (
        pytest.raises(ServiceError, match=r"Already running on .* at http://127\.0\.0\.1:8000/"),
        supervisor._only_run(config),
    ):
        pytest.fail("two runs at once")
    lock.release()


def test_lock_of_a_killed_run_is_free(config: RunConfig) -> None:
    holder = (
        "import sys, time; from pathlib import Path; from core.embedded.locks import run_lock\n"
        "lock = run_lock(Path(sys.argv[1])); lock.take(); print('held', flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", holder, str(config.data_dir)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as run:
        assert run.stdout is not None
        run.stdout.readline()
        assert not run_lock(config.data_dir).take(wait=False)
        run.kill()
    assert run_lock(config.data_dir).take(wait=False)


def test_taken_port_is_refused(free_port: int) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", free_port))
        other.listen()
        with pytest.raises(ServiceError, match=f"Cannot listen on 127.0.0.1:{free_port}"):
            supervisor._refuse_taken_port(read({"PORT": str(free_port)}))


def test_program_that_died_is_started_again(config: RunConfig) -> None:
    child = Child(Program("worker", SLEEP), config)
    child.start()
    assert child.process is not None
    first = child.process.pid
    child.process.kill()
    child.process.wait()
    assert processes.wait_until(lambda: child.watch() is None and child.process is not None, 5)
    assert child.process.pid != first
    children.stop([child])


def test_program_that_dies_again_and_again_is_given_up(
    config: RunConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "FAILURES_ALLOWED", 2)
    child = Child(Program("worker", script("raise SystemExit(3)")), config)
    with pytest.raises(ServiceError, match=r"'worker' ended 2 times .*worker\.log"):
        processes.wait_until(lambda: child.watch() is not None, 10)


def test_stop_kills_what_does_not_listen(config: RunConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "STOP_SECONDS", 0.5)
    child = Child(Program("web", STUBBORN), config)
    child.start()
    log = config.log("web")
    assert processes.wait_until(lambda: log.exists() and "x" in log.read_text(), 5)
    children.stop([child])
    assert not processes.marked(RUN_MARK, config.mark)


def test_hurry_ends_the_patience(config: RunConfig) -> None:
    child = Child(Program("web", STUBBORN), config)
    child.start()
    begun = time.monotonic()
    children.stop([child], hurry=lambda: True)
    assert time.monotonic() - begun < 5


def test_next_start_ends_what_a_crash_left(config: RunConfig) -> None:
    with subprocess.Popen([sys.executable, *SLEEP], env=config.environ, start_new_session=True) as left:
        children.end_leftovers(f"{RUN_MARK}={config.mark}")
        assert left.wait(5) == -signal.SIGTERM


def test_programs_end_with_a_killed_supervisor(config: RunConfig, tmp_path: Path) -> None:
    text = (
        "import os, signal, sys, time\n"
        "from core.embedded.children import Child, Program\nfrom core.embedded.config import read\n"
        "Child(Program('web', ['-c', 'import time; time.sleep(60)']), read()).start()\n"
        "print('up', flush=True); time.sleep(0.3); os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    mark = config.mark.rsplit("-", 1)[0]
    environ = {name: value for name, value in config.environ.items() if name != RUN_MARK}
    subprocess.run([sys.executable, "-c", text], env=environ, check=False, stdout=subprocess.PIPE)
    assert processes.wait_until(lambda: not processes.marked(RUN_MARK, mark), 5)
