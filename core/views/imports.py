"""A person's own imports: upload, columns, dry run, load, what came of it; and lists taken out."""

from __future__ import annotations

import tempfile
from pathlib import Path

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import htmx
from core.actors import person_actor
from core.errors import DomainError, Refused
from core.exports.tabular import write_sheet
from core.imports import pages, registry, results, services, store
from core.imports.forms import ExportForm, UploadForm
from core.imports.limits import refuse
from core.imports.taking import request_list
from core.models import ImportFile
from core.models.imports import ImportState
from core.views.exports import TYPES


def _language() -> str:
    return get_language() or "zh-hans"


@never_cache
@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """Upload a file; the person's last ones below, and the lists that can be taken out."""
    form = UploadForm(request.user, request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            row = services.upload(
                actor=person_actor(request.user), kind=form.cleaned_data["kind"], file_name=file.name,
                chunks=file.chunks(), language=_language(),
            )  # fmt: skip
        except DomainError as error:
            if error.status in (403, 404):
                raise
            form.add_error(error.field, ValidationError(str(error.message), code=error.code))
        else:
            return redirect("core:import", row.pk)
    return _index(request, form, ExportForm(request.user), 422 if request.method == "POST" else 200)


def _index(request: HttpRequest, form: UploadForm, export_form: ExportForm, status: int) -> HttpResponse:
    if not registry.may_any(request.user):
        raise Refused(
            "may_not_import", _("Your position brings in no lists. Ask the leader of the information group.")
        )
    context = {
        "page_title": pgettext("navigation", "Imports"), "form": form, "export_form": export_form,
        "kinds": registry.kinds_for(request.user), "exports": registry.exports_for(request.user),
        "rows": pages.history(request.user),
    }  # fmt: skip
    return render(request, "core/pages/imports.html", context, status=status)


@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """Ask for a list as a file; in full it needs a reason."""
    form = ExportForm(request.user, request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            request_list(
                person=request.user, kind=given["export"], form=given["form"], language=_language(),
                full=given.get("full", False), reason=given.get("reason", ""),
            )  # fmt: skip
        except DomainError as error:
            if error.status in (403, 404):
                raise
            form.add_error(error.field if error.field in form.fields else None, str(error.message))
        else:
            messages.success(request, _("The export is being made. It appears here when it is ready."))
            return redirect("core:exports")
    return _index(request, UploadForm(request.user), form, 422)


def _own(request: HttpRequest, pk: int) -> ImportFile:
    found: ImportFile = get_object_or_404(ImportFile.objects.permitted(request.user), pk=pk)
    return found


@never_cache
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The columns to choose, how far a run is, what was found, or what came of it; the progress alone for htmx."""
    row = _own(request, pk)
    if htmx.is_htmx(request) and not htmx.in_dialog(request):
        response = render(request, "core/parts/import_progress.html", pages.progress_of(row))
        if row.state not in services.RUNNING:
            response["HX-Refresh"] = "true"  # the page has more to say now than the line that was asked for
        return response
    if row.state == ImportState.UPLOADED or (request.GET.get("columns") and pages.may_remap(row)):
        return _columns_page(request, row)
    return _detail_page(request, row)


def _detail_page(request: HttpRequest, row: ImportFile, refused: str = "", status: int = 200) -> HttpResponse:
    context = {**pages.detail(row, request.GET.get("page", "")), "refused": refused}
    return render(request, "core/pages/import.html", context, status=status)


def _columns_page(
    request: HttpRequest,
    row: ImportFile,
    error: DomainError | None = None,
    chosen: dict[int, str] | None = None,
) -> HttpResponse:
    context = pages.columns(row, chosen, error)
    return render(request, "core/pages/import_columns.html", context, status=error.status if error else 200)


@require_POST
def columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Say which column is which and start the dry run, or read the file again in another encoding."""
    row, actor = _own(request, pk), person_actor(request.user)
    chosen = {place: request.POST.get(f"column-{place}", "") for place in range(len(row.columns))}
    try:
        if request.POST.get("action") == "read":
            services.read_again(actor=actor, import_file=row, encoding=request.POST.get("encoding", ""))
        else:
            services.start_check(actor=actor, import_file=row, fields=chosen)
    except DomainError as error:
        if error.status in (403, 404) or row.state not in (
            ImportState.UPLOADED,
            ImportState.CHECKED,
            ImportState.FAILED,
        ):
            raise
        return _columns_page(request, row, error, chosen)
    return redirect("core:import", pk)


@require_POST
def load(request: HttpRequest, pk: int) -> HttpResponse:
    """Load it: all or nothing, or the good rows only. A second click on a load that runs shows how far it is."""
    row = _own(request, pk)
    if row.state in (ImportState.LOADING, ImportState.LOADED):
        return redirect("core:import", pk)
    good_only = request.POST.get("mode") == "good_only"
    try:
        services.start_load(actor=person_actor(request.user), import_file=row, good_only=good_only)
    except DomainError as error:
        if error.status in (403, 404):
            raise
        return _detail_page(request, row, str(error.message), error.status)
    return redirect("core:import", pk)


@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop a run, or drop a file that waits."""
    row = services.cancel(actor=person_actor(request.user), import_file=_own(request, pk))
    return redirect("core:imports" if not row.done else "core:import", *([pk] if row.done else []))


def _file(path: Path, name: str) -> FileResponse:
    response = FileResponse(
        path.open("rb"), as_attachment=True, filename=name, content_type=TYPES[Path(name).suffix]
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response


@never_cache
@require_safe
def bad_rows(request: HttpRequest, pk: int) -> FileResponse:
    """The bad rows as they came, with reasons, to be mended and uploaded again."""
    row = _own(request, pk)
    source, name = store.bad_path(row), f"{_('bad-rows')}-{row.pk}"
    if not row.stored_as or not source.is_file():
        raise refuse("file_gone")
    with tempfile.NamedTemporaryFile(suffix=".xlsx", dir=store.folder()) as made:
        if request.GET.get("as") == "csv":
            results.bad_csv(row, Path(made.name))
            return _file(Path(made.name), f"{name}.csv")
        results.bad_sheet(row, Path(made.name))
        return _file(Path(made.name), f"{name}.xlsx")


@never_cache
@require_safe
def result(request: HttpRequest, pk: int) -> FileResponse:
    """The verdict of every row of a load."""
    row = _own(request, pk)
    path = store.result_path(row)
    if not row.result_name or not path.is_file():
        raise refuse("file_gone")
    return _file(path, f"{_('import-result')}-{row.pk}.xlsx")


@never_cache
@require_safe
def template(request: HttpRequest, code: str) -> FileResponse:
    """Headings and an example, to be filled in."""
    kind = next((one for one in registry.kinds_for(request.user) if one.kind == code), None)
    if kind is None:
        raise Http404
    heads, example = results.template_rows(kind)
    with tempfile.NamedTemporaryFile(suffix=".xlsx", dir=store.folder()) as made:
        write_sheet(Path(made.name), heads, [example])
        return _file(Path(made.name), f"{kind.label}.xlsx")
