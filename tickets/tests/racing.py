"""Many requests at the same instant, each worker with a thread and a database connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connections

Job = Callable[[], Any]


def at_once(jobs: Sequence[Job], workers: int) -> list[Any]:
    """The results of all jobs, in their order; the workers begin together and share the jobs round robin."""
    results: list[Any] = [None] * len(jobs)
    start = threading.Barrier(workers)

    def work(first: int) -> None:
        try:
            start.wait(timeout=60)
            for index in range(first, len(jobs), workers):
                results[index] = jobs[index]()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(number,), daemon=True) for number in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=300)
    return results
