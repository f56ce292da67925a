"""What may be computed although its value may not be needed: neither seen by anybody, nor able to fail, nor dear."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splx.lang import tree
from splx.lang.types import Ref

if TYPE_CHECKING:
    from collections.abc import Iterable

#: nodes of an expression that is still cheap
LIMIT = 6

#: intrinsics that compute and nothing else
COMPUTING = frozenset(
    {"wadd", "wsub", "wmul", "ushr", "bit", "popcount", "ctz", "fls", "addr", "at", "number_of", "self_context"}
)


def cheap(node: tree.Expression) -> bool:
    """Whether the expression is pure and small."""
    return sum(1 for _ in _nodes(node)) <= LIMIT and pure(node)


def pure(node: tree.Expression | tree.FieldPlace) -> bool:
    """Whether computing it for nothing makes no difference.

    Of loads only those of this CPU's own words are: a shared word's line would move, and its address might be bad.
    """
    if isinstance(node, tree.Const | tree.Local | tree.Static | tree.FuncRef):
        return True
    if isinstance(node, tree.Load):
        return is_own(node.place) and all(map(pure, _parts(node)))
    if isinstance(node, tree.Binary) and node.op in {"//", "%"}:
        return isinstance(node.right, tree.Const) and node.right.value not in (0, -1) and pure(node.left)
    if isinstance(node, tree.Intrinsic):
        return node.name in COMPUTING and all(map(pure, _parts(node)))
    computing = tree.Unary | tree.Binary | tree.Compare | tree.Both | tree.Either | tree.Select
    return isinstance(node, computing) and all(map(pure, _parts(node)))


def loads(node: tree.Expression) -> bool:
    """Whether there is any load in the expression."""
    return any(isinstance(part, tree.Load) for part in _nodes(node))


def is_own(place: tree.FieldPlace) -> bool:
    """Whether this is a variable of the executing CPU that no other CPU looks at."""
    base = place.base
    if not isinstance(base, tree.Static) or place.cpu is not None or not isinstance(base.type, Ref):
        return False
    struct, name = base.type.struct, place.steps[0].field
    return struct is not None and struct.per_cpu and name is not None and struct.fields[name].guard != "atomic"


def _parts(node: tree.Expression | tree.FieldPlace) -> Iterable[tree.Expression | tree.FieldPlace]:
    """What an expression is made of."""
    if isinstance(node, tree.Load):
        yield from _indices(node.place)
    elif isinstance(node, tree.FieldPlace):
        yield node.base
        yield from _indices(node)
    elif isinstance(node, tree.Intrinsic):
        yield from node.args
    elif isinstance(node, tree.Unary):
        yield node.operand
    elif isinstance(node, tree.Select):
        yield from (node.test, node.then, node.other)
    elif isinstance(node, tree.Binary | tree.Compare | tree.Both | tree.Either):
        yield from (node.left, node.right)


def _indices(place: tree.FieldPlace) -> Iterable[tree.Expression]:
    return (step.index for step in place.steps if step.index is not None)


def _nodes(node: tree.Expression | tree.FieldPlace) -> Iterable[object]:
    yield node
    for part in _parts(node):
        yield from _nodes(part)
