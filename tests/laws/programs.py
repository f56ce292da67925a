"""Random engine programs: a few helpers, a table of them, and an entry, as source text that is always right.

Right means that plain Python raises nothing: divisors are odd, indices are taken modulo the length, what is stored is
cut to its field. Sums, products and shifts may leave 64 bits; since they wrap alike everywhere (modulo 2**64), they are
wrapped only before an operation that would see the difference. An expression that surely fits is called *exact*.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import strategies as st

PREAMBLE = """
from splx.lang.marks import inline, noinline
from splx.lang.wide import bit, ctz, fls, popcount, umulh, ushr, wadd, wmul, wsub
from tests.laws.programs_state import CELLS, Cell, Local, State

TWELVE = 12
"""

#: fields by reference kind: (text after the reference, bits, signed). `[%]` is filled with an index.
FIELDS = {
    "s": [
        *[(".a", 8, True), (".b", 16, False), (".c", 32, True), (".d", 64, True)],
        *[(".wide[%8]", 64, True), (".narrow[%4]", 8, False), (".given[%5]", 64, True)],
        *[(".cells[%3].x", 16, True), (".cells[%3].y", 64, True), (".cells[%3].z[%2]", 32, False)],
        *[(".one.x", 16, True), (".one.z[%2]", 32, False)],
    ],
    "x": [(".p", 64, True), (".q", 8, True), (".r", 32, False)],
    "c": [(".x", 16, True), (".y", 64, True), (".z[%2]", 32, False)],
}
TRUTHS = {"s": [".on", ".flags[%3]"], "x": [".t"], "c": []}
CONSTANTS = ["0", "1", "-1", "2", "3", "-7", "64", "255", "-128", "TWELVE", "CELLS", "2147483648"]
CONSTANTS += ["9223372036854775807", "-9223372036854775807"]


@dataclass
class Scope:
    """What a function may name: integer locals, truth values, references by kind, callable helpers."""

    numbers: list[str]
    truths: list[str] = field(default_factory=list)
    references: dict[str, list[str]] = field(default_factory=dict)
    helpers: int = 0
    table: bool = False
    fresh: int = 0

    def inner(self) -> Scope:
        """A copy for a block whose assignments may not happen."""
        held = {kind: list(names) for kind, names in self.references.items()}
        return Scope(list(self.numbers), list(self.truths), held, self.helpers, self.table, self.fresh)


class Writer:
    """Writes text, asking `below(n)` for every choice; `exact` wraps what might not fit."""

    def __init__(self, below):
        self.below = below

    def one_of(self, items):
        return items[self.below(len(items))]

    def exact(self, scope, depth):
        text, fits = self.number(scope, depth)
        return text if fits else f"wadd({text}, 0)"

    def number(self, scope, depth):
        """An integer expression and whether it surely fits 64 bits."""
        if depth == 0:
            return self.leaf(scope)
        makers = [self.ring, self.rounded, self.wide, self.choice, self.load, self.leaf, self.unary, self.call]
        maker = self.one_of(makers)
        return maker(scope) if maker == self.leaf else maker(scope, depth - 1)

    def leaf(self, scope):
        return (self.one_of(scope.numbers), True) if self.below(3) else (f"({self.one_of(CONSTANTS)})", True)

    def ring(self, scope, depth):
        left, right = self.number(scope, depth)[0], self.number(scope, depth)[0]
        left = self.varied(scope, left)
        if self.below(6) == 0:
            return f"({left} << ({right} & 63))", False
        return f"({left} {self.one_of(['+', '-', '*', '&', '|', '^'])} {right})", False

    def varied(self, scope, text):
        """`text`, unless it is a constant: the front end computes those, and refuses what does not fit."""
        return self.one_of(scope.numbers) if text.upper() == text else text

    def rounded(self, scope, depth):
        left, right = self.exact(scope, depth), self.exact(scope, depth)
        kind = self.below(7)
        if kind == 0:
            return f"({left} // ({right} | 1))", False
        if kind == 1:
            return f"({left} % ({right} | 1))", True
        if kind == 2:
            return f"({left} >> ({self.varied(scope, right)} & 127))", True
        if kind == 3:
            return f"({left} // {self.one_of(['8', '7', '-3', '1'])})", True
        if kind == 4:
            return f"({left} % {self.one_of(['8', '7', '-3', '1'])})", True
        return f"{self.one_of(['min', 'max'])}({left}, {right})", True

    def wide(self, scope, depth):
        left, right = self.exact(scope, depth), self.exact(scope, depth)
        kind = self.below(5)
        if kind == 0:
            return f"{self.one_of(['popcount', 'ctz', 'fls'])}({left})", True
        if kind == 1:
            return f"ushr({left}, {right} & 63)", True
        if kind == 2:
            return f"bit({right} & 63)", True
        return f"{self.one_of(['wadd', 'wsub', 'wmul', 'umulh'])}({left}, {right})", True

    def choice(self, scope, depth):
        (then, fits), (other, fits_too) = self.number(scope, depth), self.number(scope, depth)
        return f"({then} if {self.truth(scope, depth)} else {other})", fits and fits_too

    def unary(self, scope, depth):
        kind = self.below(4)
        if kind == 0:
            return f"(-{self.varied(scope, self.number(scope, depth)[0])})", False
        if kind == 1:
            return f"(~{self.number(scope, depth)[0]})", False
        if kind == 2:
            return f"abs({self.exact(scope, depth)})", False
        return f"int({self.truth(scope, depth)})", True

    def load(self, scope, depth):
        return self.place(scope, depth)[0], True

    def call(self, scope, depth):
        """A helper, or one through the table; both give what fits."""
        if scope.helpers == 0 or not scope.references.get("x"):
            return self.leaf(scope)
        x = self.one_of(scope.references["x"])
        if scope.table and self.below(2):
            return f"TABLE[{self.exact(scope, depth)} % {scope.helpers}](s, {x}, {self.exact(scope, depth)})", True
        return f"helper{self.below(scope.helpers)}(s, {x}, {self.exact(scope, depth)})", True

    def truth(self, scope, depth):
        kind = self.below(7)
        if kind == 0 and scope.truths:
            return self.one_of(scope.truths)
        if kind == 1:
            return self.indexed(scope, depth, self.one_of(TRUTHS["s"]), "s")
        if depth == 0 or kind == 2:
            return self.one_of(["True", "False"])
        if kind == 3:
            return f"(not {self.truth(scope, depth - 1)})"
        if kind == 4:
            joined = f" {self.one_of(['and', 'or'])} ".join(self.truth(scope, depth - 1) for _ in range(2))
            return f"({joined})"
        operator = self.one_of(["==", "!=", "<", "<=", ">", ">="])
        return f"({self.exact(scope, depth - 1)} {operator} {self.exact(scope, depth - 1)})"

    def place(self, scope, depth):
        """A field reached from some reference, with its bits and sign."""
        kind = self.one_of([kind for kind, names in scope.references.items() if names])
        text, bits, signed = self.one_of(FIELDS[kind])
        return self.indexed(scope, depth, text, self.one_of(scope.references[kind])), bits, signed

    def indexed(self, scope, depth, text, base):
        while "[%" in text:
            head, _, rest = text.partition("[%")
            length, _, tail = rest.partition("]")
            text = f"{head}[{self.exact(scope, min(depth, 1))} @ {length}]{tail}"
        return base + text.replace("@", "%")

    def fitted(self, scope, bits, signed):
        """An expression that fits a field."""
        if bits == 64:
            return self.exact(scope, 3)
        value, mask = self.number(scope, 3)[0], (1 << bits) - 1
        return f"({value} & {mask}) - {1 << (bits - 1)}" if signed else f"{value} & {mask}"

    def block(self, scope, depth, indent, loop=False):
        lines = []
        for _ in range(1 + self.below(5)):
            lines += self.statement(scope, depth, indent, loop)
        return lines

    def statement(self, scope, depth, indent, loop):
        makers = [self.assign, self.assign, self.store, self.store, self.refer, self.flag]
        if depth > 0:
            makers += [self.branch, self.count, self.repeat]
        if loop:
            makers.append(self.leave_loop)
        return self.one_of(makers)(scope, depth, indent)

    def assign(self, scope, depth, indent):
        value = self.exact(scope, 3)
        if self.below(2):
            scope.fresh += 1
            name = f"n{indent}_{scope.fresh}"
            scope.numbers.append(name)
        else:
            name = self.one_of([each for each in scope.numbers if each != "fuel" and each[0] != "k"])
        return [f"{'    ' * indent}{name} = {value}"]

    def store(self, scope, depth, indent):
        place, bits, signed = self.place(scope, 1)
        return [f"{'    ' * indent}{place} = {self.fitted(scope, bits, signed)}"]

    def flag(self, scope, depth, indent):
        place = self.indexed(scope, 1, self.one_of(TRUTHS["s"]), "s")
        return [f"{'    ' * indent}{place} = {self.truth(scope, 2)}"]

    def refer(self, scope, depth, indent):
        scope.fresh += 1
        name = f"c{indent}_{scope.fresh}"
        scope.references.setdefault("c", [])
        value = "s.one" if self.below(4) == 0 else f"s.cells[{self.exact(scope, 1)} % 3]"
        scope.references["c"].append(name)
        return [f"{'    ' * indent}{name} = {value}"]

    def branch(self, scope, depth, indent):
        pad = "    " * indent
        lines = [f"{pad}if {self.truth(scope, 2)}:", *self.block(scope.inner(), depth - 1, indent + 1)]
        if self.below(2):
            lines += [f"{pad}else:", *self.block(scope.inner(), depth - 1, indent + 1)]
        return lines

    def count(self, scope, depth, indent):
        inner = scope.inner()
        name = f"k{indent}_{scope.fresh}"
        scope.fresh += 1
        inner.numbers.append(name)
        step = self.one_of(["", ", 1", ", 2", ", -1", ", -3"])
        start, stop = (f"{self.exact(scope, 1)} % 5" for _ in range(2))
        head = f"{'    ' * indent}for {name} in range({start}, {stop}{step}):"
        return [head, *self.block(inner, depth - 1, indent + 1, loop=True)]

    def repeat(self, scope, depth, indent):
        pad = "    " * indent
        lines = [f"{pad}while fuel > 0 and {self.truth(scope, 2)}:", f"{pad}    fuel -= 1"]
        return [*lines, *self.block(scope.inner(), depth - 1, indent + 1, loop=True)]

    def leave_loop(self, scope, depth, indent):
        pad = "    " * indent
        return [f"{pad}if {self.truth(scope, 1)}:", f"{pad}    {self.one_of(['break', 'continue'])}"]


def helper(writer, number):
    """A helper calls nothing and gives what fits."""
    scope = Scope(["n", "fuel"], references={"s": ["s"], "x": ["x"]})
    body = writer.block(scope, 1, 1)
    mark = writer.one_of(["", "@inline\n", "@noinline\n"])
    head = f"{mark}def helper{number}(s: State, x: Local, n: int) -> int:\n    fuel = 3\n"
    return head + "\n".join([*body, f"    return {writer.exact(scope, 2)}"]) + "\n"


@st.composite
def programs(draw):
    """The text of a module with an `entry(s: State, a: int, b: int) -> int`."""
    return program(Writer(lambda n: draw(st.integers(0, n - 1))))


def program(writer):
    """See `programs`."""
    helpers = 1 + writer.below(3)
    parts = [PREAMBLE, *(helper(writer, number) for number in range(helpers))]
    parts.append(f"TABLE = ({', '.join(f'helper{n}' for n in range(helpers))},)\n")
    scope = Scope(["a", "b", "fuel"], references={"s": ["s"], "x": ["x"]}, helpers=helpers, table=True)
    body = writer.block(scope, 2, 1)
    head = "def entry(s: State, a: int, b: int) -> int:\n    fuel = 8\n    x = Local()\n    x.p = a\n"
    tail = f"    s.d = x.p\n    return {writer.exact(scope, 2)}\n"
    parts.append(head + "\n".join(body) + "\n" + tail)
    return "\n".join(parts)
