"""Parse what is typed on the pages of the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.errors import DomainError
from core.forms import LongSelect
from orgchart.guided import day_field
from products.enums import CodeKind, Component, GuaranteeCategory
from products.models import FaultCode, Manufacturer, ModelPart, ProductModel, ServiceCode
from products.rules.catalogue import split_colours, split_tacs
from products.services.catalogue import CodeValues, FaultValues, MakerValues, ModelValues, PartValues


def coded(row: Any) -> str:
    """An entry in a choice: code and name."""
    return f"{row.code} {row.label}"


class _Choice(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return coded(obj)


class _Choices(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Any) -> str:
        return coded(obj)


class CatalogueForm(forms.Form):
    """A form of the catalogue: shows refusals at their field and, after somebody else's change, what is there now."""

    wide: tuple[str, ...] = ()
    status = 422
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)

    def refuse(self, error: DomainError) -> None:
        """Put a refusal at its field, or on top when it belongs to none; the page gets its status."""
        self.status = error.status
        name = error.field if error.field in self.fields else None
        self.add_error(name, ValidationError(str(error.message), code=error.code))

    def compare(self, now: dict[str, Any]) -> list[tuple[str, str, str]]:
        """(label, what is there now, what was typed) of each field; the form takes up the version of `now`."""
        self.data = MultiValueDict({**dict(cast(QueryDict, self.data).lists()), "version": [now["version"]]})
        return [
            (str(field.label), _shown(field, now.get(name)), _shown(field, self.cleaned_data.get(name)))
            for name, field in self.fields.items()
            if name != "version"
        ]


def _shown(field: forms.Field, value: Any) -> str:
    if isinstance(value, QuerySet | list | tuple):
        return "、".join(coded(one) if isinstance(one, Model) else str(one) for one in value)
    if isinstance(value, Model):
        return coded(value)
    choices: Any = getattr(field, "choices", ())
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
        return str(dict(choices).get(value, value))
    return "" if value is None else str(value)


class _Named(CatalogueForm):
    name = forms.CharField(label=_("Name in Chinese"), max_length=80)
    name_en = forms.CharField(
        label=_("Name in English"), max_length=120, required=False, help_text=_("Empty: the Chinese name.")
    )


class MakerForm(_Named):
    """A manufacturer."""

    code = forms.CharField(label=pgettext_lazy("catalogue", "Code"), max_length=20)
    hotline = forms.CharField(label=_("Hotline"), max_length=20, required=False)
    field_order = ("code", "name", "name_en", "hotline")

    def values(self) -> MakerValues:
        """As the services take it."""
        given = self.cleaned_data
        return MakerValues(given["code"], given["name"], given["name_en"], given["hotline"])

    @staticmethod
    def initial_of(row: Manufacturer) -> dict[str, Any]:
        """What a correction starts from."""
        return {name: getattr(row, name) for name in ("code", "name", "name_en", "hotline", "version")}


