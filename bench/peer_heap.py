"""The peer to beat: loops over a binary heap, specialised by hand for these workloads, as fast as Python gets.

No kernel, no costs, no distributions, no statistics but the largest response: a task is its rank, 0 the most urgent,
a release one integer (time and rank), each CPU has at most one completion pending. There is one loop per policy.
Everything of one instant is in order: CPUs finish what they are at, then jobs are released.
"""

# ruff: noqa: PLR1730 - a comparison is faster than a call of max()

from __future__ import annotations

from collections import deque
from heapq import heapify, heappop, heappush, heapreplace
from typing import TYPE_CHECKING

from bench.workload import NO_MUTEX, Outcome, cpus, released_before

if TYPE_CHECKING:
    from bench.workload import Task

BITS = 8  # of a release key that name the task
LOW = (1 << BITS) - 1
WAKE = 1 << BITS - 1  # in the key of a task that got its mutex at that time
IDLE = 1 << BITS  # less urgent than any task
NEVER = 1 << 62
BEFORE, WITHIN, AFTER = range(3)  # the critical section


def by_rank(tasks: list[Task]) -> list[Task]:
    """The tasks, most urgent first."""
    return sorted(tasks, key=lambda task: task.prio)


def first_releases(ranked: list[Task]) -> list[int]:
    """The heap of releases: time and rank in one number."""
    releases = [task.offset << BITS | rank for rank, task in enumerate(ranked)]
    heapify(releases)
    return releases


def outcome(tasks: list[Task], worst: list[int], until: int, pending: int, preempted: int) -> Outcome:
    """The result in the order of `tasks`; `pending` jobs were not complete in the end."""
    by_name = {task.name: response for task, response in zip(by_rank(tasks), worst, strict=True)}
    released = released_before(tasks, until)
    return Outcome(tuple(by_name[task.name] for task in tasks), released, preempted, released - pending)


def partitioned(tasks: list[Task], until: int) -> Outcome:
    """Fixed priorities, every task on its own CPU, no locks. Every job is complete before the next of its task."""
    ranked = by_rank(tasks)
    releases = first_releases(ranked)
    step = [task.period << BITS for task in ranked]
    cost = [task.cost for task in ranked]
    cpu_of = [task.cpu for task in ranked]
    ready: list[list[int]] = [[] for _ in range(cpus(tasks))]
    running, began, ends = [IDLE] * len(ready), [0] * len(ready), [NEVER] * len(ready)
    due = NEVER
    released, worst, left = [0] * len(ranked), [0] * len(ranked), cost[:]
    preempted = 0
    while True:
        key = releases[0]
        now = key >> BITS
        if due <= now:
            if due > until:
                break
            cpu = ends.index(due)
            task = running[cpu]
            response = due - released[task]
            if response > worst[task]:
                worst[task] = response
            if queue := ready[cpu]:
                running[cpu] = task = heappop(queue)
                began[cpu] = due
                ends[cpu] = due + left[task]
            else:
                running[cpu] = IDLE
                ends[cpu] = NEVER
            due = min(ends)
        else:
            if now >= until:
                break
            task = key & LOW
            heapreplace(releases, key + step[task])
            released[task] = now
            cpu = cpu_of[task]
            victim = running[cpu]
            if task < victim:
                if victim != IDLE:
                    left[victim] = ends[cpu] - now
                    heappush(ready[cpu], victim)
                    if began[cpu] < now:
                        preempted += 1
                running[cpu] = task
                began[cpu] = now
                ends[cpu] = now + cost[task]
                due = min(ends)
            else:
                left[task] = cost[task]
                heappush(ready[cpu], task)
    pending = sum(map(len, ready)) + sum(task != IDLE for task in running)
    return outcome(tasks, worst, until, pending, preempted)


class Locks:
    """The mutexes and the jobs that have one in their middle: their stretches before, within and after."""

    def __init__(self, ranked: list[Task], releases: list[int]) -> None:
        self.releases = releases
        self.mutex = [task.mutex for task in ranked]
        # without a mutex there is only the last stretch
        self.fresh = [AFTER if task.mutex == NO_MUTEX else BEFORE for task in ranked]
        self.first = [task.cost if task.mutex == NO_MUTEX else task.before for task in ranked]
        self.within = [task.section for task in ranked]
        self.after = [task.cost - task.before - task.section for task in ranked]
        self.stretch = self.fresh[:]
        self.left = self.first[:]
        self.held = [False] * (max(self.mutex) + 1)
        self.waiting: list[deque[int]] = [deque() for _ in self.held]

    def goes_on(self, task: int, now: int) -> bool:
        """The first or second stretch is over; false if the task has to wait for the mutex, first come first served."""
        mutex = self.mutex[task]
        if self.stretch[task] == BEFORE:
            self.stretch[task] = WITHIN
            self.left[task] = self.within[task]
            if self.held[mutex]:
                self.waiting[mutex].append(task)
                return False
            self.held[mutex] = True
        else:
            self.stretch[task] = AFTER
            self.left[task] = self.after[task]
            if self.waiting[mutex]:
                heappush(self.releases, now << BITS | WAKE | self.waiting[mutex].popleft())
            else:
                self.held[mutex] = False
        return True


