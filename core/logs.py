"""Log lines: one JSON object per line in UTC, with the request id and the actor, and without personal data.

Nobody should hand a phone number to a log call in the first place; the masking here is the second line of defence.
"""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime
from typing import Any

from pythonjsonlogger.json import JsonFormatter

from core import requestid

ACCESS_FORMAT = "%(m)s %(U)s %(s)s %(B)s bytes %(M)s ms request_id=%({x-request-id}o)s"
"""gunicorn's access line: the path without its query, no address, no referrer."""
_STANDARD = "%(levelname)s %(name)s %(message)s"
# Mainland mobile numbers (11 digits, 1[3-9]…, also with country code or grouped), then IMEI (15 digits, or 14 and 16).
_PHONE = re.compile(r"(?<![\d.])((?:\+?86[- ]?)?1[3-9]\d)[- ]?(\d{4})[- ]?(\d{4})(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)(0\d{2,3})-(\d{3,4})(\d{4})(?!\d)")
_IMEI = re.compile(r"(?<![\d.])(\d{4})(\d{6,8})(\d{4})(?!\d)")
_MAIL = re.compile(r"([A-Za-z0-9])[A-Za-z0-9._%+-]*@([A-Za-z0-9.-]+\.[A-Za-z]{2,})")


def mask(text: str) -> str:
    """`text` with phone numbers, IMEIs and e-mail addresses cut to what is needed to recognise them."""
    text = _PHONE.sub(r"\1****\3", text)
    text = _LANDLINE.sub(r"\1-****\3", text)
    text = _IMEI.sub(lambda found: found[1] + "*" * len(found[2]) + found[3], text)
    return _MAIL.sub(r"\1***@\2", text)


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, dict):
        return {key: _masked(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool) and value >= 10**10:
        return mask(str(value))
    return value


class JsonLines(JsonFormatter):
    """One event, one line: JSON escapes CR, LF and the escape character of terminal sequences."""

    def add_fields(
        self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]
    ) -> None:
        """Put time and context first; `log_data` is what is written."""
        log_data["time"] = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        super().add_fields(log_data, record, message_dict)
        log_data["request_id"] = getattr(record, "request_id", "") or requestid.current()
        log_data["actor"] = getattr(record, "actor", "") or requestid.current_actor()

    def jsonify_log_record(self, log_data: dict[str, Any]) -> str:
        """As the base class, and the line breaks and control codes that JSON lets through are escaped too."""
        return super().jsonify_log_record(log_data).translate(_CONTROLS)

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        """Drop what holds no plain value (Django attaches the request) and mask the rest."""
        plain = {key: value for key, value in log_data.items() if key not in _NEVER}
        return {key: value if key in _EXACT else _masked(value) for key, value in plain.items()}


_CONTROLS = {code: f"\\u{code:04x}" for code in (*range(0x7F, 0xA0), 0x2028, 0x2029, 0x202E)}
_NEVER = frozenset({"request", "socket"})
_EXACT = frozenset({"time", "request_id"})


def configuration(level: str = "INFO") -> dict[str, Any]:
    """A `logging.config` dictionary: everything to standard error, for web, worker, beat and commands alike."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "core.logs.JsonLines", "fmt": _STANDARD, "json_ensure_ascii": False}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.server": {"handlers": [], "level": level, "propagate": True},
            "django.db.backends": {"level": "WARNING"},
            "django.template": {"level": "INFO"},  # at DEBUG it writes out what a page was made from
            "axes": {"level": "WARNING"},
            "celery.beat": {"level": "WARNING"},
            "kombu": {"level": "WARNING"},
            "gunicorn.error": {"handlers": [], "level": level, "propagate": True},
            "gunicorn.access": {"handlers": [], "level": level, "propagate": True},
        },
    }
