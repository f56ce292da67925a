"""One LLVM module: the functions asked for and everything they reach.

Every function but the ones asked for is internal, so LLVM may inline it away. A function that takes a struct which
somewhere is a *local* (`x = Exec()`) is always inlined: only then can the local's fields live in registers. So are the
functions of a table, whose switch is an instruction interpreter's dispatch.

`@noinline` keeps a function out of line all the same. It is for what is long and rare: a local struct is then handed
over as a copy, and copied back, so that it stays in registers everywhere else. That is done only for classes that are
never part of another struct, for with those nobody else can hold a reference to the original.

`@threaded` loops become threaded code (see `threaded`) where the processor allows; elsewhere they are loops.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from splx.lang import tree
from splx.lang.native import threaded
from splx.lang.native.body import Body
from splx.lang.native.places import struct_of
from splx.lang.native.statements import block
from splx.lang.native.threaded import Round, taken_apart
from splx.lang.native.types import AliasTags, quoted, value_type
from splx.lang.native.walk import expressions_of
from splx.lang.types import Bool, Ref, Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from splx.lang.layout import Layouts

    Func = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Text:
    """A module as LLVM text, and the LLVM name of each entry in the order asked for."""

    text: str
    entries: tuple[str, ...]


class Module:
    """A module while it grows; implements what a `Body` needs of it."""

    def __init__(self, layouts: Layouts, *, threads: bool = True) -> None:
        self.layouts = layouts
        self._threads = threads
        self.tags = AliasTags()
        self._names: dict[Func, str] = {}
        self._taken: set[str] = set()
        self._declared: dict[str, None] = {}
        self._functions: dict[Func, tree.Function] = {}
        self._locals: set[Struct] = set()
        self._inside: set[Struct] = set()
        self._tabled: set[Func] = set()
        self._rounds: dict[Func, Round] = {}

    def symbol(self, func: Func) -> str:
        """The LLVM name of `func`, which must be one of the functions given to `build`."""
        return self._names[func]

    def lent(self, func: Func) -> dict[int, tuple[str, ...]]:
        """Which arguments of a call of `func` are local structs to hand over as copies, and which fields of them."""
        form = self._functions[func]
        if not form.marks.get("noinline"):
            return {}
        structs = [struct_of(each.type) if isinstance(each.type, (Ref, Struct)) else None for each in form.params]
        return {
            number: self._rounds[func].written if func in self._rounds else tuple(each.fields)
            for number, each in enumerate(structs)
            if each in self._locals and each not in self._inside and structs.count(each) == 1
        }

    def declare(self, text: str) -> None:
        """Have the declaration `text` in the module once."""
        self._declared[text] = None

    def build(self, functions: Sequence[tree.Function], entries: Iterable[Func]) -> Text:
        """Write the module of `functions`, of which `entries` are visible."""
        wanted = tuple(entries)
        for function in functions:
            self._functions[function.func] = function
            self._names[function.func] = self._fresh(f"{function.func.__module__}.{function.func.__qualname__}")
            self._note(function)
        for function in functions:
            if self._threads and function.marks.get("threaded"):
                self._rounds[function.func] = taken_apart(function, self._functions, self._locals)
        parts = [part for function in functions for part in self._parts(function, wanted)]
        names = tuple(self._names[func][2:-1] for func in wanted)
        return Text("\n".join([*parts, *self._declared, self.tags.text()]), names)

    def _fresh(self, wanted: str) -> str:
        name, count = f"@{quoted(wanted)}", 1
        while name in self._taken:
            count += 1
            name = f"@{quoted(f'{wanted} {count}')}"
        self._taken.add(name)
        return name

    def _write(self, function: tree.Function) -> str:
        body = Body(self, function)
        for param in function.params:
            kind = value_type(param.type)
            body.do(f"store {kind} {_argument(param)}, ptr {body.slot(param.name, param.type)}")
        block(body, function.body)
        result = value_type(function.result)
        body.end("ret void" if result == "void" else f"ret {result} {'false' if result == 'i1' else '0'}")
        return body.text()

    def _note(self, function: tree.Function) -> None:
        for param in function.params:
            if isinstance(param.type, (Ref, Struct)):
                self._inside.update(self.layouts.parts(struct_of(param.type)))
        for node in expressions_of(function.body):
            if isinstance(node, tree.NewLocal):
                self._locals.add(node.struct)
            elif isinstance(node, tree.TableCall):
                self._tabled.update(node.table)

    def _parts(self, function: tree.Function, entries: tuple[Func, ...]) -> list[str]:
        name = self._names[function.func]
        if function.func not in self._rounds:
            return [self._define(function, self._write(function), entries)]
        params = ", ".join(self._parameter(param) for param in function.params)
        return threaded.write(self, self._rounds[function.func], name, self._fresh, params)

    def _define(self, function: tree.Function, text: str, entries: tuple[Func, ...]) -> str:
        params = ", ".join(self._parameter(param) for param in function.params)
        linkage = "" if function.func in entries else "internal "
        result = "zeroext i1" if isinstance(function.result, Bool) else value_type(function.result)
        marks = f"nounwind{self._inlining(function)}"
        return f"define {linkage}{result} {self._names[function.func]}({params}) {marks} {{\n{text}\n}}\n"

    def _parameter(self, param: tree.Param) -> str:
        if isinstance(param.type, (Ref, Struct)):
            layout = self.layouts.of(struct_of(param.type))
            promise = f"noundef nonnull align {layout.align} dereferenceable({max(layout.size, 1)})"
            return f"ptr {promise} {_argument(param)}"
        promise = "noundef zeroext" if isinstance(param.type, Bool) else "noundef"
        return f"{value_type(param.type)} {promise} {_argument(param)}"

    def _inlining(self, function: tree.Function) -> str:
        marks = function.marks
        if marks.get("noinline"):
            return " noinline"
        takes_local = any(
            isinstance(param.type, (Ref, Struct)) and struct_of(param.type) in self._locals for param in function.params
        )
        return " alwaysinline" if marks.get("inline") or takes_local or function.func in self._tabled else ""


def _argument(param: tree.Param) -> str:
    return f"%{quoted(param.name)}"
