"""The workloads of `bench/data`, and what a simulation of one has to come to."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
SECOND = 1_000_000_000  # ns, the unit of all times here
NO_MUTEX = -1


@dataclass(frozen=True, slots=True)
class Task:
    """A periodic task. Times in ns; priority 0 is the most urgent; the critical section lies in the middle."""

    name: str
    period: int
    cost: int
    prio: int
    cpu: int
    offset: int = 0
    mutex: int = NO_MUTEX
    section: int = 0

    @property
    def before(self) -> int:
        """Execution before the critical section."""
        return (self.cost - self.section) // 2


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened: the largest response of each task, and the events of the workload itself.

    A preemption is a running, unfinished job that another one displaces. Every simulator counts the same ones: a job
    that was chosen and displaced at one instant has not run.
    """

    worst: tuple[int, ...]
    releases: int
    preemptions: int
    completions: int

    @property
    def events(self) -> int:
        """Releases, preemptions and completions."""
        return self.releases + self.preemptions + self.completions


def load(name: str, *, mutexes: bool = False) -> list[Task]:
    """The tasks of `name` ("W3"), with or without their mutexes."""
    return [_task(row, mutexes=mutexes) for row in json.loads((DATA / f"{name}.json").read_text())["tasks"]]


def _task(row: dict[str, Any], *, mutexes: bool) -> Task:
    locks = mutexes and "mutex" in row
    return Task(
        row["name"],
        period=row["T"],
        cost=row["C"],
        prio=row["prio"],
        cpu=row["cpu"],
        offset=row.get("offset", 0),
        mutex=row["mutex"] if locks else NO_MUTEX,
        section=row["cs"] if locks else 0,
    )


def cpus(tasks: list[Task]) -> int:
    """How many CPUs the workload is for."""
    return max(task.cpu for task in tasks) + 1


def agreed(case: str) -> tuple[int, ...]:
    """The agreed largest responses of a case ("W3-part", "W3-part-mutex", "W2-glob")."""
    table = json.loads((DATA / "W_max_response_ns.json").read_text())
    return tuple(table["W3-part-mutex(FIFO,no PI)" if case == "W3-part-mutex" else case])


def released_before(tasks: list[Task], until: int) -> int:
    """How many jobs are released before `until`."""
    return sum(-(-(until - task.offset) // task.period) for task in tasks if task.offset < until)
