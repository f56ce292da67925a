"""The syntax that the language does not have: one row each, with what to write instead.

Whatever is in no list of the front end is refused as well (L0129), so the language is closed by default.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NoReturn

from splx.lang import codes

if TYPE_CHECKING:
    from splx.lang.front.work import Work

_FIELDS = "state lives in structs: use an array field"
_LOOP = "write the loop"
_GENERAL = "write it with integers, fields, `if`, `while`, `for` and calls"

_EXPRESSIONS: dict[type[ast.expr], tuple[str, str, str]] = {
    ast.List: (codes.COLLECTION, "a list", _FIELDS),
    ast.Tuple: (codes.COLLECTION, "a tuple", "use one variable for each value"),
    ast.Dict: (codes.COLLECTION, "a dict", _FIELDS),
    ast.Set: (codes.COLLECTION, "a set", "use the bits of an integer"),
    ast.ListComp: (codes.COMPREHENSION, "a list comprehension", _LOOP),
    ast.SetComp: (codes.COMPREHENSION, "a set comprehension", _LOOP),
    ast.DictComp: (codes.COMPREHENSION, "a dict comprehension", _LOOP),
    ast.GeneratorExp: (codes.COMPREHENSION, "a generator expression", _LOOP),
    ast.Lambda: (codes.LAMBDA, "a lambda", "write a function at the top level of the module"),
    ast.Yield: (codes.YIELD, "a `yield`", "return the value, or store it"),
    ast.YieldFrom: (codes.YIELD, "a `yield from`", "return the value, or store it"),
    ast.Await: (codes.YIELD, "an `await`", "kernel code waits with `cv_wait`, `spin_while` or `work`"),
    ast.NamedExpr: (codes.WALRUS, "an assignment inside an expression", "assign in a statement of its own"),
    ast.JoinedStr: (codes.FORMAT, "a format string", "count with `mark`, or pass the number to `panic`"),
    ast.Starred: (codes.STAR_ARGUMENT, "an argument that unpacks a collection", "write each argument"),
    ast.Slice: (codes.SLICE, "a slice of an array", "pass the array's struct and two indices"),
}
_STATEMENTS: dict[type[ast.stmt], tuple[str, str, str | None]] = {
    ast.Try: (codes.TRY, "a `try`", "return a status, and test it"),
    ast.TryStar: (codes.TRY, "a `try`", "return a status, and test it"),
    ast.Raise: (codes.RAISE, "a `raise`", 'write `assert condition, "message"`, or `panic("message")` in kernel code'),
    ast.Delete: (codes.DEL, "a `del`", "leave it out: a local ends with its function"),
    ast.Global: (codes.GLOBAL, "a `global`", "state lives in structs: pass one as an argument"),
    ast.Nonlocal: (codes.GLOBAL, "a `nonlocal`", "state lives in structs: pass one as an argument"),
    ast.ClassDef: (codes.CLASS, "a class inside a function", "move it to the top level of the module"),
    ast.FunctionDef: (codes.NESTED, "a function inside a function", "move it to the top level of the module"),
    ast.AsyncFunctionDef: (codes.ASYNC, "an async function", "kernel threads are functions: write `def`"),
    ast.AsyncFor: (codes.ASYNC, "an `async for`", "write `for ... in range(...)`"),
    ast.AsyncWith: (codes.ASYNC, "an `async with`", "write `with lock:`"),
    ast.Import: (codes.IMPORT, "an import inside a function", "move it to the top of the module"),
    ast.ImportFrom: (codes.IMPORT, "an import inside a function", "move it to the top of the module"),
    ast.Match: (codes.MATCH, "a `match`", "write `if` and `elif`, or a table of functions"),
}


def refuse_expression(work: Work, node: ast.expr) -> NoReturn:
    """Say that the language has no such expression."""
    row = _EXPRESSIONS.get(type(node))
    if row is None:
        raise work.refuse(codes.SYNTAX, f"`{type(node).__name__}`, which the language does not have", node, _GENERAL)
    code, what, help_ = row
    raise work.refuse(code, f"{what}, which the language does not have", node, help_)


def refuse_statement(work: Work, node: ast.stmt) -> NoReturn:
    """Say that the language has no such statement."""
    row = _STATEMENTS.get(type(node))
    if row is None:
        raise work.refuse(codes.SYNTAX, f"`{type(node).__name__}`, which the language does not have", node, _GENERAL)
    code, what, help_ = row
    first_line = work.span(node)
    if first_line.end_line != first_line.line:
        first_line = type(first_line)(work.file, node.lineno, node.col_offset, node.lineno, node.col_offset + 1)
    raise work.refuse(code, f"{what}, which the language does not have", first_line, help_)
