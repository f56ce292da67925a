"""A run's events as text: one to a line, in time order, comma-separated, with names for numbers.

    time_ps,cpu,event,what,detail
    1000000,-1,arrive,wm0,0
    1000000,0,accept,wm0,idle/0

`cpu` is -1 for what happens outside the CPUs. What stands in `what` and `detail` depends on the event:

    arrive drop      device, number of the arrival      accept           irq, interrupted context
    start            device                             switch           context left, context entered
    done             device, number of the arrival      enter            frame, number of the function
    wake run         thread                             leave            frame, context beneath
    mask unmask eoi  irq                                halt             context
    held             irq                                level            level
    ipi              CPU, vector                        user             number, value

Left out: what a work item costs, memory. The file grows with simulated time.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from splx.machine.constants import Event, Mark
from splx.machine.tracing import RECORD

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence


HEADER = "time_ps,cpu,event,what,detail\n"
_NAMES = {int(kind): kind.name.lower() for kind in (*Mark, *Event)}

#: event -> whose names its two operands are: "source", "irq", "context", or "" for a number.
_OPERANDS: dict[int, tuple[str, str]] = {
    Event.ARRIVE: ("source", ""),
    Event.DROP: ("source", ""),
    Mark.START: ("source", ""),
    Mark.DONE: ("source", ""),
    Mark.WAKE: ("source", ""),
    Mark.RUN: ("source", ""),
    Mark.HELD: ("irq", ""),
    Event.ACCEPT: ("irq", "context"),
    Event.MASK: ("irq", ""),
    Event.UNMASK: ("irq", ""),
    Event.EOI: ("irq", ""),
    Event.SWITCH: ("context", "context"),
    Event.ENTER: ("context", ""),
    Event.LEAVE: ("context", "context"),
    Event.HALT: ("context", ""),
}


class Recorder:
    """Takes records of five words as the machine gives them, in pieces, and keeps them."""

    def __init__(self) -> None:
        self.words = array("q")

    def __call__(self, records: memoryview) -> None:
        """Take a piece."""
        self.words.frombytes(records.tobytes())

    def events(self) -> Iterator[tuple[int, int, int, int, int]]:
        """Time, CPU, kind and two numbers, in time order; of one instant in the order in which they were recorded."""
        words = self.words
        order = sorted(range(0, len(words), RECORD), key=lambda at: words[at])
        for at in order:
            yield words[at], words[at + 1], words[at + 2], words[at + 3], words[at + 4]


def lines(events: Iterable[tuple[int, int, int, int, int]], names: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """The text of events. `names` holds, under "source", "irq" and "context", what their numbers are called.

    A finished item is recorded twice, by the driver's mark and by its device (`cpu` -1); only the latter is shown.
    """
    yield HEADER
    for time, cpu, kind, a, b in events:
        if kind == Mark.DONE and cpu >= 0:
            continue
        first, second = _OPERANDS.get(kind, ("", ""))
        yield f"{time},{cpu},{_NAMES.get(kind, kind)},{_called(names, first, a)},{_called(names, second, b)}\n"


def _called(names: Mapping[str, Sequence[str]], room: str, number: int) -> str:
    known = names.get(room, ())
    name = known[number] if 0 <= number < len(known) else str(number)
    return f'"{name}"' if "," in name else name
