"""The driver-kernel interface: what handlers and threads of a scenario call, under the names of section 9.

Declarations (intr_establish, mutex_init, softint_establish, kthread_create, pool_init, workqueue_create) happen
when a system is built, and belong to the scenario layer; they make the structs of this package.
"""

from __future__ import annotations

from splx.kernel.interface.axes import (
    disable_irq,
    disable_irq_nosync,
    enable_irq,
    interrupt_distribute,
    intr_disestablish,
    intr_stray,
    kpreempt_disable,
    kpreempt_enable,
    softint_schedule,
    softint_schedule_cpu,
    splraise,
    splx,
    user_enter,
    user_leave,
)
from splx.kernel.interface.callout import (
    Callout,
    callout_halt,
    callout_schedule,
    callout_stop,
    cv_timedwait,
    hardclock,
    kpause,
)
from splx.kernel.interface.gates import close_gate, open_gate, sleep_gate, sleep_gate_deadline, wakeup_gate
from splx.kernel.interface.levels import (
    IPL_AUDIO,
    IPL_BIO,
    IPL_CLOCK,
    IPL_HIGH,
    IPL_NET,
    IPL_SCHED,
    IPL_SERIAL,
    IPL_SOFTBIO,
    IPL_SOFTCLOCK,
    IPL_SOFTNET,
    IPL_SOFTSERIAL,
    IPL_TTY,
    IPL_VM,
)
from splx.kernel.interface.locks import (
    Mutex,
    kernel_lock,
    kernel_locked_p,
    kernel_unlock,
    mutex_enter,
    mutex_exit,
    mutex_owned,
    mutex_tryenter,
)
from splx.kernel.interface.napi import Napi, napi_complete, napi_schedule
from splx.kernel.interface.rw import (
    RWLock,
    rw_downgrade,
    rw_enter,
    rw_exit,
    rw_lock_held,
    rw_tryenter,
    rw_write_held,
)
from splx.kernel.interface.sync import (
    KCondvar,
    assert_sleepable,
    cv_broadcast,
    cv_signal,
    cv_wait,
    kmem_zero,
    kthread_exit,
    pool_get,
    pool_put,
    workqueue_enqueue,
    yield_,
)
from splx.kernel.interface.tasklet import (
    Tasklet,
    tasklet_disable,
    tasklet_disable_nosync,
    tasklet_enable,
    tasklet_hi_schedule,
    tasklet_kill,
    tasklet_schedule,
)
from splx.lang.kernel import inline


@inline
def splsoftclock() -> int:
    """`splraise` to the level of the name."""
    return splraise(IPL_SOFTCLOCK)


@inline
def splsoftbio() -> int:
    """`splraise` to the level of the name."""
    return splraise(IPL_SOFTBIO)


@inline
def splsoftnet() -> int:
    """`splraise` to the level of the name."""
    return splraise(IPL_SOFTNET)


@inline
def splsoftserial() -> int:
    """`splraise` to the level of the name."""
    return splraise(IPL_SOFTSERIAL)


@inline
def splbio() -> int:
    """`splraise` to the level of the name."""
    return splraise(IPL_BIO)


@inline
def splnet() -> int:
    """`splraise` to the level of the name."""
    return splraise(IPL_NET)


@inline
def spltty() -> int:
    """`splraise` to the level of the name."""
    return splraise(IPL_TTY)


@inline
def splvm() -> int:
    """`splraise` to the level of the name."""
    return splraise(IPL_VM)


@inline
def splaudio() -> int:
    """`splraise` to the level of the name."""
    return splraise(IPL_AUDIO)


@inline
def splclock() -> int:
    """`splraise` to the level of the name."""
    return splraise(IPL_CLOCK)


@inline
def splsched() -> int:
    """`splraise` to the level of the name."""
    return splraise(IPL_SCHED)


@inline
def splserial() -> int:
    """`splraise` to the level of the name."""
    return splraise(IPL_SERIAL)


@inline
def splhigh() -> int:
    """`splraise` to the level of the name."""
    return splraise(IPL_HIGH)


__all__ = [
    "Callout",
    "KCondvar",
    "Mutex",
    "Napi",
    "RWLock",
    "Tasklet",
    "assert_sleepable",
    "callout_halt",
    "callout_schedule",
    "callout_stop",
    "close_gate",
    "cv_broadcast",
    "cv_signal",
    "cv_timedwait",
    "cv_wait",
    "disable_irq",
    "disable_irq_nosync",
    "enable_irq",
    "hardclock",
    "interrupt_distribute",
    "intr_disestablish",
    "intr_stray",
    "kernel_lock",
    "kernel_locked_p",
    "kernel_unlock",
    "kmem_zero",
    "kpause",
    "kpreempt_disable",
    "kpreempt_enable",
    "kthread_exit",
    "mutex_enter",
    "mutex_exit",
    "mutex_owned",
    "mutex_tryenter",
    "napi_complete",
    "napi_schedule",
    "open_gate",
    "pool_get",
    "pool_put",
    "rw_downgrade",
    "rw_enter",
    "rw_exit",
    "rw_lock_held",
    "rw_tryenter",
    "rw_write_held",
    "sleep_gate",
    "sleep_gate_deadline",
    "softint_schedule",
    "softint_schedule_cpu",
    "splaudio",
    "splbio",
    "splclock",
    "splhigh",
    "splnet",
    "splraise",
    "splsched",
    "splserial",
    "splsoftbio",
    "splsoftclock",
    "splsoftnet",
    "splsoftserial",
    "spltty",
    "splvm",
    "splx",
    "tasklet_disable",
    "tasklet_disable_nosync",
    "tasklet_enable",
    "tasklet_hi_schedule",
    "tasklet_kill",
    "tasklet_schedule",
    "user_enter",
    "user_leave",
    "wakeup_gate",
    "workqueue_enqueue",
    "yield_",
]
