"""Mutants: the kernels without one of their guards, by the names under which the race windows are known.

Whoever believes that a check would find a mistake can put one in: `splx check scenario.py --mutant m4`. A mutant is a
mechanism file with a piece of its text replaced. The list is that of the windows in NetBSD's locks, levels and softints
which the comments of their files tell of; `memory` is the least model under which the mistake shows.
"""

from __future__ import annotations

import atexit
import difflib
import itertools
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import splx.kernel
from splx.base.diagnostics import Diagnostic, SplxError
from splx.scenario import codes
from splx.scenario.load import load_module

if TYPE_CHECKING:
    from collections.abc import Iterable

    from splx.scenario.design import Design

KERNEL = Path(splx.kernel.__file__).parent
_numbers = itertools.count()


@dataclass(frozen=True)
class Edit:
    """`mechanism` with `old`, which stands in its text once, replaced by `new`."""

    mechanism: str
    old: str
    new: str


@dataclass(frozen=True)
class Mutant:
    """A guard less: what is left out, what goes wrong then, and in which files."""

    name: str
    without: str
    fails: str
    edits: tuple[Edit, ...]
    memory: str = "sc"


MUTANTS = (
    Mutant(
        "m1",
        "splx tests what is pending and stores the level as two actions",
        "an interrupt that comes between them is noted, and stays so until somebody lowers the level again",
        (
            Edit(
                "spl_deferred",
                """\
        if cas_pair_local(spl.ilevel, spl.ipending, old, pending, level):
            return
""",
                """\
        spl.ilevel = level
        return
""",
            ),
        ),
    ),
    Mutant(
        "m2",
        "spin enter keeps the old level before it counts",
        "an interrupt between them brings its own level: the section goes back to a wrong one",
        (
            Edit(
                "mutex_spin",
                """\
    held = fetch_add_local(ci.mtx_count, -1)
    ci.mtx_oldspl = old if held == 0 else ci.mtx_oldspl
""",
                """\
    ci.mtx_oldspl = old if ci.mtx_count == 0 else ci.mtx_oldspl
    fetch_add_local(ci.mtx_count, -1)
""",
            ),
        ),
    ),
    Mutant(
        "m4",
        "mutex_enter does not look again after it has set WAITERS",
        "the owner releases in between and sees no waiter: a lost wakeup",
        (
            Edit(
                "mutex_adaptive",
                """\
    if lwp_onproc(owner):
        turnstile_exit(m)
        return
""",
                "",
            ),
        ),
    ),
    Mutant(
        "m6",
        "kernel_lock clears its wanted-word with a plain store",
        "the store waits in a buffer while the thread releases a mutex: a lost wakeup",
        (Edit("kernel_lock", "    swap(ci.biglock_wanted, wanted)\n", "    ci.biglock_wanted = wanted\n"),),
        memory="tso",
    ),
    Mutant(
        "m7",
        "who spins for the big lock counts as running",
        "kernel_lock and an adaptive mutex wait for each other",
        (
            Edit("sched", " and on_cpu(ci, l.l_cpu).biglock_wanted is not l\n", "\n"),
            Edit("mutex_adaptive", "        and on_cpu(ci, owner.l_cpu).biglock_wanted is not owner\n", ""),
        ),
    ),
    Mutant(
        "m8",
        "kernel_lock takes and counts at the caller's level",
        "a handler that wants it comes between: its CPU waits for itself",
        (
            Edit(
                "kernel_lock",
                """\
    s = splraise(IPL_BIGLOCK)
    l = ci.curlwp
    if ci.biglock_count""",
                """\
    s = splraise(0)
    l = ci.curlwp
    if ci.biglock_count""",
            ),
        ),
    ),
)


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
        design = design.replace(load_module(file, "mechanism"))
    return design