class ModelForm(_Named):
    """A model."""

    wide = ("tacs", "colours")
    code = forms.CharField(label=_("Model code"), max_length=30)
    maker = _Choice(
        label=_("Manufacturer"), queryset=Manufacturer.objects.none(), empty_label=_("Choose a manufacturer")
    )
    category = forms.ChoiceField(
        label=_("Guarantee category"), choices=GuaranteeCategory.choices,
        help_text=_("Which set of guarantee rules (三包) it falls under."),
    )  # fmt: skip
    launched_on = day_field(_("On the market since"), required=False)
    tacs = forms.CharField(
        label=_("Type allocation codes"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The first 8 digits of the IMEIs; several with blanks between them."),
    )  # fmt: skip
    colours = forms.CharField(
        label=_("Colours"), required=False, max_length=500, help_text=_("With commas between them.")
    )
    field_order = ("code", "maker", "name", "name_en", "category", "launched_on", "tacs", "colours")

    def __init__(self, *args: Any, row: ProductModel | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        makers = Manufacturer.objects.filter(is_active=True)
        if row is not None and row.maker_id:
            makers = makers | Manufacturer.objects.filter(pk=row.maker_id)
        self.fields["maker"].queryset = makers  # type: ignore[attr-defined]

    def values(self) -> ModelValues:
        """As the services take it."""
        given = self.cleaned_data
        return ModelValues(
            given["code"], given["name"], given["maker"], given["name_en"], given["category"],
            split_tacs(given["tacs"]), split_colours(given["colours"]), given["launched_on"],
        )  # fmt: skip

    @staticmethod
    def initial_of(row: ProductModel) -> dict[str, Any]:
        """What a correction starts from."""
        plain = ("code", "name", "name_en", "maker", "category", "launched_on", "version")
        return {name: getattr(row, name) for name in plain} | {
            "tacs": " ".join(row.tacs),
            "colours": "，".join(row.colours),
        }


class PartForm(_Named):
    """A part of a model; the version is the model's."""

    component = forms.ChoiceField(label=_("Component"), choices=Component.choices)
    code = forms.CharField(label=_("Part number"), max_length=40)
    field_order = ("component", "code", "name", "name_en")

    def values(self) -> PartValues:
        """As the services take it."""
        given = self.cleaned_data
        return PartValues(given["component"], given["code"], given["name"], given["name_en"])

    @staticmethod
    def initial_of(row: ModelPart) -> dict[str, Any]:
        """What a correction starts from."""
        plain = {name: getattr(row, name) for name in ("component", "code", "name", "name_en")}
        return plain | {"version": row.model.version}


class CopyPartsForm(CatalogueForm):
    """From which model parts are copied."""

    source = _Choice(
        label=_("From the model"), queryset=ProductModel.objects.none(), empty_label=_("Choose a model"),
        widget=LongSelect,
        help_text=_("Parts in use that this model does not have are added."),
    )  # fmt: skip

    def __init__(self, *args: Any, row: ProductModel, **options: Any) -> None:
        super().__init__(*args, **options)
        others = ProductModel.objects.filter(parts__is_active=True).exclude(pk=row.pk).distinct()
        self.fields["source"].queryset = others  # type: ignore[attr-defined]


class FaultForm(_Named):
    """An own fault."""

    component = forms.ChoiceField(label=_("Component"), choices=Component.choices)
    parent = _Choice(
        label=_("Kind of fault"), queryset=FaultCode.objects.none(), required=False, empty_label=_("stands alone"),
        widget=LongSelect, help_text=_("The fault of the official list that it is a kind of, if there is one."),
    )  # fmt: skip
    field_order = ("component", "parent", "name", "name_en")

    def __init__(self, *args: Any, row: FaultCode | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        faults = FaultCode.objects.filter(is_active=True)
        if row is not None:
            faults = (faults | FaultCode.objects.filter(pk=row.parent_id or 0)).exclude(pk=row.pk)
        self.fields["parent"].queryset = faults.order_by("-is_official", "code")  # type: ignore[attr-defined]

    def values(self) -> FaultValues:
        """As the services take it."""
        given = self.cleaned_data
        return FaultValues(given["component"], given["name"], given["name_en"], given["parent"])

    @staticmethod
    def initial_of(row: FaultCode) -> dict[str, Any]:
        """What a correction starts from."""
        return {name: getattr(row, name) for name in ("component", "parent", "name", "name_en", "version")}


def _offered(rows: QuerySet[Any], linked: Iterable[Any]) -> QuerySet[Any]:
    """What is in use, and what is linked although it was retired."""
    return rows.filter(is_active=True) | rows.filter(pk__in=[one.pk for one in linked])


class CodeForm(_Named):
    """A cause or a remedy with what it belongs to."""

    wide = ("links",)
    links = _Choices(label="", queryset=FaultCode.objects.none(), required=False)
    field_order = ("name", "name_en", "links")

    def __init__(self, *args: Any, kind: str, row: ServiceCode | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.kind, field = kind, self.fields["links"]
        assert isinstance(field, _Choices)
        if kind == CodeKind.CAUSE:
            field.label, field.help_text = _("Faults that it may cause"), _("None chosen: every fault.")
            field.queryset = _offered(
                FaultCode.objects.order_by("-is_official", "code"), row.faults.all() if row else ()
            )
        else:
            field.label, field.help_text = _("Causes that it cures"), _("None chosen: every cause.")
            causes = ServiceCode.objects.filter(kind=CodeKind.CAUSE)
            field.queryset = _offered(causes, row.causes.all() if row else ())

    def values(self) -> CodeValues:
        """As the services take it."""
        given, links = self.cleaned_data, list(self.cleaned_data["links"])
        linked: dict[str, Any] = {"faults" if self.kind == CodeKind.CAUSE else "causes": links}
        return CodeValues(given["name"], given["name_en"], **linked)

    @staticmethod
    def initial_of(row: ServiceCode) -> dict[str, Any]:
        """What a correction starts from."""
        links = row.faults.all() if row.kind == CodeKind.CAUSE else row.causes.all()
        return {name: getattr(row, name) for name in ("name", "name_en", "version")} | {"links": list(links)}


class CausesForm(CatalogueForm):
    """Which causes come into question for a fault."""

    wide = ("causes",)
    causes = _Choices(label=_("Causes"), queryset=ServiceCode.objects.none(), required=False)

    def __init__(self, *args: Any, row: FaultCode, **options: Any) -> None:
        super().__init__(*args, **options)
        causes = ServiceCode.objects.filter(kind=CodeKind.CAUSE)
        self.fields["causes"].queryset = _offered(causes, row.causes.all())  # type: ignore[attr-defined]

    @staticmethod
    def initial_of(row: FaultCode) -> dict[str, Any]:
        """What is linked now."""
        return {"causes": list(row.causes.all()), "version": row.version}


class RemediesForm(CatalogueForm):
    """Which remedies cure a cause."""

    wide = ("remedies",)
    remedies = _Choices(label=_("Remedies"), queryset=ServiceCode.objects.none(), required=False)

    def __init__(self, *args: Any, row: ServiceCode, **options: Any) -> None:
        super().__init__(*args, **options)
        remedies = ServiceCode.objects.filter(kind=CodeKind.REMEDY)
        self.fields["remedies"].queryset = _offered(remedies, row.remedies.all())  # type: ignore[attr-defined]

    @staticmethod
    def initial_of(row: ServiceCode) -> dict[str, Any]:
        """What is linked now."""
        return {"remedies": list(row.remedies.all()), "version": row.version}


class LifeForm(CatalogueForm):
    """Retiring, restoring, deleting: nothing to fill in."""


InitialOf = Callable[[Any], dict[str, Any]]

_BOTH = [("", pgettext_lazy("catalogue", "all")), ("1", _("In use")), ("0", _("Retired"))]


class SearchForm(forms.Form):
    """What somebody looks for in the catalogue."""

    q = forms.CharField(label=_("Search"), max_length=60, required=False)


class ModelFilterForm(forms.Form):
    """Filters of the list of models."""

    q = forms.CharField(label=_("Name, code, pinyin or TAC"), max_length=60, required=False)
    maker = forms.ModelChoiceField(
        label=_("Manufacturer"), queryset=Manufacturer.objects.all(), required=False,
        empty_label=pgettext_lazy("catalogue", "all"), to_field_name="code",
    )  # fmt: skip
    category = forms.ChoiceField(
        label=_("Guarantee category"), required=False,
        choices=[("", pgettext_lazy("catalogue", "all")), *GuaranteeCategory.choices],
    )  # fmt: skip
    active = forms.ChoiceField(label=_("State"), choices=_BOTH, required=False)


class TreeFilterForm(forms.Form):
    """Filters of the code tree."""

    q = forms.CharField(label=_("Name, code, pinyin or initials"), max_length=60, required=False)
    component = forms.ChoiceField(
        label=_("Component"),
        choices=[("", pgettext_lazy("catalogue", "all")), *Component.choices],
        required=False,
    )
    retired = forms.BooleanField(label=_("Retired ones too"), required=False)


class CodeFilterForm(forms.Form):
    """Filters of the list of causes and remedies."""

    q = forms.CharField(label=_("Name, code, pinyin or initials"), max_length=60, required=False)
    kind = forms.ChoiceField(
        label=_("Kind"), required=False,
        choices=[("", pgettext_lazy("catalogue", "all")), ("cause", _("Cause")), ("remedy", _("Remedy"))],
    )  # fmt: skip
    active = forms.ChoiceField(label=_("State"), choices=_BOTH, required=False)
