"""Readers and writers: any number of readers, or one writer."""

from __future__ import annotations

from splx.check.bare import Start, bare
from splx.lang.kernel import Struct, atomic_step, entry, i64, spin_while
from splx.scenario.system import System


class Room(Struct):
    """Who is inside: how many readers, or -1 a writer."""

    inside: i64


room = Room()


@atomic_step
def read_enter() -> None:
    """Once no writer is inside."""
    spin_while(room.inside < 0)
    room.inside += 1


@atomic_step
def read_exit() -> None:
    """Out."""
    room.inside -= 1


@atomic_step
def write_enter() -> None:
    """Once nobody is inside."""
    spin_while(room.inside != 0)
    room.inside = -1


@atomic_step
def write_exit() -> None:
    """Out."""
    room.inside = 0


@entry
def reader(unused: int) -> None:
    """In and out."""
    while True:
        read_enter()
        read_exit()


@entry
def writer(unused: int) -> None:
    """In and out."""
    while True:
        write_enter()
        write_exit()


def readers_and_writers(readers: int, writers: int) -> System:
    """Each on a CPU."""
    starts = [Start(reader, cpu=cpu, name=f"reader {cpu}") for cpu in range(readers)]
    starts += [Start(writer, cpu=readers + k, name=f"writer {k}") for k in range(writers)]
    return bare("readers and writers", starts)
