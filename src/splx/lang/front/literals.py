"""Numbers and truth values as they are written, and the literals that the language does not have."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from splx.lang import codes
from splx.lang.front.dispatch import reads
from splx.lang.front.names import number
from splx.lang.tree import Const
from splx.lang.types import BOOL

if TYPE_CHECKING:
    from splx.lang.front.work import Work
    from splx.lang.tree import Expression


@reads(ast.Constant)
def literal(work: Work, node: ast.Constant) -> Expression:
    """An integer or truth value. L0101, L0102, L0130, L0129 for others."""
    found = node.value
    if isinstance(found, bool):
        return Const(found, BOOL, work.span(node))
    if isinstance(found, int):
        return number(work, found, node)
    if isinstance(found, float):
        help_ = "scale it to an integer; times are integers: `us(2.5)`"
        raise work.refuse(codes.FLOAT, f"`{found}` has a fraction, and numbers are integers", node, help_)
    if isinstance(found, str):
        raise work.refuse(
            codes.STRING, "a text is used as a value", node, "use an integer, or a member of an `IntEnum`"
        )
    if found is None:
        help_ = "references compare with `NULL`" if work.kernel else "use an integer that stands for nothing"
        raise work.refuse(codes.NONE, "`None` is used as a value", node, help_)
    message = f"`{ast.unparse(node)}` is a literal that the language does not have"
    raise work.refuse(codes.SYNTAX, message, node, "use an integer")
