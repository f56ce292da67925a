"""What is known at the end of a run: a record of plain numbers, to JSON and back.

The same scenario, design, machine, seed and engine-independent choices give the same record, byte for byte; what
depends on our own machine (how long it took) is kept beside, and left out of comparisons and of the JSON.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from splx.machine.costs import ACCOUNTS, Account
from splx.simulate.latency import Latency, read_latency

if TYPE_CHECKING:
    from collections.abc import Mapping

    from splx.base.diagnostics import Diagnostic
    from splx.base.units import Ps
    from splx.lang.buffer import Buffer
    from splx.machine.state import Machine
    from splx.scenario.system import System

FORMAT = "splx run 1"


@dataclass(frozen=True)
class SourceResult:
    """A device or a thread. A device's items arrive and are accepted or dropped, then done or still pending; `lost`
    counts edges that a masked input swallowed, `irqs` interrupts taken, `held` those of them that the kernel put off
    because of the level, and `held_time`, ps, how long in all until a handler ran. `start` is the time from the
    assertion to the handler's start (of a thread: from being woken to running), `finish` to completion. Where there is
    a `deadline`, ps from arrival to completion, `missed` counts the items done after it or by now overdue, and `late`
    is the most by which one was. `unmeasured` counts the items done whose latency is not known: so many were under way
    at once.
    """

    name: str
    kind: str  # "device" or "thread"
    start: Latency | None = None
    finish: Latency | None = None
    arrived: int = 0
    accepted: int = 0
    dropped: int = 0
    done: int = 0
    lost: int = 0
    irqs: int = 0
    held: int = 0
    held_time: Ps = 0
    deadline: Ps = 0
    missed: int = 0
    late: Ps = 0
    unmeasured: int = 0

    @property
    def pending(self) -> int:
        """Accepted and not done."""
        return self.accepted - self.done


@dataclass(frozen=True)
class CpuResult:
    """A CPU: where its time went, ps by account, summing to the elapsed time; instructions executed."""

    accounts: Mapping[str, Ps]
    instructions: int


@dataclass(frozen=True)
class Result:
    """A run. `elapsed` is how far it came of the `asked` time; `complete` is false when somebody stopped it."""

    scenario: str
    design: str
    machine: str
    seed: int
    ties: int
    asked: Ps
    elapsed: Ps
    complete: bool
    cpus: tuple[CpuResult, ...]
    sources: tuple[SourceResult, ...]
    statistics: Mapping[str, int]
    notes: Mapping[str, str] = field(default_factory=dict)
    #: What is hardly meant so, at the user's lines.
    warnings: tuple[Diagnostic, ...] = field(default=(), compare=False)
    #: Seconds of ours that the run took, compiling apart.
    wall: float = field(default=0.0, compare=False)

    @property
    def instructions(self) -> int:
        """Executed by all CPUs."""
        return sum(cpu.instructions for cpu in self.cpus)

    def source(self, name: str) -> SourceResult:
        """The source of that name. KeyError if there is none."""
        for each in self.sources:
            if each.name == name:
                return each
        raise KeyError(name)

    def share(self, account: str) -> float:
        """The part of all CPUs' time that went to an account."""
        total = self.elapsed * len(self.cpus)
        return sum(cpu.accounts.get(account, 0) for cpu in self.cpus) / total if total else 0.0

    def to_json(self) -> dict[str, Any]:
        """All of it, for `json.dumps`."""
        return {
            "format": FORMAT,
            **{name: getattr(self, name) for name in ("scenario", "design", "machine", "seed", "ties")},
            "asked_ps": self.asked,
            "elapsed_ps": self.elapsed,
            "complete": self.complete,
            "cpus": [{"accounts_ps": dict(each.accounts), "instructions": each.instructions} for each in self.cpus],
            "sources": [_source_json(each) for each in self.sources],
            "statistics": dict(self.statistics),
            "notes": dict(self.notes),
            **({"warnings": [each.to_json() for each in self.warnings]} if self.warnings else {}),
        }

    def text(self) -> str:
        """The JSON as text, the same bytes for the same run."""
        return json.dumps(self.to_json(), indent=1, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Result:
        """What `to_json` gave. ValueError if it is something else."""
        if data.get("format") != FORMAT:
            raise ValueError(f"not a run of splx: format {data.get('format')!r}")
        if "findings" in data:
            raise ValueError("a run that ended in a finding has no result")
        return cls(
            **{name: data[name] for name in ("scenario", "design", "machine", "seed", "ties", "complete")},
            asked=data["asked_ps"],
            elapsed=data["elapsed_ps"],
            cpus=tuple(CpuResult(each["accounts_ps"], each["instructions"]) for each in data["cpus"]),
            sources=tuple(_source_from(each) for each in data["sources"]),
            statistics=data["statistics"],
            notes=data["notes"],
        )


_COUNTS = ("arrived", "accepted", "dropped", "done", "lost", "irqs", "held")


def _source_json(source: SourceResult) -> dict[str, Any]:
    found: dict[str, Any] = {"name": source.name, "kind": source.kind}
    if source.kind == "device":
        found |= {name: getattr(source, name) for name in _COUNTS} | {"pending": source.pending}
        found["held_ps"] = source.held_time
        if source.deadline:
            found |= {"deadline_ps": source.deadline, "missed": source.missed, "late_ps": source.late}
        if source.unmeasured:
            found["unmeasured"] = source.unmeasured
    for name in ("start", "finish"):
        latency = getattr(source, name)
        found[name] = None if latency is None else latency.to_json()
    return found


def _source_from(data: Mapping[str, Any]) -> SourceResult:
    start, finish = (None if data[name] is None else Latency.from_json(data[name]) for name in ("start", "finish"))
    times = {"held_time": data.get("held_ps", 0)}
    times |= {"deadline": data.get("deadline_ps", 0), "missed": data.get("missed", 0), "late": data.get("late_ps", 0)}
    counts = {name: data.get(name, 0) for name in (*_COUNTS, "unmeasured")}
    return SourceResult(data["name"], data["kind"], start, finish, **counts, **times)


# ---- reading the machine


def read_cpus(buffer: Buffer[Machine], until: Ps) -> tuple[CpuResult, ...]:
    """Every CPU's accounts, cut or filled to `until`.

    The last instruction may reach beyond: what does is not spent yet and is taken off its account. A parked spinner
    may stand at its last look: the rest is spinning.
    """
    beside, tables = buffer.view().beside, buffer.view().tables
    found = []
    for c in range(tables.n_cpus):
        cpu = beside.cpus[c]
        spent = {account.name.lower(): beside.acct[c * ACCOUNTS + account] for account in Account}
        rest = until - cpu.clock
        spent["spin" if rest > 0 else Account(cpu.acct).name.lower()] += rest
        del spent["context"]
        found.append(CpuResult(spent, cpu.insns))
    return tuple(found)


def read_sources(buffer: Buffer[Machine], system: System) -> tuple[SourceResult, ...]:
    """Devices, then threads, as they are where the run was told to stop."""
    beside, found = buffer.view().beside, []
    for number, name in enumerate(system.sources):
        start, finish = read_latency(buffer, number, 0), read_latency(buffer, number, 1)
        if number < len(system.devices):
            device = beside.devices[number]
            counts = {each: getattr(device, each) for each in (*_COUNTS, "held_time", "unmeasured")}
            times = _deadlines(buffer, number, 0 if finish is None else finish.most)
            found.append(SourceResult(name, "device", start, finish, **counts, **times))
        else:
            found.append(SourceResult(name, "thread", start, finish))
    return tuple(found)


def _deadlines(buffer: Buffer[Machine], number: int, most: Ps) -> dict[str, int]:
    """The deadline of a device's items, how many missed it and by how much at most: of those that are not done, the
    ones that can no longer keep it.
    """
    beside = buffer.view().beside
    device, until = beside.devices[number], beside.until
    deadline: Ps = device.deadline
    if not deadline:
        return {}
    items = buffer.sizes["ITEMS"]
    times = buffer.array("beside.item_time")[number * items : (number + 1) * items].tolist()
    overdue = [until - time - deadline for time in times if 0 <= time < until - deadline]
    missed = device.missed + len(overdue) + (device.untimed if overdue else 0)  # those without a record are older
    return {"deadline": deadline, "missed": missed, "late": max(0, most - deadline, *overdue)}


def read_statistics(buffer: Buffer[Machine], system: System) -> dict[str, int]:
    """The kernel's own counts, by name."""
    stats = buffer.array("beside.stats")
    return {name: stats[number] for number, name in enumerate(system.statistics)}
