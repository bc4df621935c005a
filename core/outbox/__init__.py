"""The transactional outbox: effects written with their cause, delivered until they are done.

A service calls :func:`publish` inside its transaction. A commit nudges a worker, a relay finds what the nudge missed,
Celery carries ids only. Effects inside the database happen exactly once, effects outside at least once under one
message id.
"""

from core.outbox.deadletter import discard, retry
from core.outbox.delivery import Outcome, deliver
from core.outbox.publishing import publish
from core.outbox.registry import TryLater, handler
from core.outbox.relay import drain, relay_due

__all__ = ["Outcome", "TryLater", "deliver", "discard", "drain", "handler", "publish", "relay_due", "retry"]
