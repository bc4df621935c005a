"""Logs of a data folder: appended to, put aside when long."""

import os
from pathlib import Path

LIMIT_BYTES = 10_000_000


def rotated(path: Path) -> Path:
    """``path``, free to append to; at a start a long log is put aside as ``.1`` and one old file is kept."""
    if path.exists() and path.stat().st_size > LIMIT_BYTES:
        os.replace(path, path.with_name(f"{path.name}.1"))
    return path
