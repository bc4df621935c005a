"""Every page has a picture, or a reason why it has none."""

from __future__ import annotations

from aftersales.tests.test_routes import ROUTES
from tools.pictures import NOT_A_PAGE, SHOTS


def test_every_route_is_a_picture_or_no_page() -> None:
    shown = {name for shot in SHOTS for name in shot.names}
    pages = {name for name in ROUTES if not name.startswith("api:")}
    assert pages == shown | set(NOT_A_PAGE)
    assert shown & set(NOT_A_PAGE) == set()
