"""A tiny site for the browser tests of the shell: real layouts and scripts, views that only answer what a test needs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token, rotate_token
from django.shortcuts import render
from django.template import engines
from django.urls import include, path

from core import htmx
from core.views.styleguide import styleguide


@dataclass
class State:
    """What the server remembers between requests of one test."""

    signed_in: bool = True
    unread: int = 0
    saved: list[str] = field(default_factory=list)
    background: list[str] = field(default_factory=list)


state = State()


class Person:
    """The signed-in person, as far as the shell looks at one."""

    pk = 1
    is_authenticated = True
    is_active = True
    post_label = "信息员"

    def __str__(self) -> str:
        return "王晓明"


class Middleware:
    """Signs the person in, and answers requests of scripts with 401 after the session has ended."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.user = Person()  # type: ignore[assignment]
        if request.headers.get("X-Background"):
            state.background.append(request.path)
        scripted = request.headers.get("HX-Request") or request.headers.get("X-Requested-With")
        if not state.signed_in and scripted and request.path != "/renew/":
            return HttpResponse(status=401)
        return self.get_response(request)


class NoteForm(forms.Form):
    """One field that may be wrong."""

    note = forms.CharField(min_length=3)


PAGE = """{% extends layout %}{% load ui %}{% block content %}
<a href="/note/" data-dialog data-shortcut="n" id="open">Note</a>
<form method="post" action="/page/" data-guard id="plain">{% csrf_token %}<input name="note" aria-label="Note" id="typed">
<button type="submit" id="send">Send</button></form>
<button type="button" hx-get="/live/" hx-target="#live" id="ask">Ask</button><div id="live"></div>
<form method="get"><select name="way" aria-label="Way"><option value="a">A</option><option value="b">B</option></select>
<p data-reveal-for="way=b" id="only-b">Only B</p></form>
{% endblock %}"""
NOTE = """{% extends layout %}{% load ui %}{% block content %}<form method="post" action="/note/" novalidate>
{% csrf_token %}{% form_errors form %}{% field form.note %}
<button type="submit" id="save">Save</button></form>{% endblock %}"""
RENEW = """<form method="post" action="/renew/">{% csrf_token %}
<input type="password" name="password" aria-label="Password">
<button type="submit" id="again">Again</button></form>"""


def _render(request: HttpRequest, source: str, status: int = 200, **context: Any) -> HttpResponse:
    shell = {"page_title": "Page", "unread_count": 0, "navigation_lines": []}
    return HttpResponse(engines["django"].from_string(source).render(shell | context, request), status=status)


def page(request: HttpRequest) -> HttpResponse:
    """A plain page with a form."""
    if request.method == "POST":
        state.saved.append(request.POST["note"])
    return _render(request, PAGE)


def note(request: HttpRequest) -> HttpResponse:
    """A form that is a page and a dialog."""
    form = NoteForm(request.POST or None)
    if form.is_valid():
        state.saved.append(form.cleaned_data["note"])
        return htmx.redirect(request, "/page/")
    return _render(request, NOTE, 422 if request.method == "POST" else 200, form=form)


def live(request: HttpRequest) -> HttpResponse:
    """A fragment that brings a toast."""
    return htmx.toast(HttpResponse("<p>fresh</p>"), "已保存")


def renew(request: HttpRequest) -> HttpResponse:
    """The log-in over the open page; the token changes with it, as it does in earnest."""
    if request.method == "POST" and request.POST["password"] == "right":
        state.signed_in = True
        rotate_token(request)
        return JsonResponse({"csrf": get_token(request)})
    if state.signed_in:
        return HttpResponse(status=204)
    return _render(request, RENEW, 422 if request.method == "POST" else 200)


def count(request: HttpRequest) -> HttpResponse:
    """The bell."""
    return JsonResponse({"unread": state.unread})


def error(request: HttpRequest, code: str) -> HttpResponse:
    """A page of refusal."""
    return render(request, f"{code}.html")


core = (
    [path("bell/", page, name="notifications"), path("count/", count, name="notifications_count")],
    "core",
)
orgchart = (
    [path("renew/", renew, name="session_renew"), path("language/", page, name="language")],
    "orgchart",
)
tickets = ([path("search/", page, name="search")], "tickets")
urlpatterns = [
    path("page/", page),
    path("note/", note),
    path("live/", live),
    path("language/", page, name="set_language"),
    path("styleguide/", styleguide),
    path("error/<str:code>/", error),
    path("", include(core)),
    path("", include(orgchart)),
    path("", include(tickets)),
]
