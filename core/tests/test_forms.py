"""The long select is Django's, only faster."""

from __future__ import annotations

import pytest
from django import forms
from django.test.html import parse_html

from core.forms import LongSelect

CHOICES = [("", "All"), (1, "One"), (2, "<b>Two</b> & more")]


@pytest.mark.parametrize("value", [None, "", 1, "1", 2, "99", "<2>"])
@pytest.mark.parametrize("attrs", [None, {"id": "id_unit", "required": True, "class": "form-select"}])
def test_the_same_markup_as_a_plain_select(value: object, attrs: dict[str, object] | None) -> None:
    plain, long = (
        widget(attrs={"data-x": "1"}, choices=CHOICES).render("unit", value, attrs)
        for widget in (forms.Select, LongSelect)
    )
    assert parse_html(plain) == parse_html(long)
    assert "<b>" not in long
