"""Servers for the length of one command or one test run."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from core.embedded.places import data_dir
from core.embedded.servers import ensure_services, release

PRODUCTION = "aftersales.settings.production"


def own_servers_wanted(environ: Mapping[str, str] | None = None) -> bool:
    """Whether this environment relies on the data folder's servers.

    Production does not, nor does one with both addresses given; with one of them given the pair is started
    and the missing half is used.
    """
    environ = os.environ if environ is None else environ
    if environ.get("DJANGO_SETTINGS_MODULE") == PRODUCTION:
        return False
    return not (environ.get("DATABASE_URL", "").strip() and environ.get("REDIS_URL", "").strip())


@contextmanager
def for_command(*, needed: bool) -> Iterator[None]:
    """Start the servers if they are wanted, and stop them again after the last user."""
    if not needed or not own_servers_wanted():
        yield
        return
    folder = data_dir()
    ensure_services(folder)
    try:
        yield
    finally:
        release(folder)
