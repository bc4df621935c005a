"""What a process counts while it works; `core.metrics` adds the processes up and shows the sums."""

from __future__ import annotations

from prometheus_client import Counter, Histogram

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
REQUESTS = Counter(
    "aftersales_requests", "Answers by route, method and status.", ("route", "method", "status")
)
LATENCY = Histogram(
    "aftersales_request_seconds",
    "Time to answer, by route and method.",
    ("route", "method"),
    buckets=_BUCKETS,
)
NUDGE_FAILURES = Counter(
    "aftersales_outbox_nudge_failures", "Effects that could not be announced at once and wait for the relay."
)
