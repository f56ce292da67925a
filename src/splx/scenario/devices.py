"""Devices: what interrupts. In kernel code a device is a handle with the registers of its ring as methods.

    nic = NIC("wm0", Poisson(mean=us(50)), ring=64)

    @handler(nic, IPL_NET)
    def nic_intr() -> None:
        item = nic.pop()
        while item != 0:
            nic.work(item, PER_PACKET)
            item = nic.pop()

An *item* is a packet, a finished request, a tick: one arrival. It waits in the ring from its arrival until it is
popped, and its latency ends when it is *done*: when the handler that popped it returns, or, if that declared
`defer=True`, when somebody calls `done`.
"""

from __future__ import annotations

import hashlib
from enum import IntEnum
from typing import TYPE_CHECKING

from splx.kernel.interface.levels import MARK_DONE
from splx.lang.kernel import inline
from splx.lang.links import Handle
from splx.machine.intrinsics import dev_read, dev_write, mark
from splx.machine.intrinsics import work as work_
from splx.scenario.arrivals import Armed, Arrivals, Never
from splx.scenario.checks import count, cpu_number, duration, name_of, of_class
from splx.scenario.distributions import Distribution
from splx.scenario.scene import in_use
from splx.scenario.sites import here

if TYPE_CHECKING:
    from splx.base.units import Ps

_ARRIVALS = "write when its items arrive: `Poisson(mean=us(50))`, `Periodic(ms(1))`, `Recorded(...)`, `Never()`"
_TRIGGERS = "an edge is a moment, a level lasts until the device is quieted"

MOST_RING = 1 << 17

# Registers of a device.
_COUNT = 0
_POP = 1
_ENABLE = 2
_SUBMIT = 3
_ACK = 4


class Trigger(IntEnum):
    """How a line says that something has happened."""

    EDGE = 0  # a moment, which the controller remembers
    LEVEL = 1  # a state, which lasts until the device is quieted


EDGE, LEVEL = Trigger


class Device(Handle):
    """A device with a ring of `ring` items and a line of its own, delivered to CPU `cpu`. Devices that give one name as
    `irq` share a line, which is level-triggered then and goes to one CPU; every handler asks its own device.

    `priority` decides among lines of one level: the higher is taken first. `limit` ends the arrivals after so many,
    not what is submitted. An item that is done more than `deadline` after its arrival is counted as missed.
    """

    #: What there is unless the user says otherwise.
    default_ring = 64
    default_trigger = LEVEL
    auto = False

    def __init__(
        self,
        name: str,
        arrivals: Arrivals,
        *,
        ring: int | None = None,
        trigger: Trigger | None = None,
        cpu: int = 0,
        priority: int = 0,
        limit: int | None = None,
        deadline: Ps | None = None,
        irq: str = "",
    ) -> None:
        super().__init__()
        site = self.site = here()
        self.name = name = name_of(name, site)
        self.arrivals = of_class(arrivals, Arrivals, Never(), site, "arrivals", 1, _ARRIVALS)
        self.ring = count(self.default_ring if ring is None else ring, site, "ring", most=MOST_RING)
        chosen = self.default_trigger if trigger is None else trigger
        self.trigger = of_class(chosen, Trigger, LEVEL, site, "trigger", -1, _TRIGGERS)
        self.cpu = cpu_number(cpu, site)
        self.priority = of_class(priority, int, 0, site, "priority", -1, "higher is taken first")
        self.limit = -1 if limit is None else count(limit, site, "limit", least=0)
        self.deadline = 0 if deadline is None else duration(deadline, site, "deadline", least=1)
        self.irq = of_class(irq, str, "", site, "irq", -1, 'devices that share a line give one name: `irq="pci0"`')
        scenario = in_use()
        if scenario is not None:
            scenario.take_name("source", name, "a device", site)
            self.number = scenario.new_number(scenario.devices, self)

    @property
    def key(self) -> int:
        """What its random draws are called: the same in all designs, and with devices added or removed."""
        return int.from_bytes(hashlib.sha256(self.name.encode()).digest()[:7], "big")

    # ---- kernel code

    @inline
    def waiting(self) -> int:
        """How many items wait in the ring. Reads the device."""
        return dev_read(self, _COUNT)

    @inline
    def pop(self) -> int:
        """The oldest item, as a number above zero, which is the driver's now; 0 if none waits. Reads the device."""
        return dev_read(self, _POP)

    @inline
    def ack(self) -> None:
        """Quiet the device without popping. A clock forgets what waits. Writes the device."""
        dev_write(self, _ACK, 1)

    @inline
    def enable(self) -> None:
        """Let the device interrupt again. What waits interrupts at once. Writes the device."""
        dev_write(self, _ENABLE, 1)

    @inline
    def disable(self) -> None:
        """Keep the device from interrupting; items go on arriving in the ring. Writes the device."""
        dev_write(self, _ENABLE, 0)

    @inline
    def work(self, item: int, cost: Distribution) -> None:
        """Occupy the CPU for what `item` costs: the same draw for the item in all designs."""
        work_(cost, item, self)

    @inline
    def done(self, item: int) -> None:
        """`item` has been dealt with: its latency ends. Free."""
        mark(MARK_DONE, self, item)


class Clock(Device):
    """A timer. Its message is that it has fired, so one tick waits at most and `ack` is all that a handler must do."""

    default_ring = 1
    default_trigger = EDGE
    auto = True


class OneShot(Device):
    """The timer of a CPU: it fires once for every `arm`, and a later `arm` moves one that has not fired."""

    default_ring = 1
    default_trigger = EDGE
    auto = True

    def __init__(self, name: str, *, cpu: int = 0, priority: int = 0) -> None:
        super().__init__(name, Armed(), cpu=cpu, priority=priority)

    @inline
    def arm(self, delay: int) -> None:
        """Fire `delay` ps from now. Writes the device."""
        dev_write(self, _SUBMIT, delay)


class NIC(Device):
    """A network card with a receive ring."""

    default_ring = 256


class Disk(Device):
    """A disk. With `ClosedLoop` the driver submits requests, and the items are their completions."""

    default_ring = 64

    @inline
    def submit(self) -> None:
        """Start a request. Writes the device."""
        dev_write(self, _SUBMIT, 1)


class Audio(Device):
    """A sound card: an item is a block of samples to fill. The ring is the time there is before it is heard."""

    default_ring = 2


class Serial(Device):
    """A serial port with the 16 characters of a 16550."""

    default_ring = 16
