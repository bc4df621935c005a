"""What every write on the catalogue shares: who may, readings, versions, the trail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.db import IntegrityError, connection, models, transaction
from django.utils.translation import gettext_lazy as _

from core import audit
from core.actors import Actor
from core.errors import Conflict, Invalid, NotVisible, StaleVersion, Text
from core.pinyin import reading
from products.policies import catalogue_for, require_catalogue
from products.rules.catalogue import is_code, plain_code

M = TypeVar("M", bound=models.Model)
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('products_catalogue'))"


def acting(actor: Actor) -> Actor:
    """The actor, as deputy where the right comes from a deputyship; refuses with "may_not_catalogue".

    The system may write: it loads what every installation starts with.
    """
    if actor.person is None:
        return actor
    require_catalogue(actor.person)
    return actor.in_place_of(catalogue_for(actor.person))


def readings(name: str) -> dict[str, str]:
    """The columns by which a name is found in Latin letters."""
    pinyin, initials = reading(name)
    return {"pinyin": pinyin[:320], "initials": initials[:80]}


def one_at_a_time() -> None:
    """Queue with other writers of the catalogue until the transaction ends: for numbers, circles and TACs."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK)


def locked(row: M, version: int | None) -> M:
    """The row anew and locked; StaleVersion when somebody changed it since `version` (None: whatever it is)."""
    model = type(row)
    found: M | None = model._default_manager.select_for_update().filter(pk=row.pk).first()
    if found is None:
        raise NotVisible("gone", _("This entry was deleted in the meantime."))
    if version is not None and getattr(found, "version", version) != version:
        raise StaleVersion(
            "stale_version",
            _("Somebody changed this entry in the meantime. Look at what is there now, then save again."),
            context={"current": found},
        )
    return found


def require_text(value: str, field: str, most: int) -> str:
    """`value` without blanks around it; refuses with "text_missing", "text_too_long" or "text_markup"."""
    text = " ".join(value.split())
    if not text:
        raise Invalid("text_missing", _("Write a name."), field=field)
    if len(text) > most:
        raise Invalid(
            "text_too_long", _("This is too long. Shorten it."), field=field, context={"most": most}
        )
    if "<" in text or ">" in text:
        raise Invalid("text_markup", _("Write plain words, without < and >."), field=field)
    return text


def names(name: str, name_en: str) -> dict[str, str]:
    """Both names and their reading; the English one is the Chinese one where it was left out."""
    chinese = require_text(name, "name", 80)
    english = require_text(name_en or chinese, "name_en", 120)
    return {"name": chinese, "name_en": english, **readings(chinese)}


def require_code(value: str, most: int) -> str:
    """A code that somebody chose; refuses with "bad_code"."""
    code = plain_code(value)
    if not is_code(code) or len(code) > most:
        raise Invalid("bad_code", _("A code has Latin letters, digits and . _ + / - only."), field="code")
    return code


def inserted(make: Callable[[], M], message: Text) -> M:
    """What `make` creates; refuses with "code_taken" when the code is there already."""
    try:
        with transaction.atomic():
            return make()
    except IntegrityError as error:
        raise Conflict("code_taken", message, field="code") from error


_DERIVED = frozenset({"pinyin", "initials", "manufacturer"})


def _said(values: Mapping[str, Any]) -> dict[str, Any]:
    """As the trail says it: what follows from a name is left out, and what is linked is said by its code."""
    return {
        name: value.code if isinstance(value, models.Model) else value  # type: ignore[attr-defined]
        for name, value in values.items()
        if name not in _DERIVED
    }


def write(actor: Actor, row: M, values: Mapping[str, Any], action: str, *, taken: Text = "") -> M:
    """Set `values` on the locked row and write old and new into the trail; nothing happens when nothing differs."""
    changes = audit.diff(_said({name: getattr(row, name) for name in values}), _said(values))
    if not changes:
        return row
    for name, value in values.items():
        setattr(row, name, value)
    fields = [*values]
    if hasattr(row, "version"):
        row.version += 1
        fields.append("version")
    try:
        with transaction.atomic():
            row.save(update_fields=fields)
    except IntegrityError as error:
        raise Conflict("code_taken", taken, field="code") from error
    audit.record(
        actor=actor, action=action, subject=row, subject_label=str(getattr(row, "code", "")), changes=changes
    )
    return row


def added(actor: Actor, row: M, values: Mapping[str, Any], action: str) -> M:
    """Write what a new row holds into the trail."""
    audit.record(
        actor=actor,
        action=action,
        subject=row,
        subject_label=str(getattr(row, "code", "")),
        changes=audit.diff({}, _said(values)),
    )
    return row
