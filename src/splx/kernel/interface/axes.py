"""Slots of the interrupt side, by axis. All run on the CPU they concern.

A frame is the context of one (CPU, level). An irq takes the CPU into its trap context with interrupts off;
`intr_entry` runs there and either holds the source or becomes the frame of its level, which starts `is_run`.
The entry function of a frame raises with `mask_enter`, does its work with interrupts on, and ends with
`intr_leave`.
"""

from __future__ import annotations

from splx.kernel.interface.levels import IPL_FLAG, NO_FLAG
from splx.kernel.interface.lines import IntrHandler, IntrSource, Softint, intrcpu, line_held
from splx.kernel.interface.lwp import Lwp, ci
from splx.lang.kernel import NULL, THREAD, Handle, context, inline, slot
from splx.lang.marks import mark
from splx.machine.intrinsics import become, intr_enable

# ---- mask: how a section keeps interrupts out


@slot
def splraise(level: int) -> int:
    """Raise to `level` if that is higher; returns the level before, for `splx`."""


@slot
def splx(level: int) -> None:
    """Lower to `level` if that is lower, and run what was held above it. Interrupts on; on in between."""


@slot
def spl_irq_save(level: int) -> int:
    """`splraise` within the kernel, to a level of interrupts: never sleeps. The design's `splraise`, or its own."""


@slot
def spl_irq_restore(level: int) -> None:
    """Undo `spl_irq_save`, and run what was held meanwhile. The design's `splx`, or its own."""


mark(spl_irq_save, same_as=splraise)
mark(spl_irq_restore, same_as=splx)


@slot
def spl_level() -> int:
    """The level of this CPU."""


@slot
def spl_request(soft: int) -> None:
    """Have soft level `soft` (SOFT_PREEMPT too) taken on this CPU as soon as its level allows. Any level."""


@slot
def mask_admits(s: IntrSource) -> bool:
    """In the trap context: whether `s` may run now."""


@slot
def mask_hold(s: IntrSource) -> None:
    """Interrupts off: remember `s` until the level falls below it.

    Its line is quieted by `flow_hold` or `flow_keep`.
    """


@slot
def mask_enter(level: int) -> int:
    """At the start of a frame, interrupts off: raise to `level`; returns the interrupted level."""


@slot
def mask_leave(level: int) -> IntrSource:
    """At the end of a frame, interrupts off: back to `level`.

    Returns the next held source to run, removed, or NULL.
    """


@slot
def mask_clamp(level: int) -> int:
    """The level that interrupts must exceed while this CPU is at `level`: more if an interrupt thread is blocked."""


@slot
def mask_clamped(level: int) -> bool:
    """Whether `mask_clamp` gives more than `level`."""


@slot
def mask_ready(level: int) -> int:
    """Deferred SPL: the bits of the log that may be delivered at `level`."""


# ---- flow: what happens to the line


@slot
def flow_enter(s: IntrSource) -> None:
    """In the trap context, interrupts off: `s` is admitted, its handlers are about to run."""


@slot
def flow_leave(s: IntrSource) -> None:
    """`s` was admitted by `flow_enter` and its handlers have run. Interrupts off."""


@slot
def flow_hold(s: IntrSource) -> None:
    """In the trap context: `s` cannot run yet. Quiet it so that the CPU can go on."""


@slot
def flow_keep(s: IntrSource) -> None:
    """`s` was admitted by `flow_enter` but must wait after all: keep it quiet. Interrupts off."""


@slot
def flow_release(s: IntrSource) -> None:
    """`s` was quieted by `flow_hold` or `flow_keep` and its handlers have run since. Interrupts off."""


@slot
def flow_defer(s: IntrSource) -> None:
    """FreeBSD: `s` was admitted, its filters have run, and the rest is for its thread. Interrupts off."""


@slot
def flow_done(s: IntrSource) -> None:
    """FreeBSD: `s` was admitted, its filters have run, and nothing else is to be done. Interrupts off."""


# ---- top half and carrier: what runs at once, and who runs it


@slot
def intr_entry(irq: int) -> None:
    """Entry of the trap context: an irq was accepted."""


@slot
def intr_run(s: IntrSource) -> None:
    """Entry of the frame of a device line."""


@slot
def ipi_run(s: IntrSource) -> None:
    """Entry of the frame of VEC_POKE."""


@slot
def softint_run(s: IntrSource) -> None:
    """Entry of the frame of a soft level."""


@slot
def preempt_run(s: IntrSource) -> None:
    """Entry of the running thread's `l_preempt`: preemption is owed and the level allows it."""


@slot
def handler_call(ih: IntrHandler, level: int) -> None:
    """Call one handler at `level`, and check what it leaves behind."""


@slot
def intr_stray() -> None:
    """A handler says, before it returns: it was not my device. Only a kernel that counts such interrupts listens."""


@slot
def intr_chain(s: IntrSource, old: int) -> bool:
    """Run the handlers of `s` above level `old`, on whatever context calls; whether that was all. Interrupts on."""


@slot
def interrupt_distribute(device: Handle, cpu: int) -> None:
    """The line of `device` is delivered to `cpu` from now on. Any context.

    Named after interrupt_distribute(9) of NetBSD, which takes a set of CPUs. What no CPU has accepted yet goes there,
    too. What one has accepted stays with it: its handlers run where it was taken, or where their thread runs. Until
    they are through a level-triggered line that is masked or in service goes nowhere; an edge is delivered to `cpu`,
    and in a kernel that does not keep its handlers apart they may run on two CPUs at once. The clock of a CPU is not
    to be moved.
    """


