"""What becomes of each call in NetBSD, in Doran's and Thomas's proposals, in DragonFly, FreeBSD and Solaris."""

from __future__ import annotations

from splx.scenario.calls import instead, ours, own, refused

#: Of kernels without a big lock.
NO_BIG_LOCK = refused("there is no big lock, and the call would do nothing: take a mutex for what it protected")

#: Of kernels without levels, where the CPU's flag is what there is.
FLAG_OFF = instead(
    "there are no levels: from IPL_BIO on it turns interrupts off on this CPU, below it holds soft ones back"
)

#: Of kernels in which nobody but Linux's network drivers polls.
POLLS = ours("there is no poll list: a soft interrupt polls so many items and schedules itself again")
NO_TASKLETS = refused("Linux alone has tasklets: make it a softint, with a lock if it may not run on two CPUs at once")
NO_SHUTTING = refused("that a driver shuts its line is not built here: keep the device quiet with `disable()`")
#: Where soft work goes to another CPU by other calls, or by none.
NOT_THERE = refused("soft work runs on the CPU where it is asked for: that it is sent to another is not built here")
NO_GATES = refused("XNU alone has gates: take a `Mutex` of the handler's level, and sleep with `cv_wait`")
KEPT = refused("that a handler is removed is built here for FreeBSD alone: keep the device quiet with `disable()`")
STRAY = ours("a handler's own result says it there, and nobody counts: here nobody listens")
MOVED = ours("no call moves a line: the controller is told, as by kernels that have one")
USER = own("The thread returns to user mode and enters the kernel again: there a system call does both.")

NETBSD_5 = {
    "mutex_enter": own("mutex_enter(9), adaptive or spinning by the level of the lock."),
    "rw_enter": own("rw_enter(9), with inheritance from who waits to who writes."),
    "cv_wait": own("cv_wait(9), cv_signal(9) and cv_broadcast(9)."),
    "cv_timedwait": own("cv_timedwait(9) and kpause(9), in ticks."),
    "kernel_lock": own("KERNEL_LOCK(9), recursive, dropped by who sleeps."),
    "splraise": own("splraise(9), splnet and its like, and splx."),
    "kpreempt_disable": own("kpreempt_disable(9), a count of the thread."),
    "softint_schedule": own("softint_schedule(9)."),
    "softint_schedule_cpu": NOT_THERE,
    "napi_schedule": POLLS,
    "tasklet_schedule": NO_TASKLETS,
    "close_gate": NO_GATES,
    "callout_schedule": own("callout_schedule(9), callout_stop(9) and callout_halt(9)."),
    "hardclock": own("hardclock(9)."),
    "workqueue_enqueue": own("workqueue_enqueue(9), a thread for each queue."),
    "pool_get": own("pool_get(9) and pool_put(9)."),
    "kmem_zero": own("kmem_zalloc(9) clears in the thread that asks."),
    "yield_": own("yield() of sys/kern/kern_synch.c, and kthread_exit(9)."),
    "user_enter": USER,
    "assert_sleepable": own("ASSERT_SLEEPABLE(9)."),
    "intr_stray": STRAY,
    "interrupt_distribute": own(
        "interrupt_distribute(9), to one CPU. A line that its CPU holds was not moved at first (EBUSY), and since 2018 "
        "the caller shuts it and waits, a tick at a time; here it moves, and what is held stays."
    ),
    "disable_irq": NO_SHUTTING,
    "intr_disestablish": KEPT,
}

NETBSD_2006 = {
    **NETBSD_5,
    "mutex_enter": own("lockmgr(9) where threads alone take it, else splraise and simple_lock(9): one word for both."),
    "rw_enter": own("lockmgr(9) with LK_SHARED or LK_EXCLUSIVE."),
    "cv_wait": ours("ltsleep(9) on a channel, with the lock as interlock, and wakeup(9): a variable is the channel"),
    "cv_timedwait": ours("ltsleep(9) with a timeout, in ticks: a variable is the channel"),
    "kpreempt_disable": own("No thread is preempted in the kernel, so there is nothing to do and nothing is counted."),
    "softint_schedule": own("softintr_schedule(9)."),
    "callout_schedule": ours("callout_reset(9) and callout_stop(9); no call waits for one that runs, as callout_halt"),
    "kmem_zero": own("malloc(9) with M_ZERO clears in the thread that asks."),
    "assert_sleepable": ours("only LOCKDEBUG looked, and for simple locks held: here every call does"),
    "interrupt_distribute": MOVED,
}

