"""gunicorn: `gunicorn -c aftersales/gunicorn_conf.py aftersales.wsgi`.

Access lines carry the path without its query, no address and no referrer: a log is kept for half a year and read by
many. Keep-alive stands above what proxies use, since gunicorn's own 2 s costs a request now and then. Processes are not
renewed after so many requests: each renewal would leave its counters behind in the folder of the figures.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

from aftersales.settings import env
from core import logs

keepalive = 75
timeout = 30
graceful_timeout = 20
worker_class = "gthread"
threads = env.number("WEB_THREADS", 4, 1, 64)
workers = env.number("WEB_CONCURRENCY", 2, 1, 64)
# The heartbeat file must not wait for a disk; gunicorn makes it there without a name.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108
control_socket_disable = True
accesslog = "-"
access_log_format = logs.ACCESS_FORMAT
logconfig_dict = logs.configuration(env.text("LOG_LEVEL", "INFO"))

_METRICS = Path(os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(env.data_dir() / "metrics")))


def on_starting(server: Any) -> None:
    """Begin with an empty folder: the counters of processes that are gone would be added for ever."""
    shutil.rmtree(_METRICS, ignore_errors=True)
    _METRICS.mkdir(parents=True, mode=0o700)


def child_exit(server: Any, worker: Any) -> None:
    """Forget the gauges of a process that ended; its counters stay, they only grow."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]
