"""Placing: copies of lowered functions with absolute registers, targets and addresses; and the image they make."""

# ruff: noqa: ANN401 - statics and their values are of the users' classes

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from splx.base.diagnostics import Diagnostic
from splx.lang.links import NullRef
from splx.lang.source import line_span
from splx.lang.struct import given_values
from splx.lang.types import Func, Int
from splx.machine.constants import F_NUM, NOREG
from splx.program import codes
from splx.program.image import Function, Image, Message
from splx.program.insn import At, Counter, Inlined, Insn, Label, Number, Remote, Site, Stride, Text
from splx.program.lower.calls import Direct, Through
from splx.program.rows import reads, shape

if TYPE_CHECKING:
    from collections.abc import Mapping

    from splx.base.diagnostics import Collector
    from splx.lang.types import Type
    from splx.program.constants import Constants
    from splx.program.data import Data
    from splx.program.graph import Graph, Node
    from splx.program.link import Options
    from splx.program.lower import Lowered
    from splx.program.slots import Slots


class _Linker(Protocol):
    constants: Constants
    slots: Slots
    options: Options
    problems: Collector
    lowered: dict[Any, Lowered]


def place(
    linker: _Linker,
    graph: Graph,
    data: Data,
    numbers: Mapping[tuple[Any, bool], Node],
    memory: list[int] | None = None,
) -> Image:
    """The image, on `memory` if that is there already. SplxError if an initial value has no number or does not fit."""
    placer = Placer(linker, graph, data, numbers)
    placer.code()
    if memory is None:
        memory = data.image(placer.word, placer.per_cpu_values)
    linker.problems.raise_if_any()
    return placer.image(memory)


