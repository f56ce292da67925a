"""Mutants that make the bugs of the catalogue, named as their cases, and those of models of spin and adaptive locks."""

from __future__ import annotations

from splx.scenario.mutation import Edit, Mutant

KNOBS = (
    Mutant(
        "b1",
        "an adaptive mutex may be taken while a spin mutex is held, as long as it is free",
        "when it is not, the thread is about to sleep with the spin mutex",
        (Edit("mutex_adaptive", '    assert ci.mtx_count == 0, "adaptive mutex while a spin mutex is held"\n', ""),),
    ),
    Mutant(
        "b5",
        "neither is the level of a blocked interrupt thread shut, nor is what comes for it put aside",
        "the thread is asked for while it is in use",
        (
            Edit("ithread", "    elif ith.active[level] != 0:\n", "    elif level < IPL_NONE:\n"),
            Edit("ithread", "    return max(level, ith.base)\n", "    return level\n"),
            Edit("ithread", "    return held.unmasked[level] & ith.allowed\n", "    return held.unmasked[level]\n"),
        ),
        design="doran-2006",
    ),
    Mutant(
        "pool-again",
        "who starts an interrupt thread does not ask whether another of its level is at the handlers of the line",
        "the next edge of the line runs them in the middle of themselves",
        (Edit("ithread_pool", "    if l is NULL or ith.taken[level] & bit(s.is_bit) != 0:\n", "    if l is NULL:\n"),),
        design="doran-2006:threads=2",
    ),
    Mutant(
        "c2",
        "cv_wait releases the lock before the thread is on the queue",
        "the wakeup comes between the two and finds nobody",
        (
            Edit(
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
        ),
    ),
    Mutant(
        "c4",
        "an interrupt thread does not wait until the interrupt has woken the others of its line",
        "the word of those for whom the line stays masked is changed by two CPUs at once",
        (
            Edit(
                "irq_thread",
                """\
    while d.id_inprogress != 0:
        mutex_spin_exit(d.id_lock)
        spin_while(d.id_inprogress != 0)
        mutex_spin_enter(d.id_lock)
""",
                "",
            ),
        ),
        design="linux-threadirqs",
    ),
    Mutant(
        "c5",
        "it is not noted that a line came while its handler is in progress on another CPU",
        "nobody looks again at what the handler had no eyes for any more",
        (Edit("irq_chip", "        istates.of[s.is_irq].pending = 1\n", ""),),
        design="linux",
    ),
    Mutant(
        "emergency-all",
        "the thread that polls all handlers does not ask whether the line's own thread is in the middle of one",
        "the handler is called once more, in the middle of itself",
        (Edit("lwkt_emergency", "    if serial.taken[s.is_irq] == 0:\n", "    if serial.taken[s.is_irq] < 2:\n"),),
        design="dragonfly",
    ),
    Mutant(
        "gate-early",
        "who sleeps behind a gate opens it before it is on the queue of the event",
        "whoever comes through the gate in between finds nobody to wake",
        (
            Edit("gate", "    mutex_sleep_exit(gate)\n    assert", "    assert"),
            Edit("gate", "    l = ci.curlwp\n    lock", "    l = ci.curlwp\n    mutex_sleep_exit(gate)\n    lock"),
        ),
        design="xnu",
    ),
    Mutant(
        "callout-moves",
        "a callout goes to the CPU that schedules it though its function runs",
        "who halts it looks at the other CPU, and does not wait",
        (Edit("callout", " or cc.cc_active is c\n", "\n"),),
        design="freebsd",
    ),
    Mutant(
        "callout-itself",
        "who waits for the end of a callout's function does not look again whether that has scheduled it",
        "it runs after it was halted",
        (
            Edit(
                "callout",
                "        cc = callout_lock(c)\n        callout_remove(cc, c)\n",
                "        cc = callout_lock(c)\n",
            ),
        ),
        design="freebsd",
    ),
    Mutant(
        "e4",
        "a level-triggered line is not masked while an interrupt thread has it",
        "it interrupts again before the thread has looked, and again",
        (Edit("flow_mask", "    if s.is_trigger != 0:\n        pic_mask(s.is_irq)\n", ""),),
        design="doran-2006",
    ),
    Mutant(
        "e4-event",
        "a level-triggered line is not masked until the interrupt thread has run",
        "it interrupts again before the thread comes to run, and again",
        (
            Edit(
                "flow_event",
                """\
    if s.is_trigger != 0:
        pic_mask(s.is_irq)
    pic_eoi(s.is_irq)
""",
                """\
    pic_eoi(s.is_irq)
""",
            ),
        ),
        design="freebsd",
    ),
    Mutant(
        "e13",
        "who removes a handler does not wait for interrupts that are at it",
        "the handler runs when what it is about has been freed",
        (Edit("intr_disestablish", "    spin_while(e.ie_active[phase] != 0)\n", ""),),
        design="freebsd",
    ),
    Mutant(
        "e13-fence",
        "who removes a handler turns the phase without a fence before the look at those who are at it",
        "both are late: an interrupt finds the handler after the look, and in the phase that was looked at",
        (Edit("intr_disestablish", "    fence()\n    spin_while(", "    spin_while("),),
        memory="tso",
        design="freebsd",
    ),
    Mutant(
        "e13-phase",
        "an interrupt that is through with its handlers asks again in which number it was counted",
        "the phase has turned, and whoever removes a handler waits for it for ever",
        (Edit("intr_disestablish", ".ie_active[phase], -1)", ".ie_active[events.of[s.is_irq].ie_phase], -1)"),),
        design="freebsd",
    ),
    Mutant(
        "d1",
        "who waits for a lock of PREEMPT_RT lends its owner nothing",
        "a thread between the two keeps the owner from its CPU, and with it who waits",
        (Edit("rtmutex", "            rt_mutex_adjust(rt_mutex_owner(m))\n", ""),),
        design="linux-rt",
    ),
    Mutant(
        "rw-unlocked",
        "the last reader of a lock of PREEMPT_RT looks whom to wake without the lock that the writer sleeps by",
        "the writer has looked, and not yet gone to sleep: nobody wakes it any more",
        (
            Edit(
                "rwlock_rt",
                """\
    mutex_spin_enter(rtmutexes.wait_lock)
    l = rt_mutex_owner(rw.rw_lock)
    if l is not NULL:
        rw_rouse(rw, l)
    mutex_spin_exit(rtmutexes.wait_lock)
""",
                """\
    l = rt_mutex_owner(rw.rw_lock)
    if l is not NULL:
        rw_rouse(rw, l)
""",
            ),
        ),
        design="linux-rt",
    ),
    Mutant(
        "bh-plain",
        "the worker of a BH pool clears PENDING by a plain store",
        "the function looks before that is seen, and what is asked for in between is not asked for again",
        (Edit("bh_workqueue", "    was = swap(t.t_sched, 0)\n", "    was = t.t_sched\n    t.t_sched = 0\n"),),
        memory="tso",
        design="linux:tasklets=bh",
    ),
    Mutant(
        "e5",
        "rounds of soft interrupts have no limit",
        "what they interrupted never goes on while they ask for themselves",
        (Edit("softirq", "        rounds -= 1\n", ""),),
        design="linux",
    ),
    Mutant(
        "e4-oneshot",
        "a level-triggered line is not masked until the threads of its handlers have run",
        "it interrupts again before they come to run, and again",
        (Edit("irq_thread", "        pic_mask(s.is_irq)\n", "        pass\n"),),
        design="linux-threadirqs",
    ),
    Mutant(
        "e4-ist",
        "a level-triggered line is not masked until its interrupt service threads are through",
        "it interrupts again before they come to run, and again",
        (Edit("ist", "            pic_mask(s.is_irq)\n", "            pass\n"),),
        design="qnx",
    ),
    Mutant(
        "e10",
        "a pool all of whose workers sleep asks no rescuer",
        "requests wait on it that one of those is waiting for",
        (Edit("kworker", "            send_mayday(wk.wk_wq)\n", ""),),
        design="linux:workqueue=pools",
    ),
    Mutant(
        "spin-bare",
        "a spin mutex raises no level",
        "a handler wants it from whom it interrupted",
        (Edit("mutex_spin", "    old = spl_irq_save(level)\n", "    old = spl_level()\n"),),
    ),
    Mutant(
        "spin-late",
        "a spin mutex raises the level when it has the word",
        "a handler that comes between wants it from whom it interrupted",
        (
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
        ),
    ),
    Mutant(
        "spin-early",
        "a spin mutex lowers the level before it frees the word",
        "a handler that comes between wants it from whom it interrupted",
        (
            Edit(
                "mutex_spin",
                """\
    m.word = 0
    mutex_spin_restore()
""",
                """\
    mutex_spin_restore()
    m.word = 0
""",
            ),
        ),
    ),
    Mutant(
        "exit-split",
        "an adaptive mutex is released by a test and a store that an interrupt may come between",
        "the owner is preempted there, and overwrites the bit of one who went to sleep meanwhile",
        (
            Edit(
                "mutex_adaptive",
                """\
    if not cas_local(m.word, addr(ci.curlwp), 0):
        mutex_adaptive_wake(m)
""",
                """\
    if m.word == addr(ci.curlwp):
        m.word = 0
    else:
        mutex_adaptive_wake(m)
""",
            ),
        ),
    ),
    Mutant(
        "sleep-late",
        "the chain is unlocked between the last look at the owner and the place in the queue",
        "the release comes between the two and finds nobody",
        (
            Edit(
                "turnstile",
                """\
    l = ci.curlwp
    tc = ts_chain(m)
    base = l.l_kpribase
""",
                """\
    l = ci.curlwp
    tc = ts_chain(m)
    mutex_spin_exit(tc.tc_lock)
    mutex_spin_enter(tc.tc_lock)
    base = l.l_kpribase
""",
            ),
        ),
    ),
)
