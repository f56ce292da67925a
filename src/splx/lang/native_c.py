"""A developer's back end: engine functions as C, for what C compilers can do and LLVM alone cannot.

Every line of C carries the Python line it comes from, so gcov counts Python lines, gdb steps through them, and the
sanitizers name them: `-fsanitize=bounds` reports an index outside its array where native code would go on. It is also
a third voice, beside plain Python and the native back end, in the law that engines agree. Nothing of splx needs it.

C leaves the order of operands open, Python does not. So each operation is a statement of its own, with a result `tN`.
"""

from __future__ import annotations

import ctypes
import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from splx.lang import tree
from splx.lang.front.closure import front_all
from splx.lang.front.frontend import Dialect, forget
from splx.lang.layout import layouts_for
from splx.lang.native.library import Library, entries_of
from splx.lang.native.places import struct_of
from splx.lang.sizes import SizeName
from splx.lang.types import Array, Bool, Int, Ref, Slice, Struct, Unit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from splx.lang.layout import Layouts
    from splx.lang.sizes import Sizes
    from splx.lang.types import Type

    Func = Callable[..., Any]

_HELPERS = """
#include <stdint.h>
#include <string.h>
typedef int64_t i64; typedef uint64_t u64;
static inline i64 floordiv(i64 a, i64 b) {
  if (b == 0) return a; if (b == -1) return (i64)(0 - (u64)a);
  i64 q = a / b; return q - ((a % b != 0) & ((a % b < 0) != (b < 0))); }
static inline i64 floormod(i64 a, i64 b) {
  if (b == 0 || b == -1) return 0; i64 r = a % b; return r + (r != 0 && (r < 0) != (b < 0) ? b : 0); }
static inline i64 shl(i64 a, i64 n) { return (i64)((u64)a << (n & 63)); }
static inline i64 shr(i64 a, i64 n) { return a >> ((u64)n > 63 ? 63 : n); }
static inline i64 least(i64 a, i64 b) { return a < b ? a : b; }
static inline i64 most(i64 a, i64 b) { return a > b ? a : b; }
static inline i64 absolute(i64 a) { return a < 0 ? (i64)(0 - (u64)a) : a; }
static inline i64 wadd(i64 a, i64 b) { return (i64)((u64)a + (u64)b); }
static inline i64 wsub(i64 a, i64 b) { return (i64)((u64)a - (u64)b); }
static inline i64 wmul(i64 a, i64 b) { return (i64)((u64)a * (u64)b); }
static inline i64 ushr(i64 a, i64 n) { return (i64)((u64)a >> (n & 63)); }
static inline i64 umulh(i64 a, i64 b) { return (i64)(((unsigned __int128)(u64)a * (u64)b) >> 64); }
static inline i64 bit(i64 n) { return (i64)((u64)1 << (n & 63)); }
static inline i64 popcount(i64 a) { return __builtin_popcountll((u64)a); }
static inline i64 ctz(i64 a) { return a ? __builtin_ctzll((u64)a) : 64; }
static inline i64 fls(i64 a) { return a ? 63 - __builtin_clzll((u64)a) : -1; }
"""
_CALLED = {"//": "floordiv", "%": "floormod", "<<": "shl", ">>": "shr", "min": "least", "max": "most"}
_UNARY = {"-": "(i64)(0 - (u64){0})", "~": "~{0}", "not": "!{0}", "int": "(i64){0}", "bool": "({0} != 0)"}


def compile_c(functions: Sequence[Func], sizes: Sizes, flags: Sequence[str] = ("-O2",)) -> Library:
    """As `compile_native`, by the C compiler of this machine. OSError without one, RuntimeError if it refuses."""
    forget(Dialect.ENGINE)
    forms = front_all(functions)
    unit = CUnit(forms, layouts_for(sizes))
    entries = entries_of(forms, {func: unit.names[func] for func in functions})
    loaded = _load(unit.text(forms, functions), flags)
    addresses = {e.symbol: ctypes.cast(getattr(loaded, e.symbol), ctypes.c_void_p).value or 0 for e in entries.values()}
    return Library(entries, sizes, loaded, addresses)


