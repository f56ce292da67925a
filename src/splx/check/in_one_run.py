"""A run in which all takings of a circle of locks happen, one after the other: what the story of `order` is to show.

Each was seen in some run, and the way to one of them may go past others. Those that it does not go past are looked for
behind its end, the cheapest first. A circle whose takings exclude one another has no such run, and says so.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, NamedTuple

from splx.check.orders import CODE
from splx.check.room import OutOfRoom
from splx.check.search import Move

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from splx.check.checker import Checker
    from splx.check.circle import Taken

AHEAD = 20_000  # states to look at for the rest


class Way(NamedTuple):
    """What it costs, its moves, and which of the takings it lacks: the fewer, the better."""

    cost: int
    moves: tuple[int, ...]
    lacks: tuple[Taken, ...]


def way_of_all(checker: Checker, circle: Sequence[Taken]) -> Way:
    """The best way that is found; without room to look on, one to one of them."""
    room, checker.s.memo_room = checker.s.memo_room, 0  # what is recalled is not noted
    try:
        ways = [_way(checker, each, circle) for each in circle]
    except OutOfRoom:
        ways = [_alone(checker, each, circle) for each in circle]
    finally:
        checker.s.memo_room = room
        if room:
            checker.run["forget"](checker.buffer)
    return min(ways, key=lambda each: (len(each.lacks), each.cost, len(each.moves)))


def _way(checker: Checker, first: Taken, circle: Sequence[Taken]) -> Way:
    """The way by which one of them was found, and on from there."""
    state, came, lacks = 0, checker.came_to(*first.seen), {each.code: each for each in circle}
    moves = checker.moves_to(*first.seen)
    for at, move in came:
        noted, edges = _look(checker, at)
        lacks = {code: each for code, each in lacks.items() if (code, move) not in noted}
        state = next(to for other, to in edges if other == move)
    while lacks and not checker.s.raised:  # else the steps have become smaller than those by which ways were found
        found = _on(checker, state, moves[-1] >> 16 & 255, lacks)
        if found is None:
            break
        way, code, end = found
        moves += checker.unfused(way, state)
        state = end
        del lacks[code]
    return Way(checker.cost_of(moves), tuple(moves), tuple(lacks.values()))


def _alone(checker: Checker, first: Taken, circle: Sequence[Taken]) -> Way:
    """The way by which one of them was found, and no further."""
    moves = checker.moves_to(*first.seen)
    return Way(checker.cost_of(moves), tuple(moves), tuple(each for each in circle if each is not first))


def _on(checker: Checker, start: int, cpu: int, wanted: Collection[int]) -> tuple[list[int], int, int] | None:
    """The cheapest way from a state, in which that CPU moved last, to one of the takings: its moves, which, its end."""
    came: dict[tuple[int, int], tuple[tuple[int, int], int]] = {}
    queue, seen, number = [(0, 0, 0, (start, cpu))], {(start, cpu)}, 0
    while queue and len(seen) < AHEAD and not checker.s.raised:
        cost, depth, _, node = heapq.heappop(queue)
        noted, edges = _look(checker, node[0])
        for move, to in edges:
            code = next((each for each in wanted if (each, move) in noted), None)
            if code is not None:
                way = [move]
                while node != (start, cpu):
                    node, before = came[node]
                    way.append(before)
                return way[::-1], code, to
            price, last = _price(move, node[1])
            if (to, last) not in seen:
                seen.add((to, last))
                came[to, last] = node, move
                number += 1
                heapq.heappush(queue, (cost + price, depth + 1, number, (to, last)))
    return None


def _price(move: int, last: int) -> tuple[int, int]:
    """What a move costs after one of the CPU `last`, and which one has moved last then; see `cost_of`."""
    who = move >> 16 & 255
    return (1, last) if move >> 24 == Move.ARRIVE else (int(last != who), who)


def _look(checker: Checker, state: int) -> tuple[set[tuple[int, int]], list[tuple[int, int]]]:
    """The takings that happen in moves of a state, each with its move, and the moves with where they lead."""
    s = checker.s
    who = checker.buffer.array("order_who")
    if s.n_orders:
        who[:] = memoryview(bytes(8 * len(who))).cast("q")
        s.n_orders = 0
    _, edges = checker.look_round(state)
    if not s.n_orders:
        return set(), edges
    move = checker.buffer.array("order_move").tolist()
    return {(each & CODE, move[n]) for n, each in enumerate(who.tolist()) if each}, edges
