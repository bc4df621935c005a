"""任职人签字: the holder confirms the version in force with the password."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.audit import record
from core.errors import Conflict, Invalid, Refused
from core.models import Notification
from core.notifications import mark_read
from orgchart.enums import VersionState
from orgchart.models import Person, PositionVersion, Signature
from orgchart.rules.positionfile import fingerprint
from orgchart.scope import scope_of


def _already() -> Conflict:
    return Conflict("already_signed", _("You have signed this version already."))


def require_signer(person: Person | None, version: PositionVersion) -> Person:
    """Only whoever holds the post today; a deputy has its rights, but does not sign for the holder.

    Refuses with "not_holder" or "deputy_does_not_sign".
    """
    posts = scope_of(person).posts if person is not None else ()
    posts = tuple(post for post in posts if post.position_code == version.position.code)
    if person is None or not posts:
        raise Refused("not_holder", _("Only whoever holds this post signs its job description."))
    if all(post.acting_for is not None for post in posts):
        raise Refused(
            "deputy_does_not_sign", _("You stand in for the holder. The signature stays with the holder.")
        )
    return person


@transaction.atomic
def sign(*, actor: Actor, version: PositionVersion, password: str) -> Signature:
    """The holder's signature: name, fingerprint of the text and time, once for each version.

    Refuses with "not_holder", "deputy_does_not_sign", "not_in_force" (another version came meanwhile),
    "already_signed" or "wrong_password" (field "password"; the page counts it with the failed log-ins).
    """
    person = require_signer(actor.person, version)
    locked = (
        PositionVersion.objects.select_for_update(of=("self",)).select_related("position").get(pk=version.pk)
    )
    if locked.state != VersionState.IN_FORCE:
        raise Conflict(
            "not_in_force",
            _("Another version is in force by now. Read that one, then sign it."),
            field="version",
        )
    if locked.signatures.filter(person=person).exists():
        raise _already()
    if not person.check_password(password):
        raise Invalid("wrong_password", _("This is not your password."), field="password")
    signature = Signature(
        version=locked, person=person, name=person.name, fingerprint=fingerprint(locked.body),
        signed_at=timezone.now(),
    )  # fmt: skip
    _save(signature)
    _answer_the_bell(person, locked)
    record(
        actor=actor, action="position.signed", subject=locked.position, subject_label=locked.position.code,
        changes={"version": [None, locked.number], "fingerprint": [None, signature.fingerprint]},
    )  # fmt: skip
    return signature


def _answer_the_bell(person: Person, version: PositionVersion) -> None:
    """What the bell asked for is done."""
    rung = Notification.objects.permitted(person).filter(
        code="orgchart.sign", subject_type=version._meta.label_lower, subject_id=version.pk
    )
    mark_read(person, rung.values_list("pk", flat=True))


def _save(signature: Signature) -> None:
    try:
        with transaction.atomic():
            signature.save(force_insert=True)
    except IntegrityError as error:
        raise _already() from error
