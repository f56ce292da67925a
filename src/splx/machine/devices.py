"""Devices: when their arrivals come, what their rings hold, how late their items are served.

An arrival is an *item*. It enters the ring, or is dropped when the ring is full; the device then asserts its irq if
its interrupts are enabled. Handlers pop items by number and say when one is done. Arrival times are functions of
(seed, source, arrival number), recordings, completions of requests the driver submitted, or a timer that it set.
"""

from __future__ import annotations

from splx.lang.kernel import inline, noinline
from splx.machine.constants import Event, Kind, Mark
from splx.machine.dist import exponential, hash3, sample
from splx.machine.events import schedule
from splx.machine.latency import observe
from splx.machine.lines import raise_irq, refresh, touched
from splx.machine.state import ITEMS, Device, Machine
from splx.machine.tracing import trace

ARRIVAL_DRAW = 0  # draw numbers of a source's arrival
JITTER_DRAW = 1
SERVICE_DRAW = 2


def next_arrival(m: Machine, d: Device) -> int:
    """When the device's next item arrives, -1 never."""
    n = d.arrived
    if d.limit >= 0 and n >= d.limit:
        return -1
    if d.kind == Kind.PERIODIC:
        return max(d.last, d.offset + n * d.period + jitter(m, d, n))
    if d.kind == Kind.POISSON:
        u = hash3(m.tables.seed, d.source, n, ARRIVAL_DRAW)
        return (d.offset if n == 0 else d.last) + exponential(m, u, d.period)
    if d.kind == Kind.BURST:
        return max(d.last, burst_arrival(m, d, n))
    if d.kind == Kind.RECORDED:
        return recorded(m, d, n)
    return -1


def jitter(m: Machine, d: Device, n: int) -> int:
    """The delay drawn for periodic arrival `n`."""
    return 0 if d.dist < 0 else sample(m, d.dist, d.source, n, JITTER_DRAW)


def burst_arrival(m: Machine, d: Device, n: int) -> int:
    """Burst k comes at offset + k periods + jitter; its items follow a gap apart."""
    k = n // d.burst
    return d.offset + k * d.period + jitter(m, d, k) + n % d.burst * d.gap


def recorded(m: Machine, d: Device, n: int) -> int:
    """Time `n` of a recording, which begins anew after `repeat` unless that is 0."""
    if n < d.length:
        return d.offset + m.times[d.first + n]
    if d.repeat == 0 or d.length == 0:
        return -1
    return d.offset + n // d.length * d.repeat + m.times[d.first + n % d.length]


def arm(m: Machine, dev: int) -> None:
    """Queue the next arrival of an open device."""
    when = next_arrival(m, m.beside.devices[dev])
    if when >= 0:
        schedule(m, dev, when)


def arrive(m: Machine, dev: int, when: int) -> None:
    """The event of a device: an item arrives; the next is queued."""
    d = m.beside.devices[dev]
    n = d.arrived
    d.arrived = n + 1
    d.last = when
    if m.state.dev_count[dev] >= d.ring:
        d.dropped = d.dropped + 1
        trace(m, when, -1, Event.DROP, dev, n)
    else:
        keep(m, dev, d, n, when)
    if d.kind == Kind.CLOSED:
        d.waiting = d.waiting - 1
        serve_next(m, dev, d, when)
    else:
        arm(m, dev)


def keep(m: Machine, dev: int, d: Device, n: int, when: int) -> None:
    """Put arrival `n` in the ring and assert. Its record takes the place of one that is long gone, or long overdue."""
    slot = dev * ITEMS + (d.accepted & (ITEMS - 1))
    d.untimed = d.untimed + int(m.beside.item_time[slot] >= 0)
    m.beside.item_time[slot] = when
    m.beside.item_arrival[slot] = n
    d.accepted = d.accepted + 1
    m.state.dev_count[dev] = m.state.dev_count[dev] + 1
    trace(m, when, -1, Event.ARRIVE, dev, n)
    if m.state.dev_enable[dev] != 0 and d.irq >= 0:
        raise_irq(m, d.irq, d.pin, when)
        refresh(m, d.irq)


def serve_next(m: Machine, dev: int, d: Device, when: int) -> None:
    """Closed loop: begin the next waiting request; its completion is the next arrival."""
    if d.waiting > 0:
        schedule(m, dev, when + sample(m, d.dist, d.source, d.arrived, SERVICE_DRAW))


def submit(m: Machine, dev: int, value: int, when: int) -> None:
    """The driver starts a request on a closed-loop device, or sets a one-shot timer to fire `value` ps from now."""
    d = m.beside.devices[dev]
    if d.kind == Kind.ONESHOT:
        schedule(m, dev, when + max(0, value))
    else:
        d.waiting = d.waiting + 1
        if d.waiting == 1:
            serve_next(m, dev, d, when)


def lower_wire(m: Machine, d: Device, cpu: int, when: int) -> None:
    """The device no longer asserts its level wire, by an instruction of `cpu`. Others on it may."""
    wire = m.state.wire[d.irq]
    if (wire & d.pin) != 0:
        m.state.wire[d.irq] = wire & ~d.pin
        if wire == d.pin:
            touched(m, d.irq, cpu, when)


