"""The last cost of a search by cost on several cores.

Within the last cost nobody switches any more, so a way goes on with the CPU that it begins with, and two ways of
different CPUs seldom come to one node. So the ways with which the last cost begins are dealt out by CPU, to processes
that are copies of this one, and each goes all that there is behind its own. What each sees it counts, and forgets. What
two of them come to is counted twice. An order of locks that one of them is the first to see is looked at again here.
Whoever comes to anything else, be it a finding or the end of memory, ends the others, and the search goes on as if
nobody had helped: with the same answer.
"""

from __future__ import annotations

import json
import os
import select
import signal
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from splx.check.room import OutOfRoom
from splx.check.search import MOVE, Want

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from splx.check.checker import Checker

WAIT = 0.2  # seconds between two looks of the host


def last_cost(checker: Checker, jobs: int, look: Callable[[], bool]) -> bool | None:
    """See the last cost, which is about to begin, in so many processes. True: all of it was seen, and is counted.
    False: `look` says that it is to end. None: this process has to do it, as if nothing had been done.
    """
    jobs = min(jobs, checker.system.cpus)
    if jobs < 2 or not hasattr(os, "fork"):
        return None
    room = checker.held + (checker.most - checker.held) // jobs
    helpers: list[_Helper] = []
    try:
        for each in deal(checker.system.cpus, jobs):
            helpers.append(_Helper(checker, each, room, [other.pipe for other in helpers]))
        ended = _wait(checker, helpers, look)
    finally:
        for helper in helpers:
            helper.end()
    told = [each.told for each in helpers]
    if not ended:
        _count(checker, [each for each in told if each])
        return False
    if not all(each.get("well") for each in told) or not _orders_again(checker, told):
        return None
    _count(checker, told)
    s = checker.s
    s.past = int(any(each["past"] for each in told))
    s.dear_at, s.free_at = s.dear_end, s.n_ways
    return True


def deal(cpus: int, jobs: int) -> list[range]:
    """Whose ways each of so many processes gets: those of which CPU + 1, 0 for those in which no CPU has moved yet."""
    return [range(k, cpus + 1, jobs) for k in range(jobs)]


def keep_only(checker: Checker, cpus: range) -> None:
    """Of the ways with which the last cost begins, leave those of some CPUs, and pass over the others."""
    checker.run["keep_only"](checker.buffer, sum(1 << cpu for cpu in cpus))


def _wait(checker: Checker, helpers: list[_Helper], look: Callable[[], bool]) -> bool:
    """Wait until all are through, or one is that has something to tell; False if that is to end before."""
    s, before = checker.s, checker.s.forgotten
    while any(each.runs for each in helpers):
        ready = select.select([each.pipe for each in helpers if each.runs], [], [], WAIT)[0]
        for each in helpers:
            if each.pipe in ready:
                each.listen()
        if any(not each.runs and not each.told.get("well") for each in helpers):
            return True
        s.forgotten = before + sum(each.told.get("states", 0) for each in helpers)
        ends = look()
        s.forgotten = before
        if ends:
            return False
    return True


def _count(checker: Checker, told: list[dict[str, Any]]) -> None:
    """What all of them have seen, be it all there is or not, is what this search has seen, and forgotten."""
    s = checker.s
    writers = checker.buffer.array("order_writers")
    for number, groups in (pair for each in told for pair in enumerate(each.get("writers", ()))):
        writers[number] |= groups
    s.forgotten += sum(each["states"] for each in told)
    s.edges += sum(each["edges"] for each in told)
    checker.elsewhere = sum(each["held"] for each in told)
    s.level = max([s.level, *(each["level"] for each in told)])
    s.cut_at = s.cut_at or next((each["cut"] for each in told if each.get("cut")), 0)


