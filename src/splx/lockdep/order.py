"""From what was seen to what can happen: interrupts that come in elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splx.lockdep.model import Edge

if TYPE_CHECKING:
    from collections.abc import Iterator

    from splx.lockdep.model import Ask, Facts, Held


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
