"""What a report about an error may hold: where it happened, and nothing that somebody typed.

Django hides only what each view names; a report that is mailed must not depend on every view remembering to.
"""

from __future__ import annotations

from types import FrameType
from typing import Any

from django.http import HttpRequest, QueryDict
from django.views.debug import SafeExceptionReporterFilter


class NothingTyped(SafeExceptionReporterFilter):
    """Hides every value of the form and every variable; names stay."""

    def is_active(self, request: HttpRequest | None) -> bool:
        """Always, also while developing."""
        return True

    def get_post_parameters(self, request: HttpRequest | None) -> Any:
        """The names of the inputs."""
        if request is None:
            return {}
        hidden = QueryDict(mutable=True)
        for name in request.POST:
            hidden[name] = self.cleansed_substitute
        return hidden

    def get_traceback_frame_variables(self, request: HttpRequest | None, tb_frame: FrameType) -> Any:
        """The names of the variables."""
        return [(name, self.cleansed_substitute) for name in tb_frame.f_locals]
