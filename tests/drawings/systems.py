"""The smallest systems on which the drawings of the mechanism files can be performed.

A name is that of the file and the number of the drawing in it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from tests.drawings import guards

from splx.scenario.design import Design
from splx.scenario.designs import design
from splx.scenario.mutants import Edit


@dataclass(frozen=True)
class Setting:
    """A scenario of this folder under a design. With mutants the design itself parts from the drawing at `refused`."""

    scenario: str
    design: Design
    mutants: tuple[Edit, ...] = ()
    refused: str = ""
    cpus: int = 2


def instead(base, **mechanisms):
    """A design with other mechanisms: `instead(NETBSD_5, flow_mask="flow_eoi_last")`."""
    return replace(base, mechanisms=tuple(mechanisms.get(each, each) for each in base.mechanisms))


NETBSD_2006 = design("netbsd-2006")
PUT_OFF = design("netbsd-2006:wait=defer")
HANDED = design("netbsd-2006:wait=forward")
DEFERRED_2006 = design("netbsd-2006-deferred")
DORAN_2006 = design("doran-2006")
TWO_EACH = design("doran-2006:threads=2")
FROM_VM = design("doran-2006:line_at=IPL_VM")
NETBSD_5 = design("netbsd-5")
TEXTBOOK = design("textbook")
FREEBSD = design("freebsd")
LINUX = design("linux")
REQUESTING = design("linux:tasklets=bh")
THREADIRQS = design("linux-threadirqs")
LINUX_RT = design("linux-rt")
NAPI_THREADED = design("linux-napi-threaded")
THOMAS_2007 = design("thomas-2007")
WINDOWS = design("windows")
DRAGONFLY = design("dragonfly")
QNX = design("qnx")
XNU = design("xnu")
SEL4 = design("sel4")
INHERITING = design("textbook:lock=inherit")
TWO_CHAINS = replace(NETBSD_5, consts={**NETBSD_5.consts, "TS_CHAINS": 2})
EOI_LAST = instead(NETBSD_5, flow_mask="flow_eoi_last")
THRESHOLD = replace(
    instead(NETBSD_5, spl_deferred="spl_threshold"),
    exceptions={"flow_hold": "spl_threshold.flow_hold"},
    consts={**NETBSD_5.consts, "SPL_STOP": 0},
)

SETTINGS = {
    "biglock_defer:1": Setting("put_off", PUT_OFF),
    "biglock_defer:2": Setting("put_off", PUT_OFF, guards.NO_SECOND_TRY, "aside.lines is 1"),
    "biglock_forward:1": Setting("put_off", HANDED),
    "biglock_forward:2": Setting("put_off", HANDED, guards.INTERRUPT_FIRST, "cas cpu1.given.lines[5] := 1"),
    "biglock_forward:3": Setting("put_off_by_two", HANDED),
    "biglock_2006:1": Setting("below_the_line", NETBSD_2006),
    "biglock_handler:1": Setting(
        "above_the_line", NETBSD_5, guards.BIGLOCK_ANY_LEVEL, "spins on biglock.word for ever"
    ),
    "biglock_none:1": Setting("unlocked_handler", TEXTBOOK),
    "carrier_continue:1": Setting("victim", THOMAS_2007),
    "carrier_direct:1": Setting("section", NETBSD_5),
    "flow_eoi_first:1": Setting("lines", TEXTBOOK, guards.MASK_ENTER_WITHOUT_REGISTER, "interrupt nic"),
    "flow_eoi_last:1": Setting("lines", EOI_LAST),
    "flow_mask:1": Setting("victim", DORAN_2006),
    "flow_event:1": Setting("lines", FREEBSD),
    "giant:1": Setting("giant", FREEBSD),
    "intr_event:1": Setting("lines", FREEBSD),
    "intr_disestablish:1": Setting("removed", FREEBSD),
    "intr_disestablish:2": Setting("removed", FREEBSD),
    "intr_disestablish:3": Setting("removed_by_thread", FREEBSD, cpus=3),
    "irq_chip:1": Setting("lines", LINUX),
    "irq_chip:2": Setting("moved", LINUX),
    "irq_manage:1": Setting("shut", LINUX, guards.ENABLE_WITHOUT_LOCK, "istates.of[0].depth := 0"),
    "irq_thread:1": Setting("shared_line", THREADIRQS),
    "irq_thread:2": Setting("shut", THREADIRQS),
    "irq_thread:3": Setting("ticking", THREADIRQS),
    "softirq:1": Setting("soft_section", LINUX),
    "irql_lazy:1": Setting("levels", WINDOWS, guards.IRQL_TEST_FIRST, "mask_hold"),
    "irql_lazy:2": Setting("lowered_in_steps", WINDOWS),
    "kinterrupt:1": Setting("lines", WINDOWS),
    "dpc:1": Setting("asked_twice", WINDOWS),
    "dpc_rate:1": Setting("sent_and_ticked", design("windows:importance=rate")),
    "dpc_target:1": Setting(
        "sent_over", design("windows:importance=level"), guards.NO_LOOK_AFTERWARDS, "dpcq.of[1].depth is 1"
    ),
    "workloop:1": Setting("two_threads_of_lines", XNU, guards.NO_WAIT_FOR_ACTIVE, "reads vectors.of[0].hard: 0"),
    "gate:1": Setting("gated", XNU, guards.GATE_OPEN_FIRST, "done.cv_queue.sq_head := caller", cpus=1),
    "workloop:2": Setting("filtered", XNU, cpus=1),
    "clh:1": Setting("three_enter", SEL4, cpus=3),
    "notification:1": Setting("lines", SEL4, cpus=1),
    "untyped:1": Setting("cleared", design("sel4:points=2"), cpus=1),
    "ist:1": Setting("shared_line", QNX, cpus=1),
    "pulse:1": Setting("shared_line", design("qnx:attach=event"), cpus=1),
    "lwkt_ithread:1": Setting("edge_while_waiting", DRAGONFLY),
    "lwkt_livelock:1": Setting("stormy", design("dragonfly:livelock=1"), cpus=1),
    "lwkt_emergency:1": Setting("in_the_middle", design("dragonfly:emergency=1"), guards.POLLS_ALL, "nic_intr"),
    "lwkt_token:1": Setting("opposite", DRAGONFLY),
    "lwkt_token:2": Setting("victim", DRAGONFLY),
    "kmutex:1": Setting("handed_over", WINDOWS),
    "bh_workqueue:1": Setting("two_ask", REQUESTING),
    "bh_workqueue:2": Setting("noted_before", REQUESTING, guards.PENDING_CLEARED_PLAINLY, "rx.t_sched := 0, buffered"),
    "tasklet:1": Setting("two_ask", LINUX),
    "napi:1": Setting("polled", LINUX, guards.WITHOUT_MISSED, "nic_poll.n_state is NAPI_SCHED"),
    "napi_softint:1": Setting("polled", NETBSD_5),
    "napi_thread:1": Setting("quieted_late", NAPI_THREADED),
    "rtmutex:1": Setting("left_with_waiter", LINUX_RT),
    "softirq_rt:1": Setting("ends_section", LINUX_RT, guards.LOOK_WITH_INTERRUPTS_ON, "reads softirq.cnt: 1"),
    "spl_rt:1": Setting("gives_way_in_section", LINUX_RT),
    "spl_flag:1": Setting("soft_section", LINUX, guards.FLAG_TEST_FIRST, "spl.ipending is 16"),
    "swi:1": Setting("ticking", FREEBSD),
    "intr:1": Setting("lines", NETBSD_5),
    "ithread:1": Setting("victim", DORAN_2006),
    "ithread_pool:1": Setting("edge_while_waiting", TWO_EACH, guards.POOL_AGAIN, "switch_to(NET/0)"),
    "kernel_lock_2006:2": Setting("below_the_line", NETBSD_2006),
    "kernel_lock_none:1": Setting("unlocked_threads", TEXTBOOK),
    "preempt:1": Setting("better", NETBSD_5),
    "preempt_never:1": Setting("better", NETBSD_2006),
    "preempt_points:1": Setting("at_a_point", design("linux:preempt=voluntary")),
    "softint:1": Setting("softints", NETBSD_5),
    "softint_2006:1": Setting("softints_of_two", DEFERRED_2006),
    "spl_deferred:1": Setting("levels", NETBSD_5, guards.SPLX_WITHOUT_PAIR, "spl.ipending is 1"),
    "spl_eager:1": Setting("levels", NETBSD_2006),
    "spl_eager:2": Setting("levels", NETBSD_2006, guards.REGISTER_FIRST, "spl.ilevel := IPL_VM"),
    "spl_threshold:1": Setting("levels", THRESHOLD, guards.TEST_FIRST, "mask_hold"),
    "callout:1": Setting("halted", NETBSD_5),
    "callout:2": Setting("scheduled_again", NETBSD_5, guards.CALLOUT_MOVES, "c.c_cpu := callout1"),
    "condvar:1": Setting("condition", NETBSD_5),
    "kernel_lock:1": Setting("big_lock", NETBSD_5, guards.BIGLOCK_AT_ANY_LEVEL, "spins on biglock.word for ever"),
    "kernel_lock:2": Setting("big_and_small", NETBSD_5, guards.PLAIN_STORE, "biglock_wanted := NULL, buffered"),
    "kernel_lock_2006:1": Setting("big_lock", NETBSD_2006),
    "kthread:1": Setting("one_thread", NETBSD_5),
    "lwp:1": Setting("changing_lock", NETBSD_5),
    "mutex:1": Setting("passed_lock", NETBSD_5),
    "mutex_adaptive:1": Setting("gives_way", NETBSD_5, guards.NO_SECOND_LOOK, "switch_to(idle/1)"),
    "mutex_adaptive:2": Setting("gives_way_twice", NETBSD_5, guards.NO_LOOK_AT_THE_BIT, "switch_to(idle/1)"),
    "mutex_adaptive:3": Setting("crossed", NETBSD_5, guards.NO_BIGLOCK_WANTED, "spins on m.word for ever"),
    "mutex_spin:1": Setting("section", NETBSD_5, guards.LEVEL_AFTERWARDS, "stops: locking against myself"),
    "mutex_up:1": Setting("section", design("netbsd-5:build=up"), cpus=1),
    "mutex_spin:2": Setting("section", FROM_VM, guards.SAVED_FIRST, "ci.mtx_oldspl := IPL_AUDIO"),
    "park:1": Setting("parked", NETBSD_5),
    "park:2": Setting("parked", NETBSD_5),
    "pool:1": Setting("stock", NETBSD_5, guards.SOFTINTS_MAY_SLEEP, "p.pr_free := 0"),
    "lockmgr:1": Setting("read_and_written", NETBSD_2006),
    "eresource:1": Setting("read_and_written", WINDOWS),
    "rwlock_rt:1": Setting("read_and_written", LINUX_RT),
    "rwlock:1": Setting("read_and_written", NETBSD_5),
    "rwlock:2": Setting(
        "read_and_written", NETBSD_5, guards.BITS_SET_BLINDLY, "cas rw_lock.word := RW_HAS_WAITERS | RW_WRITE_WANTED"
    ),
    "sched_fair:1": Setting("fairly", design("linux:share=fair")),
    "sched:1": Setting("woken_at_once", NETBSD_5, guards.NO_BOOKING, "sched_takecpu returns 2", cpus=4),
    "simplelock_2006:1": Setting("out_of_order", NETBSD_2006),
    "simplelock_2006:2": Setting("two_levels", NETBSD_2006),
    "sleepq:1": Setting("condition", NETBSD_5, guards.LIST_FILLED_LATE, "reads cv.cv_waiters: 0"),
    "spurious:1": Setting("nobodys", design("linux:irqdebug=3"), cpus=1),
    "switch:1": Setting("migrates", NETBSD_5),
    "textbook_lock:1": Setting("heir", INHERITING),
    "textbook_sched:1": Setting("condition", TEXTBOOK),
    "timeout:1": Setting("timed", NETBSD_5),
    "turnstile:1": Setting("chains", TWO_CHAINS),
    "kworker:1": Setting("waits_for_next", design("linux:workqueue=pools"), cpus=1),
    "kworker_manager:1": Setting("waits_for_next", design("linux:workqueue=grows-2"), cpus=1),
    "kworker_unbound:1": Setting("beside", design("linux:workqueue=pools")),
    "workqueue:1": Setting("queue", NETBSD_5),
}
