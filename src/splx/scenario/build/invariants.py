"""What the mechanisms of a design state of their words: the functions marked `@invariant()` in their files."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from splx.lang.marks import marks_of
from splx.scenario.design import functions, slots

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from splx.scenario.design import Design


def invariants(design: Design) -> list[Callable[..., bool]]:
    """Those of the design.

    A file of the user's that takes the place of a mechanism states its own, and nothing that ours did.
    """
    found: dict[str, Callable[..., bool]] = {}
    taken = {name for module in design.replaced for name in functions(module) if name in slots()}
    for name in design.mechanisms:
        module = importlib.import_module(f"splx.kernel.{name}")
        if not taken & functions(module).keys():
            found |= _stated(module)
    for module in design.replaced:
        found |= _stated(module)
    return list(found.values())


def _stated(module: ModuleType) -> dict[str, Callable[..., bool]]:
    return {name: func for name, func in functions(module).items() if "invariant" in marks_of(func)}
