"""What a search finds: a finding, and before its story is looked for, a suspect."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from splx.check.waits import Graph

if TYPE_CHECKING:
    from splx.base.diagnostics import Span
    from splx.check.groups import Stuck
    from splx.check.properties import Property


@dataclass(frozen=True)
class Finding:
    """What is wrong: a code, one sentence, who is stuck and how, and the moves of the cheapest way there.

    `cost` counts CPU switches and arrivals; `place` is the user's own line, if one has to do with it; `words` are those
    that a broken property reads.
    """

    code: str
    why: str
    moves: tuple[int, ...]
    cost: int
    stuck: tuple[Stuck, ...] = ()
    place: Span | None = None
    graph: Graph = field(default_factory=Graph)  # who waits for whom at the end
    words: tuple[str, ...] = ()
    #: of a run that goes on for ever: the moves of a round, from the end of `moves` back to the same state
    cycle: tuple[int, ...] = ()
    shortest: bool = False  # no fair round from there has fewer moves
    cheapest: bool = True  # no way there costs less
    about: tuple[str, ...] = ()  # which lock it is about, and which locks were not given back, a sentence each
    elsewhere: tuple[str, ...] = ()  # what belongs to it and happens in other runs


@dataclass(frozen=True)
class Suspect:
    """A property that does not hold: the first state from which that is so, and who can tell the story. `group` is the
    number of the one whom it is about, -1 if it is about nobody alone.
    """

    prop: Property
    first: tuple[int, int]  # the state, and what comes first among equals
    tell: Callable[[], Finding]
    group: int = -1
    state: int = -1  # if `first` is for the order alone
