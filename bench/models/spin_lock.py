"""M2: two CPUs, a thread and an interrupt on each, one spin lock for all four.

Variants: 0 the thread takes the lock with interrupts on; 1 it raises the level before (right); 2 it raises the level
after; 3 it lowers the level before it lets go. `tick` adds a third CPU on which a clock ticks for ever.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from splx.check.bare import Source, Start, bare
from splx.lang.kernel import Const, Struct, atomic_step, entry, i64, spin_while
from splx.machine.intrinsics import become, dev_write, intr_enable, leave, pic_eoi, set_hw_level
from splx.scenario.system import System

VARIANT = Const("VARIANT")
CPUS = 2
FRAME = Const("FRAME")  # the first context for an interrupt
ACK = 4  # register of a device
IPL_HIGH = 8


class Lock(Struct):
    """0 free, or who holds it."""

    holders: ClassVar[Mapping[str, str]] = {"owner": "owner"}
    owner: i64


class Inside(Struct):
    """How many are in the critical section."""

    count: i64


class Clock(Struct):
    """What the ticking CPU writes."""

    hand: i64


lock = Lock()
inside = Inside()
clock = Clock()


@atomic_step
def acquire(me: int) -> None:
    """Spin, and take it."""
    spin_while(lock.owner != 0)
    lock.owner = me


@atomic_step
def release() -> None:
    """Let go."""
    lock.owner = 0


@atomic_step
def come_in() -> None:
    """One more."""
    inside.count += 1


@atomic_step
def look() -> None:
    """Nobody else is there."""
    assert inside.count == 1, "two in the critical section"


@atomic_step
def go_out() -> None:
    """One less."""
    inside.count -= 1


@atomic_step
def spl(level: int) -> None:
    """Set the level."""
    set_hw_level(level)


@atomic_step
def nothing() -> None:
    """A step all the same."""


@entry
def thread(cpu: int) -> None:
    """Takes the lock again and again."""
    intr_enable()
    while True:
        if VARIANT & 1 != 0:
            spl(IPL_HIGH)
        acquire(1 + cpu)
        if VARIANT == 2:
            spl(IPL_HIGH)
        come_in()
        look()
        go_out()
        if VARIANT == 3:
            spl(0)
        release()
        if VARIANT == 0 or VARIANT == 3:  # noqa: PLR1714 - there are no collections here
            nothing()
        else:
            spl(0)


@entry
@atomic_step
def vector(irq: int) -> None:
    """Takes an interrupt; the handler runs with interrupts off."""
    pic_eoi(irq)
    dev_write(irq, ACK, 0)
    become(FRAME + irq, handler, irq)


@entry
def handler(cpu: int) -> None:
    """Takes the lock."""
    acquire(11 + cpu)
    come_in()
    look()
    go_out()
    release()
    back()


@atomic_step
def back() -> None:
    """Return from the interrupt."""
    leave()


@entry
def ticker(unused: int) -> None:
    """A system that never stands still."""
    while True:
        tick(1)
        tick(0)


@atomic_step
def tick(hand: int) -> None:
    """The clock says so."""
    clock.hand = hand


def m2(variant: int, *, tick: bool = False) -> System:
    """The system."""
    starts = [Start(thread, cpu, cpu, f"thread {cpu}") for cpu in range(CPUS)]
    if tick:
        starts.append(Start(ticker, cpu=CPUS))
    sources = [Source(f"irq/{cpu}", cpu, IPL_HIGH) for cpu in range(CPUS)]
    consts = {"VARIANT": variant, "FRAME": len(starts)}
    frames = [each.name for each in sources]
    holders = {who + cpu: first + cpu for who, first in ((1, 0), (11, len(starts))) for cpu in range(CPUS)}
    name = f"M2 variant {variant}"
    return bare(name, starts, sources=sources, vector=vector, frames=frames, consts=consts, holders=holders)
