"""From a system to a search that has not begun."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from splx.base.diagnostics import Diagnostic, SplxError
from splx.check.asked import asks_itself
from splx.check.changes import changes
from splx.check.classes import SILENT, form, uses, writes
from splx.check.codes import BOUNDS, too_much
from splx.check.items import Tells, tells
from splx.check.loops import rounds
from splx.check.search import BUFFER, FIRED, HAND, JUDGES, LINE_WORDS, RECENT_AT, Class, Move, Search, Truth
from splx.check.watched import classes_of
from splx.lang.buffer import Buffer
from splx.lang.sizes import Sizes
from splx.machine.constants import F_IMM, NOREG, Kind
from splx.machine.cover import COUNTERS
from splx.machine.table import ROWS
from splx.program.rows import shape
from splx.scenario.properties import Says
from splx.stage.code import WATCHING, beside
from splx.stage.load import Knobs, load, timeless
from splx.stage.sizeclass import derived, sizes_for

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from splx.program.image import Image
    from splx.program.insn import Insn
    from splx.scenario.system import DeviceSpec, Property, System

ROW_WORDS = 24
FREE = ("CPUS", "CTXS", "REGS", "WORDS", "IRQS", "DEVS", "CODE", "FUNCS", "DISTS", "STATS", "DRAWS", "STAMPS")
BAD = {Says.ALWAYS: Truth.FALSE, Says.INVARIANT: Truth.FALSE, Says.NEVER: Truth.TRUE}
NO_END = 1 << 60  # states
MOST_ARRIVALS = (1 << 31) - 1  # of one device, where they are counted
BACK_CALLS = ("CALL", "CALLR")


@dataclass(frozen=True, slots=True)
class Bounds:
    """Under which assumptions.

    `joins` names atomic functions that are part of the step before them in the same context: nobody can tell, if they
    never wait and touch only what is their context's own, or lower the level, or return from an interrupt. `calm` names
    those that are so where no interrupt can come: that release a lock.

    `ring`: items that may wait at a device. `budgets`: arrivals in all, by device; without one its `limit`, or any
    number. `coupled`: an arrival is taken at once or does not happen. `tso`: stores wait in buffers of `buffer` stores.
    `single`: every instruction is a step. `fuse`: a step goes on over words that nobody else can look at then, see
    `owners`. `fair`: devices whose arrivals keep coming in a run that goes on for ever. `memo`: no move is made twice.
    `symmetry`: CPUs that are alike, which a system says of itself, are not told apart; not with `fuse`. `states`: how
    many to expand at most.
    """

    ring: int = 1
    budgets: Mapping[str, int] = field(default_factory=dict)
    coupled: bool = False
    tso: bool = False
    buffer: int = 8
    single: bool = False
    memo: bool = True
    fuse: bool = False
    fair: tuple[str, ...] = ()
    joins: tuple[str, ...] = ()
    calm: tuple[str, ...] = ()
    symmetry: bool = False
    states: int = NO_END


def bounds_for(
    *, memory: str = "sc", budgets: Mapping[str, int] | None = None, ring: int = 1, single: bool = False,
    states: int | None = None, fair: Sequence[str] = (), fuse: bool = True,
) -> Bounds:  # fmt: skip
    """Bounds in a user's words. SplxError S0604 for what cannot be."""
    wrong = [
        f"a budget of {n} arrivals of {name}: 0 to {MOST_ARRIVALS}"
        for name, n in (budgets or {}).items()
        if not 0 <= n <= MOST_ARRIVALS
    ]
    wrong += [f"the memory model `{memory}`: it is `sc` or `tso`"] if memory not in ("sc", "tso") else []
    wrong += [f"{ring} waiting items at a device: 1 to 255"] if not 1 <= ring <= 255 else []
    wrong += [f"{states} states: at least 1"] if states is not None and states < 1 else []
    if wrong:
        raise SplxError(*(Diagnostic(BOUNDS, each) for each in wrong))
    most = NO_END if states is None else states
    return Bounds(
        ring=ring, budgets=dict(budgets or {}), tso=memory == "tso", single=single, states=most, fair=tuple(fair),
        fuse=fuse and not single,
    )  # fmt: skip


