"""任职人签字: read the version in force and confirm it with the password."""

from __future__ import annotations

from axes.handlers.proxy import AxesProxyHandler
from django.contrib import messages
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from core.actors import person_actor
from core.errors import Conflict, Invalid
from orgchart import services
from orgchart.descriptions import queries
from orgchart.descriptions.forms import SignForm
from orgchart.descriptions.sheet import sheet
from orgchart.models import Person, PositionVersion
from orgchart.views.account import signed_in
from orgchart.views.entrance import locked_out


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def position_sign(request: HttpRequest, code: str) -> HttpResponse:
    """The whole text with the field for the password. Guessing the password is limited as on the log-in page."""
    person = signed_in(request)
    version = queries.version_in_force(person, code)
    services.require_signer(person, version)
    if request.method == "POST" and not AxesProxyHandler.is_allowed(request, {"username": person.username}):
        return locked_out(request, None, {"username": person.username})
    form = SignForm(request.POST or None, initial={"version": version.number})
    if request.method == "POST" and form.is_valid() and _sign(request, person, version, form):
        messages.success(request, _("Signed. Thank you for reading it."))
        return redirect("orgchart:position", code)
    chart = queries.read_chart(person)
    context = {
        "page_title": _("Read and sign"),
        "version": version,
        "sheet": sheet(version.body, chart.titles, chart.below(code)),
        "form": form,
        "signature": queries.signature_of(person, version),
    }
    return render(request, "orgchart/positions/sign.html", context, status=422 if form.errors else 200)


def _sign(request: HttpRequest, person: Person, version: PositionVersion, form: SignForm) -> bool:
    if form.cleaned_data["version"] != version.number:
        raise Conflict("not_in_force", _("Another version is in force by now. Read that one, then sign it."))
    try:
        services.sign(actor=person_actor(person), version=version, password=form.cleaned_data["password"])
    except Invalid as refusal:
        if refusal.code == "wrong_password":
            user_login_failed.send(
                sender=__name__, credentials={"username": person.username}, request=request
            )
        form.add_error(refusal.field, str(refusal.message))
        return False
    return True
