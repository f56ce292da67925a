"""Whose text a line is of."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import splx
from splx.scenario.mutants import is_mutants

if TYPE_CHECKING:
    from collections.abc import Iterable

    from splx.base.diagnostics import Span

_OURS = Path(splx.__file__).resolve().parent


@cache
def is_ours(file: str) -> bool:
    """Whether a file is one of splx, and no scenario that comes with it; or a mechanism of splx without a guard."""
    path = Path(file).resolve()
    inside = path.is_relative_to(_OURS) and not path.is_relative_to(_OURS / "scenario" / "library")
    return inside or is_mutants(path)


def users_line(calls: Iterable[tuple[object, Span]]) -> Span | None:
    """The innermost line of the user's text among those of calls, each with what is called; None if there is none."""
    return next((span for _, span in calls if not is_ours(span.file)), None)
