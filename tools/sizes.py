"""Hold the size budgets of the house: small rooms, read on one screen.

    python tools/sizes.py [PATH ...]        the default is src, tools and bench

A file has at most 400 lines; one that says `# size: <reason>` in its first 15 lines may have 600. A function's body
(its docstring excluded) has at most 60 lines, and 95 in 100 functions have at most 25.
"""

from __future__ import annotations

import ast
import math
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FILE_LINES = 400
FILE_LINES_WITH_REASON = 600
REASON_WITHIN = 15
BODY_LINES = 60
BODY_LINES_P95 = 25
DEFAULT = ("src", "tools", "bench")

_REASON = re.compile(r"^# size: \S")


@dataclass(frozen=True)
class Body:
    """A function and the lines of its body."""

    file: Path
    line: int
    name: str
    lines: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.name} has {self.lines} lines"


def main(arguments: list[str]) -> int:
    """Print what is over budget; 1 if anything is."""
    paths = [Path(each) for each in arguments] or [Path(each) for each in DEFAULT if Path(each).exists()]
    files = list(python_files(paths))
    bodies = [body for file in files for body in bodies_of(file)]
    over = [*long_files(files), *long_bodies(bodies)]
    for line in over:
        print(line)
    verdict = f"{len(over)} over budget" if over else "all within budget"
    print(f"sizes: {len(files)} files, {len(bodies)} functions, p95 {p95(bodies)} lines: {verdict}")
    return 1 if over else 0


def python_files(paths: Iterable[Path]) -> Iterator[Path]:
    """The Python files at and below `paths`, in order."""
    for path in paths:
        yield from [path] if path.is_file() else sorted(path.rglob("*.py"))


def long_files(files: Iterable[Path]) -> Iterator[str]:
    """One line for each file over its budget."""
    for file in files:
        lines = file.read_text(encoding="utf-8").splitlines()
        has_reason = any(_REASON.match(line) for line in lines[:REASON_WITHIN])
        budget = FILE_LINES_WITH_REASON if has_reason else FILE_LINES
        if len(lines) > budget:
            yield f"{file}: {len(lines)} lines, the budget is {budget}"


def long_bodies(bodies: list[Body]) -> Iterator[str]:
    """One line for each body over 60 lines; if the p95 is over its budget, also for each that is over 25."""
    over_p95 = p95(bodies) > BODY_LINES_P95
    for body in sorted(bodies, key=lambda each: -each.lines):
        if body.lines > BODY_LINES:
            yield f"{body}, the budget is {BODY_LINES}"
        elif over_p95 and body.lines > BODY_LINES_P95:
            yield f"{body}, and more than 5 in 100 have over {BODY_LINES_P95}"


def p95(bodies: list[Body]) -> int:
    """The length that 95 in 100 bodies do not exceed (nearest rank)."""
    lengths = sorted(body.lines for body in bodies)
    return lengths[math.ceil(0.95 * len(lengths)) - 1] if lengths else 0


def bodies_of(file: Path) -> Iterator[Body]:
    """Every function of `file`, nested ones and methods too."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"), str(file))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield Body(file, node.lineno, node.name, _body_lines(node))


def _body_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    statements = node.body if ast.get_docstring(node, clean=False) is None else node.body[1:]
    if not statements:
        return 0
    last = statements[-1]
    return (last.end_lineno or last.lineno) - statements[0].lineno + 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
