"""Requests about personal data, from the call to the answer letter; legal holds."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.actors import person_actor
from core.errors import DomainError
from customers import policies
from customers.enums import RequestKind, RequestState
from customers.models import Customer, LegalHold, PrivacyRequest
from customers.privacy import answers
from customers.privacy_forms import (
    AnswerForm,
    EraseForm,
    HoldForm,
    RequestFilter,
    RequestForm,
    show_refusal,
    status_of,
)
from customers.services import holds, requests
from customers.services.erasing import preview
from orgchart.scope import today
from orgchart.views.account import signed_in

PAGE_SIZE = 25


@require_safe
def request_list(request: HttpRequest) -> HttpResponse:
    """Requests by the day on which they are due; open ones first."""
    person = signed_in(request)
    form = RequestFilter(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    rows: Any = PrivacyRequest.objects.permitted(person).select_related(
        "customer", "recorded_by", "decided_by"
    )
    rows = answers.in_order(rows.filter(**{name: value for name, value in wanted.items() if value}))
    number = request.GET.get("page", "")
    page = Paginator(rows, PAGE_SIZE).get_page(int(number) if number.isdigit() and len(number) < 7 else 1)
    context = {
        "page_title": _("Personal data"),
        "tab": "requests",
        "form": form,
        "page": page,
        "rows": [answers.line(row, today()) for row in page.object_list],
        "narrowed": any(wanted.values()),
        "in_charge": policies.may_see_privacy(person),
        **_links(page, wanted),
    }
    return render(request, "customers/privacy/requests.html", context, status=422 if form.errors else 200)


def _links(page: Any, wanted: dict[str, Any]) -> dict[str, str]:
    kept = "".join(f"&{name}={value}" for name, value in wanted.items() if value)
    return {
        "first_url": f"?page=1{kept}" if page.number > 1 else "",
        "previous_url": f"?page={page.previous_page_number()}{kept}" if page.has_previous() else "",
        "next_url": f"?page={page.next_page_number()}{kept}" if page.has_next() else "",
        "count_label": str(page.paginator.count),
    }


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def request_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down what the customer asks for."""
    customer = get_object_or_404(Customer.objects.permitted(request.user), pk=pk)
    policies.require_to_record(signed_in(request), customer)
    form = RequestForm(request.POST or None)
    if form.is_valid():
        try:
            made = requests.record_request(
                actor=person_actor(request.user), customer=customer, **form.cleaned_data
            )
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Recorded. Whoever looks after personal data has been told."))
            return redirect("customers:request", made.pk)
    context = {
        "page_title": _("Request about personal data"),
        "customer": customer,
        "form": form,
        "days": settings.PRIVACY_REQUEST_DAYS,
    }
    return render(request, "customers/privacy/request_new.html", context, status=status_of(form))


@require_safe
def request_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One request: what was asked, what may be done, what was answered."""
    return _page(request, _request(request, pk), AnswerForm())


def _request(request: HttpRequest, pk: int) -> PrivacyRequest:
    rows = PrivacyRequest.objects.permitted(request.user)
    found: PrivacyRequest = get_object_or_404(
        rows.select_related("customer__centre", "recorded_by", "decided_by"), pk=pk
    )
    return found


def _page(request: HttpRequest, asked: PrivacyRequest, form: AnswerForm) -> HttpResponse:
    person = signed_in(request)
    decides = policies.looks_after(person, asked.customer)
    context = {
        "page_title": asked.get_kind_display(),
        "asked": answers.line(asked, today()),
        "form": form,
        "may_decide": decides and asked.state == RequestState.OPEN,
        "in_charge": decides,
        "kept": answers.kept_lines(asked.kept),
        "copies": answers.copies_of(person, asked) if asked.kind == RequestKind.EXPORT and decides else [],
        "is_export": asked.kind == RequestKind.EXPORT,
        "is_erasure": asked.kind == RequestKind.ERASURE,
    }
    return render(request, "customers/privacy/request.html", context, status=status_of(form))


@sensitive_post_parameters()
@require_POST
def request_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Refuse, fulfil a correction, or have the copy made: by the button that was pressed."""
    asked, form = _request(request, pk), AnswerForm(request.POST)
    done = form.is_valid() and _answer(request, asked, form)
    return redirect("customers:request", pk) if done else _page(request, asked, form)


