"""What becomes of each call in Linux, and in Linux with PREEMPT_RT."""

from __future__ import annotations

from splx.scenario.calls import instead, own, refused
from splx.scenario.calls.bsd import FLAG_OFF, KEPT, NO_BIG_LOCK, NO_GATES, NOT_THERE, USER

LINUX = {
    "mutex_enter": own("mutex_lock, spin_lock_bh or spin_lock_irqsave, by the level of the lock."),
    "rw_enter": own("down_read and down_write."),
    "cv_wait": own("wait_event with the lock dropped meanwhile, wake_up and wake_up_all."),
    "cv_timedwait": own("wait_event_timeout and schedule_timeout, in jiffies."),
    "kernel_lock": NO_BIG_LOCK,
    "splraise": FLAG_OFF,
    "kpreempt_disable": own("preempt_disable, a count."),
    "softint_schedule": own("tasklet_schedule, or raise_softirq of a class."),
    "softint_schedule_cpu": NOT_THERE,
    "napi_schedule": own("napi_schedule and napi_complete_done."),
    "tasklet_schedule": own("tasklet_schedule, tasklet_hi_schedule, tasklet_disable and tasklet_kill."),
    "close_gate": NO_GATES,
    "callout_schedule": own("mod_timer, timer_delete and timer_delete_sync, which waits for one that runs."),
    "hardclock": own("update_process_times and run_local_timers, at each tick."),
    "workqueue_enqueue": own("queue_work of an ordered workqueue."),
    "pool_get": own("mempool_alloc with GFP_KERNEL or GFP_NOWAIT."),
    "kmem_zero": own("kzalloc and clear_page clear in the thread that asks."),
    "yield_": own("yield, and kthread_complete_and_exit."),
    "user_enter": USER,
    "assert_sleepable": own("might_sleep."),
    "intr_stray": own("IRQ_NONE; with `irqdebug` they are counted, and a line that has too many is shut."),
    "interrupt_distribute": own("irq_set_affinity, to one CPU."),
    "disable_irq": own(
        "disable_irq, which masks the line only if it interrupts, and waits for its handlers and threads; enable_irq."
    ),
    "intr_disestablish": KEPT,
}

NO_LOCK = refused("it keeps no handler out, which is a thread and takes no lock of its CPU: take a mutex of that level")

LINUX_THREADIRQS = {
    **LINUX,
    "interrupt_distribute": own("irq_set_affinity, to one CPU. The threads of the line follow when it comes there."),
}

LINUX_RT = {
    **LINUX_THREADIRQS,
    "mutex_enter": own("rt_mutex, or spin_lock which is one, or raw_spin_lock, by the level of the lock."),
    "rw_enter": own("down_read and down_write, an rt_mutex for who writes; readers are lent nothing."),
    "splraise": instead("there are no levels: below IPL_CLOCK it is a soft section, which keeps no handler out"),
    "softint_schedule": own("raise_softirq: the thread that asks runs it, or ktimers, or ksoftirqd."),
}