def take(m: Machine, dev: int, cpu: int, when: int) -> int:
    """Pop the oldest item: its number plus one, or 0. A level irq falls with the last one."""
    if m.state.dev_count[dev] == 0:
        return 0
    d = m.beside.devices[dev]
    m.state.dev_count[dev] = m.state.dev_count[dev] - 1
    m.state.dev_head[dev] = m.state.dev_head[dev] + 1
    seen(m, dev, m.state.dev_head[dev], when)
    if m.state.dev_count[dev] == 0 and d.irq >= 0:
        lower_wire(m, d, cpu, when)
    return m.state.dev_head[dev]


def acknowledge(m: Machine, dev: int, cpu: int, when: int) -> None:
    """Drop the assertion without popping: what a status read does on simple devices. Empties an `auto` device."""
    d = m.beside.devices[dev]
    if d.auto != 0:
        m.state.dev_head[dev] = m.state.dev_head[dev] + m.state.dev_count[dev]
        seen(m, dev, m.state.dev_head[dev], when)
        m.state.dev_count[dev] = 0
    if d.irq >= 0:
        lower_wire(m, d, cpu, when)


def enable(m: Machine, dev: int, on: int, cpu: int, when: int) -> None:
    """Allow or forbid the device to assert its irq; items that waited assert at once."""
    d = m.beside.devices[dev]
    m.state.dev_enable[dev] = int(on != 0)
    if d.irq >= 0:
        if on == 0:
            lower_wire(m, d, cpu, when)
        elif m.state.dev_count[dev] > 0:
            raise_irq(m, d.irq, d.pin, when)
            touched(m, d.irq, cpu, when)


@inline
def slot_of(dev: int, handle: int) -> int:
    """Where an item's times are kept; `handle` is its number plus one."""
    return dev * ITEMS + ((handle - 1) & (ITEMS - 1))


def started(m: Machine, dev: int, when: int) -> None:
    """A handler of the device begins: every item accepted and not yet seen has waited until now."""
    d = m.beside.devices[dev]
    seen(m, dev, d.accepted, when)
    if d.held_since != 0:
        d.held_time = d.held_time + (when + 1 - d.held_since)
        d.held_since = 0


def seen(m: Machine, dev: int, end: int, when: int) -> None:
    """Items below number `end` have waited until now: a handler begins, or takes one that came while it ran."""
    d = m.beside.devices[dev]
    for k in range(d.started, end):
        at = m.beside.item_time[slot_of(dev, k + 1)]
        if at >= 0:
            observe(m, dev, 0, when - at)
    d.started = max(d.started, end)


def finished(m: Machine, dev: int, handle: int, when: int) -> bool:
    """An item is done. False when it was not popped, or is done already."""
    d = m.beside.devices[dev]
    if handle <= 0 or handle > m.state.dev_head[dev]:
        return False
    if handle <= d.accepted - ITEMS:
        return finished_late(m, dev, d, handle - 1, when)
    slot = slot_of(dev, handle)
    at = m.beside.item_time[slot]
    if at < 0:
        return False
    m.beside.item_time[slot] = -1
    completed(m, dev, d, at, when)
    trace(m, when, -1, Mark.DONE, dev, m.beside.item_arrival[slot])
    return True


def completed(m: Machine, dev: int, d: Device, at: int, when: int) -> None:
    """An item that arrived at `at` is done."""
    observe(m, dev, 1, when - at)
    d.missed = d.missed + int(d.deadline > 0 and when - at > d.deadline)
    d.done = d.done + 1


@noinline
def finished_late(m: Machine, dev: int, d: Device, n: int, when: int) -> bool:
    """Item `n`, whose record another has taken, is done. Its latency is known only where arrivals are regular.

    That it was still outstanding is known only of all of them together.
    """
    if d.untimed == 0:
        return False
    d.untimed = d.untimed - 1
    at = regular(m, d, n)
    if at >= 0:
        completed(m, dev, d, at, when)
    else:
        d.done = d.done + 1
        d.unmeasured = d.unmeasured + 1
    trace(m, when, -1, Mark.DONE, dev, n)
    return True


def regular(m: Machine, d: Device, n: int) -> int:
    """When item `n` came, if that follows from its number: nothing was dropped before it and nothing drawn. Else -1."""
    if d.dropped > 0 or d.dist >= 0:
        return -1
    if d.kind == Kind.PERIODIC:
        return d.offset + n * d.period
    if d.kind == Kind.BURST:
        return burst_arrival(m, d, n)
    if d.kind == Kind.RECORDED:
        return recorded(m, d, n)
    return -1


def finish_popped(m: Machine, dev: int, when: int) -> None:
    """All items popped so far are done (a handler that does its whole work at once)."""
    d = m.beside.devices[dev]
    head = m.state.dev_head[dev]
    for k in range(d.oldest, head):
        finished(m, dev, k + 1, when)
    d.oldest = head


def arrival_of(m: Machine, dev: int, handle: int) -> int:
    """The arrival number of an item, the key of its draws; of one whose record is gone, its own number."""
    gone = handle <= m.beside.devices[dev].accepted - ITEMS
    return handle - 1 if gone else m.beside.item_arrival[slot_of(dev, handle)]
