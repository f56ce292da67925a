"""Mechanisms with a piece of their text replaced: what they would be without one of their guards."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from pathlib import Path

import splx.kernel
from splx.scenario.load import load_module

KERNEL = Path(splx.kernel.__file__).parent
_numbers = itertools.count()


@dataclass(frozen=True)
class Mutant:
    """`mechanism` with `old`, which stands in its text once, replaced by `new`."""

    mechanism: str
    old: str
    new: str


def mutated(design, mutants, folder):
    """`design` with these mutants in place of its mechanisms, whose texts are written to `folder`."""
    for mechanism in dict.fromkeys(each.mechanism for each in mutants):
        text = (KERNEL / f"{mechanism}.py").read_text()
        for each in mutants:
            if each.mechanism == mechanism:
                assert text.count(each.old) == 1, f"{mechanism}: {text.count(each.old)} times {each.old!r}"
                text = text.replace(each.old, each.new)
        file = folder / f"{mechanism}_{next(_numbers)}.py"
        file.write_text(text)
        design = design.replace(load_module(file, "mechanism"))
    return design
