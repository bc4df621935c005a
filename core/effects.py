"""What the outbox does for the kernel itself."""

from __future__ import annotations

from core import outbox
from core.exports.services import EFFECT, run_export
from core.models import Effect


@outbox.handler(EFFECT, external=True, queue="slow")
def write_export(effect: Effect) -> None:
    """Write an export's file. Outside the effect's transaction, so that its progress can be seen."""
    run_export(effect.payload["export"])
