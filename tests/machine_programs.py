"""Systems put together by hand: programs as text, one instruction to a line, and the smallest wiring around them.

    system = tiny(
        '''
        boot:  MOV r0 5
        loop:  SUB r0 r0 1
               BNE r0 0 loop
               HALT
        '''
    )

Operands stand in the order of the row: `rN` a register, `-` none, a number an immediate, a name a label. `#t` marks an
instruction as part of account t. Labels that contexts, the vector or ENTER name are functions: `@label` is a number.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import SimpleNamespace

from splx.lang.plain import plain
from splx.machine.constants import F_IMM, F_NUM, NOREG, Finding, Kind, Status
from splx.machine.costs import Account, Cost, Transfer
from splx.machine.models import Figure
from splx.machine.models import load as load_model
from splx.machine.run import boot, close, run
from splx.machine.state import VECTORS
from splx.machine.table import ROWS
from splx.scenario.system import ContextSpec, DeviceSpec, DistSpec, IrqSpec, System
from splx.stage.load import Knobs, load, new_log
from splx.stage.sizeclass import derived
from splx.trace.events import Recorder, lines


@dataclass
class Plain:
    """An instruction with what the loader asks of one."""

    op: str
    flags: int = 0
    dst: int = NOREG
    a: int = NOREG
    b: int = NOREG
    c: int = NOREG
    acct: int = 0
    t: int = 0
    imm: int = 0
    assertion: bool = False

    @property
    def span(self):
        """Places that draw are told apart by the number that stands behind the instruction."""
        return SimpleNamespace(file="", line=self.t, col=0)

    def machine_fields(self):
        return self.op, self.flags, self.dst, self.a, self.b, self.c, self.acct, self.t, self.imm


@dataclass
class Program:
    """What the loader asks of a linked program."""

    insns: list
    memory: list
    starts: list
    names: list
    regs: int = 32
    percpu_base: int = 0
    percpu_stride: int = 16
    draws: int = 0
    messages: list = field(default_factory=list)
    counters: list = field(default_factory=list)
    data: SimpleNamespace = field(default_factory=lambda: SimpleNamespace(statics=()))

    @property
    def numbers(self):
        return self.starts

    def function_pcs(self):
        return self.starts

    def pc_of(self, label):
        return self.starts[self.names.index(label)]


def assemble(text, words=128, cpus=1, memory=None):
    """The program of `text`. Memory: `words` shared words, then a block of 16 for each CPU."""
    labels, rows = {}, [["LEAVE"]]
    for line in text.splitlines():
        *starts, rest = line.split(";")[0].split(":")
        labels |= {label.strip(): len(rows) for label in starts}
        if rest.split():
            rows.append(rest.split())
    names = ["", *labels]
    numbers = {f"@{name}": n for n, name in enumerate(names)}
    insns = [_insn(row, labels, numbers) for row in rows]
    draws = max((insn.t for insn in insns if insn.op == "DRAW"), default=0)
    content = [0] * (words + 16 * cpus)
    for address, value in (memory or {}).items():
        content[address] = value
    return Program(insns, content, [0, *labels.values()], names, percpu_base=words, draws=draws)


def _insn(row, labels, numbers):
    insn = Plain(row[0])
    words = [word for word in row[1:] if not word.startswith("#")]
    insn.acct = next((int(word[1:]) for word in row[1:] if word.startswith("#")), 0)
    kinds = ROWS[insn.op].operands
    assert len(words) == len(kinds) or insn.op == "DRAW", f"{insn.op} takes {kinds}, not {words}"
    for kind, word in zip(kinds, words, strict=False):
        name = kind.rstrip("?")
        if word == "-":
            continue
        value = labels.get(word, numbers.get(word))
        if value is None:
            value = int(word[1:]) if word[0] == "r" else int(word)
        if name == "B" and word[0] != "r":
            insn.imm, insn.flags = value, F_IMM
        elif name == "N" and word[0] != "r":
            insn.b, insn.flags = value & 0xFFFF, F_NUM
        else:
            setattr(insn, {"B": "b", "N": "b", "bits": "t", "m": "t"}.get(name, name), value)
    if insn.op == "DRAW" and len(words) == 5:
        insn.t = int(words[4])
    return insn


def device(name="dev", irq=0, kind=Kind.PERIODIC, **how):
    """A device; `period` and the like in ps."""
    return DeviceSpec(name, irq, kind, **{"key": 1000 + irq, **how})


def irq(name="irq", *, edge=True, prio=10, cpu=0, device=-1):
    """A controller input."""
    return IrqSpec(name, edge, prio, cpu, device)


def tiny(text, *, cpus=1, threads=(), irqs=(), devices=(), dists=(), memory=None, free=2, stamps=4, accounts=None):
    """A system. CPU c starts at label `cpuC` or `boot`; interrupts go to label `vector`; `threads` are labels of
    contexts that wait suspended; then come `free` free contexts. Contexts: CPUs' own, traps, threads, free ones.
    """
    program = assemble(text, cpus=cpus, memory=memory)
    names = program.names
    starts = [names.index(f"cpu{c}") if f"cpu{c}" in names else names.index("boot") for c in range(cpus)]
    account = {"thread": Account.THREAD, **(accounts or {})}
    contexts = [ContextSpec(f"cpu{c}", account["thread"], origin=c + 1, function=starts[c], cpu=c) for c in range(cpus)]
    contexts += [ContextSpec(f"trap{c}", Account.HANDLER) for c in range(cpus)]
    contexts += [
        ContextSpec(label, account["thread"], origin=cpus + n + 1, function=names.index(label))
        for n, label in enumerate(threads)
    ]
    contexts += [ContextSpec(f"free{n}", Account.DEFERRED) for n in range(free)]
    inputs = [*irqs, *(irq(f"ipi{c}.{v}", prio=200 + v, cpu=c) for c in range(cpus) for v in range(VECTORS))]
    origins = cpus + len(threads)
    return System(
        scenario="by hand", design="none", cpus=cpus, image=program, contexts=tuple(contexts),
        trap=tuple(range(cpus, 2 * cpus)), vector=names.index("vector") if "vector" in names else 1,
        irqs=tuple(inputs), ipi_base=len(irqs),
        rank=tuple(sorted(range(len(inputs)), key=lambda n: (-inputs[n].prio, n))),
        devices=tuple(devices), dists=tuple(dists),
        sources=(*(each.name for each in devices), *threads), statistics=("s0", "s1"),
        counters=1 + origins + program.draws, stamps=stamps,
    )  # fmt: skip


def constant(ps):
    """A distribution that is one number."""
    return DistSpec("constant", constant=ps)


def model(**figures):
    """The ideal machine with some figures, in ps, by the name of their class; `ipi`, `shared` ... are transfers."""
    ideal = load_model("ideal")
    flags = {name: figures.pop(name) for name in ("gate_by_priority", "edge_lost") if name in figures}
    costs, transfers = dict(ideal.costs), dict(ideal.transfers)
    for name, ps in figures.items():
        upper = name.upper()
        kinds, found = (Transfer, transfers) if upper in Transfer.__members__ else (Cost, costs)
        found[kinds[upper]] = Figure(ps, f"{ps} ps", "by hand")
    return replace(ideal, costs=costs, transfers=transfers, **flags)


#: Small lengths: a plain run of them is quick to set up.
SMALL = derived(
    {"CPUS": 4, "CTXS": 16, "REGS": 32, "WORDS": 256, "IRQS": 64, "DEVS": 4, "ITEMS": 16, "SOURCES": 8, "CODE": 256,
     "FUNCS": 64, "DISTS": 4, "STATS": 4, "DRAWS": 16, "STAMPS": 4}
)  # fmt: skip


class Played:
    """A run by the plain engine: its machine, what came of it, its events as text (time, CPU, event, what, detail)."""

    def __init__(self, system, costs, until, **knobs):
        log = new_log(SMALL)
        self.buffer = load(system, costs, Knobs(**{"seed": 7, **knobs}), SMALL, log)
        self.machine = self.buffer.view()
        self.beside = self.machine.beside
        self.beside.until, self.beside.steps_left = until, 1 << 40
        plain(boot, SMALL)(self.buffer)
        self.status = Status(plain(run, SMALL)(self.buffer))
        if self.status == Status.DONE:
            plain(close, SMALL)(self.buffer)
        self.finding = Finding(self.beside.finding)
        recorder = Recorder()
        recorder(memoryview(log)[: self.beside.n_trace * 5])
        names = {
            "source": system.sources,
            "irq": [each.name for each in system.irqs],
            "context": [each.name for each in system.contexts],
        }
        self.events = [line.strip() for line in lines(recorder.events(), names)][1:]

    def reg(self, context, number):
        return self.machine.state.regs[context * SMALL["REGS"] + number]

    def mem(self, address):
        return self.machine.state.mem[address]

    def cpu(self, number):
        return self.beside.cpus[number]

    def account(self, cpu, account):
        return self.beside.acct[cpu * 16 + account]


def play(text, until, *, costs=None, system=None, **how):
    """Run the text, or a system, up to `until`. What is no wiring of `tiny` is a knob."""
    wiring = {"cpus", "threads", "irqs", "devices", "dists", "memory", "free", "stamps", "accounts"}
    made = system or tiny(text, **{key: value for key, value in how.items() if key in wiring})
    return Played(made, costs or model(), until, **{key: value for key, value in how.items() if key not in wiring})
