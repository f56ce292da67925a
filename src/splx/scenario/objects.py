"""What a driver declares beside its devices: locks, condition variables, pools, workqueues, softints, callouts,
statistics.

Each is the kernel's own struct with the values that the declaration knows; the design adds the mechanism. A lock is
declared with the level of its *highest user*, and that is all that is said about it:

    stats = Mutex("stats", IPL_NET)         taken by a handler at IPL_NET: what that means is for the design to say
    table = Mutex("table")                  taken by threads alone
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from splx.kernel.interface import callout, lines, locks, napi, rw, sync, tasklet
from splx.kernel.interface.levels import IPL_NONE, IPL_SOFTNET, IPL_SOFTSERIAL, PRI_KTHREAD
from splx.kernel.interface.sync import workqueue_worker
from splx.kernel.interface.wq import WQ_HIGHPRI, WQ_UNBOUND
from splx.lang.links import Handle
from splx.lang.struct import KernelStruct
from splx.scenario.checks import count, cpu_number, flag, name_of
from splx.scenario.declared import ThreadDecl
from splx.scenario.devices import Device
from splx.scenario.functions import Function, Role, body_of
from splx.scenario.levels import LOCK, SOFT, level_name
from splx.scenario.priorities import check_priority
from splx.scenario.scene import in_use
from splx.scenario.sites import Site, here

MOST_WEIGHT = (1 << 15) - 1
MOST_ACTIVE = 255


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a declared thing beside the fields of its struct."""

    name: str
    site: Site
    level: str = ""
    ceiling: int | None = None
    finishes: Device | None = None


class Declared:
    """A struct of the kernel that a scenario declared."""

    @property
    def about(self) -> About:
        """Name, place and level, as declared."""
        found = self.__dict__["about_"]
        assert isinstance(found, About)
        return found


def _note(thing: KernelStruct, about: About) -> None:
    """Keep with a static what is not a field of it."""
    thing.__dict__.update(about_=about, made_at=(about.site.span.file, about.site.span.line))


class Mutex(locks.Mutex, Declared):
    """mutex(9). `ipl` is the level of the highest context that takes it: IPL_NONE, a soft level, or a device's level.

    `ceiling` is the priority of its highest thread, for designs that ask for it.
    """

    def __init__(self, name: str, ipl: int = IPL_NONE, *, ceiling: int | None = None) -> None:
        super().__init__()
        site = here()
        name = name_of(name, site)
        level = level_name(ipl, LOCK, site, 1, "a lock")
        highest = None if ceiling is None else check_priority(ceiling, site, "ceiling")
        _note(self, About(name, site, level, highest))
        _declare(self, name, "a lock", site)


class RWLock(rw.RWLock, Declared):
    """rwlock(9): many may read under it, or one may write: `rw_enter(lock, RW_READER)`. Never in hard interrupts."""

    def __init__(self, name: str) -> None:
        super().__init__()
        site = here()
        name = name_of(name, site)
        _note(self, About(name, site))
        scenario = in_use()
        if scenario is not None:
            scenario.take_name("lock", name, "a lock", site)
            scenario.rwlocks.append(self)


class Condvar(sync.KCondvar, Declared):
    """condvar(9)."""

    def __init__(self, name: str) -> None:
        super().__init__()
        site = here()
        _note(self, About(name_of(name, site), site))


class Pool(sync.Pool, Declared):
    """pool(9): `items` alike. `ipl` is the level of the highest context that gets or puts one, `ceiling` the priority
    of the highest thread that does, where locks have one.
    """

    def __init__(self, name: str, items: int, ipl: int = IPL_NONE, *, ceiling: int | None = None) -> None:
        site = here()
        name = name_of(name, site)
        lock = Mutex(name, ipl, ceiling=ceiling)
        stock = count(items, site, "items", 1)
        super().__init__(pr_free=stock, pr_items=stock, pr_lock=lock, pr_cv=Condvar(name), pr_ipl=ipl)
        _note(self, About(name, site))


class Work(sync.Work, Declared):
    """workqueue(9): one request, which can be queued again when its function has begun."""

    def __init__(self) -> None:
        super().__init__()
        _note(self, About("work", here()))


class Workqueue(sync.Workqueue, Declared):
    """workqueue(9): a thread that calls `func` with the argument of each request, in order.

    `ipl` is the level of the highest context that enqueues, `ceiling` the priority of the highest thread that does, or
    of the worker, where locks have one. Where workqueues use pools of workers (linux, unless `workqueue=thread`) a
    `priority` above PRI_KTHREAD asks for those of high priority, and `max_active` says how many requests may be under
    way at once from one CPU, any number unless given; a thread has one under way anyway. `unbound` asks for workers
    that are bound to no CPU, and of which each request has one at once; `max_active` is then of all CPUs together.
    """

    def __init__(
        self,
        name: str,
        func: Function,
        *,
        priority: int = PRI_KTHREAD,
        ipl: int = IPL_NONE,
        cpu: int | None = None,
        ceiling: int | None = None,
        max_active: int | None = None,
        unbound: bool = False,
    ) -> None:
        site = here()
        name = name_of(name, site)
        body = body_of(func, Role.WORK, site, "func", 1)
        rank = check_priority(priority, site)
        most = 0 if max_active is None else count(max_active, site, "max_active", 1, most=MOST_ACTIVE)
        super().__init__(
            wq_func=body, wq_lock=Mutex(name, ipl, ceiling=ceiling), wq_cv=Condvar(name), wq_max=most,
            wq_class=WQ_HIGHPRI * (rank > PRI_KTHREAD) + WQ_UNBOUND * flag(unbound, site, "unbound"),
        )  # fmt: skip
        _note(self, About(name, site))
        bound = None if cpu is None else cpu_number(cpu, site)
        scenario = in_use()
        if scenario is not None:
            scenario.take_name("source", name, "a workqueue", site)
            self.wq_number = sum(each.workqueue is not None for each in scenario.threads)
            scenario.threads.append(ThreadDecl(name, workqueue_worker, self, rank, bound, site, workqueue=self))


