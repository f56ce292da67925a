"""Linking: from root functions to a program.

Everything that the roots call, use as a value, or reach through statics is lowered; slots become the bodies of the
design; constants of the design get their numbers. Then every copy of a function gets its window of registers
(`graph`), every static its place (`data`), and everything its final form (`place`).
"""

# ruff: noqa: ANN401 - statics and their values are of the users' classes

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from splx.base.diagnostics import Collector, Diagnostic, SplxError
from splx.lang.front.closure import front_all
from splx.lang.front.frontend import Dialect, front
from splx.lang.sizes import Sizes
from splx.lang.source import line_span
from splx.lang.struct import given_values, misfits, struct_of
from splx.lang.types import Array, Func
from splx.program import codes
from splx.program.again import lowered
from splx.program.constants import Constants
from splx.program.data import Data, embedded, is_per_cpu
from splx.program.flows import Flows, field_key
from splx.program.graph import Graph, Node
from splx.program.guards import guard_problems
from splx.program.insn import At, Number, Remote
from splx.program.lower import Lowered
from splx.program.lower.calls import Direct, Through
from splx.program.place import place
from splx.program.slots import ByLock, Slots
from splx.program.words import Words

if TYPE_CHECKING:
    from splx.base.diagnostics import Span
    from splx.base.units import Cycle
    from splx.lang import tree
    from splx.lang.types import Struct, Type
    from splx.program.flows import Key
    from splx.program.image import Image
    from splx.program.insn import Operand
    from splx.program.lower.calls import Facts
    from splx.program.lower.code import Code
    from splx.program.lower.world import Target

__all__ = ["ByLock", "Options", "link"]

Callee: TypeAlias = Callable[..., Any]
PerCpuValues: TypeAlias = Mapping[Any, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True)
class Options:
    """How to link.

    `cpus` blocks of per-CPU words are made; `percpu` gives, for a per-CPU static, the values of its fields on each
    CPU (over those of the object itself). `cycle` is the machine's, for `cycles(n)`. `inline_limit` is the size of
    leaves that are put into their callers unasked. `bounds` says of a file whether it is looked after: whether its
    variable indices, the locks of its fields and its contracts are asserted; the last by the functions in `contracts`,
    which are called with what is asked for. `names` are the user's names of statics where the modules do not say
    them. `counters` names the statistics of handles, which are numbered from 0; those of fields follow.
    """

    cpus: int = 1
    sizes: Mapping[str, int] = field(default_factory=Sizes)
    cycle: Cycle | None = None
    percpu: PerCpuValues = field(default_factory=dict)
    names: Mapping[Any, str] = field(default_factory=dict)
    counters: Sequence[str] = ()
    inline_limit: int = 12
    frame_limit: int = 100
    bounds: Callable[[str], bool] = lambda _: False
    contracts: Mapping[str, Callable[..., None]] = field(default_factory=dict)


def link(
    roots: Iterable[Callee],
    slots: Mapping[Any, Any] | None = None,
    consts: Mapping[Any, int] | None = None,
    statics: Iterable[Any] = (),
    options: Options | None = None,
) -> Image:
    """The program of everything that `roots` and `statics` reach.

    `slots` maps functions (or their names) to the bodies that take their place, or to a `ByLock` that chooses;
    `consts` names of design constants to numbers. SplxError with every mistake found in all of it.
    """
    options = options or Options()
    numbers = {getattr(key, "name", key): value for key, value in (consts or {}).items()}
    # A constant of the design can be the length of an array.
    lengths = {key: value for key, value in numbers.items() if isinstance(key, str) and value >= 0}
    sizes = Sizes(**{"CPUS": options.cpus, **lengths, **options.sizes})
    with sizes.use():
        linker = Linker(slots or {}, numbers, sizes, options)
        return linker.link(list(roots), list(statics))


