"""The experiments, a file each: `cNN.py` has one `EXPERIMENT`; `cNNa.py`, `cNNb.py` are of one claim."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from splx.debate.experiment import Experiment


@cache
def claims() -> dict[str, Experiment]:
    """Every experiment, by the number of its claim, in order."""
    names = sorted(each.name for each in iter_modules(__path__))
    found = [import_module(f"{__name__}.{name}").EXPERIMENT for name in names]
    return {each.claim.number: each for each in found}
