"""EMAIL_URL becomes Django's settings."""

from __future__ import annotations

from typing import Any

import pytest

from aftersales.settings.email import email_settings


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://host", ("host", 25, "", "", False, False)),
        ("smtp://me%40x:p%2Fw@host:587?tls=1", ("host", 587, "me@x", "p/w", False, True)),
        ("smtps://host", ("host", 465, "", "", True, False)),
    ],
)
def test_email_url(url: str, expected: tuple[Any, ...]) -> None:
    found = email_settings(url)
    names = ("HOST", "PORT", "HOST_USER", "HOST_PASSWORD", "USE_SSL", "USE_TLS")
    assert tuple(found[f"EMAIL_{name}"] for name in names) == expected
