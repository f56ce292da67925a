"""Floor 5: what users write; declarations of devices; designs, which link slots to bodies.

A scenario is a Python file that says what a machine's devices do and how a driver and its threads deal with it. It
imports what it names from here, and everything is plain Python for editors and type checkers:

    from splx.scenario import IPL_NET, NIC, Exponential, Poisson, handler, us

    nic = NIC("wm0", Poisson(mean=us(50)))
    PER_PACKET = Exponential(us(3))

    @handler(nic, IPL_NET)
    def nic_intr() -> None:
        item = nic.pop()
        while item != 0:
            nic.work(item, PER_PACKET)
            item = nic.pop()

    devices      NIC, Disk, Clock, OneShot, Audio, Serial; EDGE, LEVEL
    arrivals     Periodic, Poisson, Bursts, ClosedLoop, Recorded, Never; shipped(name), a recording of ours
    times        Constant, Uniform, Exponential, Quantiles, Empirical; us, ns, ms, s, ps, cycles
    code         handler, softint, thread, periodic: decorators
    properties   always, never, eventually: decorators of functions that `splx check` judges
    objects      Mutex, RWLock, Condvar, Pool, Workqueue, Work, Softint, Callout, Statistic
    settings     Param("speedup", 400)
    kernel       what handlers and threads call, under its section 9 names: mutex_enter, splraise, cv_wait, ...

The language of handlers and threads is described in `splx.lang`; priorities (PRI_*) rise, higher runs first.
"""

from __future__ import annotations

from splx.kernel.interface.callout import EWOULDBLOCK
from splx.kernel.interface.driver import (
    assert_sleepable,
    callout_halt,
    callout_schedule,
    callout_stop,
    cv_broadcast,
    cv_signal,
    cv_timedwait,
    cv_wait,
    hardclock,
    intr_stray,
    kernel_lock,
    kernel_locked_p,
    kernel_unlock,
    kpause,
    kpreempt_disable,
    kpreempt_enable,
    kthread_exit,
    mutex_enter,
    mutex_exit,
    mutex_owned,
    mutex_tryenter,
    pool_get,
    pool_put,
    rw_downgrade,
    rw_enter,
    rw_exit,
    rw_lock_held,
    rw_tryenter,
    rw_write_held,
    softint_schedule,
    splaudio,
    splbio,
    splclock,
    splhigh,
    splnet,
    splraise,
    splsched,
    splserial,
    splsoftbio,
    splsoftclock,
    splsoftnet,
    splsoftserial,
    spltty,
    splvm,
    splx,
    user_enter,
    user_leave,
    workqueue_enqueue,
    yield_,
)
from splx.kernel.interface.levels import (
    IPL_AUDIO,
    IPL_BIO,
    IPL_CLOCK,
    IPL_HIGH,
    IPL_NET,
    IPL_NONE,
    IPL_SCHED,
    IPL_SERIAL,
    IPL_SOFTBIO,
    IPL_SOFTCLOCK,
    IPL_SOFTNET,
    IPL_SOFTSERIAL,
    IPL_TTY,
    IPL_VM,
    PRI_KERNEL,
    PRI_KERNEL_RT,
    PRI_KTHREAD,
    PRI_USER,
    PRI_USER_RT,
)
from splx.kernel.interface.rw import RW_READER, RW_WRITER
from splx.kernel.interface.sync import PR_NOWAIT, PR_WAITOK
from splx.lang.kernel import (
    HARDINT,
    NULL,
    SOFTINT,
    THREAD,
    Array,
    PerCpu,
    Struct,
    array,
    atomic,
    context,
    cycles,
    guarded_by,
    i64,
    level,
    ms,
    ns,
    ps,
    s,
    us,
)
from splx.machine.intrinsics import choose, count, cpu_number, work
from splx.scenario.arrivals import Bursts, ClosedLoop, Never, Periodic, Poisson, Recorded
from splx.scenario.declare import handler, periodic, softint, thread
from splx.scenario.devices import EDGE, LEVEL, NIC, Audio, Clock, Disk, OneShot, Serial
from splx.scenario.distributions import Constant, Empirical, Exponential, Quantiles, Uniform
from splx.scenario.load import load_scenario
from splx.scenario.objects import Callout, Condvar, Mutex, Pool, RWLock, Softint, Statistic, Work, Workqueue
from splx.scenario.parameters import Param
from splx.scenario.properties import always, eventually, never
from splx.scenario.recordings import shipped
from splx.scenario.scene import Scenario
from splx.scenario.user import user_work

__all__ = [
    "EDGE",
    "EWOULDBLOCK",
    "HARDINT",
    "IPL_AUDIO",
    "IPL_BIO",
    "IPL_CLOCK",
    "IPL_HIGH",
    "IPL_NET",
    "IPL_NONE",
    "IPL_SCHED",
    "IPL_SERIAL",
    "IPL_SOFTBIO",
    "IPL_SOFTCLOCK",
    "IPL_SOFTNET",
    "IPL_SOFTSERIAL",
    "IPL_TTY",
    "IPL_VM",
    "LEVEL",
    "NIC",
    "NULL",
    "PRI_KERNEL",
    "PRI_KERNEL_RT",
    "PRI_KTHREAD",
    "PRI_USER",
    "PRI_USER_RT",
    "PR_NOWAIT",
    "PR_WAITOK",
    "RW_READER",
    "RW_WRITER",
    "SOFTINT",
    "THREAD",
    "Array",
    "Audio",
    "Bursts",
    "Callout",
    "Clock",
    "ClosedLoop",
    "Condvar",
    "Constant",
    "Disk",
    "Empirical",
    "Exponential",
    "Mutex",
    "Never",
    "OneShot",
    "Param",
    "PerCpu",
    "Periodic",
    "Poisson",
    "Pool",
    "Quantiles",
    "RWLock",
    "Recorded",
    "Scenario",
    "Serial",
    "Softint",
    "Statistic",
    "Struct",
    "Uniform",
    "Work",
    "Workqueue",
    "always",
    "array",
    "assert_sleepable",
    "atomic",
    "callout_halt",
    "callout_schedule",
    "callout_stop",
    "choose",
    "context",
    "count",
    "cpu_number",
    "cv_broadcast",
    "cv_signal",
    "cv_timedwait",
    "cv_wait",
    "cycles",
    "eventually",
    "guarded_by",
    "handler",
    "hardclock",
    "i64",
    "intr_stray",
    "kernel_lock",
    "kernel_locked_p",
    "kernel_unlock",
    "kpause",
    "kpreempt_disable",
    "kpreempt_enable",
    "kthread_exit",
    "level",
    "load_scenario",
    "ms",
    "mutex_enter",
    "mutex_exit",
    "mutex_owned",
    "mutex_tryenter",
    "never",
    "ns",
    "periodic",
    "pool_get",
    "pool_put",
    "ps",
    "rw_downgrade",
    "rw_enter",
    "rw_exit",
    "rw_lock_held",
    "rw_tryenter",
    "rw_write_held",
    "s",
    "shipped",
    "softint",
    "softint_schedule",
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
    "thread",
    "us",
    "user_enter",
    "user_leave",
    "user_work",
    "work",
    "workqueue_enqueue",
    "yield_",
]
