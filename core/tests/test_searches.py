"""Searches behind an opaque token."""

from __future__ import annotations

import pytest

from core.errors import NotVisible
from core.models import StoredSearch
from core.searches import keep_search, open_search
from core.tests.people import make_person

pytestmark = pytest.mark.django_db

QUERY = {"phone": "13800138000", "page": 2}


def test_a_search_is_kept_and_opened_by_anybody_who_has_the_token() -> None:
    token = keep_search(make_person(), "cases", QUERY)
    assert open_search(token, "cases") == QUERY
    assert len(token) == 43


def test_tokens_differ_for_the_same_question() -> None:
    person = make_person()
    assert keep_search(person, "cases", QUERY) != keep_search(person, "cases", QUERY)
    assert StoredSearch.objects.filter(owner=person).count() == 2


@pytest.mark.parametrize("token", ["", "x", "x" * 43, "x" * 10_000, "\x00" * 43, "键" * 43])
def test_unknown_tokens(token: str) -> None:
    with pytest.raises(NotVisible) as refusal:
        open_search(token, "cases")
    assert (refusal.value.code, refusal.value.status) == ("search_gone", 404)


def test_a_token_opens_its_own_kind_only() -> None:
    token = keep_search(make_person(), "cases", QUERY)
    with pytest.raises(NotVisible):
        open_search(token, "customers")
