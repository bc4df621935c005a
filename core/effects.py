"""What the outbox does for the kernel itself."""

from __future__ import annotations

from core import outbox
from core.exports.services import EFFECT, run_export
from core.imports.running import run_check, run_load
from core.imports.store import CHECK, LOAD
from core.models import Effect


@outbox.handler(EFFECT, external=True, queue="slow")
def write_export(effect: Effect) -> None:
    """Write an export's file. Outside the effect's transaction, so that its progress can be seen."""
    run_export(effect.payload["export"])


@outbox.handler(CHECK, external=True, queue="slow")
def check_import(effect: Effect) -> None:
    """The dry run of an import. Outside the effect's transaction, so that its progress can be seen."""
    run_check(effect.payload["import"])


@outbox.handler(LOAD, external=True, queue="slow")
def load_import(effect: Effect) -> None:
    """The load of an import. It has transactions of its own and may be run again at any point."""
    run_load(effect.payload["import"])
