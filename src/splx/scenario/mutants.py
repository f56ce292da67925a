"""Mutants: the kernels without one of their guards, by the names under which the race windows are known.

Whoever believes that a check would find a mistake can put one in: `splx check scenario.py --mutant m4`. A mutant is a
mechanism file with a piece of its text replaced. `windows` has those that NetBSD's sources warn of, `knobs` and
`asked` those that make the bugs of the catalogue.
"""

from __future__ import annotations

import atexit
import difflib
import itertools
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import splx.kernel
from splx.base.diagnostics import Diagnostic, SplxError
from splx.scenario import codes
from splx.scenario.asked import ASKED
from splx.scenario.knobs import KNOBS
from splx.scenario.load import load_module
from splx.scenario.mutation import Edit, Mutant
from splx.scenario.windows import WINDOWS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from splx.scenario.design import Design

KERNEL = Path(splx.kernel.__file__).parent
_numbers = itertools.count()
_texts: set[Path] = set()  # files that `mutated` has written

__all__ = ["KERNEL", "MUTANTS", "Edit", "Mutant", "is_mutants", "mutant", "mutated"]


MUTANTS = (*WINDOWS, *KNOBS, *ASKED)


def mutant(name: str) -> Mutant:
    """The mutant of that name. SplxError S0306 if there is none."""
    for each in MUTANTS:
        if each.name == name.lower():
            return each
    near = difflib.get_close_matches(name, [each.name for each in MUTANTS], 1)
    advice = f"did you mean `{near[0]}`?" if near else f"there are {', '.join(each.name for each in MUTANTS)}"
    raise SplxError(Diagnostic(codes.MUTANT, f"there is no mutant `{name}`", help=advice))


def _folder() -> Path:
    """Where the texts are kept until the program ends: diagnostics show their lines."""
    made = tempfile.TemporaryDirectory(prefix="splx-mutant-")
    atexit.register(made.cleanup)
    return Path(made.name)


def mutated(design: Design, edits: Iterable[Edit], folder: Path | None = None) -> Design:
    """`design` with these edits in its mechanisms, whose texts are written to `folder`.

    SplxError S0306 if the design has none of the mechanisms.
    """
    edits = tuple(edits)
    known = [each for each in edits if design.has(each.mechanism)]
    if edits and not known:
        wanted = ", ".join(dict.fromkeys(each.mechanism for each in edits))
        raise SplxError(Diagnostic(codes.MUTANT, f"{design.name} has no {wanted} to be without a guard"))
    folder = folder or _folder()
    for mechanism in dict.fromkeys(each.mechanism for each in known):
        text = (KERNEL / f"{mechanism}.py").read_text()
        for each in known:
            if each.mechanism == mechanism:
                assert text.count(each.old) == 1, f"{mechanism}: {text.count(each.old)} times {each.old!r}"
                text = text.replace(each.old, each.new)
        file = folder / f"{mechanism}_{next(_numbers)}.py"
        file.write_text(text)
        _texts.add(file.resolve())
        design = design.without(mechanism, load_module(file, "mechanism"))
    return replace(design, mutated=True)


def is_mutants(file: Path) -> bool:
    """Whether a file, resolved, is the text of a mechanism without a guard: the kernel's, wherever it lies."""
    return file in _texts
