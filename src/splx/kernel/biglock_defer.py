"""Big lock at interrupts, put off: who finds it taken keeps the line quiet and goes, who frees it opens the line.

What
----
The rule is biglock_2006's, but nobody waits. An interrupt whose handlers need the big lock tries to take it. If another
CPU has it, the line is left masked, its bit is set in a word that all CPUs share, and the frame is over: what was
interrupted goes on at once. Whoever frees the lock looks at the word, takes what is there and opens those lines. The
controller then delivers them again, to their own CPU, where they try again. A level is asserted still; an edge has been
used up, and is latched again by software.

Why
---
It is one of the answers to Laight's question (a), 2006-12-02, what an interrupt does that finds the big lock taken. No
CPU spins at the level of a line, so nothing piles up there, and there is no circle through such an interrupt: what it
came upon goes on, and lets go whatever it holds. The price is two accesses to the controller and a second trap for each
interrupt that is put off, and a look at a shared word at each release. And there is no turn: who spins for the lock is
quicker than an interrupt that is on its way, and a thread that takes it again and again can keep one off for ever,
which a search finds (R0038).

The race
--------
The lock may be freed between the try and the bit. So the bit is set first, and the lock is tried once more:

    cpu0                                cpu1
                                        kernel_lock returns
    interrupt nic
    biglock_try returns         -- another CPU has it
                                        kernel_unlock
                                        klock.lk_flags := 0
                                        reads aside.lines: 0    -- biglock_freed
                                        kernel_unlock returns
    cas aside.lines := 1        -- biglock_aside
    biglock_try                 -- once more
    klock.lk_flags := LK_HAVE_EXCL
    cas aside.lines := 0        -- nobody need open the line
    nic_intr

Without the second try nobody opens the line:

    without the second try:
    cpu0                                cpu1
                                        kernel_lock returns
    interrupt nic
    biglock_try returns
                                        kernel_unlock
                                        klock.lk_flags := 0
                                        reads aside.lines: 0
                                        kernel_unlock returns
    cas aside.lines := 1
    biglock_aside returns
    aside.lines is 1            -- and quiet, until somebody frees the lock again

Both tries and the release take the lock's interlock, which orders them under store buffers too: a try that finds the
lock taken comes before the release, whose look at the word comes later.

Invariants
----------
1. A line whose bit is set is quiet, or the CPU that set it is about to try again.
2. A handler of a line that needs the big lock runs with it held by its CPU.
3. If the lock is free, somebody is about to look at every bit that is set.

Sources
-------
Nobody's kernel. The reply that names the question: David Laight, tech-smp, 2006-12-02. To latch an edge again by
software is what Linux does with one that came while its line was disabled: kernel/irq/resend.c, check_irq_resend.

Left out
--------
Soft interrupts, which spin for the lock as before, and with them the order of locks that they make. What puts a device
off is its line: it stays masked, whoever frees the lock opens it from any CPU, and the controller interrupts again. A
soft interrupt has no line. A CPU asks itself for one, and would be interrupted at once if it did so again, lock or no
lock; to be asked when the lock is free it would have to be known to whoever frees that, who interrupts each CPU that
waits. A turn for who was put off. Levels that are deferred in software.
"""

from __future__ import annotations

from splx.kernel.interface.axes import biglock_line_wants, flow_keep, handle_irq
from splx.kernel.interface.lines import IntrSource, intr, line_hold
from splx.kernel.interface.locks import biglock_try
from splx.kernel.interface.lwp import ci
from splx.lang.kernel import Struct, atomic, i64, inline, noinline
from splx.lang.wide import bit, fls
from splx.machine.intrinsics import cas, pic_retrigger, pic_unmask, swap

__account__ = "intr"


class Aside(Struct):
    """The lines that wait for the big lock to be free."""

    lines: i64 = atomic()  # 1 << irq


aside = Aside()


@inline
def carrier_run(s: IntrSource, old: int) -> None:
    """Right here, with the big lock if the rule says so; or not now."""
    now = True
    if biglock_line_wants(s, old):
        now = biglock_try() or biglock_aside(s)
    if now:
        handle_irq(s, old)


@noinline
def biglock_aside(s: IntrSource) -> bool:
    """Put `s` aside, in its frame, interrupts off. True if the lock was freed meanwhile, and is this CPU's now."""
    flow_keep(s)
    lines = aside.lines
    while not cas(aside.lines, lines, lines | bit(s.is_irq)):
        lines = aside.lines
    if biglock_try():
        biglock_recall(s)
        return True
    line_hold(s, 0)
    return False


@inline
def biglock_recall(s: IntrSource) -> None:
    """`s` is not put aside after all. It stays held, so that the flow opens it when its handlers have run."""
    lines = aside.lines
    while not cas(aside.lines, lines, lines & ~bit(s.is_irq)):
        lines = aside.lines


@inline
def biglock_line_enter(s: IntrSource, old: int) -> bool:
    """It was taken before the frame came here."""
    return biglock_line_wants(s, old)


@inline
def biglock_freed() -> None:
    """Look whether anybody was put aside: after the release, which whoever was put aside meanwhile has not seen."""
    if ci.biglock_count == 0 and aside.lines != 0:
        biglock_open()


@noinline
def biglock_open() -> None:
    """Have every line that was put aside interrupt again."""
    lines = swap(aside.lines, 0)
    while lines != 0:
        irq = fls(lines)
        lines &= ~bit(irq)
        s = intr.line[irq]
        if s.is_trigger != 0:
            pic_unmask(irq)
        else:
            pic_retrigger(irq)
