"""What a mutant is: a kernel without one of its guards."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Edit:
    """`mechanism` with `old`, which stands in its text once, replaced by `new`."""

    mechanism: str
    old: str
    new: str


@dataclass(frozen=True)
class Mutant:
    """A guard less: what is left out, what goes wrong then, and in which files.

    `memory` is the least model under which it shows; `design` is one of those that have the mechanisms.
    """

    name: str
    without: str
    fails: str
    edits: tuple[Edit, ...]
    memory: str = "sc"
    design: str = "netbsd-5"
