"""Threaded code: a loop around a table, in which every function of the table goes on to the next one by itself.

    @threaded
    def go(m: Machine, x: Exec) -> None:
        while x.fuel > 0:
            i = m.code[x.pc]                # the round begins
            TABLE[x.form](m, x, i)
            x.pc = x.pc + 1                 # and ends
            ...

As a loop, all functions of the table meet in one place, and the registers of that place are the registers of each. So
such a function becomes one LLVM function per entry of the table: begin the round, do what the entry does, end the
round, test, and jump to the function of the next entry. All that a round has from the one before travels in registers:
scalars, references, and the fields of the one local struct that the loop or anything it calls ever touches. Leaving
writes these fields home.

The index is read before the round begins, so nothing in the beginning may assign what it reads. Locals and fields that
the beginning assigns do not travel.

An entry may be a *chain*: a function of the table, under another name and with the mark `then`, which lists what always
comes next where the loop goes on to the item behind (`marks.following`) from it. As a loop it is that function and
nothing else. As threaded code its function does the rounds of the whole chain without a jump in between.
"""

# ruff: noqa: ANN401 - nodes of every class

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from splx.lang import tree
from splx.lang.marks import marks_of
from splx.lang.native.body import Body, Loop
from splx.lang.native.places import copy_fields, load, struct_of
from splx.lang.native.statements import block
from splx.lang.native.travel import Baggage, field_of, named
from splx.lang.native.types import value_type
from splx.lang.native.walk import nodes_of
from splx.lang.types import Ref, Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from splx.lang.native.body import Unit as Around
    from splx.lang.types import Type

    Func = Callable[..., Any]

#: Arguments of a call all go in registers, a dozen of them, and none has to be kept for the caller.
CONVENTION = "preserve_nonecc"
#: Processors for which LLVM has that convention and can always jump instead of calling.
PROCESSORS = ("x86_64", "aarch64")
MOST = 11  # values that travel: entries need some registers for themselves


@dataclass(frozen=True, slots=True)
class Round:
    """The parts of a threaded loop. `kept` is the parameter whose fields travel, None if no struct is a local."""

    function: tree.Function
    before: tuple[tree.Statement, ...]
    test: tree.Expression
    begin: tuple[tree.Statement, ...]
    call: tree.TableCall
    end: tuple[tree.Statement, ...]
    kept: tree.Param | None
    #: the fields that travel, and those that are written home
    fields: tuple[str, ...]
    written: tuple[str, ...]

    #: fields of the kept struct that are places in arrays: see `marks.counting`
    counts: Mapping[str, str]

    @property
    def baggage(self) -> Baggage:
        """All that travels; the struct that is kept goes as a reference to its home."""
        anew = _set_anew(self.begin, lambda node: node.name if isinstance(node, tree.Local | tree.LocalPlace) else "")
        locals_ = {name: kind for name, kind in self.function.locals.items() if name not in anew}
        return Baggage(self.function, locals_, self.kept, self.fields, self.counts)


def _set_anew(begin: tuple[tree.Statement, ...], name_of: Callable[[Any], str]) -> set[str]:
    """The names that `begin` assigns before it reads them."""
    anew, read = set[str](), set[str]()
    for each in begin:
        if isinstance(each, tree.Assign):
            read.update(name_of(node) for node in nodes_of(each.value))
            anew.update({name_of(each.place)} - read)
        else:
            read.update(name_of(node) for node in nodes_of(each))
    return anew - {""}


def taken_apart(function: tree.Function, functions: dict[Func, tree.Function], locals_: set[Struct]) -> Round:
    """The parts of a function marked `threaded`. TypeError if it is not such a loop."""
    *before, loop = function.body
    if not isinstance(loop, tree.While):
        raise TypeError(f"`{function.name}` is marked threaded, and does not end in a loop ({function.span})")
    calls = [n for n, each in enumerate(loop.body) if _calls_table(each)]
    if len(calls) != 1:
        raise TypeError(f"`{function.name}` is marked threaded, and does not go through one table ({function.span})")
    (at,) = calls
    inside = loop.body
    call: Any = inside[at]
    kept = [each for each in function.params if _struct(each.type) in locals_]
    begin = inside[:at]
    touched: tuple[str, ...] = ()
    anew: set[str] = set()
    if kept:
        struct = struct_of(kept[0].type)
        anew = _set_anew(begin, lambda node: _field_of(node, struct))
        found = set(_fields_of(struct, function, functions))
        touched = tuple(name for name in struct.fields if name in found)
    fields = tuple(name for name in touched if name not in anew)
    made = Round(
        function,
        tuple(before),
        loop.test,
        begin,
        call.value,
        inside[at + 1 :],
        kept[0] if kept else None,
        fields,
        touched,
        function.marks.get("counts", {}),
    )
    if len(made.baggage) > MOST:
        raise TypeError(f"`{function.name}` has more than {MOST} values from one round to the next ({function.span})")
    return made


def _calls_table(node: tree.Statement) -> bool:
    return isinstance(node, tree.Expr) and isinstance(node.value, tree.TableCall)


def _struct(kind: Type) -> Struct | None:
    return struct_of(kind) if isinstance(kind, (Ref, Struct)) else None


