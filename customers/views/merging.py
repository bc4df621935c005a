"""Duplicates: the worklist, comparing two files, merging them, taking it back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import htmx
from core.actors import person_actor
from core.errors import Conflict, Invalid
from core.searches import keep_search, open_search
from customers import duplicates, finding, mergepage, policies
from customers.errors import not_found
from customers.models import Customer
from customers.rules import grants
from customers.services import merging
from customers.views.finding import FindForm
from orgchart.models import Person, Unit

SEARCH = "customers.merge"


class MergeForm(forms.Form):
    """Why the two files are one, and the versions that were compared."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("For example: same person, second number."),
    )
    kept_version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    merged_version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


@require_http_methods(["GET", "POST"])
def worklist(request: HttpRequest) -> HttpResponse:
    """Pairs of a centre that may be one customer; a POST remembers that a pair is of two."""
    policies.require(request.user, grants.MERGE)
    if request.method == "POST":
        one, other = (_id(request.POST.get(name, "")) for name in ("one", "other"))
        merging.not_the_same(actor=person_actor(request.user), one=one, other=other)
        messages.success(request, _("Noted: these are two customers. The pair is not shown again."))
        return redirect(f"{reverse('customers:duplicates')}?{request.GET.urlencode()}")
    centres, chosen = _centres(request)
    context = {
        "page_title": _("Likely duplicates"),
        "pairs": duplicates.pairs(request.user, chosen) if chosen else [],
        "most": duplicates.MOST_PAIRS,
        "centres": centres,
        "chosen": chosen,
    }
    return render(request, "customers/duplicates.html", context)


def _id(text: str) -> int:
    """An id that a form sent; 0, which no row has, for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _centres(request: HttpRequest) -> tuple[list[Unit], int | None]:
    """The centres to choose from, and the one chosen: the own one first."""
    ids = duplicates.centres_to_work(request.user)
    asked = _id(request.GET.get("centre", ""))
    home = policies.home_centre(request.user)
    chosen = next((pk for pk in (asked, home, *sorted(ids)) if pk in ids), None)
    return (list(Unit.objects.filter(pk__in=ids).order_by("code")) if len(ids) > 1 else []), chosen


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    """Which file to merge with this one: those that look alike, and a search."""
    customer = _mergeable(request.user, pk)
    form = FindForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        token = keep_search(request.user, SEARCH, {"q": form.cleaned_data["q"]})
        return redirect(f"{reverse('customers:merge_choose', args=[pk])}?search={token}")
    token = request.GET.get("search", "")
    text = open_search(token, SEARCH)["q"] if token else ""
    rows = Customer.objects.permitted(request.user, "merge").exclude(pk=pk)
    context = {
        "page_title": _("Merge with another file"),
        "customer": customer,
        "form": form if form.is_bound else FindForm(initial={"q": text}),
        "found": finding.find(request.user, text, rows) if text else None,
        "alike": [] if text else _alike(request.user, customer),
    }
    return render(request, "customers/merge_choose.html", context, status=422 if form.is_bound else 200)


def _mergeable(person: Person, pk: int) -> Customer:
    """The visible file, when the person may merge it; 404, 403."""
    customer: Customer | None = (
        Customer.objects.permitted(person).filter(pk=pk).prefetch_related("phones").first()
    )
    if customer is None:
        raise not_found()
    if not mergepage.may_merge(person, customer):
        policies.refuse(grants.MERGE)
    return customer


def _alike(person: Person, customer: Customer) -> list[duplicates.Hit]:
    return [hit for hit in duplicates.like(person, customer) if hit.is_visible]


@require_http_methods(["GET", "POST"])
def compare(request: HttpRequest, pk: int, other: int) -> HttpResponse:
    """Both files side by side; a POST merges `other` into `pk`."""
    if pk == other:
        raise Invalid("merge_itself", _("A file cannot be merged with itself. Choose another one."))
    form = MergeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        given = form.cleaned_data
        try:
            made = merging.merge_customers(
                actor=person_actor(request.user),
                kept=pk,
                merged=other,
                reason=given["reason"],
                versions=(given["kept_version"], given["merged_version"]),
            )
        except Conflict as refusal:
            return _comparing(request, form, pk, other, refusal)
        messages.success(request, _("The files are merged. You can undo this."))
        return htmx.redirect(request, "customers:merged", made.pk)
    return _comparing(request, form, pk, other)


def _comparing(
    request: HttpRequest, form: MergeForm, pk: int, other: int, refusal: Conflict | None = None
) -> HttpResponse:
    found = mergepage.comparison(request.user, pk, other)
    versions = {"kept_version": found.kept.version, "merged_version": found.merged.version}
    typed = request.POST.get("reason", "") if request.method == "POST" else ""
    fresh = MergeForm(initial={**versions, "reason": typed})
    context: dict[str, Any] = {
        "page_title": _("Compare and merge"),
        "found": found,
        "form": form if form.is_bound and form.errors else fresh,
        "refusal": refusal.message if refusal else "",
    }
    status = refusal.status if refusal else 422 if form.is_bound else 200
    return render(request, "customers/merge_compare.html", context, status=status)


@require_GET
def merged(request: HttpRequest, pk: int) -> HttpResponse:
    """What a merge moved, with the way back."""
    row = mergepage.merge_of(request.user, pk)
    context = {
        "page_title": _("Merged files"),
        "merge": row,
        "moved": mergepage.moved_in_words(row.moved),
        "may_undo": row.undone_at is None and policies.may(request.user, grants.MERGE),
    }
    return render(request, "customers/merged.html", context)


@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a merge back; a refusal is said on the page of the merge."""
    mergepage.merge_of(request.user, pk)
    try:
        merging.undo_merge(actor=person_actor(request.user), merge=pk)
    except Conflict as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("The merge is undone. Both files have their own rows again."))
    return htmx.redirect(request, "customers:merged", pk)
