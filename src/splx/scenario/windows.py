"""Mutants for the windows in NetBSD's locks, levels and softints which the comments of their files tell of.

The numbers are those of a list that was made from the sources; what is not here of it has no mechanism to leave out.
The last two, which have names, are of big locks that NetBSD did not have.
"""

from __future__ import annotations

from splx.scenario.mutation import Edit, Mutant

WINDOWS = (
    Mutant(
        "m1",
        "splx tests what is pending and stores the level as two actions",
        "an interrupt that comes between them is noted, and stays so until somebody lowers the level again",
        (
            Edit(
                "spl_deferred",
                """\
        if cas_pair_local(spl.ilevel, spl.ipending, old, pending, level):
            return
""",
                """\
        spl.ilevel = level
        return
""",
            ),
        ),
    ),
    Mutant(
        "m2",
        "spin enter keeps the old level before it counts",
        "an interrupt between them brings its own level: the section goes back to a wrong one",
        (
            Edit(
                "mutex_spin",
                """\
    held = fetch_add_local(ci.mtx_count, -1)
    ci.mtx_oldspl = old if held == 0 else ci.mtx_oldspl
""",
                """\
    ci.mtx_oldspl = old if ci.mtx_count == 0 else ci.mtx_oldspl
    fetch_add_local(ci.mtx_count, -1)
""",
            ),
        ),
    ),
    Mutant(
        "m4",
        "mutex_enter does not look again after it has set WAITERS",
        "the owner releases in between and sees no waiter: a lost wakeup",
        (
            Edit(
                "mutex_adaptive",
                """\
    if lwp_onproc(owner):
        turnstile_exit(m)
        return
""",
                "",
            ),
        ),
    ),
    Mutant(
        "m6",
        "kernel_lock clears its wanted-word with a plain store",
        "the store waits in a buffer while the thread releases a mutex: a lost wakeup",
        (Edit("kernel_lock", "    swap(ci.biglock_wanted, wanted)\n", "    ci.biglock_wanted = wanted\n"),),
        memory="tso",
    ),
    Mutant(
        "m6-switch",
        "a thread that comes on its CPU says so with a plain store",
        "the store waits in a buffer while the thread releases a mutex: a lost wakeup",
        (
            Edit("switch", "    set_curlwp,\n", "    set_curlwp_over,\n"),
            Edit(
                "switch",
                "    set_curlwp(newl)\n    switch_to(newl.l_ctx)\n",
                "    set_curlwp_over(newl)\n    switch_to(newl.l_ctx)\n",
            ),
            Edit("switch", "    set_curlwp(victim)\n", "    set_curlwp_over(victim)\n"),
            Edit(
                "switch",
                "    set_curlwp(newl)\n    switch_exit(newl.l_ctx)\n",
                "    set_curlwp_over(newl)\n    switch_exit(newl.l_ctx)\n",
            ),
        ),
        memory="tso",
    ),
    Mutant(
        "m7",
        "who spins for the big lock counts as running",
        "kernel_lock and an adaptive mutex wait for each other",
        (
            Edit("sched", " and on_cpu(ci, l.l_cpu).biglock_wanted is not l\n", "\n"),
            Edit("mutex_adaptive", "        and on_cpu(ci, owner.l_cpu).biglock_wanted is not owner\n", ""),
        ),
    ),
    Mutant(
        "m8",
        "kernel_lock takes and counts at the caller's level",
        "a handler that wants it comes between: its CPU waits for itself",
        (
            Edit(
                "kernel_lock",
                """\
    s = splraise(IPL_BIGLOCK)
    assert""",
                """\
    s = splraise(0)
    assert""",
            ),
        ),
    ),
    Mutant(
        "m10",
        "what was held is replayed lowest first",
        "a handler waits for the big lock, whose holder waits for an interrupt that was held above it",
        (
            Edit("spl_deferred", "import bit, fls\n", "import bit, ctz\n"),
            Edit(
                "spl_deferred",
                """\
        highest = fls(ready)
        spl.ipending &= ~bit(highest)
        found = held.source[highest]
""",
                """\
        lowest = ctz(ready)
        spl.ipending &= ~bit(lowest)
        found = held.source[lowest]
""",
            ),
        ),
    ),
    Mutant(
        "m11",
        "a level-triggered line that must wait is not masked",
        "it interrupts again at once, and again",
        (
            Edit(
                "flow_mask",
                """\
    flow_enter(s)
    line_hold(s, 1)
""",
                """\
    pic_eoi(s.is_irq)
    line_hold(s, 1)
""",
            ),
        ),
    ),
    Mutant(
        "m12",
        "whoever sleeps for a lock keeps the big lock, and the switch does not mind",
        "the owner of the lock wants the big lock: both wait for ever",
        (
            Edit(
                "turnstile",
                """\
    holds = kernel_unlock_block()
    kpreempt_disable()
""",
                """\
    holds = 0
    kpreempt_disable()
""",
            ),
            Edit("switch", '    assert l.l_blcnt == 0, "switch while holding kernel_lock"\n', ""),
        ),
    ),
    Mutant(
        "m13",
        "a spin mutex raises to a level less than its own",
        "a handler of its level takes it from whom it interrupted, or the big lock on top of it",
        (Edit("mutex_spin", "    old = spl_irq_save(level)\n", "    old = spl_irq_save(level - 1)\n"),),
    ),
    Mutant(
        "m17",
        "nobody minds if a softint sleeps for a condition",
        "its level is dead on that CPU, and with it whoever should have woken it",
        (
            Edit(
                "condvar",
                """\
    assert INTR_SLEEP == 2 or l.l_flag & (LW_NOSLEEP | LW_IDLE) == 0, "cv_wait in a softint or interrupt thread"
""",
                "",
            ),
        ),
    ),
    Mutant(
        "m18",
        "splx tests whether something waits before it stores the level",
        "an interrupt that comes between them raises the register, which stays so",
        (
            Edit(
                "spl_threshold",
                """\
        spl.ilevel = level
        if spl.waits > level:
            spllower(level)
""",
                """\
        if spl.waits > level:
            spllower(level)
            return
        spl.ilevel = level
""",
            ),
        ),
        design="netbsd-2006-deferred:family=threshold",
    ),
    Mutant(
        "m24",
        "the handler of an interrupt that came too early returns with interrupts let in",
        "it comes again at once, and again",
        (
            Edit(
                "spl_threshold",
                "    set_hw_level(threshold)\n",
                "    if SPL_STOP == 0:\n        set_hw_level(threshold)\n",
            ),
        ),
        design="netbsd-2006-deferred:family=stop",
    ),
    Mutant(
        "defer-once",
        "an interrupt that is put off does not look once more whether the big lock is free",
        "who freed it in between has not seen that it waits",
        (Edit("biglock_defer", "    if biglock_try():\n        biglock_recall(s)\n        return True\n", ""),),
        design="netbsd-2006:wait=defer",
    ),
    Mutant(
        "forward-early",
        "who hands an interrupt to the owner of the big lock interrupts it before it says which line",
        "the owner may look before that, and never again",
        (
            Edit(
                "biglock_forward",
                "    level = s.is_level\n    lines = on_cpu",
                "    level = s.is_level\n    send_ipi(cpu, forwards.vector[level])\n    lines = on_cpu",
            ),
            Edit("biglock_forward", "lines[level]\n    send_ipi(cpu, forwards.vector[level])\n", "lines[level]\n"),
        ),
        design="netbsd-2006:wait=forward",
    ),
)
