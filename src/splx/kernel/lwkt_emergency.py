"""Emergency polling: a thread that the clock wakes calls every handler of its CPU, whatever their lines say.

What
----
Every EMERGENCY_TICKS ticks of a CPU its polling thread is woken. Under the big lock, and in a critical section, it
calls the handlers of all lines that have a thread on this CPU, one line after another, and sleeps again. It neither
masks their lines nor opens them. The handlers of a line whose thread is in the middle of them are left out, since their
serializer is taken. The clock is not polled: it has no thread.

Why
---
A machine whose interrupts do not arrive, since a line is routed wrongly, or is shut for a storm that another device
makes, can be used at a low rate all the same: handlers ask their devices, so one that is called without an interrupt
finds what there is. It costs a look at every device for each round, so somebody has to ask for it.

The race
--------
The thread of a line may have blocked in the middle of a handler, on its way to a token. Its line is in use then, and no
business of the polling thread:

    without the serializer:
    cpu0                                cpu1
                                        cas m.word := other     -- mutex_enter
    interrupt nic
    nic_intr
    mutex_enter(m)
    token_back                          -- it must wait: the frame beneath goes on
    interrupt clock
    switch_to(emergency/0)
    nic_intr                            -- once more, in the middle of the other

Invariants
----------
1. The polling thread calls no handler that its line's thread is in the middle of, nor does that begin one that is
   polled.

Sources
-------
DragonFly sys/kern/kern_intr.c, recent (ithread_emergency, emergency_intr_timer_callback; kern.emergency_intr_enable,
which is off, and kern.emergency_intr_freq, 10 a second). The thread is there whether a line is livelocked or not, and
livelock starts nothing. Older kernels have one for all CPUs.

Left out
--------
A serializer of each driver's own: here the handlers of a line share one. That the thread of a line waits for it: a
handler that sleeps while it is polled, and whose line interrupts meanwhile, is stopped. A timer of its own, which goes
10 times a second: here it is every so many ticks. Handlers that ask not to be polled (INTR_NOPOLL: those of ATA).
"""

from __future__ import annotations

from splx.kernel.interface.axes import intr_chain, splraise, splx
from splx.kernel.interface.levels import EMERGENCY_TICKS, IPI_BASE, IPL_NONE, IPL_VM
from splx.kernel.interface.lines import IntrSource, intr
from splx.kernel.interface.locks import kernel_lock, kernel_unlock, mutex_spin_exit
from splx.kernel.interface.lwkt import emergencies, serial
from splx.kernel.interface.lwp import LSSLEEP, LW_NOSLEEP, Lwp, ci
from splx.kernel.interface.sched import lwp_lock, mi_switch, setrunnable
from splx.lang.kernel import NULL, PerCpu, addr, inline, u8
from splx.machine.intrinsics import cpu_number

__account__ = "intr"


class EmergencyCpu(PerCpu):
    """The timer. This CPU alone, at IPL_CLOCK."""

    ticks: u8  # since the thread was woken


emergency = EmergencyCpu()


def watchdog_tick() -> None:
    """emergency_intr_timer_callback, once in so many ticks."""
    emergency.ticks += 1
    if emergency.ticks == EMERGENCY_TICKS:
        emergency.ticks = 0
        emergency_wake(emergencies.lwp[cpu_number()])


@inline
def emergency_wake(l: Lwp) -> None:
    """lwkt_schedule: nothing, if it runs already."""
    lwp_lock(l)
    lock = l.l_mutex
    if l.l_wchan == addr(l):
        l.l_wchan = 0
        setrunnable(l)  # afterwards another lock guards it
    mutex_spin_exit(lock)


def emergency_loop(unused: int) -> None:
    """ithread_emergency."""
    l = ci.curlwp
    while True:
        kernel_lock()
        l.l_flag |= LW_NOSLEEP
        s = splraise(IPL_VM)
        for irq in range(IPI_BASE):
            line = intr.line[irq]
            if line.is_irq == irq and line.is_lwp is not NULL and line.is_lwp.l_cpu == l.l_cpu:
                emergency_poll(line)
        splx(s)
        l.l_flag &= ~LW_NOSLEEP
        kernel_unlock()
        lwp_lock(l)
        l.l_stat = LSSLEEP
        l.l_wchan = addr(l)
        mi_switch()


@inline
def emergency_poll(s: IntrSource) -> None:
    """lwkt_serialize_handler_try: the handlers of a line, unless somebody is at them. At the level of devices."""
    if serial.taken[s.is_irq] == 0:
        serial.taken[s.is_irq] = 1
        intr_chain(s, IPL_NONE)
        serial.taken[s.is_irq] = 0
