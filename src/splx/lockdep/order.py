"""From what was seen to what can happen: interrupts that come in elsewhere, and circles in the order of locks.

A circle is a possible deadlock if its waits can happen at the same time: by different actors, of whom no two hold the
same lock (a common outer lock keeps them apart), and each of whom has a CPU to itself if it spins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from splx.lockdep.model import Edge

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from splx.lockdep.model import Ask, Facts, Held, Lock

LONGEST = 5  # waits in a circle


def beneath(facts: Facts) -> Iterator[tuple[Held, Ask, int]]:
    """What an interrupt may ask for on top of a holder: what is held, what it asks for, and the level meanwhile."""
    for held, level in facts.held.items():
        for ask in facts.asks:
            admitted = level < ask.actor.level and held.actor.cpus & ask.actor.cpus
            if admitted and held.actor != ask.actor and held.actor.level < ask.actor.level:
                yield held, ask, level


def on_top(facts: Facts) -> Iterator[tuple[Held, Ask, int]]:
    """Locks that an interrupt may ask for on top of who holds them: it would wait for ever."""
    return ((held, ask, level) for held, ask, level in beneath(facts) if held.lock is ask.lock and not ask.lock.big)


def edges(facts: Facts) -> list[Edge]:
    """All that can be waited for while something is held, interrupts included."""
    found = dict(facts.edges)
    for held, ask, _ in beneath(facts):
        if held.lock is not ask.lock:
            found[Edge(held, ask)] = None
    return list(found)


def circles(every: Sequence[Edge]) -> list[tuple[Edge, ...]]:
    """The possible deadlocks, shortest first, one for each set of locks."""
    after: dict[Lock, dict[Lock, list[Edge]]] = {}
    for edge in every:
        after.setdefault(edge.first.lock, {}).setdefault(edge.then.lock, []).append(edge)
    for behind in after.values():
        for lock, choice in behind.items():
            behind[lock] = _unlike(choice)
    found: dict[frozenset[Lock], tuple[Edge, ...]] = {}
    for length in range(2, LONGEST + 1):
        for start in after:
            for locks in _walks(after, (start,), length):
                key = frozenset(locks)
                if not any(known <= key for known in found):
                    made = next(_together([after[a][b] for a, b in _pairs(locks)], ()), None)
                    if made is not None:
                        found[key] = made
    return list(found.values())


def _unlike(choice: Sequence[Edge]) -> list[Edge]:
    """Of edges that can be together with the same others the first, those without an interrupt first."""
    found: dict[object, Edge] = {}
    for edge in sorted(choice, key=lambda edge: edge.by_interrupt):
        found.setdefault((edge.actors, edge.held, edge.cpus, edge.occupies), edge)
    return list(found.values())


def _walks(after: dict[Lock, dict[Lock, list[Edge]]], way: tuple[Lock, ...], length: int) -> Iterator[tuple[Lock, ...]]:
    """Ways of `length` locks from one back to it."""
    if len(way) == length:
        if way[0] in after.get(way[-1], ()):
            yield way
        return
    for lock in after.get(way[-1], ()):
        if lock not in way:
            yield from _walks(after, (*way, lock), length)


def _pairs(locks: Sequence[Lock]) -> Iterator[tuple[Lock, Lock]]:
    return zip(locks, (*locks[1:], locks[0]), strict=True)


def _together(choices: Sequence[Sequence[Edge]], chosen: tuple[Edge, ...]) -> Iterator[tuple[Edge, ...]]:
    """One edge of each choice, such that all can be at the same time."""
    if len(chosen) == len(choices):
        if _have_cpus([edge.cpus for edge in chosen if edge.occupies], frozenset()):
            yield chosen
        return
    for edge in choices[len(chosen)]:
        if all(_compatible(edge, each) for each in chosen):
            yield from _together(choices, (*chosen, edge))


def _compatible(one: Edge, other: Edge) -> bool:
    return not (one.actors & other.actors) and not (one.held & other.held)


def _have_cpus(wanted: Sequence[frozenset[int]], taken: frozenset[int]) -> bool:
    """Whether each can have a CPU of its own."""
    if not wanted:
        return True
    return any(_have_cpus(wanted[1:], taken | {cpu}) for cpu in wanted[0] - taken)
