"""Pages of the catalogue that are read."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from orgchart.views.paging import number_from, page_links
from products import catalogue, codetree
from products.catalogue_extensions import panels_for_model
from products.catalogue_forms import CodeFilterForm, ModelFilterForm, SearchForm, TreeFilterForm
from products.enums import CodeKind
from products.models import FaultCode, Manufacturer, ProductModel, ServiceCode
from products.rules.marks import terms
from products.views.catalogue.common import one, reader_of, show

PAGE = 50


def _chosen(form: Any) -> dict[str, Any]:
    """What a filter form says; nothing of it when one entry is wrong."""
    return dict(form.cleaned_data) if form.is_valid() else {}


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Manufacturers with their models, how much there is, and a search through all of it."""
    reader = reader_of(request)
    form = SearchForm(request.GET or None)
    text = _chosen(form).get("q", "").strip()
    context: dict[str, Any] = {"page_title": _("Catalogue"), "form": form, "text": text, "tab": "start"}
    if text:
        found = catalogue.find(reader, text)
        return show(request, "start", found=found, terms=terms(text), **context)
    makers = [maker for maker in catalogue.makers(reader) if maker.is_active]
    return show(request, "start", figures=catalogue.figures(), makers=makers, **context)


@require_safe
def models(request: HttpRequest) -> HttpResponse:
    """The list of models with its filters."""
    reader = reader_of(request)
    form = ModelFilterForm(request.GET or None)
    chosen = _chosen(form)
    text = chosen.pop("q", "")
    rows = catalogue.models(reader, text=text, **chosen)
    page = Paginator(rows, PAGE).get_page(number_from(request.GET.get("page", "")))
    links = page_links(request, page, form.fields)
    context = {"page_title": _("Models"), "form": form, "page": page, "terms": terms(text), "tab": "models"}
    return show(request, "models", **links, **context)


@require_safe
def model(request: HttpRequest, pk: int) -> HttpResponse:
    """Facts, type allocation codes, colours, parts by component, and what higher apps know."""
    reader = reader_of(request)
    row: ProductModel = one(ProductModel.objects.permitted(reader).select_related("maker"), pk)
    parts = catalogue.parts_of(row)
    context = {
        "page_title": row.label,
        "row": row,
        "groups": parts,
        "panels": panels_for_model(reader, row),
        "history": catalogue.history(row),
        "tab": "models",
    }
    return show(request, "model", **context)


@require_safe
def makers(request: HttpRequest) -> HttpResponse:
    """All manufacturers, retired ones last."""
    rows = catalogue.makers(reader_of(request))
    return show(request, "makers", page_title=_("Manufacturers"), rows=rows, tab="makers")


@require_safe
def maker(request: HttpRequest, pk: int) -> HttpResponse:
    """A manufacturer with its models."""
    reader = reader_of(request)
    row: Manufacturer = one(catalogue.makers(reader), pk)
    rows = catalogue.models(reader, maker=row)
    page = Paginator(rows, PAGE).get_page(number_from(request.GET.get("page", "")))
    context = {
        "page_title": row.label,
        "row": row,
        "page": page,
        "history": catalogue.history(row),
        "tab": "makers",
    }
    return show(request, "maker", **page_links(request, page, ()), **context)


@require_safe
def faults(request: HttpRequest) -> HttpResponse:
    """The tree of fault, cause and remedy; `model` leaves the components that the model has parts for."""
    reader = reader_of(request)
    form = TreeFilterForm(request.GET or None)
    chosen = _chosen(form)
    text, component = chosen.get("q", ""), chosen.get("component", "")
    about, components = _model_of(request), [component] if component else []
    if about is not None and not component:
        components = codetree.components_of(about)
    unfold = request.GET.get("unfold") == "1"
    tree = codetree.tree(
        reader, components=components, text=text, retired=bool(chosen.get("retired")), unfold=unfold
    )
    context = {
        "page_title": _("Code tree"), "form": form, "tree": tree, "about": about, "terms": terms(text),
        "unfold": unfold, "tab": "faults", **_fold_urls(request),
    }  # fmt: skip
    return show(request, "faults", **context)


def _model_of(request: HttpRequest) -> ProductModel | None:
    pk = number_from(request.GET.get("model", ""), 0)
    return ProductModel.objects.filter(pk=pk).first() if pk else None


def _fold_urls(request: HttpRequest) -> dict[str, str]:
    folded = request.GET.copy()
    folded.pop("unfold", None)
    unfolded = folded.copy()
    unfolded["unfold"] = "1"
    return {"fold_url": f"?{folded.urlencode()}", "unfold_url": f"?{unfolded.urlencode()}"}


@require_safe
def fault(request: HttpRequest, pk: int) -> HttpResponse:
    """A fault with what stands above and below it, its causes and their remedies."""
    reader = reader_of(request)
    row: FaultCode = one(FaultCode.objects.permitted(reader).select_related("parent"), pk)
    context = {
        "page_title": row.label,
        "row": row,
        "page": codetree.fault_page(reader, row),
        "history": catalogue.history(row),
        "tab": "faults",
    }
    return show(request, "fault", **context)


@require_safe
def codes(request: HttpRequest) -> HttpResponse:
    """Causes and remedies as a list."""
    reader = reader_of(request)
    form = CodeFilterForm(request.GET or None)
    chosen = _chosen(form)
    rows = ServiceCode.objects.permitted(reader).prefetch_related("faults", "causes")
    if chosen.get("kind"):
        rows = rows.filter(kind=chosen["kind"])
    if chosen.get("active"):
        rows = rows.filter(is_active=chosen["active"] == "1")
    found = catalogue.matching(rows, chosen.get("q", ""))
    page = Paginator(found, PAGE).get_page(number_from(request.GET.get("page", "")))
    links = page_links(request, page, form.fields)
    words = {"page_title": _("Causes and remedies"), "tab": "codes", "terms": terms(chosen.get("q", ""))}
    return show(request, "codes", form=form, page=page, **links, **words)


@require_safe
def code(request: HttpRequest, pk: int) -> HttpResponse:
    """A cause with its faults and remedies, or a remedy with its causes."""
    reader = reader_of(request)
    row: ServiceCode = one(ServiceCode.objects.permitted(reader), pk)
    is_cause = row.kind == CodeKind.CAUSE
    context = {
        "page_title": row.label,
        "row": row,
        "is_cause": is_cause,
        "above": list(
            row.faults.order_by("-is_official", "code") if is_cause else row.causes.order_by("code")
        ),
        "remedies": list(row.remedies.order_by("code")) if is_cause else [],
        "history": catalogue.history(row),
        "tab": "codes",
    }
    return show(request, "code", **context)
