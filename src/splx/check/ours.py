"""Whose text a line is of."""

from __future__ import annotations

from pathlib import Path

import splx

_OURS = Path(splx.__file__).resolve().parent


def is_ours(file: str) -> bool:
    """Whether a file is one of splx, and no scenario that comes with it."""
    path = Path(file).resolve()
    return path.is_relative_to(_OURS) and not path.is_relative_to(_OURS / "scenario" / "library")
