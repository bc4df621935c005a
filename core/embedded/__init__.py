"""PostgreSQL and Redis from wheels, for the trial and the tests: nothing has to be installed beside Python.

Knows nothing of Django, so that settings may call :func:`urls` and manage.py may start the servers before any
setting is read. Both servers listen on Unix sockets alone and keep their files below one data folder.

- :func:`data_dir`: the folder in force (environment variable ``DATA_DIR``, else ``var`` in the checkout);
- :func:`urls`: the addresses, computed without starting anything;
- :func:`ensure_services`: starts what is down and counts this process as a user;
- :func:`release`: ends this process' use; whoever leaves last stops the servers;
- :func:`stop`: stops the servers whoever uses them.
"""

from core.embedded.errors import ServiceError
from core.embedded.places import Services, data_dir, urls
from core.embedded.servers import discard, ensure_services, keep_running, release, running, stop
from core.embedded.session import for_command, own_servers_wanted

__all__ = [
    "ServiceError",
    "Services",
    "data_dir",
    "discard",
    "ensure_services",
    "for_command",
    "keep_running",
    "own_servers_wanted",
    "release",
    "running",
    "stop",
    "urls",
]
