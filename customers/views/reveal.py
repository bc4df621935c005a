"""Showing a value of a customer file in full."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.personal import Home, reveal_page
from customers import personal


@require_http_methods(["GET", "POST"])
def reveal(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """At one click for whoever handles a case of the customer, with a reason and a quota for others."""
    customer = personal.file_of(request.user, pk)
    part = personal.part(customer, code, request.user)
    personal.require_reveal(customer)
    home = Home(customer.get_absolute_url(), _("Customer %(id)s") % {"id": pk}, _("Customers"), "/customers/")
    return reveal_page(
        request, part, home, lambda reason: personal.reveal(request.user, customer, code, reason)
    )