def limit_of(device: DeviceSpec) -> int:
    """How much arrives in all at a device that nobody bounds, -1 any number: what is submitted is done, as in a run."""
    return device.limit if device.kind < Kind.CLOSED else -1


def unbounded(system: System, bounds: Bounds) -> list[str]:
    """The devices at which any number of items arrives."""
    return [each.name for each in system.devices if limit_of(each) < 0 and each.name not in bounds.budgets]


def check_budgets(system: System, bounds: Bounds) -> None:
    """SplxError S0604 for a budget of a device that a system does not have, or arrivals of one that keep coming."""
    known = [each.name for each in system.devices]
    for what, names in (("a budget for", bounds.budgets), ("fair arrivals of", bounds.fair)):
        for name in names:
            if name not in known:
                there = f"there is {', '.join(known)}" if known else "there is none"
                message = f"{what} {name}, which is no device of the scenario"
                raise SplxError(Diagnostic(BOUNDS, message, help=there))


def search_sizes(system: System, *, cover: bool = False) -> Sizes:
    """The lengths of a search. `cover`: of one that counts what its moves execute."""
    machine = dict(sizes_for(system))
    free = {name: machine[name] for name in FREE}
    lengths = dict(derived({**free, "ITEMS": 16, "SOURCES": machine["SOURCES"]}, cover=cover))
    parts = sum(lengths[name] for name in ("CTXS", "CPUS", "IRQS", "DEVS", "CPUS", "LINES"))
    movers = 4 * lengths["CPUS"] + lengths["DEVS"]
    rooms = {"HAND_WORDS": HAND * ROW_WORDS, "SIGHT": 64 * ROW_WORDS, "RECENT_WORDS": ROW_WORDS << 64 - RECENT_AT}
    rooms |= {"ROW_ENDS": ROW_WORDS + 1, "MOVERS": movers, "MOVER_ROWS": movers * ROW_WORDS}
    return Sizes(**lengths, PARTS=parts + FIRED, ROW=ROW_WORDS, BUFFERS=BUFFER * lengths["CPUS"], **rooms)


def counters_for(system: System) -> array[int]:
    """Counters for all that a search executes: the program, and behind it the properties."""
    return array("q", bytes(8 * COUNTERS * search_sizes(system.complete(), cover=True)["CODE"]))


def begin_search(system: System, bounds: Bounds, counters: array[int] | None = None) -> Buffer[Search]:
    """A search over a system: nothing explored, no room yet. `counters`: see `splx.machine.cover`."""
    buffer: Buffer[Search] = Buffer(Search, search_sizes(system, cover=counters is not None))
    machine = load(system, timeless(system), Knobs(park=False, run_ahead=False), search_sizes(system))
    buffer.field_bytes("machine")[:] = machine.bytes()
    if counters is not None:
        if len(counters) < COUNTERS * buffer.sizes["CODE"]:
            raise ValueError("counters that `counters_for` did not make")
        buffer.set_slice("machine.cover", counters)
    _durations(buffer)
    _program(buffer, system, bounds)
    _parts(buffer, system)
    _devices(buffer, system, bounds)
    _movers(buffer, system)
    _judges(buffer, system)
    return buffer


def _durations(buffer: Buffer[Search]) -> None:
    """Every duration is possible, so none is drawn: whoever asks for one, as devices do that serve requests, gets 0."""
    buffer.set_slice("machine.times", array("q", [0]))
    for name in ("dist_first", "dist_len", "dist_mean"):
        items: Any = buffer.array(f"machine.tables.{name}")
        items[:] = array(items.format, [0]) * len(items)


