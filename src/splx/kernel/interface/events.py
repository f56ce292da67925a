"""Interrupt events: what FreeBSD knows of a line beside its thread, and how a handler leaves its list.

What the builder of a system fills, where handlers are removed:

    eventlocks.ie_lock, ie_cv   by irq: the lock of the list of handlers, and where threads wait until one is off it
"""

from __future__ import annotations

from splx.kernel.interface.levels import NIRQ
from splx.kernel.interface.lines import IntrHandler, IntrSource
from splx.kernel.interface.locks import Mutex
from splx.kernel.interface.sync import KCondvar
from splx.lang.kernel import Array, Struct, array, atomic, embedded, i8, slot, u8

# flags of a handler
IH_FILTER = 1  # its argument is an IntrFilter, whose filter runs by itself
IH_DEAD = 2  # the thread of its line is to take it off the list
IH_FREED = 4  # its memory is somebody else's


class IntrEvent(Struct):
    """intr_event: a line."""

    # any CPU, by locked operations
    ie_active: Array[i8] = array(2, atomic())  # interrupts that are looking at the handlers, by the phase they found
    # written under ie_lock
    ie_phase: u8 = atomic()


class IntrEvents(Struct):
    """By irq."""

    of: Array[IntrEvent] = embedded(array(NIRQ))


class EventLocks(Struct):
    """By irq, where handlers are removed."""

    ie_lock: Array[Mutex] = array(NIRQ)
    ie_cv: Array[KCondvar] = array(NIRQ)


events = IntrEvents()
eventlocks = EventLocks()


@slot
def ie_enter(s: IntrSource) -> int:
    """An interrupt begins to look at the handlers of `s`. Returns what `ie_exit` is to be told. Interrupts off."""


@slot
def ie_exit(s: IntrSource, phase: int) -> None:
    """It looks at them no more. Interrupts off."""


@slot
def ie_stray(s: IntrSource) -> None:
    """An interrupt has come of which there is no handler left. Interrupts off."""


@slot
def ie_bury(s: IntrSource, ih: IntrHandler) -> None:
    """The thread of `s` has found a handler that is to be taken off the list: do so, and wake who waits for that."""


@slot
def intr_event_schedule_thread(s: IntrSource) -> None:
    """Say that the thread of `s` is needed, and wake it if it waits for that. In an interrupt, or a thread."""
