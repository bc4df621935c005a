"""gunicorn, for `make run` and for production alike; the address comes from the command line (--bind)."""

import os
from pathlib import Path

# Threads, because the plain worker closes every connection after one answer whatever keepalive says.
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))

# Longer than browsers and proxies pause between requests: with the default of 2 s about 2 % of the requests
# of clients that pause 1-3 s meet a connection that is just being closed.
keepalive = 75

timeout = 60
graceful_timeout = 20

# The heartbeat file must not wait for a disk.
MEMORY = "/dev/shm"  # noqa: S108 - gunicorn makes its file there without a name
if os.access(MEMORY, os.W_OK):
    worker_tmp_dir = MEMORY
elif os.environ.get("DATA_DIR"):
    worker_tmp_dir = str(Path(os.environ["DATA_DIR"]))

# A worker that grew is replaced now and then; not all at the same moment.
max_requests = 20_000
max_requests_jitter = 2_000

errorlog = "-"
# The application writes its own access lines, as JSON and with the request id.
accesslog = None
control_socket_disable = True
