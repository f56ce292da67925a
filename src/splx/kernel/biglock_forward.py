"""Big lock at interrupts, handed over: who finds it taken gives the line to the CPU that has it.

What
----
The rule is biglock_2006's, but nobody waits. An interrupt whose handlers need the big lock tries to take it. If
another CPU has it, the line is left masked, its bit is set in a word of that CPU, that CPU is interrupted by a vector
of the line's level, and the frame is over: what was interrupted goes on at once. The other CPU takes the vector as it
takes any interrupt of that level, at once if its own is lower, and runs the handlers on top of whatever it was at: it
may take the lock once more, for it has it. Then it opens the line, which goes to the same CPU as before.

If that CPU has given the lock away meanwhile, it takes it if it is free. If a third CPU has it, or the first, the line
is handed on, and nothing bounds how often.

Why
---
It is one of the answers to Laight's question (a), 2006-12-02, what an interrupt does that finds the big lock taken,
and the only one by which the handlers run while the lock is held: how long the owner keeps it is no part of their
latency. No CPU spins at the level of a line. The price is an interrupt between CPUs, two accesses to the controller,
and what the handlers have to fetch from the caches of the line's own CPU; and the owner, who has what all want, has it
for as much longer. Where one CPU takes the lock again and again its line comes through, which biglock_defer does not
promise. Where two do so a line may be sent to and fro between them for ever.

A handler runs where its line does not go. Code under the big lock has always had to keep a handler away by the level
on the CPU of its line, where the lock lets it in; now it has to on every CPU. And a level that is raised on the CPU of
the line alone, without the lock, keeps it away no more.

The race
--------
The owner may give the lock away before the interrupt is there. So whoever takes that asks once more who has it:

    cpu0                                cpu1
                                        kernel_lock returns
    interrupt nic
    forward_irq                 -- for the big lock is there
                                        kernel_unlock
                                        kernel_unlock returns
    cas cpu1.given.lines[5] := 1
    send_ipi(1, 2)
    forward_irq returns
                                        interrupt forward_net
                                        swap given.lines[5] := 0
                                        klock.lk_flags := LK_HAVE_EXCL  -- it was free
                                        nic_intr
                                        pic_unmask(nic)

The bit comes first, and then the interrupt. The other way round nobody looks again:

    with the interrupt first:
    cpu0                                cpu1
                                        kernel_lock returns
    interrupt nic
    send_ipi(1, 2)
                                        interrupt forward_net
                                        swap given.lines[5] := 0
                                        intr_leave
    cas cpu1.given.lines[5] := 1
    forward_irq returns
    cpu1.given.lines[5] is 1    -- and quiet for ever

With two CPUs that take the lock by turns the line may always come too late:

    cpu0                                cpu1
                                        kernel_lock returns
    interrupt nic
    forward_irq                 -- to cpu1
                                        kernel_unlock returns
    send_ipi(1, 2)
    kernel_lock returns
                                        interrupt forward_net
                                        forward_irq         -- back to cpu0
    kernel_unlock returns
                                        send_ipi(0, 2)
                                        kernel_lock returns
    interrupt forward_net
    forward_irq                 -- to cpu1, and all is as it was

Invariants
----------
1. A line whose bit is set on some CPU is quiet: in service nowhere, and masked if it is level-triggered.
2. A handler of a line that needs the big lock runs with it held by its CPU.
3. Of a CPU on which a bit is set the vector of that level is on its way, or the CPU is about to look, or whoever set
   the bit is about to interrupt it.

Sources
-------
FreeBSD 3 and 4, sys/i386/isa/apic_vector.s, 1.27 (1998) and 1.47.2.5 (2001): INTR, "forward irq to lock holder";
forward_irq; Xforward_irq, "Oops, we've lost the isr lock". The reply that names the question: David Laight, tech-smp,
2006-12-02. NetBSD had nothing of the kind.

Left out
--------
FreeBSD's levels, which were in memory, and its one word of lines for all CPUs: whoever had the lock ran whatever
waited there when the level fell. There an interrupt that found the lock free by then went to CPU 0; here it goes to
who had it, who takes it. Soft interrupts, which spin for the lock as before, and with them the order of locks that
they make. One vector for all levels: each level of such lines takes one of a CPU's eight, and a system that needs more
is refused.
"""

from __future__ import annotations

from splx.kernel.interface.axes import biglock_line_wants, flow_keep, handle_irq, intr_leave, mask_enter
from splx.kernel.interface.forward import forwards
from splx.kernel.interface.levels import LEVELS
from splx.kernel.interface.lines import IntrSource, intr, line_hold
from splx.kernel.interface.locks import biglock_ask
from splx.lang.kernel import Array, PerCpu, Struct, array, atomic, entry, i64, inline, noinline, on_cpu, stat
from splx.lang.wide import bit, fls
from splx.machine.intrinsics import cas, cpu_number, send_ipi, swap

__account__ = "intr"


class Given(PerCpu):
    """The lines that were handed to a CPU, by level. Set by others, taken by that CPU."""

    lines: Array[i64] = array(LEVELS, atomic())  # 1 << irq


class ForwardCounts(Struct):
    """What came of them."""

    forward_irq_hitcnt: i64 = stat()  # it had the lock, or got it
    forward_irq_misscnt: i64 = stat()  # another CPU had it by then


given = Given()
forwarded = ForwardCounts()


@inline
def carrier_run(s: IntrSource, old: int) -> None:
    """Right here, with the big lock if the rule says so; or where that is."""
    owner = -1
    if biglock_line_wants(s, old):
        owner = biglock_ask()
    if owner < 0:
        handle_irq(s, old)
    else:
        flow_keep(s)
        line_hold(s, 0)
        forward_irq(s, owner)


@noinline
def forward_irq(s: IntrSource, cpu: int) -> None:
    """Hand `s`, which is quiet, to `cpu`. In a frame, interrupts off. Whatever is in its place by then stays there."""
    level = s.is_level
    lines = on_cpu(given, cpu).lines[level]
    while not cas(on_cpu(given, cpu).lines[level], lines, lines | bit(s.is_irq)):
        lines = on_cpu(given, cpu).lines[level]
    send_ipi(cpu, forwards.vector[level])


@entry
def forward_run(s: IntrSource) -> None:
    """Xforward_irq: the frame of what was handed to this CPU, of the level of `s`."""
    level = s.is_level
    old = mask_enter(level)
    lines = swap(on_cpu(given, cpu_number()).lines[level], 0)
    while lines != 0:
        irq = fls(lines)
        lines &= ~bit(irq)
        forward_take(intr.line[irq], min(old, level - 1))
    intr_leave(old)


@inline
def forward_take(s: IntrSource, old: int) -> None:
    """Run the handlers of `s`, which interrupted level `old`, here; or hand it on: another CPU has the lock now."""
    owner = biglock_ask()
    if owner < 0:
        forwarded.forward_irq_hitcnt += 1
        line_hold(s, 1)
        handle_irq(s, old)
    else:
        forwarded.forward_irq_misscnt += 1
        forward_irq(s, owner)


@inline
def biglock_line_enter(s: IntrSource, old: int) -> bool:
    """It was taken before the frame came here."""
    return biglock_line_wants(s, old)
