"""Loading: a system, a cost model and a seed become one block of memory, ready to run.

Everything at the start is as after a reset: interrupts off on every CPU, level 0, lines unmasked, devices enabled,
each CPU before the first instruction of the context that the system puts on it, no cache line held by anybody.
"""

from __future__ import annotations

from array import array
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from splx.lang.buffer import Buffer
from splx.machine.constants import FREE, IN_USE, Kind
from splx.machine.costs import Cost, Transfer
from splx.machine.dash import SLICE, formed
from splx.machine.models import load as load_model
from splx.machine.run import EVENTS_AT_ONCE, TRACE_ROOM
from splx.machine.state import Machine
from splx.machine.tracing import RECORD
from splx.stage.code import beside, code_rows
from splx.stage.cover import attach
from splx.stage.sizeclass import sizes_for
from splx.stage.times import Times

if TYPE_CHECKING:
    from collections.abc import Iterable

    from splx.lang.sizes import Sizes
    from splx.machine.models import CostModel
    from splx.scenario.system import DeviceSpec, System

QUICK_COST = 16  # loads: what costs more has no quick form
ABSENT = 2  # status of a context that the system does not have: neither free nor in use


@dataclass(frozen=True, slots=True)
class Knobs:
    """How to run: the seed, the order of simultaneous events (0 declared, 1 reversed, else seeded by it), and two
    accelerations that change nothing but speed.
    """

    seed: int = 1
    ties: int = 0
    run_ahead: bool = True
    park: bool = True


def load(
    system: System,
    model: CostModel,
    knobs: Knobs | None = None,
    sizes: Sizes | None = None,
    log: array[int] | None = None,
) -> Buffer[Machine]:
    """A machine before its first step. `sizes` are those of the system's size class unless given; `log` (see `new_log`)
    receives trace records.
    """
    knobs = knobs or Knobs()
    buffer: Buffer[Machine] = Buffer(Machine, sizes or sizes_for(system))
    times = Times()
    _program(buffer, system, model, quick=knobs.run_ahead)
    _contexts(buffer, system)
    _irqs(buffer, system)
    _devices(buffer, system, times)
    _distributions(buffer, system, times)
    _costs(buffer, model)
    _knobs(buffer, knobs)
    buffer.set_slice("times", times.items)
    if log is not None:
        buffer.set_slice("log", log)
        buffer.view().tables.trace = 1
    if buffer.sizes["COVER"]:
        attach(buffer, system.image)
    return buffer


def new_log(sizes: Sizes) -> array[int]:
    """A trace buffer with room for what one slice and one instant can add after the machine last looked."""
    records = TRACE_ROOM + 2 * SLICE + 3 * EVENTS_AT_ONCE + sizes["DEV_ITEMS"] + 4 * sizes["EVENTS"]
    return array("q", bytes(8 * RECORD * records))


def _put(buffer: Buffer[Machine], path: str, values: Iterable[int], rest: int = 0) -> None:
    """Set an array: `values` first, `rest` after them."""
    items: Any = buffer.array(path)
    given = list(values)
    assert len(given) <= len(items), f"{path}: {len(given)} for {len(items)}"
    items[: len(given)] = array(items.format, given)
    if rest:
        items[len(given) :] = array(items.format, [rest]) * (len(items) - len(given))


def _program(buffer: Buffer[Machine], system: System, model: CostModel, *, quick: bool) -> None:
    """The program; `quick`: its instructions with their quick forms, which only who runs ahead uses."""
    image, tables = system.image, buffer.view().tables
    # Counters of draws: 0 is none, then the threads', then those of places in the program.
    rows = [*code_rows(image.insns, model, system.counters - image.draws), *code_rows(beside(system), model, 0)]
    if quick:
        most = QUICK_COST * max(model.bake(Cost.ALU), model.bake(Cost.LOAD))
        behind = len(image.memory) - image.percpu_base - (system.cpus - 1) * image.percpu_stride
        block = min(image.percpu_stride, behind) if image.percpu_base > 0 else 0
        found = formed(rows, image.function_pcs(), most, block)
        rows = found.rows
        _put(buffer, "tables.forms", found.forms)
        _put(buffer, "tables.entries", found.entries)
        tables.quick_shift = found.quick_shift
    buffer.fill("tables.code", rows)
    _put(buffer, "tables.func_pc", image.function_pcs())
    _put(buffer, "state.mem", image.memory)
    tables.words = len(image.memory)
    tables.percpu_base, tables.percpu_stride = image.percpu_base, image.percpu_stride
    tables.regs = image.regs
    tables.vector_pc = image.function_pcs()[system.vector]


