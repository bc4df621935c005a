"""Forms of joiner, transfer, additional post, end of a post and leaver."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.validators import ASCIIUsernameValidator
from django.core.validators import RegexValidator
from django.db.models import QuerySet
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from orgchart.guided import GuidedForm, day_field
from orgchart.line import positions_below
from orgchart.models import Appointment, LoanedItem, Person, Position, Unit
from orgchart.policies import ALL, APPOINT
from orgchart.previews.common import post_words
from orgchart.scope import scope_of, today
from orgchart.services.joining import Newcomer
from orgchart.services.loans import Thing

THINGS = 3
EMPLOYEE_NO = RegexValidator(
    r"^[A-Za-z0-9-]{1,20}\Z", _("Use letters, digits and hyphens, at most 20 of them.")
)


def fillable_positions(reader: Person) -> QuerySet[Position]:
    """Positions into which the reader may put somebody; all for an administrator, who needs an override."""
    posts: QuerySet[Position] = Position.objects.filter(is_post=True).order_by("pk")
    grants = scope_of(reader).with_grant(APPOINT)
    if reader.is_technical_admin or any(ALL in post.reach(APPOINT) for post in grants):
        return posts
    codes = {code for post in grants for code in positions_below(reader, post.position_code)}
    return posts.filter(code__in=codes)


def fillable_units(reader: Person) -> QuerySet[Unit]:
    """Units at which the reader may do so."""
    action = "view" if reader.is_technical_admin else "appoint"
    units: QuerySet[Unit] = Unit.objects.permitted(reader, action).filter(is_active=True)
    return units.order_by("code")


class PlaceForm(GuidedForm):
    """A position at a unit from a day on."""

    confirmations: tuple[str, ...] = ("over_establishment",)

    position = forms.ModelChoiceField(
        label=_("Position"), queryset=Position.objects.none(), to_field_name="code"
    )
    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.none(), to_field_name="code")
    starts_on = day_field(
        _("First day"), hint=_("A day that has passed is entered late, and the page says so.")
    )
    over_establishment = forms.BooleanField(
        label=_("Yes, go beyond the number of established posts."), required=False
    )

    def __init__(self, *args: Any, reader: Person, **options: Any) -> None:
        super().__init__(*args, reader=reader, **options)
        self.fields["position"].queryset = fillable_positions(reader)  # type: ignore[attr-defined]
        self.fields["unit"].queryset = fillable_units(reader)  # type: ignore[attr-defined]
        self.fields["starts_on"].initial = today()


class JoinForm(PlaceForm):
    """A new colleague: who, where, and what is handed out."""

    wide = ("override",)

    name = forms.CharField(label=_("Name"), max_length=40)
    employee_no = forms.CharField(label=_("Employee number"), max_length=20, validators=[EMPLOYEE_NO])
    username = forms.CharField(label=_("Log-in name"), max_length=40, validators=[ASCIIUsernameValidator()])
    email = forms.EmailField(label=_("E-mail"), max_length=254, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    hired_on = day_field(
        _("First day in the company"),
        required=False,
        hint=_("Leave empty when it is the first day in the post."),
    )
    field_order = (
        "name", "employee_no", "username", "email", "language", "position", "unit", "starts_on", "hired_on",
    )  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for place in range(1, THINGS + 1):
            self.fields[f"thing_{place}"] = forms.CharField(
                label=_("Handed out"), max_length=80, required=False,
                widget=forms.TextInput(attrs={"placeholder": _("Keys, badge, computer …")}),
            )  # fmt: skip
            self.fields[f"serial_{place}"] = forms.CharField(
                label=_("Its number"), max_length=60, required=False
            )

    def groups(self) -> list[tuple[str, list[BoundField]]]:
        """A thing and its number stand side by side."""
        return self.pairs(("thing_", "serial_"))

    def clean_username(self) -> str:
        """Log-in names are stored in small letters."""
        return str(self.cleaned_data["username"]).lower()

    def values(self) -> dict[str, Any]:
        """As `services.join` takes them."""
        data = self.cleaned_data
        who = {
            name: data[name] for name in ("name", "employee_no", "username", "email", "language", "hired_on")
        }
        things = [
            Thing(data[f"thing_{place}"], data[f"serial_{place}"])
            for place in range(1, THINGS + 1)
            if data[f"thing_{place}"]
        ]
        kept = {name: data[name] for name in ("position", "unit", "starts_on", "over_establishment")}
        return {"who": Newcomer(**who), "things": things, **kept, "override": data.get("override", "")}


class TransferForm(PlaceForm):
    """Where to, from when, and which additional posts end with it."""

    confirmations = ("over_establishment", "cases_stay")
    wide = ("reason", "override", "end_posts")

    end_posts = forms.ModelMultipleChoiceField(
        label=_("Additional posts that end with it"),
        queryset=Appointment.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    cases_stay = forms.BooleanField(
        label=_("Yes, the open cases stay in hand until they are passed on."), required=False
    )

    def __init__(self, *args: Any, person: Person, **options: Any) -> None:
        super().__init__(*args, **options)
        posts = Appointment.objects.touching(today(), None).filter(person=person, is_primary=False)
        field: Any = self.fields["end_posts"]
        field.queryset = posts.select_related("position", "unit").order_by("starts_on", "pk")
        field.label_from_instance = post_words
        if not field.queryset.exists():
            del self.fields["end_posts"]

    def values(self) -> dict[str, Any]:
        """As `services.transfer` takes them."""
        data = dict(self.cleaned_data)
        data["end_posts"] = [post.pk for post in data.get("end_posts", ())]
        return data


class AdditionalPostForm(PlaceForm):
    """One more post beside the main one."""

    ends_on = day_field(_("Last day"), required=False, hint=_("Leave empty for until further notice."))
    field_order = ("position", "unit", "starts_on", "ends_on")


class EndPostForm(GuidedForm):
    """The last day of a post."""

    wide = ("reason", "override")
    last_day = day_field(_("Last day"))
    reason = forms.CharField(
        label=_("Reason"), max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["last_day"].initial = today()


class CancelPostForm(GuidedForm):
    """A post that has not begun is taken back; what ended for it may go on."""

    wide = ("reason", "override", "reopen_posts")
    reopen_posts = forms.ModelMultipleChoiceField(
        label=_("Additional posts that go on again"),
        queryset=Appointment.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, ended: QuerySet[Appointment], **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["reopen_posts"]
        field.queryset, field.label_from_instance = ended, post_words
        field.initial = list(ended)
        if not field.initial:
            del self.fields["reopen_posts"]

    def values(self) -> dict[str, Any]:
        """As the services take them."""
        data = dict(self.cleaned_data)
        if "reopen_posts" in data:
            data["reopen_posts"] = [post.pk for post in data["reopen_posts"]]
        return data


class LeavingForm(GuidedForm):
    """Last working day, why, and what became of the things that were lent."""

    confirmations = ("stay_out",)
    wide = ("reason", "returned")
    overridable = False

    last_day = day_field(
        _("Last working day"), hint=_("The account closes when this day is over (Beijing time).")
    )
    at_once = forms.BooleanField(label=_("Close the account now"), required=False)
    returned = forms.ModelMultipleChoiceField(
        label=_("Taken back now"),
        queryset=LoanedItem.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))
    stay_out = forms.BooleanField(
        label=_("Yes, the things that are not ticked are still to come back."), required=False
    )

    def __init__(self, *args: Any, person: Person, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["last_day"].initial = today()
        field: Any = self.fields["returned"]
        field.queryset = LoanedItem.objects.filter(person=person, returned_on=None).order_by("pk")
        field.label_from_instance = item_words
        if not field.queryset.exists():
            del self.fields["returned"]

    def values(self) -> dict[str, Any]:
        """As `services.close_account` takes them."""
        data = dict(self.cleaned_data)
        data["returned"] = [item.pk for item in data.get("returned", ())]
        return data


def item_words(item: LoanedItem) -> str:
    """A thing with its number."""
    return f"{item.name} · {item.serial_no}" if item.serial_no else item.name
