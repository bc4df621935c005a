"""A person's own exports: the list, how far one is, and the file."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core import exports, htmx
from core.models import ExportFile

SHOWN = 50
TYPES = {
    ".csv": "text/csv; charset=utf-8",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".zip": "application/zip",
}


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The newest exports of the person."""
    rows = ExportFile.objects.permitted(request.user).order_by("-id")[:SHOWN]
    context = {"page_title": _("Exports"), "exports": rows, "shown": SHOWN}
    return render(request, "core/pages/exports.html", context)


@never_cache
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """How far one export is: its row of the table for htmx, a page otherwise."""
    export = get_object_or_404(ExportFile.objects.permitted(request.user), pk=pk)
    if htmx.is_htmx(request) and not htmx.in_dialog(request):
        return render(request, "core/parts/export_row.html", {"export": export})
    return render(request, "core/pages/exports.html", {"page_title": export.filename, "exports": [export]})


@never_cache
@require_safe
def download(request: HttpRequest, pk: int) -> HttpResponse | FileResponse:
    """The file itself, as an attachment under its readable name (RFC 6266)."""
    export = get_object_or_404(ExportFile.objects.permitted(request.user).select_related("owner"), pk=pk)
    path = exports.path_of(export)
    exports.note_download(export)
    content_type = TYPES[path.suffix]
    response = FileResponse(
        path.open("rb"), as_attachment=True, filename=export.filename, content_type=content_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response
