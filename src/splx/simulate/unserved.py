"""Devices of which a run got nothing done, and why: warnings at the user's handler.

The machine does not mind a handler that never takes an item, or one that never returns because items come faster than
it works them off: the numbers are right, and a dash in the column `done` is all that they say. This says the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from splx.base.diagnostics import Diagnostic
from splx.scenario.system import Ends
from splx.simulate import codes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from splx.base.units import Ps
    from splx.lang.buffer import Buffer
    from splx.machine.state import Device, Machine
    from splx.scenario.system import DeviceSpec, System

LONG = 10  # an item is worth a warning if it waits for one part in so many of the run

#: how items end -> what did not happen, and a way out
_ENDS = {
    Ends.RETURN: (
        "has not returned since it took the first",
        "if more come than it can work off, let fewer come, or take so many and no more each time it is called",
    ),
    Ends.SOFTINT: (
        "they are done when a softint returns, which it has not",
        "if more come than it can work off, let fewer come, or give it a CPU on which nothing keeps it away",
    ),
    Ends.JOB: (
        "each is a job, and none has ended",
        "give it a better priority, a shorter job, or a CPU of its own",
    ),
    Ends.DONE: (
        "`defer=True`: somebody has to say of each that it is done",
        "say `done(item)` where an item has been dealt with, or leave `defer` out",
    ),
}


def unserved(buffer: Buffer[Machine], system: System, until: Ps) -> Iterator[Diagnostic]:
    """W0401 for each device of which nothing was done for long, W0402 where its line never fell either."""
    machine = buffer.view()
    items = buffer.sizes["ITEMS"]
    times = buffer.array("beside.item_time")
    for number, spec in enumerate(system.devices):
        device = machine.beside.devices[number]
        if spec.handler is None or device.done or not device.accepted:
            continue
        waiting = [time for time in times[number * items : (number + 1) * items].tolist() if time >= 0]
        if waiting and (until - min(waiting)) * LONG > until:
            yield _why(machine, number, spec, device)


def _why(machine: Machine, number: int, spec: DeviceSpec, device: Device) -> Diagnostic:
    taken = machine.state.dev_head[number]
    asserted = spec.irq >= 0 and machine.state.wire[spec.irq] & 1 << spec.pin
    if taken:
        label, way_out = _ENDS[spec.ends]
        message = f"{_items(taken)} taken from {spec.name}, and none is done"
    elif not device.started:
        label, way_out = "never began", "see where the time went: something of a higher level or priority has its CPU"
        message = f"{_items(device.accepted)} ready in {spec.name}, and its handler never began"
    elif asserted and device.irqs > device.accepted:
        return _never_quiet(spec, device)
    else:
        message = f"{_items(device.accepted)} ready in {spec.name}, and none is done"
        times = "once" if device.irqs == 1 else f"{device.irqs:,} times"
        label, way_out = f"began {times}, and took none of them", "take what waits: `pop()` until it gives 0"
    return Diagnostic(codes.UNSERVED, message, spec.handler, label, help=way_out)


def _never_quiet(spec: DeviceSpec, device: Device) -> Diagnostic:
    items = "1 item" if device.accepted == 1 else f"{device.accepted:,} items"
    message = f"{spec.name} interrupted {device.irqs:,} times for {items}, none of which was taken"
    return Diagnostic(
        codes.ASSERTED,
        message,
        spec.handler,
        "returns with the line asserted, and is called again at once",
        notes=("a level lasts until the last item is taken, the device acknowledged, or kept from interrupting",),
        help="take every item before it returns: `pop()` until it gives 0",
    )


def _items(n: int) -> str:
    return "1 item was" if n == 1 else f"{n:,} items were"
