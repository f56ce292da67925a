"""Every design there is, those that an option makes included."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splx.scenario.designs import design, designs
from splx.scenario.vectors import differs

if TYPE_CHECKING:
    from splx.scenario.design import Design


def variants(only: str = "") -> dict[str, Design]:
    """Every design, or the one of a name, and each choice of an option that makes it another one: `netbsd-2006`,
    `netbsd-2006:line=level`.

    Choices that only move a line or change an order leave the nine choices as they were, and are no designs of their
    own; nor are those that differ from another one of the option by a number.
    """
    found: dict[str, Design] = {}
    for name, plain in designs().items():
        if only not in ("", name):
            continue
        found[name] = plain
        for option in plain.options:
            known = [plain]
            for choice in option.choices:
                other = design(f"{name}:{option.name}={choice}")
                if all(differs(each.vector, other.vector) for each in known):
                    found[f"{name}:{option.name}={choice}"] = other
                    known.append(other)
    return found