def _program(buffer: Buffer[Search], system: System, bounds: Bounds) -> None:
    image = system.image
    n = len(image.insns)
    klass = classes_of(system, bounds)
    _put(buffer, "klass", klass)
    _put(buffer, "plain", uses(image))
    found = changes(image, klass)
    for name in ("between", "tears", "moved", "taken", "added"):
        _put(buffer, name, getattr(found, name))
    buffer.view().tears_asked = 1
    buffer.view().asks_itself = int(asks_itself(image))
    told = [tells(insn) for insn in image.insns]
    if Tells.DONE in told:
        buffer.view().owing = 1
        _put(buffer, "items", [int(each) for each in told])
    _put(buffer, "writes", [int(writes(insn)) for insn in image.insns])
    _put(buffer, "ends", rounds(image))
    _put(buffer, "reads", [int(form(insn)) for insn in [*image.insns, *beside(system)]])
    lives = array("q")
    known: dict[int, tuple[int, int]] = {}
    here, here_n, back, back_n, link_here, link_back = ([0] * (n + 1) for _ in range(6))
    reused = _reused_links(image)
    for pc in range(n):
        function = image.function_at(pc)
        mask = image.live[pc]
        here[pc], here_n[pc] = _add(lives, mask, known)
        link_here[pc] = (
            function.link if function and function.link >= 0 and mask >> function.link & 1 and pc not in reused else -1
        )
        link_back[pc] = -1
        caller = image.function_at(pc - 1) if pc else None
        if caller is not None and image.insns[pc - 1].op in BACK_CALLS:
            own = mask & caller.frame_mask
            back[pc], back_n[pc] = _add(lives, own, known)
            link_back[pc] = caller.link if caller.link >= 0 and own >> caller.link & 1 and pc not in reused else -1
    for name, values in zip(("here", "here_n", "back", "back_n", "link_here", "link_back"),
                            (here, here_n, back, back_n, link_here, link_back), strict=True):  # fmt: skip
        _put(buffer, name, values[:n])
    buffer.set_slice("lives", lives or array("q", [0]))
    _silence(buffer, system)


def _reused_links(image: Image) -> set[int]:
    """Where a function that will not return has put something else into its link register."""
    found: set[int] = set()
    for function in image.functions:
        left = [pc + 1 for pc in range(function.start, function.end) if function.link in _written(image.insns[pc])]
        while left:
            pc = left.pop()
            if pc in found or not function.start <= pc < function.end:
                continue
            found.add(pc)
            insn = image.insns[pc]
            if shape(insn.op).next:
                left.append(pc + 1)
            if ROWS[insn.op].ends in ("jump", "branch"):
                left.append(insn.t)
    return found


def _written(insn: Insn) -> tuple[int, ...]:
    return (insn.dst,) if shape(insn.op).writes and insn.dst != NOREG else ()


def _silence(buffer: Buffer[Search], system: System) -> None:
    """Instructions that mean nothing here do nothing; draws draw nothing; busy-waits are not watched."""
    code: Any = buffer.view().machine.tables.code
    for pc, insn in enumerate(system.image.insns):
        if insn.op == "DRAW":
            i = code[pc]
            i.op, i.flags, i.imm, i.b = ROWS["MOV"].code, F_IMM, 0, NOREG
        elif insn.op in SILENT:
            code[pc].op = ROWS["NOP"].code
        elif insn.op in WATCHING:
            code[pc].op = ROWS[insn.op].code


def _add(lives: array[int], mask: int, known: dict[int, tuple[int, int]]) -> tuple[int, int]:
    """Where the registers of a mask stand in `lives`, and how many they are."""
    if mask not in known:
        start = len(lives)
        left = mask
        while left:
            lives.append((left & -left).bit_length() - 1)
            left &= left - 1
        known[mask] = start, len(lives) - start
    return known[mask]


