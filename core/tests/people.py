"""Accounts for the kernel's tests: whatever the user model is, without anything above it."""

from __future__ import annotations

from itertools import count
from typing import Any

from django.contrib.auth import get_user_model

_numbers = count(1)


def make_person(**fields: Any) -> Any:
    """An account with a log-in name of its own."""
    number = next(_numbers)
    values = {
        "username": f"kernel{number}",
        "name": f"Kernel {number}",
        "employee_no": f"K{number:05}",
        "must_change_password": False,
    }
    return get_user_model().objects.create_user(**{**values, **fields})