def with_mutexes(tasks: list[Task], until: int) -> Outcome:
    """As `partitioned`, and a job may hold a mutex in its middle. One that waits for it gives its CPU away."""
    ranked = by_rank(tasks)
    locks = Locks(ranked, releases := first_releases(ranked))
    fresh, first, stretch, left = locks.fresh, locks.first, locks.stretch, locks.left
    step, cpu_of = [task.period << BITS for task in ranked], [task.cpu for task in ranked]
    ready: list[list[int]] = [[] for _ in range(cpus(tasks))]
    running, began, ends = [IDLE] * len(ready), [0] * len(ready), [NEVER] * len(ready)
    released, worst = [0] * len(ranked), [0] * len(ranked)
    due, preempted = NEVER, 0
    while True:
        key = releases[0]
        now = key >> BITS
        if due <= now:
            if due > until:
                break
            cpu = ends.index(due)
            task = running[cpu]
            if stretch[task] == AFTER:
                response = due - released[task]
                if response > worst[task]:
                    worst[task] = response
            elif locks.goes_on(task, due):
                ends[cpu] = due + left[task]
                due = min(ends)
                continue
            if queue := ready[cpu]:
                running[cpu] = task = heappop(queue)
                began[cpu] = due
                ends[cpu] = due + left[task]
            else:
                running[cpu] = IDLE
                ends[cpu] = NEVER
            due = min(ends)
            continue
        if now >= until:
            break
        task = key & LOW
        if task < WAKE:
            heapreplace(releases, key + step[task])
            released[task] = now
            stretch[task] = fresh[task]
            left[task] = first[task]
        else:
            heappop(releases)
            task -= WAKE
        cpu = cpu_of[task]
        victim = running[cpu]
        if task > victim:
            heappush(ready[cpu], task)
            continue
        if victim != IDLE:
            left[victim] = ends[cpu] - now
            heappush(ready[cpu], victim)
            if began[cpu] < now:
                preempted += 1
        running[cpu] = task
        began[cpu] = now
        ends[cpu] = now + left[task]
        due = min(ends)
    pending = sum(map(len, [*ready, *locks.waiting])) + sum(task != IDLE for task in running)
    return outcome(tasks, worst, until, pending, preempted)


def on_any(tasks: list[Task], until: int) -> Outcome:
    """Global fixed priorities: of all jobs the most urgent run, on whichever CPU."""
    ranked = by_rank(tasks)
    releases = first_releases(ranked)
    step = [task.period << BITS for task in ranked]
    cost = [task.cost for task in ranked]
    ready: list[int] = []
    running, began, ends = [IDLE] * cpus(tasks), [0] * cpus(tasks), [NEVER] * cpus(tasks)
    due = NEVER
    released, worst, left = [0] * len(ranked), [0] * len(ranked), cost[:]
    preempted = 0
    while True:
        key = releases[0]
        now = key >> BITS
        if due <= now:
            if due > until:
                break
            cpu = ends.index(due)
            task = running[cpu]
            response = due - released[task]
            if response > worst[task]:
                worst[task] = response
            if ready:
                running[cpu] = task = heappop(ready)
                began[cpu] = due
                ends[cpu] = due + left[task]
            else:
                running[cpu] = IDLE
                ends[cpu] = NEVER
            due = min(ends)
        else:
            if now >= until:
                break
            task = key & LOW
            heapreplace(releases, key + step[task])
            released[task] = now
            victim = max(running)
            if task < victim:
                cpu = running.index(victim)
                if victim != IDLE:
                    left[victim] = ends[cpu] - now
                    heappush(ready, victim)
                    if began[cpu] < now:
                        preempted += 1
                running[cpu] = task
                began[cpu] = now
                ends[cpu] = now + cost[task]
                due = min(ends)
            else:
                left[task] = cost[task]
                heappush(ready, task)
    pending = len(ready) + sum(task != IDLE for task in running)
    return outcome(tasks, worst, until, pending, preempted)
