"""The side bar: order, predicate, and which line is the present one."""

from __future__ import annotations

import pytest

from core import navigation


@pytest.fixture(autouse=True)
def own_entries(monkeypatch):
    monkeypatch.setattr(navigation, "_entries", {})


def urls(person: object, path: str) -> list[tuple[str, bool]]:
    return [(line.url, line.current) for line in navigation.lines_for(person, path)]


def test_only_what_the_predicate_allows():
    navigation.register("Bell", "core:notifications", "bell", lambda person: person == "a")
    assert urls("b", "/") == []
    assert [line.label for line in navigation.lines_for("a", "/")] == ["Bell"]


def test_order_decides():
    navigation.register("Second", "core:healthz", "x", order=20)
    navigation.register("First", "core:notifications", "bell", order=10)
    assert [line.label for line in navigation.lines_for(None, "/")] == ["First", "Second"]


def test_the_longest_address_is_the_present_one():
    navigation.register("Bell", "core:notifications", "bell")
    navigation.register("Read", "core:notifications_count", "check")
    current = [url for url, here in urls(None, "/notifications/count/") if here]
    assert current == ["/notifications/count/"]


def test_an_address_that_does_not_exist_is_left_out():
    navigation.register("Nowhere", "core:nowhere", "x")
    assert urls(None, "/") == []
