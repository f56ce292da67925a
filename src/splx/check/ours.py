"""Whose text a line is of."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import splx
from splx.scenario.mutants import is_mutants

_OURS = Path(splx.__file__).resolve().parent


@cache
def is_ours(file: str) -> bool:
    """Whether a file is one of splx, and no scenario that comes with it; or a mechanism of splx without a guard."""
    path = Path(file).resolve()
    inside = path.is_relative_to(_OURS) and not path.is_relative_to(_OURS / "scenario" / "library")
    return inside or is_mutants(path)
