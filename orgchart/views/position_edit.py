"""Editing a job description: a form that works by plain buttons, a preview with its consequences, then the new version.

Nothing typed is lost: every answer holds the whole form, or carries it along.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from core.actors import person_actor
from core.errors import DomainError, StaleVersion, Text
from orgchart import services
from orgchart.descriptions import editing, queries
from orgchart.descriptions.authority import require_edit
from orgchart.descriptions.formview import View
from orgchart.descriptions.grants import changes, right_changes
from orgchart.models import Person, PositionVersion
from orgchart.rules.positionfile import check
from orgchart.views.account import signed_in
from orgchart.views.paging import number_from

Body = dict[str, Any]


class _Draft:
    """What one request knows of an edit: the version in force, the body as typed, reason and base."""

    def __init__(self, request: HttpRequest, code: str) -> None:
        self.request = request
        self.person: Person = signed_in(request)
        self.version: Any = queries.version_in_force(self.person, code)
        self.answer = require_edit(self.person, self.version.position)
        self.reason: str = request.POST.get("reason", "").strip()
        self.base: int = number_from(request.POST.get("base", ""), self.version.number)
        self.body: Body = self._body(code)

    def _body(self, code: str) -> Body:
        if self.request.method != "POST":
            wanted = number_from(self.request.GET.get("from", ""), 0) or None
            source = self.version if wanted is None else queries.version_in_sight(self.person, code, wanted)
            return dict(source.body)
        if "body" in self.request.POST:
            return _carried(self.request.POST["body"], self.version.body)
        return editing.read(self.request.POST, code)

    @property
    def code(self) -> str:
        """Code of the position."""
        return str(self.version.position.code)

    def problems(self) -> dict[str, Text]:
        """Path -> sentence, the reason included."""
        found = {
            problem.path: problem.message
            for problem in services.problems_of(self.version.position, self.body)
        }
        return found if self.reason else {**found, "reason": _("Say why: holders and auditors will read it.")}

    def form(
        self, *, status: int = 200, problems: Mapping[str, Text] | None = None, **extra: Any
    ) -> HttpResponse:
        """The whole form with what was typed."""
        problems = dict(problems or {})
        view = View(self.body, queries.read_chart().titles, problems, extra.get("focus", ""))
        sections, elsewhere = (
            view.sections(),
            [text for text in view.elsewhere() if text != problems.get("reason")],
        )
        context = {
            "page_title": _("Edit: %(title)s") % {"title": self.version.position.label},
            "draft": self,
            "sections": sections,
            "problems": _listed(problems),
            "elsewhere": elsewhere,
            "reason_error": problems.get("reason", ""),
            **extra,
        }
        return render(self.request, "orgchart/positions/edit.html", context, status=status)

    def preview(self) -> HttpResponse:
        """The difference and what it does to rights, before anything is written."""
        if self.base != self.version.number:
            return self.conflict(self.version)
        problems = self.problems()
        if problems:
            return self.form(status=422, problems=problems)
        found = changes(self.version.body, self.body)
        if not found:
            nothing = _("Nothing differs from the version in force. Change something first.")
            return self.form(status=422, problems={"": nothing})
        context = {
            "page_title": _("Preview: %(title)s") % {"title": self.version.position.label},
            "draft": self,
            "differences": found,
            "rights": right_changes(self.version.body, self.body),
            "holders": queries.holder_number(self.version.position),
            "carried": json.dumps(self.body, ensure_ascii=False),
        }
        return render(self.request, "orgchart/positions/preview.html", context)

    def save(self) -> HttpResponse:
        """Put it in force, or come back with the form and the reason why not."""
        try:
            made = services.edit_position(
                actor=person_actor(self.person), position=self.version.position, body=self.body,
                reason=self.reason, base=self.base,
            )  # fmt: skip
        except StaleVersion as refusal:
            return self.conflict(refusal.context["current"])
        except DomainError as refusal:
            if refusal.status != 422:
                raise
            found = {problem.path: problem.message for problem in refusal.context.get("problems", [])}
            return self.form(status=422, problems=found or {refusal.field or "": refusal.message})
        messages.success(self.request, _("Version %(number)s is in force.") % {"number": made.number})
        return redirect("orgchart:position", self.code)

    def conflict(self, current: PositionVersion) -> HttpResponse:
        """Somebody was faster: what is there now beside what was typed. Sending again means having seen it."""
        before = PositionVersion.objects.filter(position=current.position, number=self.base).first()
        rows = [(d.label, d.old, d.new) for d in changes(current.body, self.body)]
        self.base, self.version = current.number, current
        return self.form(
            status=409,
            conflict_rows=rows,
            theirs=changes(before.body, current.body) if before else [],
            changed_by=current.author or current.decided_by,
            changed_at=current.in_force_at,
        )


def _carried(text: str, otherwise: Body) -> Body:
    """The body that the preview carries along, which was whole; `otherwise` when somebody tampered with it."""
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        return dict(otherwise)
    return dict(otherwise) if check(body) else body


def _listed(problems: Mapping[str, Text]) -> list[tuple[str, Text]]:
    """(id of the field, sentence) for the list on top; what belongs to no field stands there without a link."""
    return [("f-" + path.replace(".", "-"), text) for path, text in problems.items() if path]


@never_cache
@require_http_methods(["GET", "POST"])
def position_edit(request: HttpRequest, code: str) -> HttpResponse:
    """GET: the form. POST `do`: a row button, "preview", "back" or "save". 403 with the why, 409, 422 at the field."""
    draft = _Draft(request, code)
    if request.method == "GET":
        return draft.form()
    verb = request.POST.get("do", "preview")
    if verb == "save":
        return draft.save()
    if verb == "preview":
        return draft.preview()
    chosen = request.POST.get("choose:" + verb.partition(":")[2], "")
    return draft.form(focus=editing.press(draft.body, verb, chosen))


@require_POST
def accept_proposal(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Put a proposed version in force."""
    person = signed_in(request)
    version = queries.version_in_sight(person, code, number)
    base = number_from(request.POST.get("base", ""), 0)
    made = services.accept_proposal(actor=person_actor(person), version=version, base=base)
    messages.success(request, _("Version %(number)s is in force.") % {"number": made.number})
    return redirect("orgchart:position", code)


@require_POST
def reject_proposal(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Decide against a proposed version."""
    person = signed_in(request)
    version = queries.version_in_sight(person, code, number)
    services.reject_proposal(
        actor=person_actor(person), version=version, reason=request.POST.get("reason", "")
    )
    messages.success(request, _("The proposal is rejected."))
    return redirect("orgchart:position", code)
