"""One view for page, dialog and fragment."""

from __future__ import annotations

import json

import pytest
from django.http import HttpResponse, HttpResponseRedirect
from django.test import RequestFactory
from django_htmx.middleware import HtmxDetails

from core import htmx


def asked(**headers: str):
    request = RequestFactory().get("/", headers=headers)
    request.htmx = HtmxDetails(request)
    return request


def test_a_browser_gets_the_whole_page():
    assert htmx.layout(asked()) == "layouts/base.html"


def test_the_dialog_gets_its_own_frame():
    request = asked(**{"HX-Request": "true", "HX-Target": "div#app-dialog-body"})
    assert htmx.layout(request) == "layouts/dialog.html"


def test_the_header_alone_does_not_make_a_dialog():
    assert htmx.layout(asked(**{"HX-Target": "div#app-dialog-body"})) == "layouts/base.html"


def test_a_plain_form_is_redirected():
    response = htmx.redirect(asked(), "/cases/")
    assert (response.status_code, response["Location"]) == (302, "/cases/")


def test_htmx_is_told_where_to_go():
    response = htmx.redirect(asked(**{"HX-Request": "true"}), "/cases/")
    assert response["HX-Redirect"] == "/cases/"


def test_a_toast_is_ascii_in_the_header():
    response = htmx.toast(HttpResponse(), "已保存")
    assert json.loads(response["HX-Trigger"])["app:toast"] == {"text": "已保存", "tone": "success"}
    assert response["HX-Trigger"].isascii()


def test_a_redirect_cannot_carry_a_toast():
    with pytest.raises(ValueError, match="messages"):
        htmx.toast(HttpResponseRedirect("/"), "x")