def _field_of(node: Any, struct: Struct) -> str:
    """The field of `struct` that `node` is, "" if it is none."""
    own = isinstance(node, tree.FieldPlace) and _struct(node.base.type) == struct
    return node.steps[0].field or "" if own else ""


def _fields_of(struct: Struct, function: tree.Function, functions: dict[Func, tree.Function]) -> Iterator[str]:
    """The fields of `struct` that `function` and all that it calls ever touch."""
    seen, left = {function.func}, [function]
    while left:
        for node in nodes_of(left.pop().body):
            yield _field_of(node, struct)
            called = (node.func,) if isinstance(node, tree.Call) else getattr(node, "table", ())
            new = [each for each in called if each not in seen]
            seen.update(new)
            left += [functions[each] for each in new]


def write(unit: Around, it: Round, name: str, fresh: Callable[[str], str], params: str) -> list[str]:
    """The LLVM functions: the way in, called `name` with `params`, and one for each entry of the table."""
    names = {func: fresh(f"{it.function.name} {func.__qualname__}") for func in dict.fromkeys(it.call.table)}
    table = fresh(f"{it.function.name} table")
    entries = ", ".join(f"ptr {names[func]}" for func in it.call.table)
    return [
        f"{table} = internal constant [{len(it.call.table)} x ptr] [{entries}]\n",
        f"define internal void {name}({params}) nounwind noinline {{\n{_way_in(unit, it, table)}\n}}\n",
        *(_entry(unit, it, func, names[func], table) for func in names),
    ]


def _way_in(unit: Around, it: Round, table: str) -> str:
    body = Body(unit, it.function)
    for param in it.function.params:
        body.do(f"store {value_type(param.type)} {named(param.name)}, ptr {body.slot(param.name, param.type)}")
    block(body, it.before)
    go, out = body.label("go"), body.label("out")
    body.branch(body.value(it.test), go, out)
    body.open(go)
    _go_on(body, it, table, "call")
    body.open(out)
    body.end("ret void")
    return body.text()


class _Entry:
    """The function of one entry of the table while it is written."""

    def __init__(self, unit: Around, it: Round, func: Func, table: str) -> None:
        self.it = it
        self.table = table
        self.body = Body(unit, it.function)
        self.out = self.body.label("out")
        self._left = list(marks_of(func).get("then", ()))
        self._names = {name for _, same in self._left for _, _, name in same}
        self._were: list[dict[str, str]] = []  # fields of the items of a chain that later ones are compared with

    def write(self, func: Func) -> str:
        """The text of its body."""
        body, it = self.body, self.it
        it.baggage.unpack(body)
        body.loops.append(Loop(again=self.out, out=self.out, go_on=self._go_on))
        self._round(func)
        body.open(self.out)
        if it.kept is not None:
            here = body.let(f"load ptr, ptr {body.slot(it.kept.name, it.kept.type)}")
            layout = body.unit.layouts.of(struct_of(it.kept.type))
            copy_fields(body, layout, it.written, here, named(it.kept.name))
        body.end("ret void")
        return body.text()

    def _round(self, func: Func) -> None:
        body, it = self.body, self.it
        self._were.append({name: self._of_item(name) for name in sorted(self._names)})
        block(body, it.begin)
        body.value(tree.Call(func, it.call.args, it.call.type, it.call.span))
        block(body, it.end)
        if body.block is not None:
            self._go_on()

    def _go_on(self) -> None:
        body = self.body
        chained = bool(self._left) and body.stepped == body.block
        again = body.label("again")
        body.branch(body.value(self.it.test), again, self.out)
        body.open(again)
        if chained:
            self._go_on_in_chain(*self._left.pop(0))
        else:
            _go_on(body, self.it, self.table, "musttail call")

    def _go_on_in_chain(self, func: Func, same: tuple[tuple[str, int, str], ...]) -> None:
        body = self.body
        for own, earlier, name in same:
            body.unit.declare("declare void @llvm.assume(i1)")
            equal = body.let(f"icmp eq i64 {self._of_item(own)}, {self._were[earlier][name]}")
            body.do(f"call void @llvm.assume(i1 {equal})")
        self._round(func)

    def _of_item(self, name: str) -> str:
        """A field of the item at hand, the last argument of every entry."""
        item = self.it.call.args[-1]
        return load(self.body, field_of(item, name))


def _entry(unit: Around, it: Round, func: Func, name: str, table: str) -> str:
    """The function of one entry of the table."""
    text = _Entry(unit, it, func, table).write(func)
    return f"define internal {CONVENTION} void {name}({it.baggage.params()}) nounwind noinline {{\n{text}\n}}\n"


def _go_on(body: Body, it: Round, table: str, how: str) -> None:
    """Jump to the function of the entry that is next, with all that travels."""
    index = body.value(it.call.index)
    given = it.baggage.pack(body)
    where = body.let(f"getelementptr inbounds ptr, ptr {table}, i64 {index}")
    target = body.let(f"load ptr, ptr {where}, align 8, !invariant.load !0")
    body.do(f"{how} {CONVENTION} void {target}({given})")
    body.end("ret void")