class Placer:
    """The tables that grow while instructions are placed one after the other."""

    def __init__(self, linker: _Linker, graph: Graph, data: Data, numbers: Mapping[tuple[Any, bool], Node]) -> None:
        self.linker = linker
        self.graph = graph
        self.data = data
        self.windows = graph.windows()
        self.numbers = numbers
        #: node -> its number, from 1
        self.number = {node: n for n, node in enumerate(dict.fromkeys(numbers.values()), 1)}
        self.starts: dict[Node, int] = {}
        self.insns: list[Insn] = []
        self.live: list[int] = []
        self.functions: list[Function] = []
        self.messages: dict[Text, int] = {}
        self.counters = {name: number for number, name in enumerate(linker.options.counters)}
        self.draws = 0

    def code(self) -> None:
        """Place every copy. At 0 stands a LEAVE: where a function returns that was started, and not called."""
        at = 1
        for node in self.graph.nodes:
            self.starts[node] = at
            at += len(self.linker.lowered[node[1]].code)
        self._stub()
        for node in self.graph.nodes:
            self._copy(node)

    def _stub(self) -> None:
        if not self.graph.nodes:
            return
        first = self.linker.lowered[self.graph.nodes[0][1]].function
        self.insns.append(_final(Insn("LEAVE", first.span, Inlined(first, 0))))
        self.live.append(0)

    def _copy(self, node: Node) -> None:
        kind, func = node
        lowered = self.linker.lowered[func]
        start, window = self.starts[node], self.windows[node]
        absolute = {r: window + at for r, at in lowered.frame.home.items()}
        for register, (callee, at) in lowered.frame.away.items():
            # A call that turned out never to be reached has left its registers, and no callee.
            if self.graph.callee(callee, node) in self.windows:
                absolute[register] = self.windows[self.graph.callee(callee, node)] + at
        for insn, live in zip(lowered.code, lowered.live, strict=True):
            new = self._or_panic(insn, node)
            if insn.op == "RET" and kind == "entry":
                new.op = "LEAVE"
            self._registers(new, absolute)
            self._target(new, node)
            self._relocate(new)
            self.insns.append(_final(new))
            # Nobody returns from what starts a context: whatever its link register held is nobody's.
            own = live & ~(1 << lowered.link_register) if kind == "entry" else live
            self.live.append(_set(own, absolute))
        link = -1 if kind == "entry" else window + lowered.link
        shown = "call" if kind == "nested" else kind
        self.functions.append(
            Function(
                lowered.function.name, shown, self.number.get(node, 0), start, start + len(lowered.code), window,
                lowered.frame.size, link, lowered.function,
            )
        )  # fmt: skip

    @staticmethod
    def _registers(insn: Insn, absolute: Mapping[int, int]) -> None:
        for name in (*reads(insn), *shape(insn.op).writes):
            register = getattr(insn, name)
            if register != NOREG:
                setattr(insn, name, absolute[register])

    def _or_panic(self, insn: Insn, node: Node) -> Insn:
        """A copy of an instruction; of a call that would close a circle, a panic."""
        if not isinstance(insn.target, Direct) or not self.graph.closes(insn.target, node):
            return insn.copy()
        new = Insn("PANIC", insn.span, insn.origin)
        new.reloc = Text(f"{insn.target.func.__name__} within itself", insn.span)
        return new

    def _target(self, insn: Insn, node: Node) -> None:
        if isinstance(insn.target, Label):
            insn.t = self.starts[node] + insn.target.at
        elif isinstance(insn.target, Direct):
            insn.t = self.starts[self.graph.callee(insn.target, node)]
        elif isinstance(insn.target, Text):
            insn.t = self._worth(insn.target)
        if not isinstance(insn.target, Through):
            insn.target = None

    def _relocate(self, insn: Insn) -> None:
        reloc = insn.reloc
        if reloc is None:
            return
        if isinstance(reloc, Site):
            self.draws += 1
            insn.t = self.draws
        else:
            insn.imm += self._worth(reloc)
        insn.reloc = None

    def _worth(self, reloc: Any) -> int:
        """The number that a relocation stands for."""
        data = self.data
        if isinstance(reloc, At):
            return data.offset(reloc.obj, reloc.field) if reloc.field else data.address(reloc.obj)
        if isinstance(reloc, Remote):
            return data.percpu_base + reloc.cpu * data.percpu_stride + data.offset(reloc.obj, reloc.field)
        if isinstance(reloc, Stride):
            return data.percpu_stride.bit_length() - 1
        if isinstance(reloc, Number):
            return self.number[self.numbers[reloc.func, reloc.entry]]
        if isinstance(reloc, Text):
            return self.messages.setdefault(reloc, len(self.messages))
        assert isinstance(reloc, Counter), reloc
        return self.counters.setdefault(reloc.name, len(self.counters))

    # ---- initial values

    def word(self, value: Any, kind: Type, obj: Any, name: str) -> int:
        """The word of an initial value of field `name` of `obj`."""
        if isinstance(kind, Func):
            return 0 if not callable(value) else self._function_word(value)
        if hasattr(type(value), "__specs__"):
            return self._reference(value, obj, name)
        found = self.linker.constants.known(value) if not callable(value) or isinstance(value, NullRef) else None
        if found is None:
            message = f"{value!r} has no number in this system"
            self._refuse(codes.NO_VALUE, message, obj, name)
            return 0
        if isinstance(kind, Int) and not kind.least <= found <= kind.greatest:
            self._refuse(codes.NO_VALUE, f"{value!r} is {found}, which does not fit `{kind}`", obj, name)
        return found

    def _function_word(self, value: Any) -> int:
        return self.number[self.numbers[self.linker.slots.body_or_itself(value), False]]

    def _reference(self, value: Any, obj: Any, name: str) -> int:
        try:
            return self.data.address(value)
        except KeyError:
            message = f"`{type(value).__name__}` is per CPU, and there is no reference to it"
            self._refuse(codes.NO_VALUE, message, obj, name)
            return 0

    def _refuse(self, code: str, message: str, obj: Any, name: str) -> None:
        made_at = getattr(obj, "made_at", None)
        span = line_span(*made_at) if made_at else None
        self.linker.problems.add(Diagnostic(code, message, span, f"field `{name}`"))

    def per_cpu_values(self, obj: Any, cpu: int) -> dict[str, Any]:
        """What a per-CPU static holds on a CPU."""
        values = dict(given_values(obj))
        given = self.linker.options.percpu.get(obj, ())
        return values | dict(given[cpu]) if cpu < len(given) else values

    def image(self, memory: list[int]) -> Image:
        """Everything together."""
        by_node: dict[Node, Function] = {(each.kind, each.tree.func): each for each in self.functions}
        return Image(
            insns=self.insns,
            functions=self.functions,
            numbers=[None, *(by_node.get(node) for node in self.number)],
            live=self.live,
            regs=self.graph.registers(self.windows),
            data=self.data,
            memory=memory,
            messages=[Message(text.message, text.span) for text in self.messages],
            counters=list(self.counters),
            draws=self.draws,
        )


def _set(registers: int, absolute: Mapping[int, int]) -> int:
    """A set of virtual registers as one of absolute ones."""
    found = 0
    while registers:
        low = registers & -registers
        found |= 1 << absolute[low.bit_length() - 1]
        registers ^= low
    return found


def _final(insn: Insn) -> Insn:
    """Operand fields that mean nothing are zero; those that mean "none" stay NOREG."""
    form = shape(insn.op)
    used = {*reads(insn), *form.writes}
    if insn.flags & F_NUM:
        used.add("b")
    for name in ("dst", "a", "b", "c"):
        if name not in used:
            setattr(insn, name, 0)
    return insn
