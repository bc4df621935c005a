"""Forms of the catalogue: one for each service, in a dialog or on a page of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from core.actors import person_actor
from core.errors import Text
from orgchart.views.paging import number_from
from products.catalogue_forms import (
    CausesForm,
    CodeForm,
    CopyPartsForm,
    FaultForm,
    LifeForm,
    MakerForm,
    ModelForm,
    PartForm,
    RemediesForm,
    coded,
)
from products.enums import CodeKind, Component
from products.models import FaultCode, Manufacturer, ModelPart, ProductModel, ServiceCode
from products.services import catalogue as services
from products.views.catalogue.common import Task, editor_of, one, perform, posted

GET_POST = ["GET", "POST"]
Url = Callable[[Any], str]


def _to(name: str) -> Url:
    return lambda row: reverse(f"products:{name}", args=[row.pk])


MAKER, MODEL, FAULT, CODE = _to("maker"), _to("model"), _to("fault"), _to("code")


@require_http_methods(GET_POST)
def maker_add(request: HttpRequest) -> HttpResponse:
    """A new manufacturer."""
    actor = person_actor(editor_of(request))
    task = Task(
        _("Add a manufacturer"), _("Add"), _("The manufacturer is added."),
        lambda form: services.add_maker(actor=actor, values=form.values()), MAKER, reverse("products:makers"),
        ((_("Manufacturers"), reverse("products:makers")),),
    )  # fmt: skip
    return perform(request, MakerForm(posted(request)), task)


@require_http_methods(GET_POST)
def maker_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a manufacturer."""
    actor, row = person_actor(editor_of(request)), one(Manufacturer.objects.all(), pk)
    task = Task(
        _("Correct the manufacturer"), _("Save"), _("The manufacturer is corrected."),
        lambda form: services.correct_maker(
            actor=actor, maker=row, version=form.cleaned_data["version"], values=form.values()
        ),
        MAKER, MAKER(row), ((row.label, MAKER(row)),), initial_of=MakerForm.initial_of,
    )  # fmt: skip
    return perform(request, MakerForm(posted(request), initial=MakerForm.initial_of(row)), task)


@require_http_methods(GET_POST)
def model_add(request: HttpRequest) -> HttpResponse:
    """A new model; `maker` names the manufacturer from which the form starts."""
    actor = person_actor(editor_of(request))
    initial = {"maker": number_from(request.GET.get("maker", ""), 0) or None}
    task = Task(
        _("Add a model"), _("Add"), _("The model is added."),
        lambda form: services.add_model(actor=actor, values=form.values()), MODEL, reverse("products:models"),
        ((_("Models"), reverse("products:models")),),
    )  # fmt: skip
    return perform(request, ModelForm(posted(request), initial=initial), task)


@require_http_methods(GET_POST)
def model_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a model."""
    actor, row = person_actor(editor_of(request)), one(ProductModel.objects.select_related("maker"), pk)
    task = Task(
        _("Correct the model"), _("Save"), _("The model is corrected."),
        lambda form: services.correct_model(
            actor=actor, model=row, version=form.cleaned_data["version"], values=form.values()
        ),
        MODEL, MODEL(row), ((row.label, MODEL(row)),), initial_of=ModelForm.initial_of,
    )  # fmt: skip
    return perform(request, ModelForm(posted(request), initial=ModelForm.initial_of(row), row=row), task)


@require_http_methods(GET_POST)
def part_add(request: HttpRequest, pk: int) -> HttpResponse:
    """A new part of a model."""
    actor, row = person_actor(editor_of(request)), one(ProductModel.objects.all(), pk)
    task = Task(
        _("Add a part"), _("Add"), _("The part is added."),
        lambda form: services.add_part(
            actor=actor, model=row, version=form.cleaned_data["version"], values=form.values()
        ),
        lambda _part: MODEL(row), MODEL(row), ((row.label, MODEL(row)),), row.label,
    )  # fmt: skip
    return perform(request, PartForm(posted(request), initial={"version": row.version}), task)


@require_http_methods(GET_POST)
def part_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a part."""
    actor, row = person_actor(editor_of(request)), one(ModelPart.objects.select_related("model"), pk)
    home = MODEL(row.model)
    task = Task(
        _("Correct the part"), _("Save"), _("The part is corrected."),
        lambda form: services.correct_part(
            actor=actor, part=row, version=form.cleaned_data["version"], values=form.values()
        ),
        lambda _part: home, home, ((row.model.label, home),), row.model.label,
        initial_of=lambda model: PartForm.initial_of(row) | {"version": model.version},
    )  # fmt: skip
    return perform(request, PartForm(posted(request), initial=PartForm.initial_of(row)), task)


