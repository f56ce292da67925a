"""What is looked for: the list of properties, each with its codes, and when a search can say that it holds.

A property of *steps* is broken by a move, and the move ends the story: it is decided once every state has been
expanded. A property of the *graph* needs all states and all moves between them first. To add one:

    DOWNHILL = prop("downhill", "no thread ever goes uphill", codes.UPHILL, Stage.GRAPH)

and somebody who finds it: a judge in `verdict.JUDGES` for the graph; for steps, `broken` says whose a failed move is.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from splx.base.diagnostics import Diagnostic, SplxError
from splx.check import codes


class Stage(Enum):
    """When a property can be decided."""

    STEPS = "steps"  # every state expanded
    GRAPH = "graph"  # and every move between them known


class Answer(Enum):
    """What a search says of a property."""

    FOUND = "found"
    HOLDS = "holds"
    OPEN = "not decided"  # the search stopped, or a finding ended it first


@dataclass(frozen=True, slots=True)
class Property:
    """Something that no interleaving may do. `meaning` says what holds when it holds."""

    name: str
    meaning: str
    code: str
    stage: Stage
    on_demand: bool = False  # looked for only by those who name it
    turned: bool = False  # it can be decided where CPUs that are alike are not told apart


_all: dict[str, Property] = {}
_TAKEN_IN = {  # who can never go on gets round no more than who could and does not
    "starvation": ("stuck", "unheard"),
    "inversion": ("stuck", "asleep"),
}


def prop(
    name: str, meaning: str, code: str, stage: Stage, *, on_demand: bool = False, turned: bool = False
) -> Property:
    """Enter a property in the list, in which they stand in tables. A name or code that is taken is our own mistake."""
    if name in _all or any(each.code == code for each in _all.values()):
        raise ValueError(f"a property {name} or of code {code} is there")
    _all[name] = made = Property(name, meaning, code, stage, on_demand, turned)
    return made


def properties() -> tuple[Property, ...]:
    """All of them."""
    return tuple(_all.values())


def named(names: tuple[str, ...] = ()) -> tuple[Property, ...]:
    """Those of these names, as the list orders them, and what they take in; for none all but those on demand. SplxError
    S0603 for a name that there is not.
    """
    unknown = [each for each in names if each not in _all]
    if unknown:
        raise SplxError(
            *(
                Diagnostic(codes.PROPERTY, f"there is no property `{each}`", help=f"there are {', '.join(_all)}")
                for each in unknown
            )
        )
    asked = {*names, *(part for each in names for part in _TAKEN_IN.get(each, ()))}
    return tuple(each for each in _all.values() if each.name in asked or not (names or each.on_demand))


def of_code(code: str) -> Property:
    """The property whose finding has that code."""
    return next(each for each in _all.values() if each.code == code)


RULES = prop(
    "rules", "every assertion, and every rule of the kernel and the machine, holds in every step",
    codes.RULE, Stage.STEPS, turned=True,
)  # fmt: skip
RACES = prop(
    "races", "no two CPUs access a word at once, one of them writing, that is not marked atomic; nor is one written in "
    "the middle of a change of it",
    codes.RACE, Stage.STEPS, turned=True,
)  # fmt: skip
SAID = prop(
    "said", "what the scenario says with @always and @never is so in every state",
    codes.BROKEN, Stage.STEPS, turned=True,
)  # fmt: skip
INVARIANTS = prop(
    "invariants", "what the mechanisms of the kernel state of their words holds wherever somebody could look",
    codes.INVARIANT, Stage.STEPS, turned=True,
)  # fmt: skip
BENEATH = prop(
    "beneath", "nobody spins for a lock that is held beneath, on the same CPU",
    codes.BENEATH, Stage.STEPS, turned=True,
)  # fmt: skip
ORDER = prop(
    "order", "no locks are taken in a circle that could close, in whatever runs, by way of interrupts or not",
    codes.ORDER, Stage.STEPS,
)  # fmt: skip
STANDSTILL = prop(
    "standstill", "there is always somebody who can move, or nobody has anything left to do",
    codes.STANDSTILL, Stage.GRAPH, turned=True,
)  # fmt: skip
STUCK = prop(
    "stuck", "every thread that is not asleep for ever, and the interrupts of every CPU, can come to move again",
    codes.STUCK, Stage.GRAPH, turned=True,
)  # fmt: skip
ASLEEP = prop(
    "asleep", "every sleep can still be ended: no wakeup is lost",
    codes.ASLEEP, Stage.GRAPH, turned=True,
)  # fmt: skip
UNHEARD = prop(
    "unheard",
    "every item that waits at a device can be taken, even if no more arrive: no interrupt is lost or masked for ever",
    codes.UNHEARD, Stage.GRAPH, turned=True,
)  # fmt: skip
STORM = prop(
    "storm", "no CPU takes the interrupt of a device again and again without anything being taken from it",
    codes.STORM, Stage.GRAPH,
)  # fmt: skip
LIVELOCK = prop(
    "livelock", "whoever moves for ever can get round, and somebody does: nobody moves without progress",
    codes.LIVELOCK, Stage.GRAPH,
)  # fmt: skip
STARVATION = prop(
    "starvation", "whoever could go on gets round again, whatever the others do, if they are scheduled fairly",
    codes.STARVATION, Stage.GRAPH, on_demand=True,
)  # fmt: skip
EVENTUALLY = prop(
    "eventually", "what the scenario says with @eventually comes to be so in every run, if all are scheduled fairly",
    codes.EVENTUALLY, Stage.GRAPH,
)  # fmt: skip
INVERSION = prop(
    "inversion", "nobody waits for a lock whose owner worse threads can keep from running for ever",
    codes.INVERSION, Stage.GRAPH,
)  # fmt: skip
EXHAUSTED = prop(
    "exhausted", "every interrupt thread that has begun can come to move again: no level is left without one",
    codes.EXHAUSTED, Stage.GRAPH, turned=True,
)  # fmt: skip
MASKED = prop(
    "masked", "every line that was ever open can come to be open again, as long as its device may interrupt",
    codes.MASKED, Stage.GRAPH,
)  # fmt: skip
