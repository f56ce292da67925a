"""The engine's entries, compiled or plain, and the loop that drives them in pieces.

A piece is a stretch of simulated time that takes about a tenth of a second of ours: often enough to show progress and
to stop cleanly. How a run is cut into pieces changes nothing of it (a law).
"""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any

from splx.lang.plain import plain
from splx.machine.constants import Mode, Status
from splx.machine.run import boot, close, run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from splx.base.units import Ps
    from splx.lang.buffer import Buffer
    from splx.lang.sizes import Sizes
    from splx.machine.state import Machine

    Notice = Callable[[str], None]
    Progress = Callable[[Ps, Ps], None]
    Drain = Callable[[int], None]
    Watch = Callable[[bool], bool]

ENGINES = ("native", "plain")
PIECE = 0.1  # seconds
MOST = 1 << 62
#: Instructions after which the host looks in: about a tenth of a second.
STEPS = {"native": 10_000_000, "plain": 10_000}


@dataclass(frozen=True)
class Engine:
    """How to execute: the entries `boot`, `run` and `close` of the machine, for buffers of one set of sizes."""

    name: str
    boot: Callable[[Buffer[Machine]], None]
    run: Callable[[Buffer[Machine]], int]
    close: Callable[[Buffer[Machine]], int]


ENTRIES: tuple[Callable[..., Any], ...] = (boot, run, close)

#: By sizes: even to find compiled code again takes a look at all the text that it was made of.
_compiled: dict[Sizes, Engine] = {}


def engine_for(name: str, sizes: Sizes, notice: Notice | None = None) -> Engine:
    """The engine of that name. `notice` is told what the user waits for when something has to be compiled."""
    if name == "plain":
        return Engine(name, *(plain(each, sizes) for each in ENTRIES))
    if sizes not in _compiled:
        from splx.lang.native import compile_native  # noqa: PLC0415 - plain runs need no compiler

        library = compile_native(ENTRIES, sizes, notice)
        _compiled[sizes] = Engine(name, *(library[each.__name__] for each in ENTRIES))
    return _compiled[sizes]


class Stop:
    """Whether somebody asked for the end."""

    def __init__(self) -> None:
        self.asked = False


@contextmanager
def interruptible() -> Iterator[Stop]:
    """Within, the first Ctrl-C only sets `asked`: the run ends after the piece at hand. The second is an exception. So
    is SIGTERM heard; after the first of both each is what it was.
    """
    stop = Stop()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def ask(*_: object) -> None:
        stop.asked = True
        put_back()

    def put_back() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        put_back()


@dataclass(frozen=True, slots=True)
class Driven:
    """How far a run came: to `until`, ps, in `steps` of the engine; `complete` if that is all that was asked for."""

    status: Status
    until: Ps
    complete: bool
    steps: int


def drive(
    buffer: Buffer[Machine],
    engine: Engine,
    time: Ps,
    stop: Stop,
    progress: Progress | None = None,
    drain: Drain | None = None,
    watch: Watch | None = None,
) -> Driven:
    """Boot and run up to `time`. `progress` is told simulated times, `drain` how many trace records to take; `watch` is
    asked between pieces, and at the end with true, whether that was enough.
    """
    beside, steps = buffer.view().beside, 0
    engine.boot(buffer)
    piece, until, status = max(1, time // 1000), 0, Status.DONE
    while status is not Status.FINDING and not (status is Status.DONE and (until == time or stop.asked)):
        if status is Status.DONE:
            until = min(time, until + piece)
        elif stop.asked:
            until = min(until, present(buffer))
        beside.until, beside.steps_left = until, STEPS[engine.name]
        start = perf_counter()
        status = Status(engine.run(buffer))
        spent = perf_counter() - start
        steps += STEPS[engine.name] - beside.steps_left
        _drain(buffer, drain)
        piece = _paced(piece, spent, status)
        if progress is not None:
            progress(until if status is Status.DONE else min(until, present(buffer)), time)
        if status is Status.DONE and watch is not None and watch(until == time):
            return Driven(status, until, complete=False, steps=steps)
    if status is Status.DONE:
        beside.steps_left = MOST
        status = Status(engine.close(buffer))
        steps += MOST - beside.steps_left
        _drain(buffer, drain)
    return Driven(status, until, until == time, steps)


def _paced(piece: Ps, spent: float, status: Status) -> Ps:
    """How long the next piece should be, if this one took `spent` seconds."""
    if spent > 2 * PIECE:
        return max(1, piece // 2)
    return piece * 2 if spent < PIECE / 2 and status is Status.DONE else piece


def present(buffer: Buffer[Machine]) -> Ps:
    """The moment up to which everything has happened: that of the CPU behind all others, or of the last event."""
    machine = buffer.view()
    cpus = (machine.beside.cpus[c] for c in range(machine.tables.n_cpus))
    busy = [cpu.clock for cpu in cpus if cpu.mode in (Mode.RUN, Mode.WORK)]
    return max(machine.beside.now, min(busy, default=0))


def _drain(buffer: Buffer[Machine], drain: Drain | None) -> None:
    machine = buffer.view()
    count = machine.beside.n_trace
    if count:
        if drain is not None:
            drain(count)
        machine.beside.n_trace = 0
