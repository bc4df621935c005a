"""Real PostgreSQL and Redis for every test run, started before the first test and stopped after the last."""

import os

import pytest

from core.embedded import ServiceError, data_dir, ensure_services, own_servers_wanted, release
from tools.messages import compile_catalogues

os.environ.setdefault("DATA_DIR", "var/test")


def pytest_configure(config: pytest.Config) -> None:
    """Compile the Chinese of this moment and start the servers; test workers side by side share them."""
    compile_catalogues()
    if not own_servers_wanted():
        return
    try:
        ensure_services(data_dir(), throwaway=True)
    except ServiceError as error:
        raise pytest.UsageError(str(error)) from error


def pytest_unconfigure(config: pytest.Config) -> None:
    if own_servers_wanted():
        release(data_dir())
