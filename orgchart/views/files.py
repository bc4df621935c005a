"""The staff file: career, proofs against the requirements of a position, certificates, things lent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from core.actors import person_actor
from core.errors import DomainError, Refused
from orgchart import services, stafffile
from orgchart.file_forms import AgainstForm, EntryForm, FileForm, HandOutForm, RemoveForm, TakeBackForm
from orgchart.guided import posted
from orgchart.models import LoanedItem, Person, Qualification
from orgchart.policies import may
from orgchart.staffactions import require
from orgchart.views.account import signed_in
from orgchart.views.staff import visible

GET_POST = ["GET", "POST"]


@never_cache
@require_safe
def staff_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The file of a person, to themself, to superiors who supervise and to whoever keeps it."""
    person, reader = visible(request, pk), signed_in(request)
    if not may(reader, "view_file", person):
        raise Refused(
            "may_not_view_file",
            _(
                "A file is open to the person, to superiors with the right to supervise and to whoever keeps it."
            ),
        )
    against = AgainstForm(request.GET or None)
    chosen = against.cleaned_data["position"] if against.is_valid() else None
    edits = reader.pk != person.pk and may(reader, "edit_file", person)
    context = {
        "page_title": _("Staff file"),
        "person": person,
        "file": stafffile.read_file(person, chosen),
        "against": against,
        "edits": edits,
        "history": stafffile.history(person) if edits else [],
    }
    return render(request, "orgchart/staff_file.html", context)


def _page(
    request: HttpRequest,
    person: Person,
    form: FileForm,
    act: Callable[[Any], object],
    words: dict[str, str],
    **context: Any,
) -> HttpResponse:
    """A small form of the file: shown, refused at its field, or done."""
    if request.method == "POST" and form.is_valid():
        try:
            act(form)
        except DomainError as error:
            if error.status in (403, 404):
                raise
            form.refuse(error)
        else:
            messages.success(request, words["done"])
            return redirect("orgchart:staff_file", person.pk)
    status = form.refused if form.errors else 200
    context = {"page_title": words["title"], "person": person, "form": form, "words": words, **context}
    return render(request, "orgchart/file_form.html", context, status=status)


def _keeper(request: HttpRequest, pk: int) -> tuple[Person, Person]:
    """The person, and the reader who keeps the file; Refused else."""
    person, reader = visible(request, pk), signed_in(request)
    require(reader, "edit_file", person)
    return person, reader


@never_cache
@require_http_methods(GET_POST)
def add_entry(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter a proof; `proves` names the requirement from which the form starts."""
    person, reader = _keeper(request, pk)
    form = EntryForm(posted(request), initial=_initial(request, person))
    words = {"title": _("Enter a proof"), "button": _("Enter the proof"), "done": _("The proof is entered.")}
    return _page(
        request, person, form,
        lambda form: services.add_entry(actor=person_actor(reader), person=person, entry=form.entry()),
        words,
    )  # fmt: skip


def _initial(request: HttpRequest, person: Person) -> dict[str, Any]:
    place = request.GET.get("proves", "")
    if not place:
        return {"kind": request.GET.get("kind", "")}
    against = AgainstForm(request.GET)
    position = against.cleaned_data["position"] if against.is_valid() else None
    found = stafffile.requirement_at(stafffile.read_file(person, position).version, place)
    return dict(zip(("kind", "text", "level"), found, strict=True)) if found else {}


def _entry(person: Person, entry: int) -> Qualification:
    row: Qualification | None = Qualification.objects.filter(person=person, pk=entry).first()
    if row is None:
        raise Http404
    return row


@never_cache
@require_http_methods(GET_POST)
def correct_entry(request: HttpRequest, pk: int, entry: int) -> HttpResponse:
    """Correct an entry; the trail keeps what stood there."""
    person, reader = _keeper(request, pk)
    row = _entry(person, entry)
    form = EntryForm(posted(request), initial=EntryForm.initial_of(row))
    words = {"title": _("Correct an entry"), "button": _("Save"), "done": _("The entry is corrected.")}
    return _page(
        request, person, form,
        lambda form: services.correct_entry(actor=person_actor(reader), row=row, entry=form.entry()),
        words,
        entry=row,
    )  # fmt: skip


@never_cache
@require_http_methods(GET_POST)
def remove_entry(request: HttpRequest, pk: int, entry: int) -> HttpResponse:
    """Take an entry out, with a reason."""
    person, reader = _keeper(request, pk)
    row = _entry(person, entry)
    words = {
        "title": _("Take out an entry"), "button": _("Take it out"), "done": _("The entry is taken out."),
        "tone": "danger", "about": row.text,
    }  # fmt: skip
    return _page(
        request, person, RemoveForm(posted(request)),
        lambda form: services.remove_entry(
            actor=person_actor(reader), row=row, reason=form.cleaned_data["reason"]
        ),
        words,
    )  # fmt: skip


@never_cache
@require_http_methods(GET_POST)
def hand_out(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that something of the company's was handed out."""
    person, reader = _keeper(request, pk)
    words = {"title": _("Hand something out"), "button": _("Hand it out"), "done": _("It is handed out.")}

    def act(form: Any) -> object:
        data = dict(form.cleaned_data)
        thing = services.Thing(data.pop("name"), data.pop("serial_no"))
        return services.hand_out(actor=person_actor(reader), person=person, thing=thing, **data)

    return _page(request, person, HandOutForm(posted(request)), act, words)


@never_cache
@require_http_methods(GET_POST)
def take_back(request: HttpRequest, pk: int, entry: int) -> HttpResponse:
    """Note that it came back."""
    person, reader = _keeper(request, pk)
    item: LoanedItem | None = (
        LoanedItem.objects.select_related("person").filter(person=person, pk=entry).first()
    )
    if item is None:
        raise Http404
    words = {
        "title": _("Take something back"), "button": _("Take it back"), "done": _("It is taken back."),
        "about": " · ".join(filter(None, (item.name, item.serial_no))),
    }  # fmt: skip
    return _page(
        request, person, TakeBackForm(posted(request)),
        lambda form: services.take_back(
            actor=person_actor(reader), item=item, returned_on=form.cleaned_data["returned_on"]
        ),
        words,
    )  # fmt: skip
