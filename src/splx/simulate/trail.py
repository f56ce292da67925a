"""The last steps of every CPU before a finding, by running once more: a run is the same every time.

The engine keeps no history, so a run costs nothing for it. After a finding the same system is loaded again, run to some
thousand steps before, and then single-stepped.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

from splx.base.diagnostics import source_line
from splx.machine.constants import F_OWN, NOREG, Mode, Status
from splx.machine.table import ROWS
from splx.simulate.engine import MOST

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from splx.base.units import Ps
    from splx.lang.buffer import Buffer
    from splx.machine.state import Machine
    from splx.program.image import Image
    from splx.scenario.system import System
    from splx.simulate.engine import Engine

STEPS = 4000  # how far back to look
SHOWN = 6  # lines of text per CPU


@dataclass(frozen=True, slots=True)
class Step:
    """One instruction: when it began, on which CPU, where in the program; and the address of what it used, 0 if it used
    nothing or that is not known any more.
    """

    time: Ps
    cpu: int
    pc: int
    address: int = 0


def retrace(
    fresh: Callable[[], Buffer[Machine]], engine: Engine, steps: int, until: Ps = MOST, image: Image | None = None
) -> list[Step]:
    """The last of `steps` steps, up to a finding or to `until`. `fresh` loads the same system again; what steps have
    used is told if there is its `image`.
    """
    buffer = fresh()
    regs, window = buffer.array("state.regs"), buffer.sizes["REGS"]
    machine, beside = buffer.view(), buffer.view().beside
    engine.boot(buffer)
    beside.until = until
    if steps > STEPS:
        beside.steps_left = steps - STEPS
        _run(engine, buffer)
    found: list[Step] = []
    while beside.finding == 0 and len(found) <= STEPS:
        clocks = [beside.cpus[c].clock for c in range(machine.tables.n_cpus)]
        beside.steps_left = 1
        if _run(engine, buffer) in (Status.FINDING, Status.DONE) and beside.steps_left == 1:
            break
        ran = beside.ran
        last, context = beside.cpus[ran].last, machine.state.cur[ran]
        address = 0 if image is None else _used(image, last, regs[context * window : (context + 1) * window])
        found.append(Step(clocks[ran], ran, last, address))
    if beside.finding != 0:
        found.append(Step(beside.cpus[beside.find_cpu].clock, beside.find_cpu, beside.find_pc))
    return found


def _used(image: Image, pc: int, regs: Sequence[int]) -> int:
    """The shared word that the instruction at `pc`, which was executed last, has used."""
    insn = image.insns[pc]
    row = ROWS[insn.op]
    if not row.access or not row.shared or "a?" not in row.operands or insn.flags & F_OWN:
        return 0
    if insn.a == NOREG:
        return insn.imm
    return regs[insn.a] + insn.imm if insn.a != insn.dst else 0


def _run(engine: Engine, buffer: Buffer[Machine]) -> Status:
    """Until the steps are used up: the engine comes back earlier when very much arrives."""
    beside, status = buffer.view().beside, Status.STEPS
    while status in (Status.STEPS, Status.TRACE) and beside.steps_left > 0:
        beside.n_trace = 0
        status = Status(engine.run(buffer))
    return status


def drawing(buffer: Buffer[Machine], system: System, trail: list[Step]) -> str:
    """The last lines of every CPU as text, and what each is at now."""
    machine, found = buffer.view(), []
    for c in range(machine.tables.n_cpus):
        rows = _lines(system, [step for step in trail if step.cpu == c])
        found.append(f"cpu{c}  {_now(buffer, system, c)}")
        width = max((len(row[1]) for row in rows), default=0)
        found += [f"  {time:>16}  {place:<{width}}  {text}".rstrip() for time, place, text in rows]
    return "\n".join(found)


def _lines(system: System, steps: list[Step]) -> list[tuple[str, str, str]]:
    """Time, function and place, and text of the last lines; a line's steps in a row are one."""
    rows: list[tuple[str, str, str]] = []
    before = None
    for step in steps:
        name, span = system.image.where(step.pc)[0]
        if (name, span.line) != before:
            place = f"{name} {PurePath(span.file).name}:{span.line}"
            rows.append((_microseconds(step.time), place, (source_line(span.file, span.line) or "").strip()))
        before = (name, span.line)
    return rows[-SHOWN:]


def _microseconds(time: Ps) -> str:
    """With a tenth of a nanosecond, so that neighbouring steps can be told apart."""
    return f"{time // 10**6:,}.{time % 10**6 // 100:04} us"


def _now(buffer: Buffer[Machine], system: System, c: int) -> str:
    """What CPU `c` is at."""
    machine = buffer.view()
    context = system.contexts[machine.state.cur[c]].name
    doing = {Mode.RUN: "runs", Mode.WORK: "works", Mode.PARKED: "spins", Mode.HALTED: "is halted"}
    return f"{doing[Mode(machine.beside.cpus[c].mode)]}, in {context}"
