"""What the outbox does for the organisation."""

from __future__ import annotations

from core import outbox
from core.models import Effect
from orgchart.services.staffimport import EFFECT, load_import


@outbox.handler(EFFECT, queue="slow")
def load_staff(effect: Effect) -> None:
    """Load a staff list, in the same transaction as "done"."""
    load_import(effect.payload["import"])
