"""The list of devices, the page of one, and registering a phone."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.actors import person_actor
from core.errors import DomainError
from core.searches import keep_search
from products import policies, services
from products.deviceforms import FindForm, RegisterForm
from products.devicelist import KIND, Listing
from products.devicequeries import device_page, models_of_tac
from products.rules.imei import Reading, read_imei, spoken_imei


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def devices(request: HttpRequest) -> HttpResponse:
    """Devices in scope, newest first, or those that a kept search finds; what is typed goes by POST and is kept here."""
    form = FindForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        token = keep_search(request.user, KIND, {"q": form.cleaned_data["q"]})
        return redirect(f"{reverse('products:devices')}?search={token}")
    listing = Listing(request.user, request.GET)
    context = {
        "page_title": _("Devices"),
        "listing": listing,
        "form": form if form.is_bound else FindForm(initial={"q": listing.text}),
    }
    wrong = form.is_bound or (listing.filter.is_bound and listing.filter.errors)
    return render(request, "products/devices.html", context, status=422 if wrong else 200)


@require_GET
def device(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything about one phone."""
    page = device_page(request.user, pk)
    title = f"{page.device.model.label} #{pk}"
    return render(request, "products/device.html", {"page_title": title, "page": page, "device": page.device})


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Register a phone for the customer named by `owner` (the number of the file)."""
    sent = request.POST if request.method == "POST" else request.GET
    number = sent.get("owner", "")
    owner_id = int(number) if number.isascii() and number.isdigit() and len(number) < 19 else 0
    owner = services.owner_for(person_actor(request.user), owner_id)
    form = RegisterForm(request.POST if request.method == "POST" else None, initial={"owner": owner.pk})
    if "read" not in request.POST and form.is_bound and form.is_valid():
        try:
            made = services.register_for(actor=person_actor(request.user), **form.given())
        except DomainError as refusal:
            if refusal.status in (403, 404):
                raise
            form.refuse(refusal)
        else:
            messages.success(request, _("The phone is registered."))
            return redirect(made)
    if "read" in request.POST:
        form = RegisterForm(initial=request.POST.dict())
    context = {
        "page_title": _("Register a phone"),
        "form": form,
        "owner": owner,
        **_reading(request.POST.get("imei", "")),
    }
    return render(request, "products/register.html", context, status=form.refused if form.errors else 200)


@sensitive_post_parameters()
@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """The fragment beside the IMEI: what it is, and which model it says."""
    policies.require_register(request.user)
    return render(request, "products/imei_reading.html", _reading(request.POST.get("imei", "")[:60]))


def _reading(text: str) -> dict[str, Any]:
    """What the IMEI typed so far says; nothing while there is little."""
    if len(text.strip()) < 8:
        return {}
    reading: Reading = read_imei(text)
    return {
        "reading": reading,
        "spoken": spoken_imei(reading.imei),
        "refusal": services.imei_refusal(text, reading.problem) if reading.problem else "",
        "models": models_of_tac(reading.imei or text),
    }
