"""What would happen if more arrived than a search lets arrive: a second search, from a state of the first one on.

It has tables of its own, so the first one, its counts and what is kept of it stay as they are.
"""

from __future__ import annotations

from array import array
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from splx.base.diagnostics import SplxError
from splx.check.broken import EVERY_RULE
from splx.check.checker import Begun, Checker
from splx.check.room import OutOfRoom
from splx.check.search import Move
from splx.machine.constants import IN_USE
from splx.machine.cover import COUNTERS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from splx.check.groups import Stuck
    from splx.check.hands import Hands

MOST = 20_000  # states to look at
OURS, OTHERS = 0, 62  # groups: those of whom one is to go on, and nobody
A_WHILE = 500  # of them between two looks whether to end
#: what a state consists of, as the machine at hand has it
_MOMENT = ("machine.state", "machine.beside", "used", "owed", "buffered", "buffer_at", "buffer_word", "held_by")


class _Raised(Exception):  # noqa: N818 - no error: it begins anew with what it has learnt
    """Somebody uses a word that was thought to be another's."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """The machine that a search had at hand, and those of whom one is to go on from there."""

    checker: Checker
    begun: Begun
    moment: tuple[bytes, ...]
    contexts: frozenset[int]
    devices: frozenset[int]

    @classmethod
    def of(cls, checker: Checker, those: Sequence[Stuck]) -> Ahead:
        """Of the machine at hand, in which those are stuck."""
        begun = Begun(checker.begun.buffer.copy(), checker.eyes)
        if begun.buffer.sizes["COVER"]:  # what could happen is not what was executed
            begun.buffer.set_slice("machine.cover", array("q", bytes(8 * COUNTERS * begun.buffer.sizes["CODE"])))
        moment = tuple(bytes(checker.buffer.field_bytes(name)) for name in _MOMENT)
        contexts = frozenset(at for each in those for at in _itself(checker.s.machine.state, each))
        return cls(checker, begun, moment, contexts, frozenset(each.group.device for each in those))

    def helps(self, budgets: Mapping[int, int]) -> bool | None:
        """Whether, if so many may arrive at these devices, one of those who are stuck can come to go on; None if nobody
        has looked so far, or where that breaks a rule, behind which nothing is known.
        """
        hands = self.checker.hands
        while True:
            try:
                search = self._begin(hands, budgets)
                return self._look(search)
            except _Raised:
                hands = search.hands
            except (OutOfRoom, SplxError):
                return None

    def _begin(self, hands: Hands, budgets: Mapping[int, int]) -> Checker:
        """A search that has not come further than its first state."""
        first = self.checker
        search = Checker(first.system, None, first.engine, first.most, hands=hands, begun=self.begun)
        s = search.s
        for context in range(s.n_ctxs):
            s.group[context] = OURS if context in self.contexts else OTHERS
        for device in range(s.n_devs):
            s.dev_group[device] = OURS if device in self.devices else OTHERS
        s.passes, s.beneath_asked, s.tears_asked = EVERY_RULE, 0, 0
        for device, most in budgets.items():
            s.budget[device] = most
        return search

    def _look(self, search: Checker) -> bool | None:
        """Whether one of them makes progress in a move: first along the ways on which CPUs seldom take turns, for these
        come far soonest.
        """
        start = self._enter(search)
        queue, seen, sure, looks = deque([(start, -1)]), {start}, True, 0
        while queue:
            at, last = queue.popleft()
            looks += 1
            if len(seen) > MOST or (looks % A_WHILE == 0 and self.checker.stopped()):
                return None
            search.make_room_for(0)
            edges = search.look_round(at)[1]
            for who, (move, to) in zip(search.edges("edge_who").tolist(), edges, strict=True):
                if who > 0 and who >> OURS & 1:
                    return True
                sure = sure and who >= 0
                if to not in seen:
                    seen.add(to)
                    cpu = -1 if move >> 24 == Move.ARRIVE else move >> 16 & 0xFF
                    (queue.appendleft if cpu == last >= 0 else queue.append)((to, cpu))
            if search.s.raised:
                raise _Raised
        return False if sure else None

    def _enter(self, search: Checker) -> int:
        """The state of that moment, in the other search."""
        for name, each in zip(_MOMENT, self.moment, strict=True):
            search.buffer.field_bytes(name)[:] = each
        while True:
            known = _counts(search)
            state = int(search.run["adopt"](search.buffer))
            fresh = [part for part, count in enumerate(_counts(search)) if count != known[part]]
            if not fresh:
                break
            search.make_room_for(fresh[0])
        if state < 0:
            search.run["first_state"](search.buffer)
            state = search.s.n_states - 1
        return state


def _counts(search: Checker) -> list[int]:
    return search.buffer.array("count")[: search.s.n_parts].tolist()


def _itself(state: Any, each: Stuck) -> list[int]:  # noqa: ANN401 - the machine's state
    """What of a group is stuck: not an interrupt that would be taken above it, or what a thread does to give way."""
    if each.how == "spins":
        return [each.context]
    return [context for context in each.group.contexts if state.status[context] == IN_USE]