@slot
@context(THREAD)
def intr_disestablish(device: Handle) -> None:
    """The handlers of `device` are taken off its line, and do not run any more when this returns. May sleep.

    Named after intr_disestablish(9) of NetBSD, which takes what intr_establish(9) gave. The device is to be quiet
    before, and nobody takes what it has afterwards. When the last handler of a line is gone the line is masked.
    """


@slot
def disable_irq_nosync(device: Handle) -> None:
    """The handlers of the line of `device` do not begin to run until as many `enable_irq`. Any context."""


@slot
@context(THREAD)
def disable_irq(device: Handle) -> None:
    """The same, and they do not run either when this returns. Waits for those that do, and may sleep."""


@slot
def enable_irq(device: Handle) -> None:
    """Undo one `disable_irq`; after the last one, what came meanwhile is delivered. Any context."""


@slot
def handle_irq(s: IntrSource, old: int) -> None:
    """`intr_direct`, of a line whose handlers no thread runs, and what else its flow does before and after them."""


@slot
def intr_direct(s: IntrSource, old: int) -> None:
    """In the frame, interrupts off: run the handlers of `s` right here, and let its line go."""


@slot
def carrier_run(s: IntrSource, old: int) -> None:
    """In the frame, interrupts off, level raised: have the handlers of `s` run, and its line let go when they have.

    `old` is the level that was interrupted.
    """


@slot
def ithread_loop(where: int) -> None:
    """What an interrupt thread of its own source, at address `where`, does for ever."""


@slot
def ithread_settle(s: IntrSource) -> None:
    """An interrupt thread of its own source has run a round, and opened its line. Called and returns with interrupts
    off; it may sleep in between.
    """


@slot
def intr_continue(where: int) -> None:
    """The soft interrupt of a line at address `where`, scheduled by its hard one: run the handlers of the line."""


@slot
def softint_leave(old: int) -> None:
    """Where softirqs are left to a thread by an interrupt without one, on its way out to level `old`: do so.

    In its frame, interrupts off.
    """


@slot
def local_bh_disable() -> None:
    """PREEMPT_RT: the running thread begins a section without soft interrupts. It may sleep, now and later."""


@slot
def local_bh_enable() -> None:
    """PREEMPT_RT: it ends the section, and runs the soft interrupts that wait on this CPU."""


@slot
def softint_thread(k: int) -> None:
    """What the scheduled thread of soft level `k` of a CPU does for ever; it is parked at first."""


@slot
def softint_schedule(si: Softint) -> None:
    """softint(9): run `si` soon, once, on this CPU. Hard or soft interrupt, or preemption disabled."""


@slot
def softint_schedule_cpu(si: Softint, cpu: int) -> None:
    """softint(9): run `si` soon, once, on `cpu`. As `softint_schedule`."""


# ---- big lock at interrupts


@slot
def biglock_line_wants(s: IntrSource, old: int) -> bool:
    """Whether the rule has the chain of `s`, which interrupted level `old`, run under the big lock."""


@slot
def biglock_line_enter(s: IntrSource, old: int) -> bool:
    """Before the chain of `s`, which interrupted level `old`: take the big lock if the rule says so; whether it did."""


@slot
def biglock_line_exit(s: IntrSource) -> None:
    """After a chain for which `biglock_line_enter` took the lock."""


@slot
def biglock_handler_enter(ih: IntrHandler) -> bool:
    """Before one handler: take the big lock if the rule says so; whether it did."""


@slot
def biglock_handler_exit(ih: IntrHandler) -> None:
    """After a handler for which `biglock_handler_enter` took the lock."""


# ---- preemption


@slot
def resched(l: Lwp, cpu: int) -> None:
    """`l` was put on the run queue of `cpu` and is better than what runs there: have it looked at.

    Level IPL_SCHED.
    """


@slot
def kpreempt_disable() -> None:
    """The running thread is not preempted until as many `kpreempt_enable`. Whether it may block, each kernel says.

    Nothing in a kernel that preempts no thread in the kernel (netbsd-2006), which does not count either.
    """


@slot
def kpreempt_enable() -> None:
    """Undo one `kpreempt_disable`; the last one takes an owed preemption."""


@slot
def kpreempt_disabled() -> bool:
    """Whether the running thread cannot be preempted now. For assertions only."""


@slot
def preempt_point() -> None:
    """A place where preemption may have become possible: the last release of the big lock. Level of a thread."""


@slot
def kpreempt() -> None:
    """The running thread gives way if that was asked and nothing forbids it. Level of a thread, or IPL_PREEMPT."""


@slot
def ipi_resched() -> None:
    """In the frame of VEC_POKE: another CPU called `resched` for this one."""


@slot
@context(THREAD)
def user_enter() -> None:
    """The running thread returns to user mode: an owed preemption happens, and until `user_leave` at any time."""


@slot
@context(THREAD)
def user_leave() -> None:
    """The running thread enters the kernel again."""


# ---- what the entry functions of frames share


@inline
def let_in() -> None:
    """Interrupts on, unless the level is the CPU's flag: then they are off as long as the level is up."""
    if IPL_FLAG == NO_FLAG:
        intr_enable()


@inline
def flow_end(s: IntrSource) -> None:
    """The handlers of `s` have run. Interrupts off."""
    if line_held(s) != 0:
        flow_release(s)
    else:
        flow_leave(s)


@inline
def frame_of(s: IntrSource) -> int:
    """The context in which `s` runs: that of its level on this CPU; for preemption, that of the running thread."""
    frame = intrcpu.frame[s.is_level]
    if frame < 0:
        frame = ci.curlwp.l_preempt
    return frame


@inline
def intr_leave(old: int) -> None:
    """End of a frame, interrupts off: back to level `old`, or on to the frame of what was held above it."""
    s = mask_leave(old)
    if s is not NULL:
        become(frame_of(s), s.is_run, s)
