"""The list of customers with its search, and the warning about duplicates while somebody types."""

from __future__ import annotations

from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from core.errors import DomainError
from core.searches import keep_search
from customers import duplicates, listing, policies
from customers.filters import PARAMETERS
from customers.rules import grants

LONGEST = 60


class FindForm(forms.Form):
    """What somebody looks for among the customers."""

    q = forms.CharField(
        label=gettext_lazy("Name, pinyin or number"),
        max_length=LONGEST,
        widget=forms.TextInput(attrs={"type": "search"}),
    )


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def customer_list(request: HttpRequest) -> HttpResponse:
    """Files in scope, newest first, or those that a kept search finds; what is typed goes by POST and is kept here."""
    form = FindForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        return redirect(_kept(request, form.cleaned_data["q"]))
    made = listing.make(request.user, request.GET)
    context = {
        "page_title": _("Customers"),
        "listing": made,
        "form": form if form.is_bound else FindForm(initial={"q": made.text}),
        "may_write": policies.may(request.user, grants.EDIT),
        "may_merge": policies.may(request.user, grants.MERGE),
    }
    wrong = form.is_bound or (made.form.is_bound and made.form.errors)
    return render(request, "customers/list.html", context, status=422 if wrong else 200)


def _kept(request: HttpRequest, text: str) -> str:
    """The address of the list with the search kept on the server, and the filters of the page it came from."""
    token = keep_search(request.user, listing.SEARCH, {"q": text})
    filters = {name: request.GET[name] for name in PARAMETERS if request.GET.get(name)}
    return f"{reverse('customers:list')}?{urlencode({**filters, 'search': token})}"


@sensitive_post_parameters()
@require_POST
def similar(request: HttpRequest) -> HttpResponse:
    """The fragment beside a form: files that may be of the customer whose name or number is being typed."""
    sent = request.POST
    refusal, hits = "", []
    try:
        hits = duplicates.similar(
            request.user,
            name=(sent.get("customer_name") or sent.get("name", ""))[:LONGEST],
            phone=sent.get("phone", "")[:30],
            province_code=sent.get("province_code", "")[:6],
            imei=sent.get("imei", "")[:30],
        )
    except DomainError as error:
        refusal = str(error.message)
    return render(request, "customers/similar.html", {"hits": hits, "refusal": refusal})
