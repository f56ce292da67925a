"""The mechanisms without one of their guards, as the drawings with a title show them."""

from __future__ import annotations

from tests.drawings.mutants import Mutant

BIGLOCK_ANY_LEVEL = (
    Mutant("biglock_handler", " and ih.ih_level <= IPL_BIGLOCK", ""),
    Mutant("kernel_lock", '    assert ci.mtx_count == 0, "kernel_lock while a spin mutex is held"\n', ""),
)

#: The word alone is raised.
MASK_ENTER_WITHOUT_REGISTER = (
    Mutant(
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

SPLX_WITHOUT_PAIR = (
    Mutant(
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
)

REGISTER_FIRST = (
    Mutant(
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
    Mutant(
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
LIST_FILLED_LATE = (
    Mutant(
        "condvar",
        """\
    mutex_spin_enter(lock)
    sleepq_enter(cv.cv_queue, l, addr(cv), lock)
    cv.cv_waiters += 1
    interlock_exit(m)
""",
        """\
    interlock_exit(m)
    mutex_spin_enter(lock)
    sleepq_enter(cv.cv_queue, l, addr(cv), lock)
    cv.cv_waiters += 1
""",
    ),
)

BIGLOCK_AT_ANY_LEVEL = (
    Mutant(
        "kernel_lock",
        """\
    s = splraise(IPL_BIGLOCK)
    l = ci.curlwp
    if ci.biglock_count""",
        """\
    s = splraise(0)
    l = ci.curlwp
    if ci.biglock_count""",
    ),
)

PLAIN_STORE = (Mutant("kernel_lock", "    swap(ci.biglock_wanted, wanted)\n", "    ci.biglock_wanted = wanted\n"),)

NO_SECOND_LOOK = (
    Mutant(
        "mutex_adaptive",
        """\
    if lwp_onproc(owner):
        turnstile_exit(m)
        return
""",
        "",
    ),
)

NO_LOOK_AT_THE_BIT = (
    Mutant(
        "mutex_adaptive",
        """\
    if m.word & MTX_WAITERS == 0:
        turnstile_exit(m)
        return
""",
        "",
    ),
)

NO_BIGLOCK_WANTED = (
    Mutant("sched", " and on_cpu(ci, l.l_cpu).biglock_wanted is not l\n", "\n"),
    Mutant("mutex_adaptive", "        and on_cpu(ci, owner.l_cpu).biglock_wanted is not owner\n", ""),
)

LEVEL_AFTERWARDS = (
    Mutant(
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

SAVED_FIRST = (
    Mutant(
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
)

SOFTINTS_MAY_SLEEP = (
    Mutant(
        "sleepq",
        """\
    assert flags & LW_INTR == 0, "assert_sleepable: in a softint or interrupt thread"
""",
        "",
    ),
    Mutant(
        "condvar",
        """\
    assert l.l_flag & (LW_INTR | LW_IDLE) == 0, "cv_wait in a softint or interrupt thread"
""",
        "",
    ),
)

NO_BOOKING = (Mutant("sched", "        on_cpu(ci, cpu).curpriority = prio\n        resched", "        resched"),)
