"""What a function does on every path, and what on some, where a kind of line is known: of `if s.is_trigger != 0:
pic_mask(...)` that a level-triggered line is masked and an edge is not.

    done(bodies, "flow_enter", {"is_trigger": 1}).may

A field or constant of that name is taken to be what is known, and a test of nothing else decides itself. Called
functions are followed as in `reach`.
"""

from __future__ import annotations

import ast
import inspect
import operator
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from splx.lang.source import function_node
from splx.scenario.reach import is_kernel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    Compare = Callable[[Any, Any], bool]

COMPARED: dict[type[ast.cmpop], Compare] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le,
    ast.Gt: operator.gt, ast.GtE: operator.ge,
}  # fmt: skip


@dataclass(frozen=True)
class Done:
    """What is named on some path, and on every one."""

    may: frozenset[str] = frozenset()
    must: frozenset[str] = frozenset()

    def then(self, other: Done, *, surely: bool = True) -> Done:
        """This, and `other` behind it."""
        return Done(self.may | other.may, self.must | other.must if surely else self.must)

    def beside(self, other: Done) -> Done:
        """One of the two."""
        return Done(self.may | other.may, self.must & other.must)


NOTHING = Done()


class _Ends(Enum):
    """Whether a function returns there."""

    NO = 0
    PERHAPS = 1
    YES = 2


def done(bodies: Mapping[Any, Any], slot: str, known: Mapping[str, int]) -> Done:
    """What the function that fills `slot` does; nothing if none does."""
    body = bodies.get(slot)
    return _Walk(bodies, known, ()).function(body) if inspect.isfunction(body) else NOTHING


@dataclass(frozen=True)
class _Walk:
    """Through a function, the last of `through`: the others have called it."""

    bodies: Mapping[Any, Any]
    known: Mapping[str, int]
    through: tuple[Callable[..., Any], ...]

    def function(self, func: Callable[..., Any]) -> Done:
        node = function_node(func)
        if node is None:
            return Done(frozenset(func.__code__.co_names))
        return _Walk(self.bodies, self.known, (*self.through, func)).block(node.body)[0]

    def block(self, statements: Iterable[ast.stmt]) -> tuple[Done, _Ends]:
        found, ends = NOTHING, _Ends.NO
        for each in statements:
            then, over = self.statement(each)
            found = found.then(then, surely=ends is _Ends.NO)
            if over is _Ends.YES:
                return found, _Ends.YES if ends is _Ends.NO else _Ends.PERHAPS
            ends = max(ends, over, key=lambda end: end.value)
        return found, ends

    def statement(self, node: ast.stmt) -> tuple[Done, _Ends]:
        if isinstance(node, ast.If):
            return self.branches(node)
        if isinstance(node, ast.While | ast.For):
            head = self.expression(node.test if isinstance(node, ast.While) else node.iter)
            inner, over = self.block(node.body)
            for_ever = isinstance(node, ast.While) and self.value(node.test) is True
            return head.then(inner, surely=for_ever), _Ends.NO if over is _Ends.NO else _Ends.PERHAPS
        if isinstance(node, ast.With):
            inner, over = self.block(node.body)
            return self.parts(node.items).then(inner), over
        return self.expression(node), _Ends.YES if isinstance(node, ast.Return | ast.Raise) else _Ends.NO

    def branches(self, node: ast.If) -> tuple[Done, _Ends]:
        head, holds = self.expression(node.test), self.value(node.test)
        if holds is not None:
            found, ends = self.block(node.body if holds else node.orelse)
            return head.then(found), ends
        (one, over), (other, also) = self.block(node.body), self.block(node.orelse)
        return head.then(one.beside(other)), over if over is also else _Ends.PERHAPS

    def expression(self, node: ast.AST) -> Done:
        if isinstance(node, ast.IfExp):
            holds = self.value(node.test)
            one, other = self.expression(node.body), self.expression(node.orelse)
            chosen = one.beside(other) if holds is None else one if holds else other
            return self.expression(node.test).then(chosen)
        if isinstance(node, ast.BoolOp):
            first, *rest = node.values
            return self.expression(first).then(self.parts(rest), surely=False)
        found = self.parts(ast.iter_child_nodes(node))
        if isinstance(node, ast.Attribute):
            found = found.then(_named(node.attr))
        return found.then(_named(node.id)).then(self.called(node.id)) if isinstance(node, ast.Name) else found

    def parts(self, nodes: Iterable[ast.AST]) -> Done:
        found = NOTHING
        for each in nodes:
            found = found.then(self.expression(each))
        return found

    def called(self, name: str) -> Done:
        """What a function of that name does, if it is one of the kernel's."""
        func = self.through[-1].__globals__.get(name)
        func = self.bodies.get(func, func) if inspect.isfunction(func) else None
        followed = inspect.isfunction(func) and func not in self.through and is_kernel(func)
        return self.function(func) if followed and func is not None else NOTHING

    def value(self, node: ast.expr) -> Any:  # noqa: ANN401 - a number or a truth
        """What an expression is, as far as that is known; None if not."""
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Attribute | ast.Name):
            return self.known.get(node.attr if isinstance(node, ast.Attribute) else node.id)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            inner = self.value(node.operand)
            return None if inner is None else not inner
        if isinstance(node, ast.BoolOp):
            ends = isinstance(node.op, ast.Or)  # one that is so decides
            values = [self.value(each) for each in node.values]
            if any(each is not None and bool(each) is ends for each in values):
                return ends
            return None if None in values else not ends
        if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in COMPARED:
            left, right = self.value(node.left), self.value(node.comparators[0])
            return None if left is None or right is None else COMPARED[type(node.ops[0])](left, right)
        return None


def _named(name: str) -> Done:
    return Done(frozenset((name,)), frozenset((name,)))
