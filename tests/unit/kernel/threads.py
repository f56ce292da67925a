"""Systems of threads: what they said, and when. Marks are user marks; times are microseconds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.unit.kernel.bench import Bench

from splx.kernel.interface import sched
from splx.kernel.interface.levels import IPL_CLOCK, MARK_USER
from splx.kernel.interface.lwp import Lwp
from splx.kernel.interface.sched import lwp_park, lwp_unpark
from splx.lang.kernel import NULL, Array, Struct, array, i64, us
from splx.machine.constants import DevReg, Mark
from splx.machine.intrinsics import dev_read
from splx.scenario.build.tables import Filling

BASE = ("spl_deferred", "carrier_direct", "flow_mask", "park", "pool", "workqueue")
MODERN = (*BASE, "softint", "preempt", "kernel_lock")
OLD = (*BASE, "softint_2006", "preempt_never", "kernel_lock_2006", "simplelock_2006", "biglock_2006")
TEXTBOOK = (*BASE, "spl_eager", "flow_eoi_first", "softint", "preempt", "kernel_lock_none", "textbook_sched",
            "textbook_lock")  # fmt: skip


class Later(Struct):
    """A thread that starts when its line interrupts."""

    lt_func: Callable[[int], None]
    lt_arg: i64
    lt_lwp: Lwp


class Laters(Struct):
    """By line."""

    of: Array[Later] = array(16)


laters = Laters()


def parked(line: int) -> None:
    lwp_park()
    later = laters.of[line]
    later.lt_func(later.lt_arg)


def start(line: int) -> None:
    while dev_read(line, DevReg.POP) != 0:
        lwp_unpark(laters.of[line].lt_lwp)


class Threads(Bench):
    """A bench whose preemption threshold is 0, so that the better thread runs at once."""

    def __init__(self, *mechanisms: str, consts: dict[str, int] | None = None, **others: Any) -> None:
        small = {"KPREEMPT_PRI": 0, "INHERIT_FIFO": 0, "SHARED_QUEUES": 1}
        super().__init__(*(mechanisms or MODERN), consts=small | (consts or {}), **others)
        self.waiting: dict[int, Later] = {}

    def later(self, name, func, *, at, prio, cpu=0, arg=0, bound=True):
        """A thread that is woken at a time, by an interrupt of its CPU."""
        line = len(self.lines)
        self.line(f"{name}.start", IPL_CLOCK, start, at=[at], edge=True, cpu=cpu)
        made = self.thread(name, parked, prio=prio, cpu=cpu, arg=line, bound=bound)
        self.waiting[line] = Later(lt_func=func, lt_arg=arg, lt_lwp=made)
        return made

    def build(self):
        filling = Filling()
        filling.set(laters, of=[self.waiting.get(line, NULL) for line in range(16)])
        with filling.in_place():
            return super().build()

    def story(self, *, until: int = us(1000), machine: str = "ideal") -> list[Any]:
        """(time, CPU, mark) of every mark; behind them the rule that was broken, if one was."""
        self.run(until=until, machine=machine)
        return self.times()

    def times(self) -> list[Any]:
        """The story of the last run."""
        marks = [(time // us(1), cpu, a) for time, cpu, kind, a, _ in self.records if kind == Mark.USER and cpu >= 0]
        return [*marks, *([self.said] if self.said else [])]

    def order(self, **others: Any) -> list[Any]:
        """The marks alone."""
        return [each if isinstance(each, str) else each[2] for each in self.story(**others)]


class Textbook(Threads):
    """One lock for all queues and threads; with `shared`, one queue for all CPUs too."""

    def __init__(self, *, shared: bool = False, **others: Any) -> None:
        super().__init__(*TEXTBOOK, **others)
        self.shared = shared
        self.one = super()._spin()

    def _spin(self):
        return self.one

    def _per_cpu(self, cpu, sources, soft, poke, rq):
        if self.shared:
            sched.sched.cpu = [sched.sched.cpu[0]] * self.cpus
            rq = sched.sched.cpu[0]
        return super()._per_cpu(cpu, sources, soft, poke, rq)

    def _boot(self, cpu, rq):
        super()._boot(cpu, rq)
        if self.shared:
            first = NULL
            for _, each in reversed(self.threads):
                each.l_next, each.l_mutex, each.l_switched = first, rq.rq_lwplock, 1
                first = each
            rq.rq_boot = first


__all__ = ["MARK_USER", "MODERN", "OLD", "TEXTBOOK", "Textbook", "Threads"]
