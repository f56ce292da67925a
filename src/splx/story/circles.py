"""Circles in the order in which locks are taken, and the sentence that tells one.

Who asks for a lock with another one held makes a link from the one held to the one asked for. A circle of links is a
possible deadlock if all of them can be there at the same time: by different actors, of whom no two hold the same lock
(a common outer lock, a gate, keeps them apart), and each of whom has a CPU to itself if it spins.

Of a lock that many may read under, two readers do not keep each other apart. Nor does one wait for the other, unless a
writer waits that has come between the two: so it takes somebody else who writes. (Linux' lockdep, since 5.10, leaves
out a circle if a lock is read on both sides and who asks is a recursive reader, whom no waiting writer holds up. The
readers here all are held up.)
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

LONGEST = 5  # links in a circle


class Link(Protocol):
    """Somebody holds `before` and asks for `after`. Locks and actors are anything that can be told apart, and printed.

    `holder` and `asker` are two if the one that asks came in on top of the one that holds. `held` is all that is held
    meanwhile, `shared` what of that only to read, `cpus` where it can be, `occupies` whether the CPU does nothing else.
    `reads`: it asks for `after` only to read.
    """

    @property
    def before(self) -> Hashable: ...  # noqa: D102
    @property
    def after(self) -> Hashable: ...  # noqa: D102
    @property
    def holder(self) -> Hashable: ...  # noqa: D102
    @property
    def asker(self) -> Hashable: ...  # noqa: D102
    @property
    def held(self) -> frozenset[Any]: ...  # noqa: D102
    @property
    def shared(self) -> frozenset[Any]: ...  # noqa: D102
    @property
    def reads(self) -> bool: ...  # noqa: D102
    @property
    def cpus(self) -> frozenset[int]: ...  # noqa: D102
    @property
    def occupies(self) -> bool: ...  # noqa: D102


L = TypeVar("L", bound=Link)
T = TypeVar("T")


def by_interrupt(link: Link) -> bool:
    """Whether the one who asks came in on top of the one who holds."""
    return link.holder != link.asker


def actors(link: Link) -> frozenset[Hashable]:
    """Who is at it."""
    return frozenset((link.holder, link.asker))


#: Who waits for a lock to write, by locks that may be read, too.
Writers = Mapping[Any, Set[Any]]


def circles(every: Sequence[L], writers: Writers = MappingProxyType({})) -> list[tuple[L, ...]]:
    """The possible deadlocks, shortest first, one for each set of locks."""
    after: dict[Hashable, dict[Hashable, list[L]]] = {}
    for link in every:
        after.setdefault(link.before, {}).setdefault(link.after, []).append(link)
    for behind in after.values():
        for lock, choice in behind.items():
            behind[lock] = _unlike(choice)
    found: dict[frozenset[Hashable], tuple[L, ...]] = {}
    for length in range(2, LONGEST + 1):
        for start in after:
            for locks in _walks(after, (start,), length):
                key = frozenset(locks)
                if not any(known <= key for known in found):
                    choices = [after[a][b] for a, b in _pairs(locks)]
                    made = next((each for each in _together(choices, ()) if _closes(each, writers)), None)
                    if made is not None:
                        found[key] = made
    return list(found.values())


def _unlike(choice: Sequence[L]) -> list[L]:
    """Of links that can be together with the same others the first, those without an interrupt first."""
    found: dict[object, L] = {}
    for link in sorted(choice, key=by_interrupt):
        found.setdefault((actors(link), link.held, link.shared, link.reads, link.cpus, link.occupies), link)
    return list(found.values())


def _walks(
    after: dict[Hashable, dict[Hashable, list[L]]], way: tuple[Hashable, ...], length: int
) -> Iterator[tuple[Hashable, ...]]:
    """Ways of `length` locks from one back to it."""
    if len(way) == length:
        if way[0] in after.get(way[-1], ()):
            yield way
        return
    for lock in after.get(way[-1], ()):
        if lock not in way:
            yield from _walks(after, (*way, lock), length)


def _pairs(locks: Sequence[T]) -> Iterator[tuple[T, T]]:
    return zip(locks, (*locks[1:], locks[0]), strict=True)


def _together(choices: Sequence[Sequence[L]], chosen: tuple[L, ...]) -> Iterator[tuple[L, ...]]:
    """One link of each choice, such that all can be at the same time."""
    if len(chosen) == len(choices):
        if _have_cpus([link.cpus for link in chosen if link.occupies], frozenset()):
            yield chosen
        return
    for link in choices[len(chosen)]:
        if all(_compatible(link, each) for each in chosen):
            yield from _together(choices, (*chosen, link))


def _compatible(one: Link, other: Link) -> bool:
    return not (actors(one) & actors(other)) and not ((one.held & other.held) - (one.shared & other.shared))


def between_readers(circle: Sequence[L], writers: Writers) -> Iterator[tuple[Any, Set[Any]]]:
    """The locks for which a reader of the circle waits while another has them, and who else writes those."""
    others = frozenset().union(*(actors(link) for link in circle))
    for asks, has in _pairs(circle):
        if asks.reads and asks.after in has.shared:
            yield asks.after, writers.get(asks.after, frozenset()) - others


def _closes(circle: Sequence[Link], writers: Writers) -> bool:
    return all(found for _, found in between_readers(circle, writers))


def _have_cpus(wanted: Sequence[frozenset[int]], taken: frozenset[int]) -> bool:
    """Whether each can have a CPU of its own."""
    if not wanted:
        return True
    return any(_have_cpus(wanted[1:], taken | {cpu}) for cpu in wanted[0] - taken)


# ---- in words


def from_interrupt(circle: Sequence[L]) -> tuple[L, ...]:
    """The circle beginning with a link by way of an interrupt, if it has one."""
    start = next((n for n, link in enumerate(circle) if by_interrupt(link)), 0)
    return (*circle[start:], *circle[:start])


def held_up(circle: Sequence[L], writers: Writers) -> Iterator[str]:
    """Who comes between two readers of the circle, a sentence for each lock."""
    for lock, others in between_readers(circle, writers):
        yield f"{min(others, key=str)} comes between two readers of {lock}, and keeps out the second"


def told(circle: Sequence[Link]) -> str:
    """What each of them does, in one sentence."""
    return "; ".join(_says(link) for link in circle)


def _says(link: Link) -> str:
    if by_interrupt(link):
        several = str(link.asker).startswith("interrupts")
        then = "come in, which wait" if several else "comes in, which waits"
        return f"{link.holder} holds {link.before} when {link.asker} {then} for {link.after}"
    verbs = ("hold", "wait") if str(link.holder).startswith("interrupts") else ("holds", "waits")
    return f"{link.holder} {verbs[0]} {link.before} and {verbs[1]} for {link.after}"
