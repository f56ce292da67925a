"""Random kernel programs as source text that is always right: nothing overflows, no index is outside, loops end.

Locals stay below 1009 in size, products are cut at once, divisors are constants, references are tested before use.
"""

from __future__ import annotations

from hypothesis import strategies as st

PREAMBLE = """
from splx.lang.kernel import NULL, inline, noinline
from splx.lang.wide import bit, ctz, fls, popcount, ushr, wadd
from tests.laws.kernel_state import Item, other, own, root
"""

NUMBERS = ["root.a", "root.b", "root.wide[{i} % 8]", "root.narrow[{i} % 4]", "root.item[{i} % 4].x", "root.one.y"]
NUMBERS += ["root.item[{i} % 4].z[{i} % 3]", "other.y", "own.level", "own.word", "own.seen", "own.table[{i} % 5]"]
NUMBERS += ["root.wide[3]", "root.item[1].y", "own.table[2]"]
TRUTHS = ["root.on", "root.flags[{i} % 3]", "root.flags[1]"]
#: what fits each field
CUT = {"root.a": 30000, "root.b": 60000, "narrow": 100, ".x": 30000, ".z[": 200, "level": 200, "table": 30000}
CONSTANTS = ["0", "1", "2", "-1", "7", "-5", "64", "100", "-128", "1000"]
RELATIONS = ["==", "!=", "<", "<=", ">", ">="]