def _contexts(buffer: Buffer[Machine], system: System) -> None:
    state, contexts, starts = buffer.view().state, system.contexts, system.image.function_pcs()
    _put(buffer, "state.status", [IN_USE if each.function else FREE for each in contexts], ABSENT)
    _put(buffer, "state.pc", [starts[each.function] if each.function else 0 for each in contexts])
    _put(buffer, "state.below", [], -1)
    _put(buffer, "state.runs_on", [each.cpu for each in contexts], -1)
    _put(buffer, "beside.work_left", [], -1)
    _put(buffer, "tables.ctx_acct", [each.account for each in contexts])
    _put(buffer, "tables.ctx_origin", [each.origin for each in contexts])
    _put(buffer, "tables.trap", system.trap)
    regs = buffer.sizes["REGS"]
    for number, each in enumerate(contexts):
        if each.function:
            state.regs[number * regs] = each.argument
        if each.cpu >= 0:
            state.cur[each.cpu] = number
    buffer.view().tables.n_cpus = system.cpus


def _irqs(buffer: Buffer[Machine], system: System) -> None:
    tables, irqs = buffer.view().tables, system.irqs
    places = {irq: rank for rank, irq in enumerate(system.rank)}
    _put(buffer, "tables.irq_edge", [int(each.edge) for each in irqs])
    _put(buffer, "tables.irq_prio", [each.prio for each in irqs])
    _put(buffer, "tables.irq_dev", [each.device for each in irqs], -1)
    _put(buffer, "tables.rank", [places[irq] for irq in range(len(irqs))])
    _put(buffer, "tables.by_rank", system.rank)
    _put(buffer, "state.route", [each.cpu for each in irqs])
    _put(buffer, "state.service", [], -1)
    _put(buffer, "state.left", [], -1)
    _put(buffer, "beside.ev_time", [], -1)
    tables.n_irqs, tables.ipi_base = len(irqs), system.ipi_base


def _devices(buffer: Buffer[Machine], system: System, times: Times) -> None:
    _put(buffer, "state.dev_enable", [1] * len(system.devices))
    _put(buffer, "beside.item_time", [], -1)
    rows = [_device(each, times) for each in system.devices]
    absent = {"irq": -1, "dist": -1, "next": -1}
    layout = buffer.layouts.walk(buffer.struct, "beside.devices").type
    names = list(layout.item.fields)  # type: ignore[union-attr]
    rows += [absent] * (buffer.sizes["DEVS"] - len(rows))
    buffer.fill("beside.devices", [[row.get(name, 0) for name in names] for row in rows])
    for number in range(buffer.sizes["SOURCES"]):
        buffer.view().beside.sources[number].woken = -1


def _device(device: DeviceSpec, times: Times) -> dict[str, int]:
    """The wiring of one device; its progress starts at zero."""
    recorded = device.kind is Kind.RECORDED
    return {
        "irq": device.irq,
        "pin": 1 << device.pin,
        "next": device.next,
        "kind": device.kind,
        "auto": int(device.auto),
        "ring": device.ring,
        "period": device.period,
        "offset": device.offset,
        "dist": device.dist,
        "burst": device.burst,
        "gap": device.gap,
        "first": times.add(device.recording) if recorded else 0,
        "length": len(device.recording),
        "repeat": device.repeat,
        "limit": device.limit,
        "source": device.key,
        "deadline": device.deadline,
    }


def _distributions(buffer: Buffer[Machine], system: System, times: Times) -> None:
    columns = [times.distribution(each) for each in system.dists]
    for path, values in zip(("dist_first", "dist_len", "dist_mean"), zip(*columns, strict=True), strict=False):
        _put(buffer, f"tables.{path}", values)


def timeless(system: System) -> CostModel:
    """The machine on which everything is free, with the system's controller."""
    return replace(load_model("ideal"), **asdict(system.manners))


def _costs(buffer: Buffer[Machine], model: CostModel) -> None:
    tables = buffer.view().tables
    _put(buffer, "tables.transfer", [model.transfer(kind) for kind in Transfer])
    tables.trap_cost = model.bake(Cost.TRAP)
    tables.spin_exit = model.bake(Cost.BRANCH) - model.bake(Cost.PAUSE)
    tables.gate_by_priority, tables.edge_lost = int(model.gate_by_priority), int(model.edge_lost)


def _knobs(buffer: Buffer[Machine], knobs: Knobs) -> None:
    tables = buffer.view().tables
    tables.seed, tables.ties = knobs.seed, knobs.ties
    tables.run_ahead, tables.park = int(knobs.run_ahead), int(knobs.park)
