"""A staff list: upload, dry run, load in the background, what came of it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import htmx
from core.actors import person_actor
from core.errors import DomainError
from core.models import Effect
from core.models.outbox import EffectState
from orgchart import importprogress, importwords, services
from orgchart.enums import ImportState
from orgchart.import_forms import UploadForm
from orgchart.models import Person, StaffImport
from orgchart.policies import may_import
from orgchart.rules.stafflist import ADD, BAD, UNCHANGED
from orgchart.services.permits import may_not_appoint
from orgchart.services.staffimport import EFFECT, verdicts_of
from orgchart.views.account import signed_in

SHOWN, LISTED = 200, 20
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TONES: dict[str, str] = {
    ImportState.CHECKED: "blue",
    ImportState.LOADING: "azure",
    ImportState.LOADED: "green",
    ImportState.FAILED: "red",
    ImportState.DISCARDED: "secondary",
}


def _importer(request: HttpRequest) -> Person:
    """The reader, who enters staff everywhere; Refused else."""
    reader = signed_in(request)
    if not may_import(reader):
        raise may_not_appoint()
    return reader


@never_cache
@require_http_methods(["GET", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """Upload a list; the reader's last ones below."""
    reader, status = _importer(request), 200
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        status = 422
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                row = services.check_import(actor=person_actor(reader), file_name=file.name, data=file.read())
            except DomainError as error:
                form.add_error(error.field, ValidationError(_sentence(error), code=error.code))
            else:
                return redirect("orgchart:import", row.pk)
    rows = StaffImport.objects.permitted(reader).defer("rows", "problems").order_by("-id")[:LISTED]
    context = {
        "page_title": _("Import of staff"), "form": form, "imports": [(row, TONES[row.state]) for row in rows],
        "columns": importwords.headings(),
    }  # fmt: skip
    return render(request, "orgchart/imports.html", context, status=status)


def _sentence(error: DomainError) -> str:
    """The refusal, with the headings that it is about."""
    words = [str(error.message)]
    for name, text in (("missing", _("Missing: %(names)s.")), ("twice", _("Twice: %(names)s."))):
        columns = error.context.get(name)
        if columns:
            words.append(
                text % {"names": _(", ").join(str(importwords.LABELS[column]) for column in columns)}
            )
    return " ".join(words)


@never_cache
@require_safe
def import_template(request: HttpRequest) -> HttpResponse:
    """The headings to fill in, as CSV or (with the codes of positions and units) as XLSX."""
    _importer(request)
    if request.GET.get("as") == "xlsx":
        return _file(importwords.template_xlsx(), _("staff-list") + ".xlsx", XLSX)
    return _file(importwords.template_csv(), _("staff-list") + ".csv", "text/csv; charset=utf-8")


def _file(data: bytes, name: str, kind: str) -> HttpResponse:
    from django.utils.http import content_disposition_header

    response = HttpResponse(data, content_type=kind)
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _own(request: HttpRequest, pk: int, *later: str) -> StaffImport:
    reader = _importer(request)
    found: StaffImport | None = StaffImport.objects.permitted(reader).defer(*later).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@never_cache
@require_safe
def import_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What the dry run found, how far the load is, or what came of it; the progress alone for htmx."""
    row = _own(request, pk)
    context = _context(row)
    if htmx.is_htmx(request) and not htmx.in_dialog(request):
        template = "orgchart/import_progress.html"
        response = render(request, template, context)
        if row.state != ImportState.LOADING:
            # The page has more to say now than the line that was asked for.
            response["HX-Refresh"] = "true"
        return response
    return render(request, "orgchart/import.html", context)


def _context(row: StaffImport) -> dict[str, Any]:
    counts = verdicts_of(row)
    loading = row.state == ImportState.LOADING
    done = importprogress.read(row.pk) if loading else row.done
    bad_rows = len({problem["row"] for problem in row.problems if problem["row"]})
    return {
        "page_title": _("Import of staff"),
        "staff_import": row,
        "tone": TONES[row.state],
        "add": counts[ADD],
        "unchanged": counts[UNCHANGED] if row.rows else row.unchanged,
        "bad": counts[BAD] if row.state == ImportState.CHECKED else bad_rows,
        "total": len(row.rows) or row.done,
        "done": done,
        "stuck": loading and _is_stuck(row),
        "problems": [importwords.problem_row(problem) for problem in row.problems[:SHOWN]],
        "problem_count": len(row.problems),
        "shown": SHOWN,
    }


def _is_stuck(row: StaffImport) -> bool:
    """Whether the load failed three times and waits for the administrator."""
    effects = Effect.objects.filter(kind=EFFECT, key=str(row.pk), state=EffectState.PARKED)
    return bool(effects.exists())


@never_cache
@require_safe
def import_problems(request: HttpRequest, pk: int) -> HttpResponse:
    """All bad rows as CSV."""
    row = _own(request, pk, "rows")
    name = f"{_('staff-list-problems')}-{row.pk}.csv"
    return _file(importwords.problems_csv(row.problems), name, "text/csv; charset=utf-8")


@require_POST
def import_load(request: HttpRequest, pk: int) -> HttpResponse:
    """Load it: all or nothing, or the good rows only."""
    row = _own(request, pk)
    good_only = request.POST.get("mode") == "good_only"
    try:
        services.start_import(actor=person_actor(signed_in(request)), staff_import=row, good_only=good_only)
    except DomainError as error:
        if error.status in (403, 404):
            raise
        context = {**_context(row), "refused": str(error.message)}
        return render(request, "orgchart/import.html", context, status=error.status)
    return redirect("orgchart:import", pk)


@require_POST
def import_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget the list."""
    services.discard_import(actor=person_actor(signed_in(request)), staff_import=_own(request, pk, "rows"))
    return redirect("orgchart:imports")
