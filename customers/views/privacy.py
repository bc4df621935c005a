"""Pages for whoever looks after personal data: reveals, notices, retention."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import keyset
from core.actors import person_actor
from core.errors import DomainError, Invalid
from core.exports import request_export
from customers import policies
from customers.models import PrivacyNotice
from customers.privacy import exports, reveals
from customers.privacy.notice_texts import in_force, paragraphs, versions_with_changes
from customers.privacy.retention_page import lines as retention_lines
from customers.privacy_forms import NoticeForm, RevealFilter, show_refusal, status_of
from customers.rules import grants
from customers.services.notices_privacy import publish_notice
from orgchart.models import Person
from orgchart.views.account import signed_in


def in_charge(request: HttpRequest) -> Person:
    """The person of this request, who looks after personal data; 404 as for a page that is not there."""
    person = signed_in(request)
    if not policies.may_see_privacy(person):
        raise Http404
    return person


@require_safe
def reveal_list(request: HttpRequest) -> HttpResponse:
    """Who revealed what, when and why, newest first; filtered by person, days, way, and what is unusual."""
    person = in_charge(request)
    form = RevealFilter(request.GET)
    form.offer(())
    reach = reveals.within_reach(person)
    context = _lines(form, request.GET.get("cursor", ""), reach)
    context |= {"page_title": _("Personal data"), "form": form, "tab": "reveals"}
    return render(request, "customers/privacy/reveals.html", context, status=422 if form.errors else 200)


def _lines(form: RevealFilter, cursor: str, reach: Any) -> dict[str, Any]:
    """The rows of the page, the addresses around it, and the people to choose from."""
    valid = form.is_valid() or set(form.errors) <= {"person"}
    wanted = _wanted(form)
    rows = reveals.narrowed(reach, wanted) if valid else reach.none()
    found: dict[str, Any] = {"query": _query(wanted), "narrowed": any(wanted.values())}
    if wanted.get("unusual"):
        lines, known = reveals.unusual_lines(rows, reach)
        found |= {"lines": lines, "judged": reveals.MOST_JUDGED}
    else:
        page = keyset.page(reveals.named(rows), reveals.ORDER, reveals.PAGE_SIZE, cursor)
        lines, known = reveals.judged(page.rows, reach)
        found |= {"lines": lines, **_links(page, wanted)}
    form.offer(known.names.items())
    return found


def _wanted(form: RevealFilter) -> dict[str, Any]:
    """What the filter asks for; a person is taken by number, whoever that is, within the reach."""
    wanted = dict(form.cleaned_data)
    number = str(form["person"].value() or "")
    wanted["person"] = int(number) if number.isascii() and number.isdigit() and len(number) < 12 else None
    form.errors.pop("person", None)
    return wanted


def _query(wanted: dict[str, Any]) -> str:
    return urlencode({name: value for name, value in wanted.items() if value})


def _links(page: keyset.Page[Any], wanted: dict[str, Any]) -> dict[str, str]:
    def url(cursor: str | None) -> str:
        query = _query({**wanted, "cursor": cursor or ""})
        return f"?{query}" if cursor else ""

    return {
        "first_url": f"?{_query(wanted)}" if page.previous else "",
        "previous_url": url(page.previous),
        "next_url": url(page.next),
    }


@require_safe
def reveal_people(request: HttpRequest) -> HttpResponse:
    """Reveals by person within the days chosen."""
    person = in_charge(request)
    form = RevealFilter(request.GET)
    form.offer(())
    form.is_valid()
    wanted = _wanted(form)
    rows = reveals.totals(reveals.narrowed(reveals.within_reach(person), {**wanted, "person": None}))
    context = {
        "page_title": _("Personal data"),
        "form": form,
        "tab": "people",
        "totals": rows,
        "query": _query({name: wanted.get(name) for name in ("first", "last", "how")}),
        "quota": settings.REVEAL_DAILY_QUOTA,
    }
    return render(request, "customers/privacy/people.html", context, status=422 if form.errors else 200)


@require_POST
def reveal_export(request: HttpRequest) -> HttpResponse:
    """Put the list as it is filtered into an export."""
    person = in_charge(request)
    form = RevealFilter(request.POST)
    form.offer(())
    form.is_valid()
    wanted = _wanted(form)
    if form.errors:
        raise Invalid("bad_filter", _("The filter of this list cannot be used. Open the list again."))
    query = {name: str(wanted[name]) for name in exports.PARAMETERS if wanted.get(name)}
    holder = policies.acting_for(person, grants.PRIVACY)
    request_export(person, exports.KIND, query, get_language() or settings.LANGUAGE_CODE, acting_for=holder)
    messages.success(request, _("The export is being made. It appears here when it is ready."))
    return redirect("core:exports")


# -- notices -------------------------------------------------------------------------------------------------------


@require_safe
def notice_list(request: HttpRequest) -> HttpResponse:
    """All versions, the one in force, and what the newest changed."""
    person = signed_in(request)
    context = {
        "page_title": _("Privacy notice"),
        "tab": "notices",
        "in_force": in_force(),
        "may_publish": policies.may_publish_notices(person),
        "in_charge": policies.may_see_privacy(person),
        **versions_with_changes(get_language() or ""),
    }
    return render(request, "customers/privacy/notices.html", context)


@require_safe
def notice_detail(request: HttpRequest, number: int) -> HttpResponse:
    """The text of one version."""
    return _notice_page(request, number, "customers/privacy/notice.html")


@require_safe
def notice_print(request: HttpRequest, number: int) -> HttpResponse:
    """One version on A4, in the reader's language."""
    return _notice_page(request, number, "customers/privacy/notice_print.html")


def _notice_page(request: HttpRequest, number: int, template: str) -> HttpResponse:
    notices = PrivacyNotice.objects.permitted(request.user)
    notice = get_object_or_404(notices.select_related("created_by"), version=number)
    context = {
        "page_title": _("Privacy notice"),
        "notice": notice,
        "paragraphs": paragraphs(notice, get_language() or ""),
        "both": [paragraphs(notice, "zh-hans"), paragraphs(notice, "en")],
    }
    return render(request, template, context)


@require_http_methods(["GET", "POST"])
def notice_new(request: HttpRequest) -> HttpResponse:
    """Publish the next version; begins with the text of the last one."""
    policies.require_notice_publisher(signed_in(request))
    last = PrivacyNotice.objects.first()
    initial = {"text": last.text, "text_en": last.text_en} if last else {}
    form = NoticeForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            publish_notice(actor=person_actor(request.user), **form.cleaned_data)
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Published. Consents from now on are given under this version."))
            return redirect("customers:notices")
    context = {"page_title": _("New version"), "form": form, "last": last}
    return render(request, "customers/privacy/notice_new.html", context, status=status_of(form))


@require_safe
def retention(request: HttpRequest) -> HttpResponse:
    """What is kept how long and why, when the job runs next and what it did last."""
    in_charge(request)
    context = {"page_title": _("Retention"), "tab": "retention", **retention_lines()}
    return render(request, "customers/privacy/retention.html", context)
