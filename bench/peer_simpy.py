"""The peer that people use: the workloads in SimPy, as its documentation suggests writing them.

A task is a process, a CPU a `PreemptiveResource`, being displaced an `Interrupt`; a mutex is a `Resource`, whose queue
is first come, first served. A job that has to wait for a mutex gives its CPU back meanwhile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import simpy

from bench.workload import NO_MUTEX, Outcome, cpus

if TYPE_CHECKING:
    from collections.abc import Generator

    from simpy.resources.resource import PriorityRequest

    from bench.workload import Task

    Steps = Generator[simpy.Event, object, None]
    Stretch = Generator[simpy.Event, object, PriorityRequest | None]


class Model:
    """The CPUs, the mutexes, and what is counted."""

    def __init__(self, tasks: list[Task]) -> None:
        self.env = simpy.Environment()
        self.cpus = [simpy.PreemptiveResource(self.env) for _ in range(cpus(tasks))]
        self.mutexes = {task.mutex: simpy.Resource(self.env) for task in tasks}
        self.worst = [0] * len(tasks)
        self.releases = self.preemptions = self.completions = 0
        for number, task in enumerate(tasks):
            self.env.process(self.life(number, task))

    def life(self, number: int, task: Task) -> Steps:
        """A job per period; a job is complete before the next is released."""
        release = task.offset
        while True:
            yield self.env.timeout(release - self.env.now)
            self.releases += 1
            yield from self.job(task)
            self.completions += 1
            self.worst[number] = max(self.worst[number], int(self.env.now) - release)
            release += task.period

    def job(self, task: Task) -> Steps:
        """Execute; in the middle hold the mutex, if there is one."""
        if task.mutex == NO_MUTEX:
            yield from self.execute(task, None, task.cost, last=True)
            return
        cpu = yield from self.execute(task, None, task.before)
        mutex = self.mutexes[task.mutex]
        granted = mutex.request()
        if not granted.triggered:
            self.give_back(task, cpu)
            cpu = None
            yield granted
        cpu = yield from self.execute(task, cpu, task.section)
        mutex.release(granted)
        yield from self.execute(task, cpu, task.cost - task.before - task.section, last=True)

    def execute(self, task: Task, cpu: PriorityRequest | None, left: int, *, last: bool = False) -> Stretch:
        """Use the CPU for `left`, beginning anew with the rest whenever a more urgent task takes it away.

        `cpu` is the task's hold on the CPU if it has one already; the result is what it has afterwards.
        """
        while left > 0:
            began = self.env.now
            try:
                if cpu is None:
                    cpu = self.cpus[task.cpu].request(priority=task.prio)
                    yield cpu
                    began = self.env.now
                yield self.env.timeout(left)
                break
            except simpy.Interrupt as displaced:
                since = displaced.cause.usage_since  # type: ignore[union-attr]
                left -= self.env.now - max(began, since)
                self.preemptions += since < self.env.now and not (last and left == 0)
                cpu = None
        if last:
            self.give_back(task, cpu)
            return None
        return cpu

    def give_back(self, task: Task, cpu: PriorityRequest | None) -> None:
        """Let go of the CPU, if there is a hold on it."""
        if cpu is not None:
            self.cpus[task.cpu].release(cpu)


def partitioned(tasks: list[Task], until: int) -> Outcome:
    """Fixed priorities, every task on its own CPU, with the tasks' mutexes if they name any."""
    model = Model(tasks)
    model.env.run(until=until)
    return Outcome(tuple(model.worst), model.releases, model.preemptions, model.completions)