def _parts(buffer: Buffer[Search], system: System) -> None:
    s = buffer.view()
    lines = -(-len(system.image.memory) // LINE_WORDS)
    counts = (len(system.contexts), system.cpus, len(system.irqs), len(system.devices), system.cpus, lines)
    s.n_ctxs, s.n_devs, s.n_lines = len(system.contexts), len(system.devices), lines
    firsts = [sum(counts[:k]) for k in range(7)]
    _, s.first_cpu, s.first_irq, s.first_dev, s.first_buffer, s.first_line, s.n_parts = firsts


def calm_level(system: System) -> int:
    """The level at which no device can interrupt."""
    return max((irq.prio for irq in system.irqs if irq.device >= 0), default=0)


def _devices(buffer: Buffer[Search], system: System, bounds: Bounds) -> None:
    s = buffer.view()
    s.calm_level = calm_level(system)
    s.fuse = int(bounds.fuse and not bounds.single)
    for name in ("user_locks", "writer_locks"):
        items = buffer.array(name)
        items[:] = array("q", [-1 if s.fuse else 0]) * len(items)
    s.coupled, s.tso, s.buffer_room = (
        int(bounds.coupled),
        int(bounds.tso),
        min(bounds.buffer, BUFFER) if bounds.tso else 1,
    )
    for number, device in enumerate(system.devices):
        s.dev_kind[number] = device.kind
        # What has been asked for comes: a disk is done some time, and a timer runs out.
        s.dev_fair[number] = int(device.name in bounds.fair or device.kind >= Kind.CLOSED)
        s.dev_room[number] = min(device.ring, bounds.ring)
        s.budget[number] = bounds.budgets.get(device.name, limit_of(device))
        if device.kind < Kind.CLOSED:
            s.machine.beside.devices[number].kind = Kind.NONE


def _movers(buffer: Buffer[Search], system: System) -> None:
    """Stores can wait only where there are instructions whose stores do, interrupts be taken where a device or a CPU
    may ask for them, and be overtaken where one CPU may interrupt another, or where there are two of devices.
    """
    waits = any(klass & Class.STORE for klass in buffer.array("klass").tolist())
    asks = any(insn.op == "IPI" for insn in system.image.insns)
    of_devices = sum(irq.device >= 0 for irq in system.irqs)
    sends = (asks or of_devices > 1) and system.cpus > 1
    possible = {Move.STEP: True, Move.ACCEPT: asks or of_devices > 0, Move.OVERTAKE: sends, Move.VISIBLE: waits}
    kinds = [kind for kind, is_possible in possible.items() if is_possible]
    found = [kind << 8 | cpu for cpu in range(system.cpus) for kind in kinds]
    found += [Move.ARRIVE << 8 | n for n, each in enumerate(system.devices) if each.kind is not Kind.NONE]
    buffer.view().n_movers = len(found)
    _put(buffer, "mover", found)


def judges(system: System) -> list[tuple[Property, int]]:
    """What is judged, and on which CPU: by the numbers that a search gives them."""
    each = system.properties.each if system.properties else ()
    return [(one, cpu) for one in each for cpu in range(system.cpus if one.per_cpu else 1)]


def _judges(buffer: Buffer[Search], system: System) -> None:
    s, found = buffer.view(), judges(system)
    if len(found) > JUDGES:
        raise too_much(f"more than {JUDGES} properties, those of each CPU counted")
    s.n_judges, s.noted_judge = len(found), -1
    for number, (each, cpu) in enumerate(found):
        s.judge_pc[number] = len(system.image.insns) + each.function.start
        s.judge_link[number] = each.function.link
        s.judge_cpu[number] = cpu
        s.judge_argument[number] = each.argument
        s.judge_own[number] = int(each.per_cpu)
        s.judge_open[number] = int(each.admitting)
        s.judge_noted[number] = int(each.says is Says.INVARIANT)
        s.judge_bad[number] = BAD.get(each.says, 0)


def _put(buffer: Buffer[Search], path: str, values: list[int]) -> None:
    items: Any = buffer.array(path)
    items[: len(values)] = array(items.format, values)
