"""The gates of XNU's work loops: what a driver's callers close, and sleep behind.

A line has a work loop, and its handlers run behind the gate of that, so who has closed the gate keeps them out.
"""

from __future__ import annotations

from splx.kernel.interface.levels import NIRQ
from splx.kernel.interface.locks import Mutex
from splx.kernel.interface.sync import KCondvar
from splx.lang.kernel import THREAD, Array, Handle, Struct, array, context, embedded, slot


class GateTable(Struct):
    """The gates of work loops, by irq of their line."""

    of: Array[Mutex] = embedded(array(NIRQ))


gates = GateTable()


@slot
def close_gate(device: Handle) -> None:
    """The handlers of the line of `device`, and others who close its gate, wait until as many `open_gate`. Threads, and
    handlers that are threads. May sleep.
    """


@slot
def open_gate(device: Handle) -> None:
    """Undo one `close_gate`."""


@slot
def sleep_gate(device: Handle, cv: KCondvar) -> None:
    """With the gate of the line of `device` closed: open it, sleep until `wakeup_gate`, and close it as it was."""


@slot
@context(THREAD)
def sleep_gate_deadline(device: Handle, cv: KCondvar, ticks: int) -> int:
    """`sleep_gate` for so many ticks; EWOULDBLOCK if nobody has woken it by then, else 0. Threads only."""


@slot
def wakeup_gate(cv: KCondvar) -> None:
    """Wake all who sleep at `cv`. Any context; who has not the gate may come too soon for who is about to sleep."""
