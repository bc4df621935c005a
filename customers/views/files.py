"""The page of a customer file, opening one, and what is due for customers."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from core.actors import person_actor
from core.errors import DomainError
from customers import carelist, filepage, policies
from customers.extensions import panels_for
from customers.file_forms import CareFilter, NewFileForm
from customers.rules import grants
from customers.services import create_customer
from orgchart.guided import posted
from orgchart.scope import today
from orgchart.views.account import signed_in


@never_cache
@require_safe
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything about one customer, masked; a merged file leads to the one that was kept."""
    person = signed_in(request)
    page = filepage.read(person, pk)
    customer = page.customer
    if customer.merged_into_id:
        messages.info(request, _("File #%(id)s was merged into this one.") % {"id": pk})
        return redirect("customers:file", customer.merged_into_id)
    context = {
        "page_title": _("Customer #%(id)s") % {"id": pk},
        "page": page,
        "customer": customer,
        # Apps register from below: cases and devices, which people open a file for, come last but belong on top.
        "panels": panels_for(person, customer)[::-1],
    }
    return render(request, "customers/file.html", context)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Open a file without a case."""
    policies.require(signed_in(request), grants.EDIT)
    form = NewFileForm(posted(request))
    if form.is_valid():
        try:
            made = create_customer(actor=person_actor(request.user), **form.file())
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The file is opened."))
            return redirect("customers:file", made.pk)
    context = {"page_title": _("New customer"), "form": form}
    return render(request, "customers/new.html", context, status=form.refused if form.errors else 200)


@require_safe
def care(request: HttpRequest) -> HttpResponse:
    """Care calls and promises that are due: of the reader's centres, or the reader's own."""
    person, form = signed_in(request), CareFilter(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    found = carelist.read(person, wanted.get("whose") == "mine", wanted.get("what", ""), today())
    context = {
        "page_title": _("Care calls and promises"),
        "form": form,
        "found": found,
        "narrowed": any(wanted.values()),
        "may_write": policies.may(person, grants.EDIT),
    }
    return render(request, "customers/care.html", context, status=422 if form.errors else 200)