def _orders_again(checker: Checker, told: list[dict[str, Any]]) -> bool:
    """Go the ways to what was seen first of the order of locks, so that it is noted here. Whether it is now, and no
    locks are taken in a circle: whether one closes, and how, is looked for among the states of one process.
    """
    edges = checker.s.edges
    for each in told:
        for at, moves in each["orders"]:
            state = at
            for move in moves:
                state = dict(checker.look_round(state)[1]).get(move, 0)
    checker.s.edges = edges
    known = _orders(checker)
    return all(tuple(seen) in known for each in told for seen in each["seen"]) and not _circle(known)


def _circle(orders: Iterable[tuple[int, int, int]]) -> bool:
    """Whether some locks are taken in a circle, by whomever: held, and taken, are the lowest bits of who takes."""
    left = {(who >> 6 & 63, who & 63) for who, *_ in orders}
    while left:
        last = {taken for _, taken in left} - {held for held, _ in left}
        if not last:
            return True
        left = {(held, taken) for held, taken in left if taken not in last}
    return False


def _orders(checker: Checker) -> dict[tuple[int, int, int], tuple[int, int]]:
    """What has been noted of the order of locks, and in which move from which state."""
    names = ("who", "held", "shared", "state", "move")
    rows = zip(*(checker.buffer.array(f"order_{each}").tolist() for each in names), strict=True)
    return {(who, held, shared): (state, move) for who, held, shared, state, move in rows if who and state >= 0}


class _Helper:
    """A copy of this process, which does the ways of some CPUs; `told` is what it has said last."""

    def __init__(self, checker: Checker, cpus: range, room: int, pipes: Iterable[int]) -> None:
        """`pipes` are those of the others. The copy closes all ends at which this process reads, so that it ends by
        what it writes next if this process is no more.
        """
        self.told: dict[str, Any] = {}
        self.runs = True
        self._text = b""
        self.pipe, out = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            try:
                signal.signal(signal.SIGINT, signal.SIG_IGN)
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
                for each in (*pipes, self.pipe):
                    os.close(each)
                _help(checker, cpus, room, out)
            finally:
                os._exit(0)
        os.close(out)

    def listen(self) -> None:
        """Read what there is to read."""
        data = os.read(self.pipe, 1 << 16)
        self.runs = bool(data)
        *lines, self._text = (self._text + data).split(b"\n")
        if lines:
            self.told = json.loads(lines[-1])

    def end(self) -> None:
        """It is needed no more."""
        with suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        os.close(self.pipe)


def _help(checker: Checker, cpus: range, room: int, out: int) -> None:
    """In the copy: the ways of these CPUs, and now and then a line that says how far it is; the last has `well`."""
    s = checker.s
    checker.most = room
    keep_only(checker, cpus)
    states, edges, noted, orders = s.n_states + s.forgotten, s.edges, s.noted_judge, _orders(checker)
    known, forgotten = s.n_states, s.forgotten

    def tell(**more: Any) -> None:  # noqa: ANN401 - what JSON has
        now = {"states": s.n_states + s.forgotten - states, "edges": s.edges - edges, "past": s.past, "level": s.level}
        os.write(out, json.dumps(now | {"held": checker.held, "cut": s.cut_at} | more).encode() + b"\n")

    def look() -> bool:
        tell()
        return bool(s.raised or s.orders_lost) or s.noted_judge != noted

    try:
        want = checker.go_on(look)
    except OutOfRoom:
        return
    new = {key: place for key, place in _orders(checker).items() if key not in orders}
    well = want in (Want.NOTHING, Want.COST) and not look() and not (new and s.forgotten != forgotten)
    ways_there = [_way(checker, state, move, known) for state, move in new.values()] if well else []
    tell(well=well, orders=ways_there, seen=list(new), writers=checker.buffer.array("order_writers").tolist())


def _way(checker: Checker, state: int, move: int, known: int) -> tuple[int, list[int]]:
    """From a state that the others know, the moves to another one, and one from there."""
    moves = [move]
    while state >= known:
        moves.append(checker.came[state] & MOVE)
        state = checker.came[state] >> 32
    return state, moves[::-1]