class Softint(lines.Softint, Declared):
    """softint(9): `func` run soon at soft level `level`, on the CPU where `softint_schedule` is called.

    `finishes` names a device whose popped items are done when `func` returns. Without `mpsafe` it runs with the big
    lock.
    """

    def __init__(
        self,
        func: Function,
        level: int = IPL_SOFTNET,
        *,
        name: str = "",
        arg: Any = 0,  # noqa: ANN401 - a number or a static
        mpsafe: bool = False,
        finishes: Device | None = None,
    ) -> None:
        site = here()
        body = body_of(func, Role.SOFTINT, site, "func", 0)
        super().__init__(
            si_func=body, si_arg=arg, si_mpsafe=int(flag(mpsafe, site, "mpsafe")), si_autodone=int(finishes is not None)
        )
        soft = level_name(level, tuple(SOFT), site, 1, "a softint")
        chosen = name_of(name, site) if name else getattr(func, "__name__", "")
        _note(self, About(chosen, site, soft, finishes=finishes))
        scenario = in_use()
        if scenario is not None:
            scenario.take_name("softint", chosen, "a softint", site)
            self.si_index = scenario.new_number(scenario.softints, self)


class Callout(callout.Callout, Declared):
    """callout(9): `func` called with `arg`, in a soft interrupt, when `callout_schedule` says. Without `mpsafe` it runs
    with the big lock, and on the first CPU that ticks.

    A handler of a clock has to call `hardclock()`, on each CPU that is to have callouts of its own.
    """

    def __init__(
        self,
        func: Function,
        *,
        name: str = "",
        arg: Any = 0,  # noqa: ANN401 - a number or a static
        mpsafe: bool = False,
    ) -> None:
        site = here()
        body = body_of(func, Role.CALLOUT, site, "func", 0)
        super().__init__(c_func=body, c_arg=arg, c_mpsafe=int(flag(mpsafe, site, "mpsafe")))
        chosen = name_of(name, site) if name else getattr(func, "__name__", "")
        _note(self, About(chosen, site, "IPL_SOFTCLOCK"))
        scenario = in_use()
        if scenario is not None:
            scenario.take_name("callout", chosen, "a callout", site)
            scenario.callouts.append(self)


class Napi(napi.Napi, Declared):
    """napi(9): `func(budget)`, or `func(arg, budget)`, polls a device and returns how many items it has dealt with; at
    most `weight` of them, which is the budget.

    `finishes` names a device whose popped items are done when `func` returns. It runs in a soft interrupt of the
    network or in a thread, as the design has it, and without the big lock.
    """

    def __init__(
        self,
        func: Callable[..., int],
        weight: int = 64,
        *,
        name: str = "",
        arg: Any = 0,  # noqa: ANN401 - a number or a static
        finishes: Device | None = None,
    ) -> None:
        site = here()
        body = body_of(func, Role.POLL, site, "func", 0)
        super().__init__(n_func=body, n_arg=arg, n_weight=count(weight, site, "weight", 1, most=MOST_WEIGHT))
        chosen = name_of(name, site) if name else getattr(func, "__name__", "")
        _note(self, About(chosen, site, "IPL_SOFTNET", finishes=finishes))
        scenario = in_use()
        if scenario is not None:
            scenario.take_name("source", chosen, "a poll", site)
            scenario.napis.append(self)


class Tasklet(tasklet.Tasklet, Declared):
    """A tasklet: `func` run soon in a soft interrupt, on one CPU at a time, when `tasklet_schedule` was called.

    `finishes` names a device whose popped items are done when `func` returns. Other kernels have none.
    """

    def __init__(
        self,
        func: Function,
        *,
        name: str = "",
        arg: Any = 0,  # noqa: ANN401 - a number or a static
        finishes: Device | None = None,
    ) -> None:
        site = here()
        body = body_of(func, Role.TASKLET, site, "func", 0)
        chosen = name_of(name, site) if name else getattr(func, "__name__", "")
        lock = Mutex(f"{chosen}.lock", IPL_SOFTSERIAL)
        super().__init__(t_func=body, t_arg=arg, t_lock=lock, t_cv=Condvar(chosen))
        _note(self, About(chosen, site, "IPL_SOFTSERIAL", finishes=finishes))
        scenario = in_use()
        if scenario is not None:
            scenario.take_name("softint", chosen, "a tasklet", site)
            scenario.tasklets.append(self)


class Statistic(Handle):
    """A number that kernel code adds to with `count(statistic, by)` and nobody reads before the report."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.site = here()
        self.name = name = name_of(name, self.site)
        scenario = in_use()
        if scenario is not None:
            scenario.take_name("statistic", name, "a statistic", self.site)
            self.number = scenario.new_number(scenario.statistics, self)


def _declare(lock: Mutex, name: str, what: str, site: Site) -> None:
    scenario = in_use()
    if scenario is not None:
        scenario.take_name("lock", name, what, site)
        scenario.locks.append(lock)
