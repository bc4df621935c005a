"""Logs do not grow for ever."""

from pathlib import Path

import pytest

from core.embedded import logfiles


def test_long_log_is_put_aside_and_one_old_one_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logfiles, "LIMIT_BYTES", 3)
    log = tmp_path / "web.log"
    for text in ("first", "second", "new"):
        logfiles.rotated(log).write_text(text)
    assert logfiles.rotated(log).read_text() == "new"
    assert (tmp_path / "web.log.1").read_text() == "second"
