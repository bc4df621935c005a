"""Nothing lost, nothing doubled, whatever dies."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from typing import Any

import pytest

from aftersales.tests.chaos.stack import Stack, kill_child, kill_group, wait_for
from core.tests.mailbox import Mailbox

pytestmark = pytest.mark.chaos
EFFECTS = 200


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox()
    yield box
    box.close()


@pytest.fixture
def stack(mailbox: Mailbox) -> Iterator[Stack]:
    installation = Stack(EMAIL_URL=mailbox.url)
    yield installation
    installation.close()


class Crew:
    """The workers and schedulers of a run, and what is done to them and to the servers."""

    def __init__(self, stack: Stack, size: int) -> None:
        self.stack = stack
        self.workers = [stack.worker() for _ in range(size)]
        self.beats = [stack.beat() for _ in range(size)]

    def kill_worker(self) -> None:
        """The whole worker, then a new one."""
        kill_group(self.workers.pop(0))
        self.workers.append(self.stack.worker())

    def kill_child(self) -> None:
        """One child in mid-task; the worker starts another by itself."""
        kill_child(self.workers[0])

    def kill_redis(self) -> None:
        """Redis with all it held."""
        self.stack.kill_redis()
        time.sleep(0.5)
        self.stack.revive()

    def kill_postgres(self) -> None:
        """PostgreSQL, at once."""
        self.stack.kill_postgres()
        time.sleep(0.5)
        self.stack.revive()

    def supervise(self) -> None:
        """Start again what ended by itself, as a supervisor would: a worker whose child dies at its start gives up."""
        self.workers = [old if old.poll() is None else self.stack.worker() for old in self.workers]

    def wait_until_working(self) -> None:
        """A worker has shown itself."""
        wait_for(lambda: self.stack.sql("SELECT 1 FROM core_heartbeat WHERE name = 'worker'"), 60)


def _finished(crew: Crew, count: int) -> bool:
    crew.supervise()
    stack = crew.stack
    rows = stack.try_sql("SELECT count(*) FROM core_effect WHERE kind LIKE 'chaos.%' AND state = 'done'")
    return bool(rows) and rows[0][0] == count


def _parked(stack: Stack) -> list[Any]:
    return stack.sql("SELECT id, attempts, failures, last_error FROM core_effect WHERE state NOT IN ('done')")


def _check_all_once(stack: Stack, mailbox: Mailbox, count: int) -> None:
    rows = dict(stack.sql("SELECT key, count(*) FROM chaos_row GROUP BY key"))
    assert len(rows) == count // 2, "lost inside the database"
    assert set(rows.values()) == {1}, "doubled inside the database"
    effects = stack.sql("SELECT message_id::text, perhaps_sent FROM core_effect WHERE kind = 'chaos.mail'")
    assert {message for message, _ in effects} == set(mailbox.seen), "mails lost"
    again = {message for message, times in mailbox.seen.items() if times > 1}
    assert again <= {message for message, perhaps in effects if perhaps}, "sent twice and not said so"
    assert stack.sql("SELECT max(attempts) FROM core_effect")[0][0] > 1, "no kill hit an effect under way"


def _wait_until_under_way(crew: Crew, publisher: Any) -> None:
    """A kill at rest proves nothing, and on a busy machine a new worker needs seconds to start."""
    taken = "SELECT 1 FROM core_effect WHERE kind LIKE 'chaos.%' AND state <> 'done' AND lease_until > now() LIMIT 1"
    wait_for(lambda: publisher.poll() is not None or crew.stack.try_sql(taken), 30, pause=0.02)


def _run(
    stack: Stack, mailbox: Mailbox, kills: list[str], *, crew_size: int, count: int, pause: float, pace: float
) -> float:
    """Kill while effects are published; seconds from the last kill until everything is done."""
    crew = Crew(stack, crew_size)
    crew.wait_until_working()
    publisher = stack.publisher(count, per_second=pace)
    wait_for(lambda: stack.sql("SELECT 1 FROM core_effect WHERE state = 'done' AND kind LIKE 'chaos.%'"), 30)
    for kill in kills:
        crew.supervise()
        _wait_until_under_way(crew, publisher)
        getattr(crew, kill)()
        time.sleep(pause)
    assert publisher.wait(120) == 0, stack.logs()
    try:
        drained = wait_for(lambda: _finished(crew, count), 60)
    except AssertionError:
        raise AssertionError(f"not finished: {_parked(stack)}\n{stack.logs()}") from None
    _check_all_once(stack, mailbox, count)
    return drained


def test_nothing_is_lost_or_doubled(stack: Stack, mailbox: Mailbox, record_property: Any) -> None:
    kills = ["kill_child", "kill_worker", "kill_redis", "kill_postgres"]
    # Faster than two children work, so that something is under way at every kill.
    drained = _run(stack, mailbox, kills, crew_size=1, count=EFFECTS, pause=2.0, pace=30)
    record_property("drained_seconds", round(drained, 1))
    print(
        f"drained {drained:.1f} s, mails {len(mailbox.seen)}, twice {sum(v > 1 for v in mailbox.seen.values())}"
    )


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(5))
def test_nothing_is_lost_or_doubled_in_thirty_kills(stack: Stack, mailbox: Mailbox, seed: int) -> None:
    kills = ["kill_child", "kill_worker", "kill_redis", "kill_postgres"] * 7 + ["kill_worker", "kill_redis"]
    random.Random(seed).shuffle(kills)
    drained = _run(stack, mailbox, kills, crew_size=2, count=1000, pause=3.0, pace=10)
    print(f"seed {seed}: drained {drained:.1f} s after the last kill")


def test_the_kill_test_sees_doubles_without_the_claim(mailbox: Mailbox) -> None:
    """The same effects, the same relay, but delivered without claim and token."""
    stack = Stack(EMAIL_URL=mailbox.url, CHAOS_UNGUARDED="1")
    try:
        crew = Crew(stack, 1)
        crew.wait_until_working()
        stack.publisher(EFFECTS, per_second=1000)
        doubled = "SELECT 1 FROM chaos_row GROUP BY key HAVING count(*) > 1 LIMIT 1"
        wait_for(lambda: stack.sql(doubled), 60)
    finally:
        stack.close()
