"""How the background stands, for the technical administrator; parked effects are dealt with here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from core import htmx, operations, outbox
from core.actors import person_actor
from core.errors import Text
from core.forms import ReasonForm
from core.models import Effect
from core.models.outbox import EffectState
from core.policies import is_operator

SHOWN = 50


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Queues, outbox, jobs and heartbeats."""
    if not is_operator(request.user):
        raise Http404
    parked = Effect.objects.permitted(request.user).filter(state=EffectState.PARKED).order_by("-id")[:SHOWN]
    figures: dict[str, Any] = {
        "queues": _queues(),
        "outbox": operations.outbox(),
        "jobs": operations.job_lines(),
        "heartbeats": operations.heartbeats(),
        "parked": parked,
    }
    return render(request, "core/pages/operations.html", {"page_title": _("Operations"), **figures})


def _queues() -> list[operations.QueueLine] | None:
    """None when the broker does not answer: the page is needed most when something is down."""
    try:
        return operations.queues()
    except operations.UNREACHABLE:
        return None


@require_http_methods(["GET", "POST"])
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Have a parked effect tried again."""
    return _decide(request, pk, "retry", outbox.retry, _("Try again"), _("The effect is tried again."))


@require_http_methods(["GET", "POST"])
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a parked effect up."""
    return _decide(request, pk, "discard", outbox.discard, _("Discard"), _("The effect was discarded."))


def _decide(
    request: HttpRequest, pk: int, action: str, decide: Callable[..., Effect], label: Text, done: Text
) -> HttpResponse:
    """Ask for the reason, then do it. The effect must be within what the person may do this to."""
    effect = get_object_or_404(Effect.objects.permitted(request.user, action), pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        decide(effect.pk, actor=person_actor(request.user), reason=form.cleaned_data["reason"])
        messages.success(request, str(done))
        return htmx.redirect(request, "core:operations")
    context = {"page_title": label, "effect": effect, "form": form, "action": action}
    return render(request, "core/pages/effect_decide.html", context, status=422 if form.is_bound else 200)