def _load(text: str, flags: Sequence[str]) -> ctypes.CDLL:
    compiler = shutil.which("cc")
    if compiler is None:
        raise OSError("there is no C compiler called cc")
    with tempfile.TemporaryDirectory() as folder:
        source, library = Path(folder, "engine.c"), Path(folder, "engine.so")
        source.write_text(text)
        command = [compiler, "-std=gnu11", "-fwrapv", "-fPIC", "-shared", "-w", *flags, "-o", str(library), str(source)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        return ctypes.CDLL(str(library))


def c_text(functions: Sequence[Func], sizes: Sizes) -> str:
    """The C text of `functions` and all they call."""
    forms = front_all(functions)
    return CUnit(forms, layouts_for(sizes)).text(forms, functions)


class CUnit:
    """One C file: struct types, then functions, callees first."""

    def __init__(self, forms: Sequence[tree.Function], layouts: Layouts) -> None:
        self.layouts = layouts
        self.names = {form.func: f"f{number}_{form.name}" for number, form in enumerate(forms)}
        self._structs: dict[Struct, str] = {}
        self._parts = [_HELPERS]

    def text(self, forms: Sequence[tree.Function], entries: Iterable[Func]) -> str:
        """All of the file."""
        shown = set(entries)
        for form in forms:
            params = ", ".join(f"{self.value_type(param.type)} {_local(param.name)}" for param in form.params)
            head = f"{self.value_type(form.result)} {self.names[form.func]}({params or 'void'})"
            body = CBody(self, form).text()
            self._parts.append(f"{'' if form.func in shown else 'static '}{head} {{\n{body}}}\n")
        return "\n".join(self._parts)

    def value_type(self, kind: Type) -> str:
        """The C type of a value."""
        if isinstance(kind, (Ref, Struct)):
            return f"{self.struct(struct_of(kind))} *"
        return "void" if isinstance(kind, Unit) else "_Bool" if isinstance(kind, Bool) else "i64"

    def struct(self, struct: Struct) -> str:
        """The C type of a struct, defined at first mention, and checked to lie as it does for everybody else."""
        found = self._structs.get(struct)
        if found is None:
            layout = self.layouts.of(struct)
            fields = [f"  {self._field(slot.type, 'f_' + slot.name)};" for slot in layout.slots.values()]
            found = self._structs[struct] = f"struct s{len(self._structs)}_{struct.name}"
            checks = [
                f'_Static_assert(__builtin_offsetof({found}, f_{slot.name}) == {slot.offset}, "{slot.name}");'
                for slot in layout.slots.values()
            ]
            self._parts.append("\n".join([f"{found} {{", *fields, "};", *checks]))
        return found

    def _field(self, kind: Type, name: str) -> str:
        if isinstance(kind, Array):
            return self._field(kind.item, f"{name}[{self.layouts.length(kind)}]")
        if isinstance(kind, Slice):
            return f"struct {{ {self._field(kind.item, '*at')}; i64 length; }} {name}"
        if isinstance(kind, Struct):
            return f"{self.struct(kind)} {name}"
        if isinstance(kind, Bool):
            return f"_Bool {name}"
        assert isinstance(kind, Int), kind
        return f"{'' if kind.signed else 'u'}int{kind.bits}_t {name}"


def _local(name: str) -> str:
    return f"v_{name.replace('%', 'tmp')}"


class CBody:
    """The statements of one function."""

    def __init__(self, unit: CUnit, form: tree.Function) -> None:
        self.unit, self.form = unit, form
        #: declarations that hold to the end of the function, and statements.
        self._heads: list[str] = []
        self._lines: list[str] = []
        self._count = 0

    def text(self) -> str:
        """Declarations, then statements. What no path assigns is zero, as in the native back end."""
        params = {param.name for param in self.form.params}
        for name, kind in self.form.locals.items():
            if name not in params:
                self._heads.append(f"{self.unit.value_type(kind)} {_local(name)} = 0;")
        self.block(self.form.body)
        if not isinstance(self.form.result, Unit):
            self._lines.append("return 0;")
        return "\n".join([*self._heads, *self._lines, ""])

    def let(self, kind: Type, text: str) -> str:
        """A statement that names the value of `text`."""
        self._count += 1
        self._lines.append(f"{self.unit.value_type(kind)} t{self._count} = {text};")
        return f"t{self._count}"

    def block(self, statements: tuple[tree.Statement, ...]) -> None:
        """Statements in order, each under the line it comes from."""
        for node in statements:
            self._lines.append(f"#line {node.span.line} {json.dumps(node.span.file)}")
            self._statement(node)

    def _statement(self, node: tree.Statement) -> None:
        match node:
            case tree.Assign(place=tree.LocalPlace() as place):
                self._lines.append(f"{_local(place.name)} = {self.value(node.value)};")
            case tree.Assign(place=tree.FieldPlace() as place):
                operand = self.value(node.value)
                self._lines.append(f"{self.place(place)} = {operand};")
            case tree.Expr():
                self.value(node.value)
            case tree.Return():
                self._lines.append(f"return {'' if node.value is None else self.value(node.value)};")
            case tree.Break() | tree.Continue():
                self._lines.append("break;" if isinstance(node, tree.Break) else "continue;")
            case tree.If() | tree.While() | tree.For():
                self._compound(node)
            case tree.Assert():
                pass
            case _:
                raise TypeError(f"{type(node).__name__} is not engine code")

    def _compound(self, node: tree.If | tree.While | tree.For) -> None:
        if isinstance(node, tree.If):
            self._lines.append(f"if ({self.value(node.test)}) {{")
            self.block(node.then)
            self._lines.append("} else {")
            self.block(node.other)
        elif isinstance(node, tree.While):
            self._lines.append("for (;;) {")
            self._lines.append(f"if (!{self.value(node.test)}) break;")
            self.block(node.body)
        else:
            start, stop, step = self.value(node.start), self.value(node.stop), node.step
            low, high = (start, stop) if step > 0 else (stop, start)
            rounds = f"{low} < {high} ? ((u64){high} - (u64){low} - 1) / {abs(step)} + 1 : 0"
            self._count += 1
            n = self._count
            self._lines.append(f"{{ u64 n{n} = {rounds}; i64 k{n} = {start};")
            self._lines.append(f"while (n{n}--) {{ {_local(node.name)} = k{n}; k{n} = wadd(k{n}, {step});")
            self.block(node.body)
            self._lines.append("}")
        self._lines.append("}")

    def place(self, place: tree.FieldPlace) -> str:
        """The C text of a place; its indices are evaluated first, in order."""
        text, kind = f"(*{self.value(place.base)})", place.base.type
        for step in place.steps:
            if step.index is None:
                text += f".f_{step.field}"
            else:
                text += f"{'.at' if isinstance(kind, Slice) else ''}[{self.value(step.index)}]"
            kind = step.type
        return text

    def value(self, node: tree.Expression) -> str:
        """The operand that holds the value of `node`, after the statements that compute it."""
        match node:
            case tree.Const():
                return self._const(node)
            case tree.Local():
                return self.let(node.type, _local(node.name))
            case tree.Load():
                return self.let(node.type, self.place(node.place))
            case tree.Addr():
                return self.let(node.type, f"&{self.place(node.place)}")
            case tree.NewLocal():
                self._count += 1
                self._heads.append(f"{self.unit.struct(node.struct)} l{self._count};")
                self._lines.append(f"memset(&l{self._count}, 0, sizeof l{self._count});")
                return f"&l{self._count}"
            case tree.Unary():
                text = "absolute({0})" if node.op == "abs" else _UNARY[node.op]
                return self.let(node.type, text.format(self.value(node.operand)))
            case tree.Binary() | tree.Compare():
                return self._binary(node)
            case tree.Both() | tree.Either() | tree.Select():
                return self._choice(node)
            case tree.Call() | tree.TableCall() | tree.Intrinsic():
                return self._call(node)
        raise TypeError(f"{type(node).__name__} is not engine code")

    def _const(self, node: tree.Const) -> str:
        if isinstance(node.type, Ref):
            return "0"
        sized = isinstance(node.value, SizeName)
        number = self.unit.layouts.sizes[node.value.name] if sized else int(node.value)
        return f"((i64){number}LL)" if number > -(2**63) else "INT64_MIN"

    def _binary(self, node: tree.Binary | tree.Compare) -> str:
        left, right = self.value(node.left), self.value(node.right)
        called = _CALLED.get(node.op)
        return self.let(node.type, f"{called}({left}, {right})" if called else f"{left} {node.op} {right}")

    def _choice(self, node: tree.Both | tree.Either | tree.Select) -> str:
        """Only the side that is wanted is evaluated."""
        result = self.let(node.type, "0")
        test = node.test if isinstance(node, tree.Select) else node.left
        sides: tuple[tree.Expression | None, tree.Expression | None]
        if isinstance(node, tree.Select):
            sides = (node.then, node.other)
        else:
            sides = (node.right, None) if isinstance(node, tree.Both) else (None, node.right)
        self._lines.append(f"if ({self.value(test)}) {{")
        for side, after in zip(sides, ("} else {", "}"), strict=True):
            chosen = str(int(isinstance(node, tree.Either))) if side is None else self.value(side)
            self._lines += [f"{result} = {chosen};", after]
        return result

    def _call(self, node: tree.Call | tree.TableCall | tree.Intrinsic) -> str:
        if isinstance(node, tree.Intrinsic) and isinstance(node.args[0], tree.FieldPlace):
            return self.let(node.type, f"{self.place(node.args[0])}.length")
        index = self.value(node.index) if isinstance(node, tree.TableCall) else ""
        operands = [self.value(arg) for arg in node.args if not isinstance(arg, tree.FieldPlace)]
        if isinstance(node, tree.TableCall):
            return self._table_call(node, index, ", ".join(operands))
        name = node.name if isinstance(node, tree.Intrinsic) else self.unit.names[node.func]
        return self._called(node.type, f"{name}({', '.join(operands)})")

    def _called(self, kind: Type, text: str) -> str:
        if not isinstance(kind, Unit):
            return self.let(kind, text)
        self._lines.append(f"{text};")
        return ""

    def _table_call(self, node: tree.TableCall, index: str, operands: str) -> str:
        result = "" if isinstance(node.type, Unit) else self.let(node.type, "0")
        self._lines.append(f"switch ({index}) {{")
        for number, func in enumerate(node.table):
            given = f"{result} = " if result else ""
            self._lines.append(f"case {number}: {given}{self.unit.names[func]}({operands}); break;")
        self._lines.append("default: __builtin_unreachable(); }")
        return result
