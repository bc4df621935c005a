"""Figures for Prometheus: requests counted in the web processes, everything else read when it is asked for.

gunicorn runs several processes; with PROMETHEUS_MULTIPROC_DIR set (see `aftersales/gunicorn_conf.py`) each keeps its
counters in a file of that folder and whichever process answers adds them up.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

from django.http import HttpRequest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY, Collector

from core import operations
from core.counters import LATENCY, REQUESTS

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def route_of(request: HttpRequest) -> str:
    """The pattern that matched, never the path itself: a path holds numbers and would make a series each."""
    match = request.resolver_match
    return "/" + match.route if match is not None else "unmatched"


def observe(request: HttpRequest, status: int, seconds: float) -> None:
    """Count one answer."""
    route = route_of(request)
    method = request.method if request.method in _METHODS else "OTHER"
    REQUESTS.labels(route, method, str(status)).inc()
    LATENCY.labels(route, method).observe(seconds)


def exposition() -> bytes:
    """All figures in Prometheus' text format. Reads the database and Redis; what cannot be read is left out."""
    registry = CollectorRegistry(auto_describe=False)
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(_Own())
    registry.register(OperationsCollector())
    return generate_latest(registry)


class _Own(Collector):
    """What this process itself has counted."""

    def collect(self) -> Iterator[Metric]:
        """The default registry's metrics."""
        yield from REGISTRY.collect()


class OperationsCollector(Collector):
    """Queues, outbox, jobs and heartbeats at the moment of asking."""

    def collect(self) -> Iterator[Metric]:
        """One family after the other; a part that is down yields `aftersales_up 0` instead of its figures."""
        up = GaugeMetricFamily("aftersales_up", "1 when the part could be read.", labels=("part",))
        for part, families in (("redis", _queues), ("database", _stored)):
            try:
                yield from list(families())
                up.add_metric([part], 1)
            except operations.UNREACHABLE:
                up.add_metric([part], 0)
        yield up


def _gauge(name: str, text: str, label: str, values: dict[str, float]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=(label,))
    for key, value in values.items():
        family.add_metric([key], value)
    return family


def _queues() -> Iterator[Metric]:
    depths = {queue.name: float(queue.depth) for queue in operations.queues()}
    yield _gauge("aftersales_queue_depth", "Messages waiting in the broker.", "queue", depths)


def _stored() -> Iterator[Metric]:
    outbox = operations.outbox()
    counts = {state: float(count) for state, count in outbox.counts.items()}
    yield _gauge("aftersales_outbox_effects", "Effects not finished, by state.", "state", counts)
    yield GaugeMetricFamily(
        "aftersales_outbox_lag_seconds", "Age of the oldest effect due.", outbox.lag_seconds
    )
    beats = {line.name: line.age.total_seconds() for line in operations.heartbeats()}
    yield _gauge(
        "aftersales_heartbeat_age_seconds", "Since each background part last showed itself.", "name", beats
    )
    jobs = operations.job_lines()
    yield _job_gauge("aftersales_job_last_run_timestamp_seconds", "Start of the last run.", jobs, _started)
    yield _job_gauge(
        "aftersales_job_last_run_ok", "1 when the last finished run succeeded.", jobs, _succeeded
    )


def _job_gauge(
    name: str, text: str, jobs: list[operations.JobLine], value: Callable[[operations.JobLine], float | None]
) -> Metric:
    found = {job.name: value(job) for job in jobs}
    return _gauge(name, text, "job", {key: number for key, number in found.items() if number is not None})


def _started(job: operations.JobLine) -> float | None:
    return job.last_at.timestamp() if job.last_at else None


def _succeeded(job: operations.JobLine) -> float | None:
    return None if job.ok is None else float(job.ok)
