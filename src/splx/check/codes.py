"""The codes of a check: R for what an interleaving breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splx.base.codes import add_folder, register
from splx.base.diagnostics import Diagnostic, SplxError

if TYPE_CHECKING:
    from splx.base.diagnostics import Span

add_folder("splx.check")

RULE = register("R0001", "a rule broken in some interleaving")
STANDSTILL = register("R0002", "a state in which nothing can move")
STUCK = register("R0003", "somebody who can never move again")
FILE = register("S0601", "a file that is no finding")
BOUNDS = register("S0604", "bounds within which there is no search")
KEPT = register("S0605", "a folder that keeps another search")
CHANGED = register("S0606", "a finding of a program that has changed since")
ARGUMENT = register("S0607", "an argument that is something else than it is to be")
UNHEARD = register("R0005", "an interrupt that is never heard")
TOO_MUCH = register("S0602", "more than a search keeps apart")
PROPERTY = register("S0603", "a property that nobody looks for")
RACE = register("R0022", "a data race")
BROKEN = register("R0020", "a property of the scenario that is broken")
INVARIANT = register("R0021", "an invariant of the kernel that is broken")
ASLEEP = register("R0004", "a sleep that nobody can end")
LIVELOCK = register("R0030", "moves for ever without progress")
EVENTUALLY = register("R0032", "something that is to come and need not")
STARVATION = register("R0031", "somebody who is never served while others are")
BENEATH = register("R0033", "a lock that is held beneath the one who spins for it")
MASKED = register("R0034", "a line that is masked for ever")
EXHAUSTED = register("R0035", "an interrupt thread that never runs again")
INVERSION = register("R0036", "unbounded priority inversion")
STORM = register("R0038", "an interrupt storm")
ORDER = register("R0037", "locks that are taken in a circle, in different runs")

ENDLESS = "a step without an end"  # why a move that does not come to its end breaks a rule


LESS = "leave out of the scenario what the question is not about"


def too_much(what: str, place: Span | None = None, help_: str = LESS) -> SplxError:
    """The refusal of a system that a search cannot take apart, at the line of the user's that it is about, if known."""
    return SplxError(Diagnostic(TOO_MUCH, what, place, help=help_))