def _answer(request: HttpRequest, asked: PrivacyRequest, form: AnswerForm) -> bool:
    actor, words = person_actor(request.user), form.cleaned_data["reason"]
    try:
        if request.POST.get("decision") == "refuse":
            requests.refuse_request(actor=actor, request=asked, reason=words)
            messages.success(request, _("Refused. Print the letter for the customer."))
        elif asked.kind == RequestKind.EXPORT:
            requests.fulfil_copy(
                actor=actor, request=asked, language=get_language() or settings.LANGUAGE_CODE
            )
            messages.success(request, _("The copy is being made. It is here for three days, for you alone."))
        else:
            requests.fulfil_correction(actor=actor, request=asked, answer=words)
            messages.success(request, _("Answered. Print the letter for the customer."))
    except DomainError as refusal:
        if refusal.status == 403:
            raise
        show_refusal(form, refusal)
        return False
    return True


@require_http_methods(["GET", "POST"])
def request_erase(request: HttpRequest, pk: int) -> HttpResponse:
    """What goes and what stays, and the number of the file to type before it is done for good."""
    asked, actor = _request(request, pk), person_actor(request.user)
    policies.require_privacy_of(actor.person, asked.customer)
    if asked.state != RequestState.OPEN or asked.kind != RequestKind.ERASURE:
        return redirect("customers:request", pk)
    form = EraseForm(request.POST or None)
    if form.is_valid():
        try:
            requests.fulfil_erasure(actor=actor, request=asked, typed=form.cleaned_data["typed"])
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The personal data are erased. Print the letter for the customer."))
            return redirect("customers:request", pk)
    context: dict[str, Any] = {"page_title": _("Erase personal data"), "asked": asked, "form": form}
    try:
        context["outcome"] = answers.outcome_lines(preview(actor=actor, customer=asked.customer))
    except DomainError as refusal:
        context["refused"] = refusal.message
    return render(request, "customers/privacy/erase.html", context, status=status_of(form))


@require_safe
def request_letter(request: HttpRequest, pk: int) -> HttpResponse:
    """The answer to the customer on A4, without personal data."""
    asked = _request(request, pk)
    if asked.state == RequestState.OPEN:
        return redirect("customers:request", pk)
    context = {
        "page_title": _("Answer to your request"),
        "asked": answers.line(asked, today()),
        "kept": answers.kept_lines(asked.kept),
        "is_export": asked.kind == RequestKind.EXPORT,
        "is_erasure": asked.kind == RequestKind.ERASURE,
        "refused": asked.state == RequestState.REFUSED,
    }
    return render(request, "customers/privacy/letter.html", context)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def hold(request: HttpRequest, pk: int) -> HttpResponse:
    """Place a legal hold on a file, or release it."""
    customer = get_object_or_404(Customer.objects.permitted(request.user), pk=pk)
    actor = person_actor(request.user)
    policies.require_privacy_of(actor.person, customer)
    standing = (
        LegalHold.objects.filter(customer=customer, released_at=None).select_related("placed_by").first()
    )
    form = HoldForm(request.POST if request.method == "POST" and not standing else None)
    if request.method == "POST" and standing:
        holds.release_hold(actor=actor, customer=customer)
        messages.success(request, _("The file is released."))
        return redirect("customers:hold", pk)
    if form.is_valid():
        try:
            holds.place_hold(actor=actor, customer=customer, reason=form.cleaned_data["reason"])
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The file is held: nothing in it is erased until you release it."))
            return redirect("customers:hold", pk)
    history = LegalHold.objects.filter(customer=customer).select_related("placed_by", "released_by")
    context = {
        "page_title": _("Legal hold"),
        "customer": customer,
        "form": form,
        "standing": standing,
        "history": [row for row in history if row.released_at],
    }
    return render(request, "customers/privacy/hold.html", context, status=status_of(form))
