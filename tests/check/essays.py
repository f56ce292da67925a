"""What the essays of the mechanisms say always holds, number by number, and a mutant that breaks it.

`AT_A_LOOK` are those that an assertion must be put in for (`looks`), `ELSEWHERE` those whose mutant is found by another
test, `HERE` those that the kernel's own assertions and the properties of a check find.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from tests.drawings.guards import BITS_SET_BLINDLY, ENABLE_WITHOUT_LOCK

from splx.scenario.designs import design
from splx.scenario.mutants import Edit, mutant


@dataclass(frozen=True)
class Broken:
    """A mutant, where it is found, and the sentence. `look`: an assertion in the text of both, the kernel as it is and
    the mutant.
    """

    scenario: str
    says: str
    edits: tuple[Edit, ...]
    design: str = "netbsd-5"
    settings: dict[str, int] = field(default_factory=dict)
    instead: dict[str, str] = field(default_factory=dict)  # a mechanism of the design -> another in its place
    look: tuple[Edit, ...] = ()


def built(broken):
    """The design with the other mechanisms, before anything is left out."""
    chosen = design(broken.design)
    return replace(chosen, mechanisms=tuple(broken.instead.get(each, each) for each in chosen.mechanisms))


def less(mechanism, text):
    """Without `text`."""
    return Edit(mechanism, text, "")


#: A poll that was asked for meanwhile is polled once more, and is nobody's.
HALF_COMPLETE = {
    mechanism: Edit(mechanism, "state, 0 if state & NAPI_MISSED == 0 else NAPI_SCHED)", "state, 0)")
    for mechanism in ("napi", "napi_softint", "napi_thread")
}

#: A lock of threads that is released in an interrupt thread counts as held.
COUNTS_ON = (
    Edit("mutex_adaptive", "import Lwp, ci, cpu_intr_p\n", "import LW_SYSTEM, Lwp, ci, cpu_intr_p\n"),
    Edit("mutex_adaptive", "    ci.curlwp.l_locks -= 1\n    if not",
         "    ci.curlwp.l_locks -= int(ci.curlwp.l_flag & LW_SYSTEM == 0)\n    if not"),
)  # fmt: skip


#: A handler of a line that is not direct runs in the interrupt, and not in a thread.
NO_THREAD = (
    Edit("carrier_continue", "    if s.is_level >= IPL_DIRECT:\n        intr_direct(s, old)\n    else:\n",
         "    if s.is_level < IPL_DIRECT:\n        intr_direct(s, old)\n    else:\n"),
)  # fmt: skip

#: A spin mutex that is released in an interrupt counts as held.
SPIN_COUNTS_ON = (
    Edit("mutex_spin", "    held = fetch_add_local(ci.mtx_count, 1)\n",
         "    held = fetch_add_local(ci.mtx_count, int(not cpu_intr_p()))\n"),
)  # fmt: skip

#: A thread that gives its CPU away lets the level go before the count of spin mutexes keeps it up.
LEVEL_LET_GO = (
    Edit("switch", "    fetch_add_local(ci.mtx_count, -1)\n    lwp_unlock(l)\n",
         "    lwp_unlock(l)\n    spl_irq_save(IPL_SCHED)\n    fetch_add_local(ci.mtx_count, -1)\n"),
    Edit("switch", "import spl_irq_restore, spl_level", "import spl_irq_restore, spl_irq_save, spl_level"),
)  # fmt: skip


def above_blocked(carrier):
    """Whoever is given a thread is above those that are blocked."""
    text = "    level = s.is_level\n"
    rest = "    if level >= IPL_DIRECT:\n"
    says = '    assert level > ith.base, "delivered below a blocked thread"\n'
    return (Edit(carrier, text + rest, text + says + rest),)


def goes_back_to_none(spl):
    """A frame gives the level back as if it had come at IPL_NONE."""
    return (Edit(spl, "    return old\n\n\ndef mask_leave", "    return 0\n\n\ndef mask_leave"),)


def preempted_handler(carrier):
    """Preemption is let in whatever the level is."""
    return (
        Edit(carrier, "import IntrSource, held\n",
             "import IntrSource, held\nfrom splx.kernel.interface.levels import SOFT_PREEMPT\n"),
        Edit(carrier, "    return held.unmasked[level]\n",
             "    return held.unmasked[level] | held.softbit[SOFT_PREEMPT]\n"),
    )  # fmt: skip


def one_too_many(mechanism):
    """The poll routine is told a weight that is one too high, and has used it up when it has taken that many."""
    return (
        Edit(mechanism, "n.n_func(n.n_arg, n.n_weight)", "n.n_func(n.n_arg, n.n_weight + 1)"),
        Edit(mechanism, "== n.n_weight:", "> n.n_weight:"),
    )


AT_A_LOOK = {
    "callout:1": "callout.callout_invariant",
    "condvar:2": "condvar.cv_invariant",
    "ithread:2": "ithread.ithread_invariant",
    "ithread_pool:2": "ithread_pool.ithread_pool_invariant",
    "ithread_pool:3": "ithread_pool.ithread_pool_invariant",
    "ithread_pool:4": "ithread_pool.ithread_pool_invariant",
    "kernel_lock:2": "kernel_lock.biglock_invariant",
    "kernel_lock_2006:1": "kernel_lock_2006.klock_invariant",
    "mutex_adaptive:1": "mutex_adaptive.mutex_adaptive_invariant",
    "mutex_spin:2": "mutex_spin.mutex_spin_invariant",
    "park:1": "park.park_invariant",
    "pool:1": "pool.pool_invariant",
    "sched:1": "sched.sched_invariant",
    "sched:3": "sched.sched_current_invariant",
    "sched_fair:1": "sched_fair.fair_order_invariant",
    "sched_fair:2": "sched_fair.fair_least_invariant",
    "sleepq:2": "sleepq.sleepq_invariant",
    "softint:1": "softint.softint_invariant",
    "softirq:1": "softirq.softint_invariant",
    "swi:1": "swi.softint_invariant",
    "softint_2006:1": "softint_2006.softint_invariant",
    "spl_deferred:1": "spl_deferred.spl_invariant",
    "spl_flag:2": "spl_flag.spl_invariant",
    "spl_threshold:3": "spl_threshold.spl_invariant",
    "textbook_lock:1": "textbook_lock.textbook_lock_invariant",
    "textbook_sched:2": "textbook_sched.textbook_invariant",
    "turnstile:3": "turnstile.turnstile_invariant",
    "workqueue:1": "workqueue.workqueue_invariant",
}

#: The mutant and the test that finds it.
ELSEWHERE = {
    "bh_workqueue:4": ("bh-plain", "test_clients"),
    "biglock_handler:1": ("m13", "test_mutants"),
    "callout:2": ("callout-moves", "test_cases"),
    "callout:3": ("callout-itself", "test_cases"),
    "condvar:1": ("c2", "test_cases"),
    "carrier_continue:1": ("m11", "test_mutants"),  # the line protocol is flow_mask
    "lwkt_ithread:1": ("e4", "test_cases"),
    "dpc:1": ("c8-dpc", "test_cases"),
    "dpc_target:1": ("dpc-look", "test_mutants"),
    "gate:3": ("gate-early", "test_clients"),
    "lwkt_emergency:1": ("emergency-all", "test_emergency"),
    "flow_event:1": ("e4-event", "test_cases"),
    "flow_mask:1": ("m11", "test_mutants"),
    "intr:3": ("e4", "test_cases"),
    "intr_event:1": ("c8-wait", "test_cases"),
    "intr_event:2": ("e4-event", "test_cases"),
    "intr_disestablish:1": ("e13-phase", "test_cases"),
    "intr_disestablish:2": ("e13", "test_cases"),
    "irq_thread:2": ("c4", "test_cases"),
    "ithread:1": ("b5", "test_cases"),
    "ithread_pool:1": ("pool-again", "test_cases"),
    "kernel_lock:3": ("m12", "test_mutants"),
    "kthread:1": ("m2", "test_mutants"),
    "mutex_spin:1": ("m2", "test_mutants"),
    "sleepq:3": ("m17", "test_cases"),
    "spl_threshold:1": ("m18", "test_mutants"),
    "spl_threshold:2": ("m18", "test_mutants"),
    "switch:1": ("b1", "test_cases"),
    "switch:3": ("m6-switch", "test_mutants"),
}

HERE = {
    "ist:3": Broken("below", "interrupt thread left a mutex held", COUNTS_ON, "qnx"),
    "pulse:3": Broken("below", "interrupt thread left a mutex held", COUNTS_ON, "qnx:attach=event"),
    "intr_event:3": Broken("below", "interrupt thread left a mutex held", COUNTS_ON, "freebsd"),
    "softint:4": Broken(
        "locked_softint", "softint left kernel_lock held",
        (less("softint", "    if si.si_mpsafe == 0:\n        kernel_unlock()\n"),),
    ),
    "softirq_rt:3": Broken(
        "section_and_clock", "softint returned at another level", goes_back_to_none("spl_rt"), "linux-rt",
    ),
    "workloop:1": Broken(
        "section", "the line of nic stays in service, its interrupt never ended",
        (less("workloop", "        v.hard = 1\n"),), "xnu",
    ),
    "workloop:4": Broken(
        "section", "interrupt thread left a mutex held",
        (less("workloop", "        mutex_sleep_enter(gates.of[s.is_irq])\n"),
         less("workloop", "        mutex_sleep_exit(gates.of[s.is_irq])\n")),
        "xnu",
    ),
    "intr_event:4": Broken(
        "stormy", "the invariant `storm_always",
        (Edit("intr_event", "    if storm.ie_count >= INTR_STORM_THRESHOLD:\n",
              "    if storm.ie_count > INTR_STORM_THRESHOLD:\n"),),
        "freebsd:storm=3",
    ),
    "dpc:3": Broken(
        "important", "the invariant `dpc_always",
        (less("dpc", "    q.depth = q.depth - 1\n"),
         Edit("dpc", "    dpc_call(si, level)\n", "    dpc_call(si, level)\n    q.depth = q.depth - 1\n")),
        "windows:importance=level",
    ),
    "eresource:1": Broken(
        "in_turn", "RESOURCE_NOT_OWNED: another thread has it exclusive",
        (less("eresource", "word & OWNER == 0 and "),), "windows",
    ),
    "eresource:2": Broken(
        "in_turn", "another sleeps on table and nobody can wake it",
        (less("eresource", "    if m.word == 0:\n        resource_hand(m, sh)\n"),), "windows",
    ),
    "lockmgr:1": Broken(
        "in_turn", "lockmgr: not the holder, unlocking",
        (Edit("lockmgr", "    while m.word & (LK_OWNER | LK_WANT_EXCL) != 0:\n",
              "    while m.word & LK_WANT_EXCL != 0:\n"),),
        "netbsd-2006",
    ),
    "lockmgr:2": Broken(
        "in_turn", "sleeps on table and nobody can wake it",
        (Edit("lockmgr", "    l.l_locks -= 1\n    lockmgr_wakeup(sh, m)\n", "    l.l_locks -= 1\n"),), "netbsd-2006",
    ),
    "dpc_rate:1": Broken(
        "kept_back", "the invariant `dpc_depths",
        (Edit("dpc_rate", "counts.less[cpu] < DPC_DEPTH - 1:\n", "counts.less[cpu] < DPC_DEPTH:\n"),),
        "windows:importance=rate",
    ),
    "lwkt_livelock:1": Broken(
        "stormy", "the invariant `livelock_always",
        (Edit("lwkt_livelock", "    if rounds > LIVELOCK_LIMIT:\n", "    if rounds > LIVELOCK_LIMIT + 1:\n"),),
        "dragonfly:livelock=1", {"ITEMS": 2},
    ),
    "lwkt_livelock:2": Broken(
        "stormy", "the invariant `livelock_always",
        (Edit("lwkt_livelock", "        livelock.state[irq] = ISTATE_LIVELOCKED\n        rounds = 0\n",
              "        livelock.state[irq] = ISTATE_LIVELOCKED\n"),),
        "dragonfly:livelock=1", {"ITEMS": 2},
    ),
    "bh_workqueue:1": Broken(
        "tasklets", "the invariant `bh_listed",
        (Edit("bh_workqueue", "    t.t_pool = pool.b_number | BH_LISTED\n",
              "    t.t_pool = pool.b_number | BH_WAS\n"),),
        "linux:tasklets=bh", {"ASKS": 1},
    ),
    "bh_workqueue:2": Broken(
        "tasklets", "it runs twice",
        (less("bh_workqueue", "        if pool.b_current == addr(t):\n            return pool\n"),),
        "linux:tasklets=bh", {"ASKS": 1},
    ),
    "bh_workqueue:3": Broken(
        "tasklets", "other sleeps on rx and nobody can wake it",
        (Edit("bh_workqueue", "    idle = pool.b_busy == 0\n", "    idle = pool.b_busy != 0\n"),),
        "linux:tasklets=bh",
    ),
    "bh_workqueue:5": Broken(
        "cases/e8", "an item of card is never taken",
        (less("bh_workqueue", "    if left == 0:\n        bh_queue(t, TASKLET_SOFTIRQ)\n"),),
        "linux:tasklets=bh", {"OFF": 1},
    ),
    "bh_workqueue:6": Broken(
        "tasklets", "other sleeps on rx and nobody can wake it",
        (Edit("bh_workqueue", "    if t.t_waiters != 0:\n", "    if t.t_waiters > 1:\n"),),
        "linux:tasklets=bh",
    ),
    "bh_workqueue:7": Broken(
        "stopped_by_a_handler", "interrupts of CPU 0 spin on rx.t_sched",
        (Edit("bh_workqueue", "    s = spl_irq_save(IPL_HIGH)\n    if swap(t.t_sched, 1) == 0:\n",
              "    s = spl_irq_save(IPL_HIGH)\n    spl_irq_restore(s)\n    if swap(t.t_sched, 1) == 0:\n"),),
        "linux:tasklets=bh",
    ),
    "biglock_2006:1": Broken(
        "locked_handler", "without the big lock",
        (Edit("biglock_2006", "    needs = old < IPL_SCHED and", "    needs = old < IPL_NONE and"),
         Edit("biglock_2006", "BIGLOCK_RULE, IPL_SCHED", "BIGLOCK_RULE, IPL_NONE, IPL_SCHED")),
        "netbsd-2006",
    ),
    "biglock_defer:1": Broken(
        "put_off", "an item of nic is never taken",
        (less("biglock_defer", "    flow_keep(s)\n"),), "netbsd-2006:line=level,wait=defer",
    ),
    "biglock_defer:2": Broken(
        "put_off", "without the big lock",
        (Edit("biglock_defer", "    if biglock_line_wants(s, old):", "    if not biglock_line_wants(s, old):"),
         Edit("biglock_defer", "    return biglock_line_wants(s, old)", "    return False")),
        "netbsd-2006:wait=defer",
    ),
    "biglock_defer:3": Broken(
        "put_off", "an item of nic is never taken", mutant("defer-once").edits, "netbsd-2006:wait=defer",
    ),
    "biglock_forward:1": Broken(
        "put_off", "the line of nic stays in service",
        (less("biglock_forward", "        flow_keep(s)\n"),), "netbsd-2006:line=level,wait=forward",
    ),
    "biglock_forward:2": Broken(
        "put_off", "without the big lock",
        (Edit("biglock_forward", "    owner = biglock_ask()\n    if owner < 0:\n        forwarded",
              "    owner = -1\n    if owner < 0:\n        forwarded"),
         Edit("biglock_forward", "    return biglock_line_wants(s, old)", "    return False")),
        "netbsd-2006:wait=forward",
    ),
    "biglock_forward:3": Broken(
        "put_off", "an item of nic is never taken", mutant("forward-early").edits, "netbsd-2006:wait=forward",
    ),
    "biglock_handler:2": Broken(
        "locked_handler", "without the big lock",
        (Edit("biglock_handler", "    needs = ih.ih_mpsafe == 0 and", "    needs = ih.ih_mpsafe != 0 and"),),
    ),
    "carrier_continue:2": Broken(
        "below", "adaptive mutex in an interrupt that may not sleep", NO_THREAD, "thomas-2007",
    ),
    "mutex_adaptive:2": Broken(
        "below", "adaptive mutex in an interrupt that may not sleep", NO_THREAD, "thomas-2007",
    ),
    "clh:1": Broken(
        "entered", "locking against myself",
        (Edit("clh", "    m.word = 0\n    if kernels(m):\n", "    if kernels(m):\n"),),
        "sel4",
    ),
    "clh:2": Broken(
        "section", "locking against myself",
        (Edit("clh", "    old = splraise(level)\n", "    old = spl_level()\n"),),
        "sel4",
    ),
    "clh:3": Broken(
        "entered", "exiting unheld spin mutex",
        (Edit("clh", "    if clh.node[before - 1].pending != 0:\n", "    if clh.node[before - 1].pending > 1:\n"),),
        "sel4",
    ),
    "flow_eoi_first:1": Broken(
        "section", "busy frame",
        (Edit("spl_eager", "    spl.ilevel = level\n    set_hw_level(mask_clamp(level))\n    return old\n",
              "    spl.ilevel = level\n    return old\n"),),
        "textbook",
    ),
    "flow_eoi_first:2": Broken(
        "section", "a line that is held interrupts again",
        (less("flow_eoi_first", "    if s.is_trigger != 0:\n        pic_mask(s.is_irq)\n"),),
        instead={"flow_mask": "flow_eoi_first"},
    ),
    "flow_eoi_last:1": Broken(
        "section", "a line that is held interrupts again",
        (Edit("flow_eoi_last", '    """Nothing: the line is in service."""\n', "    pic_eoi(s.is_irq)\n"),
         less("flow_eoi_last", "    if s.is_trigger != 0:\n        pic_mask(s.is_irq)\n")),
        instead={"flow_mask": "flow_eoi_last"},
    ),
    "flow_eoi_last:2": Broken(
        "section", "a line that is held interrupts again",
        (less("flow_eoi_last", "    if s.is_trigger != 0:\n        pic_mask(s.is_irq)\n"),),
        instead={"flow_mask": "flow_eoi_last"},
    ),
    "flow_mask:2": Broken(
        "two_lines", "an item of nic is never taken",
        (Edit("flow_mask", "        pic_mask(s.is_irq)\n    pic_eoi(s.is_irq)\n", "        pic_mask(s.is_irq)\n"),),
    ),
    "giant:1": Broken(
        "nested", "thread ended holding a mutex or an rwlock",
        (less("giant", "    giant.holds += 1\n"),),
        "freebsd",
    ),
    "intr:1": Broken(
        "section", "handler returned at another level",
        (Edit("spl_deferred", "    spl.ilevel = level\n    return old\n\n\ndef mask_leave",
              "    return old\n\n\ndef mask_leave"),),
    ),
    "intr:2": Broken("below", "handler returned holding a spin mutex", SPIN_COUNTS_ON),
    "irq_thread:3": Broken("below", "handler returned holding a spin mutex", SPIN_COUNTS_ON, "linux-threadirqs"),
    "ithread:4": Broken(
        "cases/b5", "delivered below a blocked thread",
        mutant("b5").edits[1:], "doran-2006", look=above_blocked("ithread"),
    ),
    "irq_chip:1": Broken(
        "edges", "a line interrupts that is in progress",
        (Edit("irq_chip", "    irq_lock(d)\n    d.busy = 0\n    pic_eoi", "    irq_lock(d)\n    pic_eoi"),),
        "linux",
    ),
    "irq_chip:2": Broken(
        "section", "spin on irqs.of[0].lock",
        (Edit("irq_chip", "progress\"\n    d.busy = 1\n    d.lock = 0\n", "progress\"\n    d.busy = 1\n"),),
        "linux",
    ),
    "irql_lazy:1": Broken(
        "section", "an item of nic is never taken",
        (Edit("irql_lazy", "        if spl.ipending & mask_ready(level) != 0:\n            spllower(level)\n", ""),),
        "windows",
    ),
    "irql_lazy:2": Broken(
        "section", "the invariant `spl_open",
        (less("irql_lazy", "            set_hw_level(IPL_NONE)\n"),
         Edit("irql_lazy", "            spl.shut = IPL_NONE\n", "            pass\n")),
        "windows",
    ),
    "irql_lazy:3": Broken(
        "section", "handler returned at another level",
        (Edit("irql_lazy", "    spl.ilevel = level\n    return old\n\n\ndef mask_leave",
              "    return old\n\n\ndef mask_leave"),),
        "windows",
    ),
    "ist:1": Broken(
        "shared", "cpu0 takes the interrupt of nic again and again",
        (Edit("ist", "    if left == 0 and d.id_level != 0:\n", "    if d.id_level != 0:\n"),),
        "qnx",
    ),
    "ist:2": Broken(
        "edges", "an item of nic is never taken",
        (Edit("ist", "        if a.ia_run != 0:\n            lwp_unlock(l)\n        else:\n",
              "        if a.ia_run > 1:\n            lwp_unlock(l)\n        else:\n"),),
        "qnx",
    ),
    "pulse:1": Broken(
        "cleared", "an item of nic is never taken",
        (Edit("pulse", "    d.id_oneshot = masks + 1\n", "    d.id_oneshot = masks + 2\n"),),
        "qnx:attach=event",
    ),
    "pulse:2": Broken(
        "edges", "an item of nic is never taken",
        (Edit("pulse", "    while a.ia_run == 0:\n", "    while a.ia_run <= 1:\n"),),
        "qnx:attach=event",
    ),
    "kernel_lock:1": Broken(
        "nested", "thread ended holding kernel_lock",
        (less("kernel_lock", "    fetch_add_local(l.l_blcnt, -holds)\n"),),
    ),
    "kworker:1": Broken(
        "cases/e10", "the invariant `kworker_always",
        (Edit("kworker", "    wk.wk_queued = 1\n", ""),),
        "linux:workqueue=pools",
    ),
    "kworker:2": Broken(
        "cases/e10", "user sleeps on done and nobody can wake it",
        (Edit("kworker", "    pool.p_running -= 1\n    kick_pool(pool)\n", "    pool.p_running -= 1\n"),),
        "linux:workqueue=pools",
    ),
    "kworker:3": Broken(
        "cases/e10", "user sleeps on done and nobody can wake it",
        (Edit("kworker", "    pool.p_running -= 1\n    kick_pool(pool)\n", "    kick_pool(pool)\n"),),
        "linux:workqueue=pools",
    ),
    "kworker:4": Broken(
        "rescuers", "locking against myself",
        (Edit("kworker", "    if was == RESTS:\n", "    if was & ASKED == 0:\n"),),
        "linux:workqueue=pools", {"FIRST": 1},
    ),
    "kworker:5": Broken(
        "rescuers", "user sleeps on turns and nobody can wake it",
        (Edit("kworker", "            send_mayday(wk.wk_wq)\n            wk = wk.wk_next\n",
              "            send_mayday(wk.wk_wq)\n            wk = NULL\n"),),
        "linux:workqueue=pools", {"FIRST": 1},
    ),
    "kworker:6": Broken(
        "limited", "two requests of a queue that may have one",
        (Edit("kworker", "    if q.q_active < wq.wq_max:\n", "    if q.q_active <= wq.wq_max:\n"),),
        "linux:workqueue=pools",
    ),
    "kworker:7": Broken(
        "limited", "user sleeps on turns and nobody can wake it",
        (Edit("kworker", "    if wk is NULL:\n        q.q_active -= 1\n",
              "    if wk is not NULL:\n        q.q_active -= 1\n"),),
        "linux:workqueue=pools",
    ),
    "kworker:8": Broken(
        "limited", "spins on box.go for ever",
        (Edit("kworker", "    return pools.of[wq.wq_class * NCPU + cpu]\n", "    return pools.of[cpu]\n"),),
        "linux:workqueue=pools", {"HIGH": 1},
    ),
    "kworker_unbound:1": Broken(
        "unbound", "user sleeps on turns and nobody can wake it",
        (less("kworker_unbound", "        pool.p_running -= 1\n"),),
        "linux:workqueue=pools",
    ),
    "kworker_unbound:2": Broken(
        "unbound", "user sleeps on turns and nobody can wake it",
        (less("kworker_unbound", "    kick_pool(pool)\n"),),
        "linux:workqueue=pools", {"TOGETHER": 1},
    ),
    "kworker_unbound:3": Broken(
        "unbound", "user sleeps on turns and nobody can wake it",
        (Edit("kworker_unbound", "        pool.p_running -= 1\n",
              "        pool.p_running -= 1\n        w.w_lwp.l_flag |= 64\n"),),
        "linux:workqueue=pools",
    ),
    "kworker_manager:1": Broken(
        "cases/e10", "the invariant `manager_always",
        (less("kworker", "        manage_workers(w)\n"),),
        "linux:workqueue=grows-2", {"BEFORE": 1},
    ),
    "kworker_manager:2": Broken(
        "cases/e10", "the invariant `manager_always",
        (less("kworker", "        worker_idle(pool)\n"),),
        "linux:workqueue=grows-2", {"BEFORE": 1},
    ),
    "kworker_manager:3": Broken(
        "cases/e10", "user sleeps on done and nobody can wake it",
        (less("kworker_manager", "    kick_pool(pool)\n"),),
        "linux:workqueue=grows-2", {"BEFORE": 1},
    ),
    "kmutex:1": Broken(
        "two_owners", "`Box.calls` is used, and `gate` is not held",
        (Edit("kmutex", "        m.word = addr(first)\n", "        m.word = 0\n"),),
        "windows",
    ),
    "kmutex:2": Broken(
        "two_owners", "better sleeps on gate and nobody can wake it",
        (less("kmutex", "        sleepq_remove(dispatcher.sh_queue, first)\n"),),
        "windows",
    ),
    "kernel_lock_2006:2": Broken(
        "both_want_it", "spins on klock",
        (less("kernel_lock_2006", "        klock_release_interlock(meanwhile)\n"
              "        spin_while(klock.lk_flags != 0)\n        klock_interlock()\n"),
         Edit("kernel_lock_2006", "    while klock.lk_flags != 0:\n",
              "    while klock.lk_flags != 0:\n        pass\n")),
        "netbsd-2006",
    ),
    "lwp:1": Broken(
        "locks_a_sleeper", "exiting unheld spin mutex",
        (less("lwp", "    while l.l_mutex is not lock:\n        mutex_spin_exit(lock)\n        lock = l.l_mutex\n"
              "        mutex_spin_enter(lock)\n"),),
    ),
    "lwp:2": Broken(
        "all_woken", "exiting unheld spin mutex",
        (less("sleepq", "        lwp_lock(l)\n"),),
    ),
    "lwkt_ithread:2": Broken(
        "edges", "an item of nic is never taken",
        (Edit("lwkt_ithread", "        s.is_need = 0\n        intr_enable()\n        ithread_round(s, l)\n",
              "        intr_enable()\n        ithread_round(s, l)\n        s.is_need = 0\n"),),
        "dragonfly",
    ),
    "lwkt_token:1": Broken(
        "lets_go", "sleeper spins on held.word for ever",
        (Edit("lwkt_token", "        token_drop(l)\n        l.l_blcnt = 0\n    return holds",
              "        l.l_blcnt = 0\n    return holds"),),
        "dragonfly",
    ),
    "lwkt_token:2": Broken(
        "tried", "irq/nic spins on m.word for ever",
        (Edit("lwkt_token", "    l.l_blcnt += 1\n    taken = cas(m.word, 0, addr(l))\n    if taken:\n",
              "    taken = cas(m.word, 0, addr(l))\n    l.l_blcnt += 1\n    if taken:\n"),),
        "dragonfly",
    ),
    "lwkt_token:3": Broken(
        "opposite", "spins on a.word",
        (Edit("lwkt_token", "    token_drop(l)\n    l.l_blcnt = 0\n    token_getall(l, holds)\n",
              "    l.l_blcnt = 0\n    token_getall(l, holds)\n"),),
        "dragonfly",
    ),
    "mutex_spin:3": Broken(
        "below", "locking against myself",
        (Edit("mutex_spin", "    m.word = 0\n    mutex_spin_restore()\n", "    mutex_spin_restore()\n"),),
    ),
    "mutex_up:1": Broken(
        "below", "locking against myself",
        (Edit("mutex_up", "    old = splraise(level)\n", "    old = splraise(IPL_NONE)\n"),),
        "netbsd-5:build=up",
    ),
    "notification:1": Broken(
        "section", "cpu0 takes the interrupt of nic again and again",
        (less("notification", "    if s.is_trigger != 0:\n        pic_mask(s.is_irq)\n"),),
        "sel4",
    ),
    "notification:2": Broken(
        "edges", "an item of nic is never taken",
        (Edit("notification", "        s.is_need = 1\n", "        s.is_need = 0\n"),),
        "sel4",
    ),
    "untyped:1": Broken(
        "cleared", "the invariant `untyped_always",
        (Edit("untyped", "    units = untyped.units + 1\n    if units < POINT_UNITS:\n",
              "    units = untyped.units + 1\n    if units <= POINT_UNITS:\n"),),
        "sel4:points=2",
    ),
    "untyped:2": Broken(
        "cleared", "a call that was begun again did not go on",
        (Edit("untyped", "    lwp_lock(l)\n    cut = False\n",
              "    lwp_lock(l)\n    untyped.cleared[me] = 0\n    cut = False\n"),),
        "sel4:points=2",
    ),
    "pool:2": Broken(
        "handed_on", "getter sleeps on pool and nobody can wake it",
        (less("pool", "    cv_signal(p.pr_cv)\n"),),
    ),
    "preempt:1": Broken(
        "preempted_owner", "switch while holding kernel_lock",
        (Edit("preempt", "    if l.l_blcnt != 0 or ci.biglock_wanted", "    if ci.biglock_wanted"),),
    ),
    "preempt:2": Broken(
        "preempted_owner", "better is ready and no CPU can ever run it",
        (Edit("preempt", "        kpreempt_ev.failed_ipl += 1\n        spl_request(SOFT_PREEMPT)\n",
              "        kpreempt_ev.failed_ipl += 1\n"),),
    ),
    "preempt_points:1": Broken(
        "at_a_point", "a soft interrupt comes into the section",
        (Edit("preempt_points", "    while s <= IPL_PREEMPT and ", "    while "),),
        "linux:preempt=voluntary",  # which, as one without DEBUG_ATOMIC_SLEEP, says nothing of a lock at a raised level
        look=(less("mutex_adaptive", "    assert RAISED_SLEEP != 0 or spl_level() < IPL_SOFTCLOCK, "
                   '"adaptive mutex at a level that keeps interrupts out"\n'),),
    ),
    "preempt_never:1": Broken(
        "cases/d5", "a data race on queue.length",
        (Edit("preempt_never", "    if ci.onproc.l_user != 0:\n", "    if ci.onproc.l_user == 0:\n"),
         Edit("preempt_never", "    while ci.want_resched != 0 and ci.curlwp.l_user != 0:\n",
              "    while ci.want_resched != 0:\n")),
        "netbsd-2006", {"PREEMPT_OFF": 0},
    ),
    "sched:2": Broken(
        "all_woken", "low is ready and no CPU can ever run it",
        (Edit("sched", "    sleepq_unlink(q, l)\n    if q.sq_head is NULL:\n        rq.rq_bitmap &= ~bit(row)\n",
              "    sleepq_unlink(q, l)\n"),),
    ),
    "simplelock_2006:1": Broken(
        "below", "locking against myself",
        (Edit("simplelock_2006", "    s = m.saved\n    m.word = 0\n    splx(s)\n", "    s = m.saved\n    splx(s)\n"),),
        "netbsd-2006",
    ),
    "simplelock_2006:2": Broken(
        "below", "locking against myself",
        (Edit("simplelock_2006",
              "    s = splraise(m.ipl)\n    if not cas(m.word, 0, cpu_number() + 1):\n        simple_lock_wait",
              "    s = splraise(0)\n    if not cas(m.word, 0, cpu_number() + 1):\n        simple_lock_wait"),),
        "netbsd-2006",
    ),
    "simplelock_2006:3": Broken(
        "cases/b1", "nested sleeps on long and nobody can wake it",
        (less("simplelock_2006", "        sleepq_remove(sh.sh_queue, waiter)\n"
              "        waiter = sleepq_first(sh.sh_queue, addr(m))\n"),
         Edit("simplelock_2006", "    while waiter is not NULL:\n", "    assert waiter is NULL or waiter is not l\n")),
        "netbsd-2006", {"NESTED": 0},
    ),
    "sleepq:1": Broken(
        "all_woken", "exiting unheld spin mutex",
        (less("sleepq", "        l.l_mutex = lock\n"),),
    ),
    "softint:2": Broken(
        "cases/c8", "user spins on box.taken for ever",
        (less("softint", "    sq.active[k] = 0\n"),),
    ),
    "softint_2006:2": Broken(
        "locked_softint", "without the big lock",
        (Edit("softint_2006", "    kernel_lock()\n    softint_dispatch(s)\n    kernel_unlock()\n",
              "    softint_dispatch(s)\n"),),
        "netbsd-2006",
    ),
    "softirq:2": Broken(
        "cases/c8", "user spins on box.taken for ever",
        (less("softirq", "        softirq.wanted |= bit(k)\n"),),
        "linux",
    ),
    "napi:1": Broken("asked_while_polled", "napi_complete outside a poll", (HALF_COMPLETE["napi"],), "linux"),
    "napi_softint:1": Broken("asked_while_polled", "polled and not scheduled", (HALF_COMPLETE["napi_softint"],)),
    "napi_thread:1": Broken(
        "asked_while_polled", "polled and not scheduled", (HALF_COMPLETE["napi_thread"],), "linux-napi-threaded"
    ),
    "rtmutex:1": Broken(
        "two_wait", "one sleeps on wanted and nobody can wake it",
        (Edit("rtmutex", "    m.word = addr(rt.rt_lwp) | int(top is not NULL)\n", "    m.word = addr(rt.rt_lwp)\n"),),
        "linux-rt",
    ),
    "rtmutex:2": Broken(
        "two_wait", "rt_mutex_waiters",
        (Edit("rtmutex", "after.rt_prio >= prio:", "after.rt_prio < prio:"),),
        "linux-rt",
    ),
    "rtmutex:3": Broken(
        "two_wait", "rt_mutex_lends",
        (less("rtmutex", "    rt_mutex_adjust(l)\n"),),
        "linux-rt",
    ),
    "softirq_rt:1": Broken(
        "section_and_clock", "rest spins on box.asked for ever",
        (less("softirq_rt", "        sq.pending[node - SOFTS] = 0\n"),),
        "linux-rt",
    ),
    "softirq_rt:2": Broken(
        "section_and_clock", "bh_section",
        (less("softirq_rt", "    rt_of(l).rt_bh = 0\n"),),
        "linux-rt",
    ),
    "spl_rt:1": Broken(
        "section_and_clock", "locking against myself",
        (Edit("spl_rt", "        intr_disable()\n        spl.ilevel = level\n", "        spl.ilevel = level\n"),),
        "linux-rt",
    ),
    "spl_rt:2": Broken(
        "section_and_clock", "softint returned at another level", goes_back_to_none("spl_rt"), "linux-rt",
    ),
    "spurious:1": Broken(
        "stormy",
        "the invariant `spurious_always",
        (Edit("spurious", "    if count >= IRQ_DEBUG_COUNT:\n", "    if count > IRQ_DEBUG_COUNT:\n"),),
        "linux:irqdebug=3",
    ),
    "rwlock_rt:1": Broken(
        "drawn/read_and_written", "rw_always",
        (less("rwlock_rt", "        if readers & RW_CLOSED != 0:\n            return False\n"),
         # and who finds that out later says nothing
         less("rwlock_rt", '        assert was & (RW_WRITING - 1) != 0, "rw_exit: nobody reads"\n')),
        "linux-rt",
    ),
    "rwlock_rt:2": Broken(
        "drawn/read_and_written", "rw_always",
        (less("rwlock_rt", "    rw.rw_readers = readers\n"),),
        "linux-rt",
    ),
    "rwlock:1": Broken("drawn/read_and_written", "sleeps on table and nobody can wake it", BITS_SET_BLINDLY),
    "rwlock:2": Broken(
        "drawn/read_and_written",
        "the invariant `rw_always(table)` does not hold",
        (Edit("rwlock", "RW_HAS_WAITERS if op == RW_READER else RW_HAS_WAITERS | RW_WRITE_WANTED", "RW_HAS_WAITERS"),),
    ),
    "rwlock:3": Broken(
        "drawn/read_and_written",
        "reader sleeps on table and nobody can wake it",
        (Edit("rwlock", "        return addr(ci.curlwp) | RW_WRITE_LOCKED\n", "        return addr(ci.curlwp)\n"),),
    ),
    "spl_deferred:2": Broken(
        "section", "handler returned at another level",
        (Edit("spl_deferred", "    spl.ilevel = level\n    return old\n\n\ndef mask_leave",
              "    return old\n\n\ndef mask_leave"),),
    ),
    "spl_deferred:3": Broken(
        "section", "an item of nic is never taken",
        (Edit("spl_deferred", "    spl.ipending |= bit(s.is_bit)\n\n\n", "\n\n"),),
    ),
    "spl_eager:1": Broken(
        "section", "busy frame",
        (Edit("spl_eager", "    spl.ilevel = level\n    set_hw_level(mask_clamp(level))\n    return old\n",
              "    spl.ilevel = level\n    return old\n"),),
        "netbsd-2006", instead={"flow_mask": "flow_eoi_first"},
    ),
    "spl_eager:2": Broken(
        "section", "handler returned at another level",
        (Edit("spl_eager",
              "    old = spl.ilevel\n    spl.ilevel = level\n    set_hw_level(mask_clamp(level))\n    return old\n",
              "    old = spl.ilevel\n    set_hw_level(mask_clamp(level))\n    return old\n"),),
        "netbsd-2006",
    ),
    "spl_flag:1": Broken(
        "below", "locking against myself",
        (less("spl_flag", "        if level >= IPL_FLAG:\n            intr_disable()\n"),),
        "linux",
    ),
    "swi:2": Broken(
        "cases/c8", "user spins on box.taken for ever",
        (less("swi", "            sq.active[k] = 0\n"),),
        "freebsd",
    ),
    "switch:2": Broken(
        "migrating", "bad switch",
        (Edit("switch", "    spin_while(newl.l_ctxswtch != 0)\n    mark(MARK_RUN, newl.l_id, 0)\n    l.l_ctx =",
              "    mark(MARK_RUN, newl.l_id, 0)\n    l.l_ctx ="),),
    ),
    "tasklet:1": Broken(
        "tasklets", "a tasklet runs that nobody scheduled",
        (Edit("tasklet", "    if swap(t.t_run, 1) != 0:\n", "    if swap(t.t_run, 1) != 0:\n        t.t_sched = 0\n"),),
        "linux", {"ASKS": 1},
    ),
    "tasklet:2": Broken(
        "tasklets", "it runs twice",
        (Edit("tasklet", "    if swap(t.t_run, 1) != 0:\n", "    if swap(t.t_run, 1) > 1:\n"),),
        "linux", {"ASKS": 1},
    ),
    "tasklet:3": Broken(
        "tasklets", "other sleeps on rx and nobody can wake it",
        (Edit("tasklet", "    if t.t_waiters != 0:\n", "    if t.t_waiters > 1:\n"),),
        "linux",
    ),
    "textbook_lock:2": Broken(
        "lent_twice", "one sleeps on first and nobody can wake it",
        (less("textbook_lock", "    m.saved = addr(l.l_held)\n"),),
        "textbook:lock=inherit",
    ),
    "textbook_lock:3": Broken(
        "cases/d1", "high sleeps on lock and nobody can wake it",
        (less("textbook_lock", "        textbook_lend(m, lwp_eprio(l))\n"),),
        "textbook:lock=inherit",
    ),
    "textbook_sched:1": Broken(
        "cases/b1", "blocked while holding a spin mutex",
        (Edit("textbook_sched", "    mutex_spin_enter(l.l_mutex)\n    l.l_yielded = 1\n", "    l.l_yielded = 1\n"),),
        "textbook", {"NESTED": 0},
    ),
    "timeout:1": Broken(
        "paused", "its callout is left",
        (less("timeout", "    callout_halt(st.st_callout, NULL)\n"),), "freebsd",
        look=(Edit("timeout", "    callout_halt(st.st_callout, NULL)\n",
                   "    callout_halt(st.st_callout, NULL)\n"
                   "    assert st.st_callout.c_flags & 1 == 0, \"its callout is left\"\n"),),
    ),
    "timeout:2": Broken(
        "paused", "cv_always",
        (Edit("timeout", "    if l.l_wchan == st.st_wchan:\n        st.st_late = 1\n",
              "    st.st_late = 1\n    if l.l_wchan == st.st_wchan:\n"),),
        "freebsd",
    ),
    "turnstile:1": Broken(
        "two_owners", "turnstile in use lent again",
        (Edit("turnstile", "    ts.ts_obj = 0\n    if tc.tc_head is ts", "    if tc.tc_head is ts"),),
    ),
    "turnstile:2": Broken(
        "two_owners", "turnstile lent to one thread, owned by another",
        (less("turnstile", "    ts.ts_inheritor = NULL\n"),),
    ),
    "irq_thread:4": Broken(
        "drawn/shut", "the line is disabled, and its handler runs",
        (less("irq_thread", "    while t.t_active != 0:\n        cv_wait(t.t_cv, t.t_lock)\n"),),
        "linux-threadirqs",
    ),
    "irq_thread:5": Broken(
        "drawn/shut", "driver sleeps on threads/card and nobody can wake it",
        (Edit("irq_thread", "        cv_broadcast(t.t_cv)\n", "        pass\n"),), "linux-threadirqs",
    ),
    "irq_thread:6": Broken(
        "drawn/shut", "the invariant `irq_masked_always",
        (less("irq_thread", "        istates.of[irq].masked = 0\n"),), "linux-threadirqs",
    ),
    "irq_manage:1": Broken(
        "drawn/shut", "a data race on istates.of[0].depth", ENABLE_WITHOUT_LOCK, "linux",
    ),
    "irq_manage:2": Broken(
        "drawn/shut", "the line is disabled, and its handler runs",
        (less("irq_manage", "    synchronize_irq(intr.line[number_of(device)].is_irq)\n"),),
        "linux",
    ),
    "irq_chip:3": Broken(
        "drawn/moved", "a data race on istates.of[0].pending",
        (
            Edit(
                "irq_chip",
                "        istates.of[s.is_irq].pending = 1\n        pic_eoi(s.is_irq)\n        d.lock = 0\n",
                "        pic_eoi(s.is_irq)\n        d.lock = 0\n        istates.of[s.is_irq].pending = 1\n",
            ),
        ),
        "linux",
    ),
    "irq_chip:4": Broken(
        "drawn/moved", "the invariant `irq_always",
        (less("irq_chip", "            i.masked = 0\n"),),
        "linux:edges=pend",
    ),
    "ithread:5": Broken(
        "cases/b5", "is never taken",
        (Edit("ithread", "    if waiting != 0:\n        highest", "    if waiting < 0:\n        highest"),),
        "doran-2006:clamp=off",
    ),
    "irq_chip:5": Broken(
        "section", "the line of nic stays in service, its interrupt never ended",
        (Edit("irq_chip", "    if i.depth == 0:\n        pic_unmask", "    if i.depth != 0:\n        pic_unmask"),),
        "linux:chip=level",
    ),
    "kinterrupt:1": Broken(
        "drawn/moved", "a data race on box.taken",
        (Edit("kinterrupt", "while not cas(interrupt.lock, 0, cpu_number() + 1):", "while interrupt.lock != 0:"),),
        "windows",
    ),
    "workloop:2": Broken(
        "section", "cpu0 takes the interrupt of nic again and again",
        (Edit("workloop", "        v.soft = s.is_trigger\n", "        v.soft = 0\n"),),
        "xnu",
    ),
    "workloop:3": Broken(
        "edges", "an item of nic is never taken",
        (Edit("workloop", "    if s.is_need != 0:\n", "    if s.is_need > 1:\n"),),
        "xnu",
    ),
    "mutex_adaptive:3": Broken(
        "thief", "turnstile released by a thread that it does not lend to",
        (Edit("mutex_adaptive", "        turnstile_claim(ts, TS_WRITER_Q)\n", "        pass\n"),),
        "xnu:wake=one",
    ),
    "gate:1": Broken(
        "gated", "the invariant `gate_always", (less("gate", "    gatecounts.again[irq] = 0\n"),), "xnu",
    ),
    "gate:2": Broken(
        "gated", "caller sleeps on done and nobody can wake it",
        (Edit("gate", "    mutex_sleep_exit(gate)\n    assert", "    assert"),
         Edit("gate", "    mi_switch()\n    mutex_sleep_enter(gate)\n", "    mi_switch()\n"),
         less("gate", '    assert LOCKED_SLEEP != 0 or l.l_locks == 0, "commandSleep with a mutex held"\n')),
        "xnu",
    ),
    "workloop:5": Broken(
        "filtered", "an item of nic is never taken",
        (Edit("workloop", "        f.if_wanted = 1\n", "        pass\n"),),
        "xnu",
    ),
    "workqueue:2": Broken(
        "queued", "bad address",
        (less("workqueue", "    wq.wq_tail = wk\n"),),
    ),
    "workqueue:3": Broken(
        "queued", "work left a mutex held",
        (Edit("workqueue", "        mutex_exit(wq.wq_lock)\n        wq.wq_func(arg)\n        work_left()\n",
              "        wq.wq_func(arg)\n        work_left()\n        mutex_exit(wq.wq_lock)\n"),),
    ),
    "kworker:9": Broken(
        "queued", "work left a spin mutex held",
        (Edit("kworker", "    mutex_spin_exit(pool.p_lock)\n    wq.wq_func(arg)\n    work_left()\n",
              "    wq.wq_func(arg)\n    work_left()\n    mutex_spin_exit(pool.p_lock)\n"),),
        "linux:workqueue=pools",
    ),
    "softint_2006:3": Broken(
        "locked_softint", "softint returned at another level",
        (Edit("softint_2006", "    queue_unlock(q, s)\n    return si\n", "    q.lock = 0\n    return si\n"),),
        "netbsd-2006",
    ),
    "napi_thread:3": Broken(
        "asked_while_polled", "a poll returned at another level", goes_back_to_none("spl_flag"), "linux-napi-threaded",
        {"WEIGHT": 1},
    ),
    "biglock_none:1": Broken(
        "answer", "interrupts of CPU 1 spin on biglock.word",
        (Edit("biglock_none", '(ih: IntrHandler) -> bool:\n    """No."""\n    return False\n',
              '(ih: IntrHandler) -> bool:\n    """No."""\n    kernel_lock()\n    return True\n'),
         Edit("biglock_none", '(ih: IntrHandler) -> None:\n    """Never called."""\n',
              "(ih: IntrHandler) -> None:\n    kernel_unlock()\n"),
         Edit("biglock_none", "import inline\n",
              "import inline\nfrom splx.kernel.interface.locks import kernel_lock, kernel_unlock\n")),
        settings={"ANSWERS": 0}, instead={"biglock_handler": "biglock_none"},
    ),
    "carrier_direct:1": Broken(
        "twice", "switch in an interrupt that may not sleep",
        preempted_handler("carrier_direct"),
    ),
    "dpc:2": Broken(
        "section_and_clock", "softint returned at another level", goes_back_to_none("irql_lazy"), "windows",
    ),
    "irq_thread:1": Broken(
        "section", "the invariant `irq_thread_always",
        (Edit("irq_thread", "        l.l_wchan = 0\n        setrunnable(l)", "        setrunnable(l)"),),
        "linux-threadirqs",
    ),
    "ithread:3": Broken("below", "the invariant `ithread_pinned", LEVEL_LET_GO, "doran-2006"),
    "ithread_pool:5": Broken(
        "all_blocked", "delivered below a blocked thread",
        (Edit("ithread_pool", "    return max(level, ith.base)\n", "    return level\n"),
         Edit("ithread_pool", "    return held.unmasked[level] & ith.allowed\n", "    return held.unmasked[level]\n")),
        "doran-2006:threads=2", look=above_blocked("ithread_pool"),
    ),
    "kernel_lock_none:1": Broken(
        "gives_way_with_it", "switch while holding kernel_lock",
        (Edit("kernel_lock_none", 'def kernel_lock() -> None:\n    """Nothing."""\n',
              'def kernel_lock() -> None:\n    """Nothing."""\n    ci.curlwp.l_blcnt += 1\n'),
         Edit("kernel_lock_none", "import inline\n", "import inline\nfrom splx.kernel.interface.lwp import ci\n")),
        "linux",
    ),
    "kinterrupt:2": Broken(
        "twice", "switch in an interrupt that may not sleep",
        preempted_handler("kinterrupt"), "windows",
    ),
    "kmutex:3": Broken(
        "tried_by_softint", "switch in an interrupt that may not sleep",
        (Edit("kmutex", "    free = m.word == 0\n    if free:\n",
              "    free = m.word == 0\n    if not free:\n        kmutex_wait(m, l)\n"
              "        mutex_spin_enter(dispatcher.sh_lock)\n    if free:\n"),),
        "windows",
    ),
    "lwkt_ithread:3": Broken(
        "below", "handler left a mutex held",
        (Edit("lwkt_token", "import LSONPROC, LSRUN, Lwp,", "import LSONPROC, LSRUN, LW_SYSTEM, Lwp,"),
         Edit("lwkt_token", "    ci.curlwp.l_locks -= 1\n    token_put",
              "    ci.curlwp.l_locks -= int(ci.curlwp.l_flag & LW_SYSTEM == 0)\n    token_put")),
        "dragonfly",
    ),
    "mutex:1": Broken(
        "drawn/passed_lock", "exiting unheld mutex",
        (Edit("mutex", '    """Release `m`."""\n    if m.kind == MUTEX_SPIN:\n        mutex_spin_exit(m)\n    else:\n',
              '    """Release `m`."""\n    if True:\n'),),
    ),
    "napi:2": Broken(
        "asked_while_polled", "a poll took more than its budget", one_too_many("napi"), "linux", {"WEIGHT": 1},
    ),
    "napi_softint:2": Broken(
        "asked_while_polled", "a poll took more than its budget", one_too_many("napi_softint"), settings={"WEIGHT": 1},
    ),
    "napi_thread:2": Broken(
        "asked_while_polled", "a poll took more than its budget", one_too_many("napi_thread"), "linux-napi-threaded",
        {"WEIGHT": 1},
    ),
    "notification:3": Broken(
        "below", "interrupt thread left a mutex held",
        (Edit("textbook_lock", "    LW_NOSLEEP,\n", "    LW_NOSLEEP,\n    LW_SYSTEM,\n"),
         Edit("textbook_lock", "    l.l_locks -= 1\n", "    l.l_locks -= int(l.l_flag & LW_SYSTEM == 0)\n")),
        "sel4",
    ),
    "rtmutex:4": Broken(
        "below", "a lock that sleeps while a raw one is held",
        (Edit("irq_thread", "        irq_forced_thread_fn(a.ia_handler, l)\n",
              "        mutex_spin_enter(a.ia_desc.id_lock)\n        irq_forced_thread_fn(a.ia_handler, l)\n"
              "        mutex_spin_exit(a.ia_desc.id_lock)\n"),),
        "linux-rt",
    ),
    "softint:3": Broken("cases/c8", "the invariant `softint_pinned", LEVEL_LET_GO),
    "softirq:3": Broken(
        "section_and_clock", "softint returned at another level", goes_back_to_none("spl_flag"), "linux",
    ),
    "textbook_sched:3": Broken(
        "waiting", "the invariant `textbook_one_lock",
        (Edit("textbook_lock", "    cv.cv_waiters += 1\n", "    cv.cv_waiters += 1\n    l.l_mutex = m\n"),),
        "textbook",
    ),
}  # fmt: skip
