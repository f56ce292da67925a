"""Report which lines and branches of the kernels ran: `splx.stage.cover` tells how the facts are collected.

    python tools/kernel_coverage.py FILE [--floor PERCENT]

A test (of `if`, `while`, `for`, a spin, each side of `and` and `or`) has two branches. It counts if some program
decides it; where the constants of every design decide, there is no branch. That an assertion fails is not asked for.
The tests of a function that is in no program at all count too; but not those of an `@invariant`, nor those of what only
such a one calls: it says something of a mechanism and is no part of any kernel. A search judges it in every state, and
tests/check/test_stated.py breaks each.
"""

from __future__ import annotations

import argparse
import ast
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import splx.kernel

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

KERNEL = Path(splx.kernel.__file__).parent
WAYS = ("true", "false")


@dataclass
class Seen:
    """What is known of one file: by line, and by place of a test, what was seen there."""

    lines: dict[int, set[str]] = field(default_factory=dict)
    tests: dict[tuple[str, str], set[str]] = field(default_factory=dict)

    @property
    def branches(self) -> int:
        """Branches there are."""
        return len(self.tests) * len(WAYS)

    @property
    def taken(self) -> int:
        """Branches that were taken."""
        return sum(way in ways for ways in self.tests.values() for way in WAYS)

    @property
    def ran(self) -> int:
        """Lines that ran."""
        return sum("ran" in each for each in self.lines.values())


def read(file: Path, kernel: Path = KERNEL) -> dict[str, Seen]:
    """What the file of facts says, and what the text of the kernels has beyond it."""
    seen = {path.relative_to(kernel).as_posix(): Seen() for path in sorted(kernel.rglob("*.py"))}
    for fact in file.read_text(encoding="utf-8").splitlines():
        name, kind, *place, what = fact.split()
        if kind == "line":
            seen[name].lines.setdefault(int(place[0]), set()).add(what)
        else:
            seen[name].tests.setdefault((place[0], place[1]), set()).add(what)
    for name, its in seen.items():
        for function in strangers(kernel / name, its.lines):
            for test in decided(function):
                its.tests[place_of(test)] = set()
    return {name: its for name, its in seen.items() if its.lines or its.tests}


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    """The functions of a file that have a body."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if (
            isinstance(node, ast.FunctionDef)
            and not is_invariant(node)
            and not all(isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant) for each in node.body)
        ):
            yield node


def is_invariant(function: ast.FunctionDef) -> bool:
    """Whether a function states something of a mechanism."""
    names = (each.func if isinstance(each, ast.Call) else each for each in function.decorator_list)
    return any(isinstance(each, ast.Name) and each.id == "invariant" for each in names)


def strangers(path: Path, lines: Iterable[int]) -> list[ast.FunctionDef]:
    """The functions with tests that are in no program."""
    known, stated = set(lines), in_invariants(path)
    return [
        each
        for each in functions(path)
        if each.name not in stated
        and decided(each)
        and known.isdisjoint(range(each.body[0].lineno, (each.end_lineno or each.lineno) + 1))
    ]


def in_invariants(path: Path) -> set[str]:
    """The functions of a file that state something, by their mark or their name, and what they call."""
    defined = {
        each.name: each for each in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(each, ast.FunctionDef)
    }
    found = {name for name, each in defined.items() if is_invariant(each) or name.endswith("_invariant")}
    waiting = list(found)
    while waiting:
        called = {each.id for each in ast.walk(defined[waiting.pop()]) if isinstance(each, ast.Name)}
        waiting += [name for name in defined if name in called - found]
        found |= called & defined.keys()
    return found


def decided(function: ast.FunctionDef) -> list[ast.expr]:
    """What decides in the text of a function, each side of `and` and `or` by itself."""
    whole = [each.test for each in ast.walk(function) if isinstance(each, ast.If | ast.While)]
    whole += [each.iter for each in ast.walk(function) if isinstance(each, ast.For)]
    return [side for each in whole for side in sides(each)]


def sides(test: ast.expr) -> list[ast.expr]:
    """The operands of `and`, `or` and `not`, however nested."""
    if isinstance(test, ast.BoolOp):
        return [side for value in test.values for side in sides(value)]
    return sides(test.operand) if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) else [test]


def place_of(node: ast.expr) -> tuple[str, str]:
    """Where an expression begins and ends."""
    return f"{node.lineno}:{node.col_offset}", f"{node.end_lineno}:{node.end_col_offset}"


def percent(part: int, whole: int) -> float:
    """How much of a whole; all of nothing."""
    return 100 * part / whole if whole else 100.0


def total(seen: dict[str, Seen]) -> float:
    """Branches taken, of all, in percent."""
    return percent(sum(its.taken for its in seen.values()), sum(its.branches for its in seen.values()))


def report(seen: dict[str, Seen], kernel: Path = KERNEL) -> Iterator[str]:
    """A row per file, then the branches that were never taken."""
    yield f"{'kernel':28}{'lines':>12}{'branches':>14}"
    for name, its in seen.items():
        lines, branches = f"{its.ran}/{len(its.lines)}", f"{its.taken}/{its.branches}"
        yield f"{name:28}{lines:>12}{branches:>14}{percent(its.taken, its.branches):>7.1f} %"
    ran, built = sum(its.ran for its in seen.values()), sum(len(its.lines) for its in seen.values())
    yield f"all: {percent(ran, built):.1f} % of lines, {total(seen):.1f} % of branches"
    for name, its in seen.items():
        yield from (f"  {name}:{each}" for each in missing(its, (kernel / name).read_text("utf-8").splitlines()))


def missing(its: Seen, text: list[str]) -> Iterator[str]:
    """The branches of a file that were never taken, in the order of the text."""
    for (start, _), ways in sorted(its.tests.items(), key=lambda each: [int(n) for n in each[0][0].split(":")]):
        never = [way for way in WAYS if way not in ways]
        if never:
            line, column = start.split(":")
            what = "in no program" if not ways else "never " + " nor ".join(never)
            yield f"{line}:{int(column) + 1}: {what}: {text[int(line) - 1].strip()}"


def main(arguments: list[str]) -> int:
    """Print the report; 1 if it is below the floor."""
    parser = argparse.ArgumentParser(description="Which branches of the kernels ran.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--floor", type=float, default=0, help="percent of branches that must have been taken")
    asked = parser.parse_args(arguments)
    seen = read(asked.file)
    print("\n".join(report(seen)))
    if total(seen) < asked.floor:
        print(f"below the floor of {asked.floor:g} %")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