@require_http_methods(GET_POST)
def parts_copy(request: HttpRequest, pk: int) -> HttpResponse:
    """Take over the parts of another model."""
    actor, row = person_actor(editor_of(request)), one(ProductModel.objects.all(), pk)
    task = Task(
        _("Copy parts from another model"), _("Copy"), _("The parts are copied."),
        lambda form: services.copy_parts(
            actor=actor, model=row, version=form.cleaned_data["version"], source=form.cleaned_data["source"]
        ),
        lambda _count: MODEL(row), MODEL(row), ((row.label, MODEL(row)),), row.label,
    )  # fmt: skip
    return perform(request, CopyPartsForm(posted(request), initial={"version": row.version}, row=row), task)


@require_http_methods(GET_POST)
def fault_add(request: HttpRequest) -> HttpResponse:
    """A new own fault; `parent` or `component` say where the form starts."""
    actor = person_actor(editor_of(request))
    above = FaultCode.objects.filter(pk=number_from(request.GET.get("parent", ""), 0)).first()
    component = above.component if above else request.GET.get("component", Component.HOST)
    task = Task(
        _("Add an own fault"), _("Add"), _("The fault is added."),
        lambda form: services.add_fault(actor=actor, values=form.values()), FAULT,
        FAULT(above) if above else reverse("products:faults"), ((_("Code tree"), reverse("products:faults")),),
    )  # fmt: skip
    return perform(
        request, FaultForm(posted(request), initial={"component": component, "parent": above}), task
    )


@require_http_methods(GET_POST)
def fault_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct an own fault."""
    actor, row = person_actor(editor_of(request)), one(FaultCode.objects.select_related("parent"), pk)
    task = Task(
        _("Correct the fault"), _("Save"), _("The fault is corrected."),
        lambda form: services.correct_fault(
            actor=actor, fault=row, version=form.cleaned_data["version"], values=form.values()
        ),
        FAULT, FAULT(row), ((coded(row), FAULT(row)),), initial_of=FaultForm.initial_of,
    )  # fmt: skip
    return perform(request, FaultForm(posted(request), initial=FaultForm.initial_of(row), row=row), task)


@require_http_methods(GET_POST)
def fault_causes(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose the causes of a fault."""
    actor, row = person_actor(editor_of(request)), one(FaultCode.objects.all(), pk)
    task = Task(
        _("Choose causes"), _("Save"), _("The causes are linked."),
        lambda form: services.link_causes(
            actor=actor, fault=row, version=form.cleaned_data["version"], causes=list(form.cleaned_data["causes"])
        ),
        FAULT, FAULT(row), ((coded(row), FAULT(row)),), coded(row), initial_of=CausesForm.initial_of,
    )  # fmt: skip
    return perform(request, CausesForm(posted(request), initial=CausesForm.initial_of(row), row=row), task)


_KINDS: dict[str, tuple[Text, Text]] = {
    CodeKind.CAUSE: (_("Add a cause"), _("The cause is added.")),
    CodeKind.REMEDY: (_("Add a remedy"), _("The remedy is added.")),
}