def link_beside(
    image: Image,
    roots: Sequence[Callee],
    slots: Mapping[Any, Any],
    consts: Mapping[Any, int],
    options: Options,
    optional: Sequence[Callee] = (),
) -> tuple[Image, list[Any]]:
    """A program of its own, of everything that `roots` reach, over the data of another; and the statics that it uses
    and the other has not. If there are any, it is not to be executed. Those of `optional` that use some are left out.
    """
    numbers = {getattr(key, "name", key): value for key, value in consts.items()}
    sizes = Sizes(**image.data.words.sizes)
    with sizes.use():
        linker = Linker(slots, numbers, sizes, options)
        made, others = linker.link_beside([*roots, *optional], image)
        kept = [each for each in optional if not linker.uses(each, others)]
    return (made, others) if len(kept) == len(optional) else link_beside(image, roots, slots, consts, options, kept)


def _is_static(value: Any) -> bool:
    return hasattr(type(value), "__specs__") and hasattr(type(value), "__by_reference__")


class Linker:
    """The world of the functions being lowered (see `lower.world`), and the list of what is still to do."""

    def __init__(self, slots: Mapping[Any, Any], consts: Mapping[Any, int], sizes: Sizes, options: Options) -> None:
        self.options = options
        self.bounds = options.bounds
        self.contracts = options.contracts
        self.guards = True
        self.words = Words(sizes)
        self.constants = Constants(consts, sizes, options.cycle)
        self.problems = Collector()
        self.slots = Slots(slots, self)
        self.flows = Flows(self.slots.body_or_itself)
        self.facts: dict[int, Facts] = {}
        self.lowered: dict[Callee, Lowered] = {}
        self._open: list[Callee] = []
        self._failed: set[Callee] = set()
        self._entered: list[tuple[Key, Span]] = []
        self._functions: list[Callee] = []
        self._seen: set[Callee] = set()
        self._statics: dict[int, Any] = {}
        self._alone = True  # what statics refer to is part of this program, and not of another

    # ---- the world of a function

    def constant(self, value: Any, code: Code) -> int:
        """See `World`."""
        return self.constants.number(value, code)

    def target(self, func: Callee, args: list[Operand], code: Code) -> Target:
        """See `World`."""
        return self.slots.target(func, args, code)

    def body(self, func: Callee, span: Span) -> Callee:
        """See `World`."""
        return self.slots.body(func, span)

    def struct(self, obj: Any) -> Struct:
        """See `World`."""
        return struct_of(type(obj))

    def entered(self, key: Key, span: Span) -> None:
        """See `World`."""
        self._entered.append((key, span))

    def account(self, function: tree.Function, outer: int | None) -> int:
        """See `World`."""
        return self.constants.account(function, outer)

    def typed(self, func: Callee) -> tree.Function:
        """The typed form of a function."""
        return front(func, Dialect.KERNEL)

    def small_leaf(self, func: Callee) -> bool:
        """Whether to inline a function that does not say so itself. What a checker takes as one step stays whole."""
        made, limit = self.lower(func), self.options.inline_limit
        return made is not None and made.cost <= limit and not (made.callees or "atomic" in made.function.marks)

    def lower(self, func: Callee) -> Lowered | None:
        """A function's own instructions; None if it is being lowered (a circle) or cannot be."""
        if func in self.lowered or func in self._failed or func in self._open:
            return self.lowered.get(func)
        self._open.append(func)
        try:
            made = self.lowered[func] = lowered(self.typed(func), self)
            self._check_size(made)
        except SplxError as error:
            self._failed.add(func)
            self._report(error)
        self._open.pop()
        return self.lowered.get(func)

    def _check_size(self, made: Lowered) -> None:
        limit = self.options.frame_limit
        if made.frame.size > limit:
            message = f"`{made.function.name}` keeps {made.frame.size} values at once, and a frame holds {limit}"
            help_ = "move a part of it into a function of its own, marked `@noinline`"
            self.problems.add(Diagnostic(codes.TOO_MANY_REGISTERS, message, made.function.span, help=help_))

    # ---- closing over everything reached

    def link(self, roots: list[Callee], statics: list[Any]) -> Image:
        """The program."""
        for obj in (*statics, *self.options.percpu):
            self._reach_static(obj)
        graph, numbers = self._close(roots)
        data = Data(self.words, self.options.cpus)
        data.lay_out(list(self._statics.values()))
        data.names = self._names()
        return place(self, graph, data, numbers)

    def link_beside(self, roots: list[Callee], image: Image) -> tuple[Image, list[Any]]:
        """See `link_beside`."""
        self.contracts, self.guards, self._alone = {}, False, False
        graph, numbers = self._close(roots)
        others = [each for each in self._statics.values() if not image.data.holds(each)]
        return image if others else place(self, graph, image.data, numbers, image.memory), others

    def uses(self, func: Callee, statics: Sequence[Any]) -> bool:
        """Whether a function, or one that it calls, uses one of these."""
        found = {id(each) for each in statics}
        made = self.lower(self.slots.body_or_itself(func)) if found else None
        for insn in () if made is None else made.code:
            if isinstance(insn.reloc, At | Remote) and id(insn.reloc.obj) in found:
                return True
            if isinstance(insn.target, Direct) and self.uses(insn.target.func, statics):
                return True
        return False

    def _close(self, roots: list[Callee]) -> tuple[Graph, dict[tuple[Callee, bool], Node]]:
        """Reach everything, and check the whole. SplxError with all that is wrong."""
        roots = [self.slots.body(root, self.typed(root).span) for root in roots]
        for root in roots:
            self._reach(root)
        for func in self._functions:  # grows meanwhile
            self._follow(func)
        self._check_all()
        nodes, numbers = self._copies(roots)
        graph = Graph(self.lowered, self.flows, nodes)
        self._check_values(graph)
        self.problems.raise_if_any()
        return graph, numbers

    def _reach(self, func: Callee) -> None:
        if func not in self._seen:
            self._seen.add(func)
            self._functions.append(func)

    def _follow(self, func: Callee) -> None:
        """Reach what the code of a function refers to."""
        made = self.lower(func)
        for insn in () if made is None else made.code:
            if isinstance(insn.target, Direct):
                self._reach(insn.target.func)
            if isinstance(insn.reloc, Number):
                self._reach(insn.reloc.func)
            elif isinstance(insn.reloc, At | Remote):
                self._reach_static(insn.reloc.obj)

    def _reach_static(self, obj: Any) -> None:
        """Keep a static, and reach what its initial values refer to."""
        # Lists of statics are longer than Python's stack is deep: those being looked at are kept by hand.
        open_ = [iter([obj])]
        while open_:
            each = next(open_[-1], None)
            if each is None:
                open_.pop()
            elif id(each) not in self._statics:
                self._statics[id(each)] = each
                open_.append(self._look_at(each) if self._alone else iter(()))

    def _look_at(self, obj: Any) -> Iterator[Any]:
        """What a static refers to."""
        for each in (*misfits(obj), *guard_problems(type(obj))):
            self.problems.add(each)
        yield from self._reach_values(obj, given_values(obj))
        for _, _, item in embedded(obj):
            yield from self._reach_values(item, given_values(item))
        for values in self.options.percpu.get(obj, ()):
            yield from self._reach_values(obj, values)

    def _reach_values(self, obj: Any, values: Mapping[str, Any]) -> Iterator[Any]:
        """Reach the functions among the values, and give the statics."""
        struct = struct_of(type(obj))
        for name, value in values.items():
            kind: Type = struct.fields[name].type
            kind = kind.item if isinstance(kind, Array) else kind
            for item in value if isinstance(value, list | tuple) else (value,):
                if isinstance(kind, Func) and callable(item):
                    self._reach_function(item, obj, field_key(struct.cls, name))
                elif _is_static(item) and not is_per_cpu(item):
                    yield item

    def _reach_function(self, func: Callee, obj: Any, key: Key) -> None:
        """A function that a static holds. SplxError L0501, kept, if it is a slot without a body."""
        made_at = obj.__dict__.get("made_at")
        span = line_span(*made_at) if made_at else self.typed(func).span
        try:
            body = self.slots.body(func, span)
        except SplxError as error:
            self._report(error)
        else:
            self.flows.take(body, key)
            self._reach(body)

    # ---- copies of functions

    def _copies(self, roots: list[Callee]) -> tuple[list[Node], dict[tuple[Callee, bool], Node]]:
        """The nodes of the call graph, and for each function value the copy that its number stands for.

        The key says whether the value is certain to start a context.
        """
        nodes: dict[Node, None] = {}
        numbers: dict[tuple[Callee, bool], Node] = {}
        for root in roots:
            nodes["entry" if self._is_entry(root) else "call", root] = None
        for func, _ in self.flows.functions():
            numbers[func, False] = (self._kind_of_value(func), func)
        for func in self._functions:
            for insn in self.lowered[func].code if func in self.lowered else ():
                if isinstance(insn.target, Direct):
                    nodes["call", insn.target.func] = None
                elif isinstance(insn.reloc, Number):
                    what, entry = insn.reloc.func, insn.reloc.entry
                    numbers[what, entry] = ("entry" if entry else self._kind_of_value(what), what)
        nodes |= dict.fromkeys(numbers.values())
        return [node for node in nodes if node[1] in self.lowered], numbers

    def _is_entry(self, func: Callee) -> bool:
        return func in self.lowered and "entry" in self.lowered[func].function.marks

    def _kind_of_value(self, func: Callee) -> str:
        root = self.flows.root(("function", func))
        entered = any(self.flows.root(key) == root for key, _ in self._entered)
        return "entry" if entered or self._is_entry(func) else "table"

    # ---- checks of the whole

    def _check_all(self) -> None:
        """What only shows in the whole: contexts handed down, functions that come to call themselves."""
        try:
            front_all(self._functions, Dialect.KERNEL, self.slots.body_or_itself)
        except SplxError as error:
            self._report(error)

    def _report(self, error: SplxError) -> None:
        """Keep what went wrong, once: inlined code is lowered again with every caller."""
        known = {(each.code, each.message, each.span) for each in self.problems.diagnostics}
        for each in error.diagnostics:
            if (each.code, each.message, each.span) not in known:
                self.problems.add(each)

    def _check_values(self, graph: Graph) -> None:
        """Function values: not both called and entered, and called with as many arguments as they take."""
        for caller in self.lowered.values():
            for insn in caller.code:
                if isinstance(insn.target, Through):
                    root = self.flows.root(insn.target.key)
                    behind = [func for func, its in self.flows.functions() if its == root]
                    for func in behind:
                        self._check_value(func, len(insn.more_uses), insn.span)
                elif isinstance(insn.target, Direct) and self._is_entry(insn.target.func):
                    self._refuse_mixed(insn.target.func, insn.span)

    def _check_value(self, func: Callee, given: int, span: Span) -> None:
        if func not in self.lowered:
            return
        function = self.lowered[func].function
        if self._kind_of_value(func) == "entry":
            self._refuse_mixed(func, span)
        elif len(function.params) != given:
            message = f"`{function.name}` takes {len(function.params)} arguments, and may be called here with {given}"
            help_ = "say in the field's type what its functions take: `Callable[[int], None]`"
            related = ((function.span, "the function"),)
            self.problems.add(Diagnostic(codes.WRONG_ARGUMENTS, message, span, help=help_, related=related))

    def _refuse_mixed(self, func: Callee, span: Span) -> None:
        function = self.lowered[func].function
        message = f"`{function.name}` starts a context, and is called here"
        help_ = "start it with `enter` or `become`, or put its body into a function that both can call"
        related = ((function.span, "returning from it leaves the context"),)
        self.problems.add(Diagnostic(codes.ENTRY_MIXED, message, span, help=help_, related=related))

    # ---- names

    def _names(self) -> dict[int, str]:
        """What the modules of the functions call the statics, of those too that are compiled into their callers."""
        names: dict[int, str] = {}
        origins = dict.fromkeys(insn.origin.function.func for made in self.lowered.values() for insn in made.code)
        spaces = {id(func.__globals__): func.__globals__ for func in [*self._functions, *origins]}
        for space in spaces.values():
            for name, value in space.items():
                if id(value) in self._statics and not name.startswith("__"):
                    names.setdefault(id(value), name)
        return names | {id(obj): name for obj, name in self.options.names.items()}
