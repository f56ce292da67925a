"""What becomes of each call in Windows, XNU, QNX and seL4, and in the textbook."""

from __future__ import annotations

from splx.scenario.calls import instead, ours, own, refused
from splx.scenario.calls.bsd import (
    FLAG_OFF,
    KEPT,
    MOVED,
    NETBSD_5,
    NO_BIG_LOCK,
    NO_GATES,
    NO_SHUTTING,
    NO_TASKLETS,
    NOT_THERE,
    POLLS,
    STRAY,
    USER,
)

NO_TICKS = refused("nothing ticks, every timer is a one-shot: release a thread with `@periodic`")

WINDOWS = {
    "mutex_enter": own("KeAcquireSpinLock or KeAcquireInterruptSpinLock, or a wait for a mutex, by the lock's level."),
    "rw_enter": own("ExAcquireResourceSharedLite and ExAcquireResourceExclusiveLite, of an ERESOURCE."),
    "cv_wait": ours("a wait for an event, of which each who waits has one, with the lock dropped meanwhile"),
    "cv_timedwait": own("KeWaitForSingleObject with a timeout, and KeDelayExecutionThread."),
    "kernel_lock": NO_BIG_LOCK,
    "splraise": own("KeRaiseIrql and KeLowerIrql."),
    "kpreempt_disable": ours("KeRaiseIrql(DISPATCH_LEVEL) there, which keeps DPCs out as well: a count here"),
    "softint_schedule": own("KeInsertQueueDpc: all soft levels are DISPATCH_LEVEL."),
    "softint_schedule_cpu": own("KeSetTargetProcessorDpc, and KeInsertQueueDpc."),
    "napi_schedule": POLLS,
    "tasklet_schedule": NO_TASKLETS,
    "close_gate": NO_GATES,
    "callout_schedule": own("KeSetTimer with a DPC, and KeCancelTimer."),
    "hardclock": own("KeUpdateSystemTime, at each tick."),
    "workqueue_enqueue": own("IoQueueWorkItem; a thread for each queue here, a pool there."),
    "pool_get": ours("a lookaside list and a semaphore that counts its items"),
    "kmem_zero": own("RtlZeroMemory, in the thread that asks."),
    "yield_": own("NtYieldExecution, and PsTerminateSystemThread."),
    "user_enter": USER,
    "assert_sleepable": own("PAGED_CODE, which looks at the level."),
    "intr_stray": ours("a service routine that returns FALSE says it, and nobody counts: here nobody listens"),
    "interrupt_distribute": MOVED,
    "disable_irq": NO_SHUTTING,
    "intr_disestablish": KEPT,
}

XNU = {
    "mutex_enter": own("lck_mtx_lock, or lck_spin_lock where the clock's handler takes it."),
    "rw_enter": own("lck_rw_lock."),
    "cv_wait": own("msleep with the lock as interlock, and wakeup."),
    "cv_timedwait": own("msleep with a timeout."),
    "kernel_lock": NO_BIG_LOCK,
    "splraise": FLAG_OFF,
    "kpreempt_disable": own("disable_preemption, a count."),
    "softint_schedule": own("thread_call_enter: a thread."),
    "softint_schedule_cpu": NOT_THERE,
    "napi_schedule": POLLS,
    "tasklet_schedule": NO_TASKLETS,
    "close_gate": own("IOWorkLoop::closeGate and openGate; IOCommandGate::commandSleep and commandWakeup."),
    "callout_schedule": own("thread_call_enter_delayed, thread_call_cancel and thread_call_cancel_wait."),
    "hardclock": ours("timers are deadlines there and not ticks: here a clock counts them down"),
    "workqueue_enqueue": own("thread_call_enter1 of a thread call of its own."),
    "pool_get": own("zalloc and zalloc_nowait; here of a zone with a limit."),
    "kmem_zero": own("kalloc with Z_ZERO clears in the thread that asks."),
    "yield_": own("thread_block, and thread_terminate."),
    "user_enter": USER,
    "assert_sleepable": ours("there is no such call; what sleeps asserts by itself"),
    "intr_stray": ours("a filter that returns false says it, and nobody counts: here nobody listens"),
    "interrupt_distribute": MOVED,
    "disable_irq": NO_SHUTTING,
    "intr_disestablish": KEPT,
}

#: Drivers are processes.
_ALWAYS_USER = ours("a driver is in user mode always: here it says that it does not serve as the kernel just now")

