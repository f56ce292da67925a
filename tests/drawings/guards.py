"""The mechanisms without one of their guards, as the drawings with a title show them."""

from __future__ import annotations

from splx.scenario.mutants import Edit, mutant

BIGLOCK_ANY_LEVEL = (
    Edit("biglock_handler", " and ih.ih_level <= IPL_BIGLOCK", ""),
    Edit("kernel_lock", '    assert ci.mtx_count == 0, "kernel_lock while a spin mutex is held"\n', ""),
    Edit(
        "kernel_lock",
        '    assert s <= IPL_BIGLOCK or not cpu_intr_p(), "kernel_lock in an interrupt above IPL_VM"\n',
        "",
    ),
)

#: Who puts a line aside does not try the lock once more.
NO_SECOND_TRY = mutant("defer-once").edits

#: Who hands a line over interrupts first.
INTERRUPT_FIRST = mutant("forward-early").edits

#: The word alone is raised.
MASK_ENTER_WITHOUT_REGISTER = (
    Edit(
        "spl_eager",
        """\
    spl.ilevel = level
    set_hw_level(mask_clamp(level))
    return old
""",
        """\
    spl.ilevel = level
    return old
""",
    ),
)

POOL_AGAIN = mutant("pool-again").edits

CALLOUT_MOVES = mutant("callout-moves").edits

SPLX_WITHOUT_PAIR = mutant("m1").edits

REGISTER_FIRST = (
    Edit(
        "spl_eager",
        """\
    if level > old:
        spl.ilevel = level
        set_hw_level(mask_clamp(level))
""",
        """\
    if level > old:
        set_hw_level(mask_clamp(level))
        spl.ilevel = level
""",
    ),
)

TEST_FIRST = (
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
)

#: The interlock goes first.
LIST_FILLED_LATE = mutant("c2").edits

BIGLOCK_AT_ANY_LEVEL = mutant("m8").edits

PLAIN_STORE = mutant("m6").edits
NO_SECOND_LOOK = mutant("m4").edits

NO_LOOK_AT_THE_BIT = (
    Edit(
        "mutex_adaptive",
        """\
    if m.word & MTX_WAITERS == 0:
        turnstile_exit(m)
        return
""",
        "",
    ),
)

BITS_SET_BLINDLY = (
    Edit(
        "rwlock",
        "    if not rw_closed(word, op) or rw_oncpu(word) or not cas(m.word, word, word | bits):\n",
        "    if rw_oncpu(word) or not cas(m.word, m.word, m.word | bits):\n",
    ),
)

NO_BIGLOCK_WANTED = mutant("m7").edits

LEVEL_AFTERWARDS = (
    Edit(
        "mutex_spin",
        """\
    mutex_spin_raise(m)
    if not cas(m.word, 0, cpu_number() + 1):
        mutex_spin_wait(m)
""",
        """\
    if not cas(m.word, 0, cpu_number() + 1):
        mutex_spin_wait(m)
    mutex_spin_raise(m)
""",
    ),
)

SAVED_FIRST = mutant("m2").edits

SOFTINTS_MAY_SLEEP = (
    Edit(
        "sleepq",
        """\
    assert INTR_SLEEP != 0 or flags & LW_NOSLEEP == 0, "assert_sleepable: in a softint or interrupt thread"
""",
        "",
    ),
    Edit(
        "condvar",
        """\
    assert INTR_SLEEP == 2 or l.l_flag & (LW_NOSLEEP | LW_IDLE) == 0, "cv_wait in a softint or interrupt thread"
""",
        "",
    ),
)

NO_BOOKING = (Edit("sched", "        on_cpu(ci, cpu).curpriority = prio\n        resched", "        resched"),)

FLAG_TEST_FIRST = (
    Edit(
        "spl_flag",
        """\
        spl.ilevel = level
        if level < IPL_FLAG:
            if spl.ipending & mask_ready(level) != 0:
""",
        """\
        waits = spl.ipending & mask_ready(level)
        spl.ilevel = level
        if level < IPL_FLAG:
            if waits != 0:
""",
    ),
)

NO_WAIT_FOR_ACTIVE = (Edit("workloop", "    spin_while(v.active != 0)\n", ""),)

IRQL_TEST_FIRST = (
    Edit(
        "irql_lazy",
        """\
        were_on = intr_disable()
        spl.ilevel = level
        if spl.ipending & mask_ready(level) != 0:
""",
        """\
        waits = spl.ipending & mask_ready(level)
        were_on = intr_disable()
        spl.ilevel = level
        if waits != 0:
""",
    ),
)

LOOK_WITH_INTERRUPTS_ON = (
    Edit(
        "softirq_rt",
        """\
    intr_disable()
    if softirq.wanted != 0:
        handle_softirqs()
""",
        """\
    if softirq.wanted != 0:
        intr_disable()
        handle_softirqs()
""",
    ),
)

WITHOUT_MISSED = (
    Edit(
        "napi",
        "    while not cas(n.n_state, state, NAPI_SCHED if state & NAPI_SCHED == 0 else state | NAPI_MISSED):\n",
        "    while not cas(n.n_state, state, NAPI_SCHED):\n",
    ),
)

ENABLE_WITHOUT_LOCK = (
    Edit(
        "irq_manage",
        """\
    irq_desc_lock(irq)
    assert i.depth != 0, "unbalanced enable_irq"
""",
        "",
    ),
    Edit(
        "irq_manage",
        "        check_irq_resend(irq, i)\n    irq_desc_unlock(irq)\n",
        "        check_irq_resend(irq, i)\n",
    ),
)

NO_LOOK_AFTERWARDS = (
    Edit("dpc", "    while q.depth != 0:\n        q.active = 1\n", "    if q.depth != 0:\n        q.active = 1\n"),
)

GATE_OPEN_FIRST = mutant("gate-early").edits

POLLS_ALL = mutant("emergency-all").edits

PENDING_CLEARED_PLAINLY = mutant("bh-plain").edits