SOLARIS = {
    **NETBSD_5,
    "mutex_enter": own("mutex_enter(9F), adaptive or spinning by the interrupt priority of the lock."),
    "rw_enter": own("rw_enter(9F)."),
    "cv_wait": own("cv_wait(9F), cv_signal(9F) and cv_broadcast(9F)."),
    "cv_timedwait": own("cv_timedwait(9F) and delay(9F), in ticks."),
    "kernel_lock": NO_BIG_LOCK,
    "splraise": own("splr and splx, of the kernel itself: a driver takes a mutex of its level."),
    "kpreempt_disable": own("kpreempt_disable, a count of the thread."),
    "softint_schedule": own("ddi_intr_trigger_softint(9F)."),
    "callout_schedule": own("timeout(9F) and untimeout(9F), which waits for one that runs."),
    "hardclock": own("clock() of uts/common/os/clock.c, a cyclic."),
    "workqueue_enqueue": own("ddi_taskq_dispatch(9F), with one thread."),
    "pool_get": own("kmem_cache_alloc(9F) with KM_SLEEP or KM_NOSLEEP; here of a cache of so many."),
    "kmem_zero": own("kmem_zalloc(9F) clears in the thread that asks."),
    "yield_": own("yield() of a thread, and thread_exit."),
    "assert_sleepable": ours("there is no such call; what sleeps asserts by itself"),
    "intr_stray": ours("DDI_INTR_UNCLAIMED says it there, and nobody counts: here nobody listens"),
    "interrupt_distribute": own("PSM_INTR_OP_SET_CPU, for intrd(8)."),
    "disable_irq": NO_SHUTTING,
    "intr_disestablish": KEPT,
}

FREEBSD = {
    **NETBSD_5,
    "mutex_enter": own("mtx_lock of an MTX_DEF mutex, or mtx_lock_spin of one that a filter takes."),
    "rw_enter": own(
        "rw_rlock and rw_wlock of rwlock(9), which let who reads already come in past writers that wait: here it waits "
        "behind them, as in NetBSD."
    ),
    "cv_wait": own("cv_wait(9), cv_signal(9) and cv_broadcast(9)."),
    "cv_timedwait": own("cv_timedwait(9) and pause(9), in ticks."),
    "kernel_lock": own("mtx_lock(&Giant), a mutex that recurses and that who sleeps drops."),
    "splraise": FLAG_OFF,
    "kpreempt_disable": own("critical_enter(9), a count of the thread."),
    "softint_schedule": own("swi_sched(9)."),
    "callout_schedule": own("callout_reset(9), callout_stop(9) and callout_drain(9)."),
    "workqueue_enqueue": own("taskqueue_enqueue(9), with one thread."),
    "pool_get": own("uma_zalloc(9) with M_WAITOK or M_NOWAIT; here of a zone with a limit."),
    "kmem_zero": own("malloc(9) with M_ZERO clears in the thread that asks."),
    "yield_": own("kern_yield, and kthread_exit(9)."),
    "assert_sleepable": own("WITNESS_WARN and THREAD_CAN_SLEEP."),
    "intr_stray": own("FILTER_STRAY: it is counted there for the log alone, and here not."),
    "interrupt_distribute": own("bus_bind_intr(9), which binds the thread of the line as well; here it goes anywhere."),
    "disable_irq": NO_SHUTTING,
    "intr_disestablish": own("bus_teardown_intr(9), of all handlers of the device."),
}

DRAGONFLY = {
    **NETBSD_5,
    "mutex_enter": own(
        "lwkt_gettoken, lost by who sleeps until it wakes; spin_lock where the clock's handler takes it."
    ),
    "rw_enter": own("lockmgr(9) with LK_SHARED or LK_EXCLUSIVE: held while its owner sleeps, as no token is."),
    "cv_wait": own("ssleep or lksleep(9) with the lock as interlock, and wakeup(9)."),
    "cv_timedwait": own("tsleep(9) with a timeout, in ticks."),
    "kernel_lock": own("get_mplock, which is a token since 2.9."),
    "splraise": ours("crit_enter took the place of all levels in 2005: one level keeps all devices out, one the clock"),
    "kpreempt_disable": ours("crit_enter keeps interrupt threads out as well: that is `splraise` here"),
    "softint_schedule": own("sched_ithd_soft of a software interrupt."),
    "callout_schedule": own("callout_reset(9), callout_stop(9) and callout_terminate."),
    "workqueue_enqueue": own("taskqueue_enqueue(9), with one thread."),
    "pool_get": own("objcache_get(9) with M_WAITOK or M_NOWAIT."),
    "kmem_zero": own("kmalloc(9) with M_ZERO clears in the thread that asks."),
    "yield_": own("lwkt_user_yield, and kthread_exit(9)."),
    "assert_sleepable": ours("there is no such call; what sleeps asserts by itself"),
    "interrupt_distribute": refused(
        "a line goes to the CPU for which its handler was registered, where its thread is, and no call moves it"
    ),
    "disable_irq": NO_SHUTTING,
    "intr_disestablish": KEPT,
}