QNX = {
    "mutex_enter": own("pthread_mutex_lock, which lends; InterruptLock where an interrupt takes it."),
    "rw_enter": own("pthread_rwlock_rdlock and pthread_rwlock_wrlock."),
    "cv_wait": own("pthread_cond_wait, pthread_cond_signal and pthread_cond_broadcast."),
    "cv_timedwait": own("pthread_cond_timedwait and nanosleep; here in ticks."),
    "kernel_lock": NO_BIG_LOCK,
    "splraise": instead(
        "there are no levels: from IPL_BIO on it is InterruptDisable on this CPU, below it holds soft work back"
    ),
    "kpreempt_disable": instead(
        "a process has no such call but a high priority or InterruptDisable: here its thread is not preempted"
    ),
    "softint_schedule": instead(
        "there are no soft interrupts: a thread for each level and CPU runs it, when its priority lets it"
    ),
    "softint_schedule_cpu": NOT_THERE,
    "napi_schedule": POLLS,
    "tasklet_schedule": NO_TASKLETS,
    "close_gate": NO_GATES,
    "callout_schedule": ours("timer_settime and a pulse to a thread: here the thread of soft work calls"),
    "hardclock": own("ClockPeriod: the kernel's tick."),
    "workqueue_enqueue": ours("a list and a thread of the driver's own"),
    "pool_get": ours("a list and a condition variable of the driver's own"),
    "kmem_zero": ours("the memory manager, which is a process, clears there: here the thread that asks"),
    "yield_": own("sched_yield, and pthread_exit."),
    "user_enter": _ALWAYS_USER,
    "assert_sleepable": ours("a thread may sleep anywhere, and what runs in the kernel nowhere: the check is ours"),
    "intr_stray": STRAY,
    "interrupt_distribute": MOVED,
    "disable_irq": NO_SHUTTING,
    "intr_disestablish": KEPT,
}

SEL4 = {
    "mutex_enter": ours("a notification and a count, or a spin lock shared with the timer's handlers"),
    "rw_enter": refused("the kernel has no locks for its users, and readers' ones are not built here: use a `Mutex`"),
    "cv_wait": ours("a notification for each who waits, with the lock dropped meanwhile"),
    "cv_timedwait": NO_TICKS,
    "kernel_lock": refused(
        "the one lock is the kernel's own, and no driver holds it: take a mutex for what the call protected"
    ),
    "splraise": refused(
        "a driver is a process, and no call of the kernel keeps interrupts from it: take a mutex that its threads share"
    ),
    "kpreempt_disable": instead(
        "a process has no such call but a high priority: here its thread is not preempted while it counts"
    ),
    "softint_schedule": instead(
        "there are no soft interrupts: a thread for each level and CPU runs it, when its priority lets it"
    ),
    "softint_schedule_cpu": NOT_THERE,
    "napi_schedule": POLLS,
    "tasklet_schedule": NO_TASKLETS,
    "close_gate": NO_GATES,
    "callout_schedule": NO_TICKS,
    "hardclock": NO_TICKS,
    "workqueue_enqueue": ours("a list, a notification and a thread of the driver's own"),
    "pool_get": ours("the kernel gives no memory out but by retyping: a list and a lock of the driver's own"),
    "kmem_zero": own("seL4_Untyped_Retype: the kernel clears, with interrupts off between its preemption points."),
    "yield_": own("seL4_Yield, and seL4_TCB_Suspend of oneself."),
    "user_enter": _ALWAYS_USER,
    "assert_sleepable": ours("a thread may sleep anywhere, and the kernel nowhere: the check is ours"),
    "intr_stray": STRAY,
    "interrupt_distribute": MOVED,
    "disable_irq": NO_SHUTTING,
    "intr_disestablish": KEPT,
}

TEXTBOOK = {
    **NETBSD_5,
    "mutex_enter": own("A lock: first come first served, inheriting, or with a ceiling; one of interrupts spins."),
    "rw_enter": refused("the protocols are about locks with one owner: make it a `Mutex`"),
    "cv_wait": own("A condition variable: the best who waits is woken."),
    "cv_timedwait": NO_TICKS,
    "kernel_lock": NO_BIG_LOCK,
    "splraise": own("A level, above which interrupts come."),
    "kpreempt_disable": own("A section that is not preempted."),
    "softint_schedule": own("Work at a level below all interrupts and above all threads."),
    "close_gate": NO_GATES,
    "callout_schedule": NO_TICKS,
    "hardclock": NO_TICKS,
    "workqueue_enqueue": own("A server: a thread and its queue."),
    "pool_get": own("A counting semaphore over so many items."),
    "kmem_zero": own("It is work of the task that asks."),
    "yield_": own("The processor goes to the next of equals, or the task ends."),
    "user_enter": own("The task is preempted at any time, as everywhere."),
    "assert_sleepable": ours("nothing is said of it: the check is ours"),
    "intr_stray": ours("interrupts have one source each: nobody listens"),
    "interrupt_distribute": MOVED,
    "disable_irq": NO_SHUTTING,
    "intr_disestablish": KEPT,
}