@require_http_methods(GET_POST)
def code_add(request: HttpRequest, kind: str) -> HttpResponse:
    """A new cause or remedy; `of` names the fault or cause that it is linked with from the start."""
    actor = person_actor(editor_of(request))
    if kind not in _KINDS:
        raise Http404
    of, rows = number_from(request.GET.get("of", ""), 0), FaultCode if kind == CodeKind.CAUSE else ServiceCode
    above = list(rows._default_manager.filter(pk=of))
    title, done = _KINDS[kind]
    home = (FAULT if kind == CodeKind.CAUSE else CODE)(above[0]) if above else reverse("products:codes")
    task = Task(
        title, _("Add"), done, lambda form: services.add_code(actor=actor, kind=kind, values=form.values()),
        CODE, home, ((_("Causes and remedies"), reverse("products:codes")),),
    )  # fmt: skip
    return perform(request, CodeForm(posted(request), kind=kind, initial={"links": above}), task)


@require_http_methods(GET_POST)
def code_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a cause or remedy and its links."""
    actor, row = person_actor(editor_of(request)), one(ServiceCode.objects.all(), pk)
    task = Task(
        _("Correct the cause") if row.kind == CodeKind.CAUSE else _("Correct the remedy"), _("Save"),
        _("The entry is corrected."),
        lambda form: services.correct_code(
            actor=actor, code=row, version=form.cleaned_data["version"], values=form.values()
        ),
        CODE, CODE(row), ((coded(row), CODE(row)),), initial_of=CodeForm.initial_of,
    )  # fmt: skip
    form = CodeForm(posted(request), kind=row.kind, row=row, initial=CodeForm.initial_of(row))
    return perform(request, form, task)


@require_http_methods(GET_POST)
def code_remedies(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose the remedies of a cause."""
    actor, row = person_actor(editor_of(request)), one(ServiceCode.objects.filter(kind=CodeKind.CAUSE), pk)
    task = Task(
        _("Choose remedies"), _("Save"), _("The remedies are linked."),
        lambda form: services.link_remedies(
            actor=actor, cause=row, version=form.cleaned_data["version"], remedies=list(form.cleaned_data["remedies"])
        ),
        CODE, CODE(row), ((coded(row), CODE(row)),), coded(row), initial_of=RemediesForm.initial_of,
    )  # fmt: skip
    return perform(
        request, RemediesForm(posted(request), initial=RemediesForm.initial_of(row), row=row), task
    )


# -- retiring, restoring, deleting -------------------------------------------------------------------------

_SORTS: dict[str, tuple[Any, Url, str]] = {
    "makers": (Manufacturer, MAKER, "makers"),
    "models": (ProductModel, MODEL, "models"),
    "parts": (ModelPart, lambda part: MODEL(part.model), "models"),
    "faults": (FaultCode, FAULT, "faults"),
    "codes": (ServiceCode, CODE, "codes"),
}
_VERBS: dict[str, tuple[Any, Text, Text, Text, str]] = {
    "retire": (
        services.retire, _("Retire"), _("It is retired. “Restore” brings it back."),
        _("It is hidden from choices. Whatever uses it keeps it, and it can be restored at any time."), "primary",
    ),
    "restore": (
        services.restore, _("Restore"), _("It is offered again."), _("It is offered in choices again."), "primary",
    ),
    "delete": (
        services.delete, _("Delete"), _("It is deleted."),
        _("Only what nothing uses is deleted, such as an entry made by mistake. This cannot be undone."), "danger",
    ),
}  # fmt: skip


@require_http_methods(GET_POST)
def life(request: HttpRequest, sort: str, pk: int, verb: str) -> HttpResponse:
    """Retire, restore or delete an entry of any sort, after a question."""
    actor = person_actor(editor_of(request))
    if sort not in _SORTS or verb not in _VERBS:
        raise Http404
    model, url, list_name = _SORTS[sort]
    row = one(model.objects.all(), pk)
    act, label, done, about, tone = _VERBS[verb]
    after = url(row)
    if verb == "delete" and sort != "parts":
        after = reverse(f"products:{list_name}")
    task = Task(
        f"{label}: {coded(row) if hasattr(row, 'label') else f'{row.code} {row.name}'}", label, done,
        lambda form: act(actor=actor, row=row, version=form.cleaned_data["version"]),
        lambda _row: after, url(row), (), about, tone,
    )  # fmt: skip
    return perform(
        request, LifeForm(posted(request), initial={"version": getattr(row, "version", None)}), task
    )
