"""/readyz/ names the part that is down within ten seconds, and is well again within ten."""

from __future__ import annotations

import json
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from aftersales.tests.chaos.stack import Stack, kill_group, wait_for
from core.tests.mailbox import free_port

pytestmark = pytest.mark.chaos
TOKEN = "token-of-the-test"


class Site:
    """A running web server and worker."""

    def __init__(self) -> None:
        self.stack = Stack(METRICS_TOKEN=TOKEN, EMAIL_URL="console://")
        self.port = free_port()
        self.web = self.stack.web(self.port)
        self.worker = self.stack.worker()
        wait_for(lambda: self.get("readyz/")[0] == 200, 60)

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        """Status and body; 0 when nothing listens yet."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/{path}", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def wrong_parts(self) -> set[str]:
        """The parts that /readyz/ does not find in order."""
        status, body = self.get("readyz/")
        if status == 0:
            return {"web"}
        parts = {name for name, state in json.loads(body)["parts"].items() if state != "ok"}
        assert (status == 503) == bool(parts)
        return parts

    def restart_worker(self) -> None:
        """A new worker after the old one was ended; back once it says so itself, as imports take their time."""
        self.worker = self.stack.worker()
        log = self.stack.folder / f"{len(self.stack.processes) - 1}.log"
        wait_for(lambda: " ready." in log.read_text(), 60)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    running = Site()
    yield running
    running.stack.close()


def _stop_redis(site: Site) -> None:
    site.stack.kill_redis()


def _stop_postgres(site: Site) -> None:
    site.stack.kill_postgres()


def _stop_worker(site: Site) -> None:
    kill_group(site.worker)


def _revive(site: Site) -> None:
    site.stack.revive()


@pytest.mark.parametrize(
    ("part", "stop", "start"),
    [
        ("redis", _stop_redis, _revive),
        ("database", _stop_postgres, _revive),
        ("worker", _stop_worker, Site.restart_worker),
    ],
)
def test_each_part_is_missed_and_comes_back(
    site: Site, part: str, stop: Callable[[Site], None], start: Callable[[Site], None]
) -> None:
    stop(site)
    missed = wait_for(lambda: part in site.wrong_parts(), 10)
    assert site.get("healthz/") == (200, "ok")
    start(site)
    back = wait_for(lambda: not site.wrong_parts(), 10)
    print(f"{part}: missed after {missed:.1f} s, back after {back:.1f} s")
    assert site.web.poll() is None


def test_metrics_add_up_all_processes(site: Site) -> None:
    for _ in range(20):
        site.get("healthz/")
    status, text = site.get("metrics/", Authorization=f"Bearer {TOKEN}")
    counted = _value(text, 'aftersales_requests_total{method="GET",route="/healthz/",status="200"}')
    assert status == 200
    assert counted >= 20
    assert _value(text, 'aftersales_up{part="database"}') == 1
    assert 'aftersales_queue_depth{queue="default"}' in text


def _value(text: str, name: str) -> float:
    return next(float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.startswith(name))


def test_metrics_want_the_token(site: Site) -> None:
    assert site.get("metrics/")[0] == 401


def test_access_lines_have_no_query_and_the_request_id(site: Site) -> None:
    site.get("healthz/?phone=13812345678", **{"X-Request-ID": "ready-test-0001"})
    log = next(path for path in site.stack.folder.glob("*.log") if "gunicorn" in path.read_text())
    wait_for(lambda: "ready-test-0001" in log.read_text(), 5)
    assert "5678" not in log.read_text()
    lines = [line for line in log.read_text().splitlines() if "gunicorn.access" in line]
    assert all(json.loads(line)["name"] == "gunicorn.access" for line in lines)


def _children(process: subprocess.Popen[Any]) -> list[str]:
    with open(f"/proc/{process.pid}/task/{process.pid}/children") as file:
        return file.read().split()


def test_the_web_server_never_restarted_itself(site: Site) -> None:
    before = _children(site.web)
    site.stack.kill_postgres()
    wait_for(lambda: "database" in site.wrong_parts(), 10)
    site.stack.revive()
    wait_for(lambda: not site.wrong_parts(), 10)
    assert _children(site.web) == before
