"""M1: philosophers around a table. Each takes the fork on the left, the one on the right, and puts them back.

The states of one are four: before each of its steps. All together have 3**n if one of them takes the right fork first,
and then nobody can starve them all; if not, there is one more state, in which each holds one fork.
"""

from __future__ import annotations

from splx.check.bare import Start, bare
from splx.lang.kernel import Array, Struct, array, atomic_step, embedded, entry, i64, spin_while
from splx.scenario.system import System

SEATS = 16


class Fork(Struct):
    """On the table, or in a hand."""

    taken: i64


class Table(Struct):
    """The forks, each between two seats."""

    fork: Array[Fork] = embedded(array(SEATS))


table = Table()


@atomic_step
def take(fork: Fork) -> None:
    """Once it lies there."""
    spin_while(fork.taken != 0)
    fork.taken = 1


@atomic_step
def put(fork: Fork) -> None:
    """Back."""
    fork.taken = 0


@entry
def dine(order: int) -> None:
    """For ever. `order`: the fork taken first, and 16 times the one taken second."""
    first = table.fork[order & 15]
    second = table.fork[order >> 4]
    while True:
        take(first)
        take(second)
        put(first)
        put(second)


def philosophers(n: int, *, alike: bool = False) -> System:
    """`n` philosophers, at most 16, each on a CPU. `alike`: all take the left fork first."""
    orders = [(seat, (seat + 1) % n) for seat in range(n)]
    if not alike:
        orders[0] = orders[0][::-1]
    starts = [Start(dine, first | second << 4, cpu, f"philosopher {cpu}") for cpu, (first, second) in enumerate(orders)]
    return bare("philosophers", starts)
