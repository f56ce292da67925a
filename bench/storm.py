"""The workloads as a scenario of splx: a periodic thread per task, with a timer line of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.workload import NO_MUTEX, cpus
from splx.lang.kernel import NULL, Struct, i64, ns
from splx.scenario import IPL_NONE, PRI_KERNEL_RT, Mutex, Scenario, mutex_enter, mutex_exit, periodic, work
from splx.scenario.build import build
from splx.scenario.designs import design

if TYPE_CHECKING:
    from bench.workload import Task
    from splx.scenario.system import System
    from splx.simulate.result import Result


class Job(Struct):
    """What a task does in each period, in ps."""

    before: i64
    within: i64
    after: i64
    mutex: Mutex


def plain_job(job: Job) -> None:
    """Execute."""
    work(job.before)


def locking_job(job: Job) -> None:
    """Execute, and hold the mutex in the middle."""
    work(job.before)
    mutex_enter(job.mutex)
    work(job.within)
    mutex_exit(job.mutex)
    work(job.after)


def scenario(tasks: list[Task], *, bound: bool = True) -> Scenario:
    """The tasks, each thread bound to its CPU or not. Where a task names a mutex, it is a lock of threads."""
    ranked = sorted(tasks, key=lambda task: task.prio)
    with Scenario("workload") as made:
        mutexes = {
            number: Mutex(f"mutex{number}", IPL_NONE) for number in sorted({task.mutex for task in tasks} - {-1})
        }
        for task in tasks:
            locks = task.mutex != NO_MUTEX
            first = task.before if locks else task.cost
            job = Job(
                before=ns(first),
                within=ns(task.section),
                after=ns(task.cost - first - task.section),
                mutex=mutexes[task.mutex] if locks else NULL,
            )
            periodic(
                ns(task.period),
                ns(task.offset),
                priority=PRI_KERNEL_RT - ranked.index(task),
                cpu=task.cpu if bound else None,
                name=task.name,
                arg=job,
            )(locking_job if locks else plain_job)
    return made


def system(tasks: list[Task], under: str = "textbook", **options: str) -> System:
    """The workload under a design, ready to run."""
    bound = options.get("queues") != "global"
    return build(scenario(tasks, bound=bound), design(under).configured(options), cpus=cpus(tasks))


def worst(tasks: list[Task], result: Result) -> tuple[int, ...]:
    """The largest response of each task, in ps."""
    found = {source.name: source.finish.most for source in result.sources if source.finish}
    return tuple(found.get(task.name, 0) for task in tasks)