class Writer:
    """Writes text, asking `below(n)` for every choice."""

    def __init__(self, below):
        self.below = below
        self.lines = []
        self.names = []
        self.truths = []
        self.others = 0
        self.loops = 0
        self.fresh = 0
        self.may_break = False

    def one_of(self, items):
        return items[self.below(len(items))]

    # ---- expressions

    def number(self, depth=2):
        kind = self.below(9) if depth else self.below(3)
        if kind == 0:
            return self.one_of(CONSTANTS)
        if kind in (1, 2):
            return self.one_of(self.names)
        if kind == 3:
            return self.place(NUMBERS)
        if kind == 4:
            return f"({self.number(depth - 1)} {self.one_of(['+', '-', '&', '|', '^'])} {self.number(depth - 1)})"
        if kind == 5:
            return self.rounded(depth)
        if kind == 6:
            return f"({self.number(depth - 1)} if {self.truth(depth - 1)} else {self.number(depth - 1)})"
        if kind == 7:
            return f"{self.one_of(['min', 'max'])}({self.number(depth - 1)}, {self.number(depth - 1)})"
        return self.call(depth)

    def rounded(self, depth):
        one, two = self.number(depth - 1), self.number(depth - 1)
        return self.one_of(
            [
                f"({one} * {two} % 1009)",
                f"({one} // {self.one_of(['2', '8', '7', '-3', '1'])})",
                f"({one} % {self.one_of(['2', '8', '7', '-3', '1'])})",
                f"({one} >> {self.below(7)})",
                f"(({one} << {self.below(7)}) % 1009)",
                f"abs({one})",
                f"(-({one}))",
                f"(~({one}))",
                f"int({self.truth(depth - 1)})",
                f"popcount({one})",
                f"fls({one})",
                f"(ushr({one}, 5) % 1009)",
                f"wadd({one}, {two})",
            ]
        )

    def call(self, depth):
        if self.others == 0:
            return self.one_of(self.names)
        args = f"{self.number(depth - 1)} % 1009, {self.number(depth - 1)} % 1009"
        which = self.below(self.others + 1)
        return f"root.func({args})" if which == self.others else f"h{which}({args})"

    def place(self, places):
        return self.one_of(places).replace("{i}", self.one_of(self.names))

    def truth(self, depth=2):
        kind = self.below(8) if depth else self.below(2)
        if kind == 0:
            return self.one_of([*self.truths, *TRUTHS[2:]])
        if kind in (1, 2, 3):
            deeper = max(depth - 1, 0)
            return f"{self.number(deeper)} {self.one_of(RELATIONS)} {self.number(deeper)}"
        if kind == 4:
            return f"({self.truth(depth - 1)} {self.one_of(['and', 'or'])} {self.truth(depth - 1)})"
        if kind == 5:
            return f"(not ({self.truth(depth - 1)}))"
        if kind == 6:
            return self.place(TRUTHS)
        return f"t0({self.number(depth - 1)} % 1009)" if self.others else f"({self.truth(depth - 1)})"

    # ---- statements

    def put(self, depth, text):
        self.lines.append("    " * depth + text)

    def block(self, depth, size):
        for _ in range(1 + self.below(size)):
            self.statement(depth)

    def statement(self, depth):
        kind = self.below(12)
        if kind < 3:
            self.put(depth, f"{self.one_of(self.names)} = ({self.number()}) % 1009")
        elif kind == 3:
            self.put(depth, f"{self.one_of(self.names)} += 1")
            self.put(depth, f"{self.names[0]} %= 1009")
        elif kind in (4, 5):
            self.store(depth)
        elif kind == 6:
            self.put(depth, f"{self.one_of(self.truths)} = {self.truth()}")
        elif kind == 7:
            self.through_reference(depth)
        elif depth > 3:
            self.put(depth, f"assert {self.names[0]} < 100000 and {self.names[0]} > -100000")
        elif kind in (8, 9):
            self.branch(depth)
        else:
            self.loop(depth)

    def store(self, depth):
        if self.below(4) == 0:
            self.put(depth, f"{self.place(TRUTHS)} = {self.truth()}")
            return
        place = self.place(NUMBERS)
        limit = next((cut for part, cut in CUT.items() if part in place), 1 << 40)
        operator = "=" if self.below(3) else "+="
        if operator == "=":
            self.put(depth, f"{place} = ({self.number()}) % {limit}")
        elif limit == 1 << 40:
            self.put(depth, f"{place} += {self.one_of(CONSTANTS)}")
        else:
            self.put(depth, f"{place} = min({place} + 1, {limit})")

    def through_reference(self, depth):
        self.fresh += 1
        name = f"r{self.fresh}"
        start = self.one_of(["root.first", "root.item[{i} % 4]", "root.one", "other", "root.item[2].next"])
        self.put(depth, f"{name} = {start.replace('{i}', self.one_of(self.names))}")
        self.put(depth, f"if {name} is not NULL and {name}.x >= 0:")
        self.put(depth + 1, f"{name}.y = ({self.number(1)} + {name}.y) % 1009")
        self.put(depth + 1, f"{name}.z[{self.one_of(self.names)} % 3] = {self.one_of(self.names)} % 200")

    def branch(self, depth):
        self.put(depth, f"if {self.truth()}:")
        if self.may_break and self.below(3) == 0:
            self.put(depth + 1, self.one_of(["break", "continue"]))
        elif self.below(6) == 0:
            self.put(depth + 1, f"return ({self.number()}) % 1009")
        else:
            self.block(depth + 1, 3)
        if self.below(2):
            self.put(depth, f"elif {self.truth(1)}:")
            self.block(depth + 1, 2)
        if self.below(2):
            self.put(depth, "else:")
            self.block(depth + 1, 2)

    def loop(self, depth):
        self.fresh += 1
        count, before = f"k{self.fresh}", self.may_break
        names = list(self.names)
        if self.below(2):
            bounds = self.one_of(
                ["4", f"{self.one_of(self.names)} % 5", "1, 6, 2", f"{self.one_of(self.names)} % 4, 0, -1"]
            )
            self.put(depth, f"for {count} in range({bounds}):")
            self.may_break = True
            self.put(depth + 1, f"{self.names[0]} = ({self.names[0]} + {count}) % 1009")
            self.block(depth + 1, 3)
        else:
            self.put(depth, f"{count} = 0")
            self.put(depth, f"while {count} < {self.one_of(['3', '5'])} and {self.truth(1)}:")
            self.put(depth + 1, f"{count} += 1")
            self.may_break = True
            self.block(depth + 1, 3)
        self.names, self.may_break = names, before

    def function(self, name, mark=""):
        self.lines.append(mark or "#")
        self.lines.append(f"def {name}(a: int, b: int) -> int:")
        self.names, self.truths, self.fresh, self.may_break = ["a", "b", "c"], ["p", "q"], 0, False
        self.put(1, "c = a + 3")
        self.put(1, "p = a < b")
        self.put(1, "q = False")
        self.block(1, 5)
        self.put(1, f"return (a + c + {self.number()}) % 1009")

    def program(self):
        self.lines = [PREAMBLE]
        marks = ["", "@inline", "@noinline"]
        self.function("h0", self.one_of(marks))
        self.lines += [
            self.one_of(marks) or "#",
            "def t0(a: int) -> bool:",
            "    if a > 500:",
            "        return root.on",
        ]
        self.lines += ["    return a % 3 != 1"]
        self.others = 1
        self.function("h1", self.one_of(marks[::2]))
        self.others = 2
        self.function("f")
        return "\n".join(self.lines) + "\n"


@st.composite
def programs(draw):
    """The text of a program: `f` calls the others by name and through `root.func`, which is to be h0."""
    return Writer(lambda n: draw(st.integers(0, n - 1))).program()
