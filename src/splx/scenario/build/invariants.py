"""What the mechanisms of a design state of their words: the functions marked `@invariant()` in their files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splx.lang.marks import marks_of
from splx.scenario.design import functions

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from splx.scenario.design import Design


def invariants(design: Design) -> list[Callable[..., bool]]:
    """Those of the design.

    A file of the user's that takes the place of a mechanism states its own, and nothing that ours did. What another one
    states, which has the same slot and has left it to that mechanism, holds as before.
    """
    found: dict[str, Callable[..., bool]] = {}
    gone = design.replaced_mechanisms()
    for name in design.mechanisms:
        if name not in gone:
            found |= _stated(design.text_of(name))
    for module in design.replaced:
        found |= _stated(module)
    return list(found.values())


def _stated(module: ModuleType) -> dict[str, Callable[..., bool]]:
    return {name: func for name, func in functions(module).items() if "invariant" in marks_of(func)}
