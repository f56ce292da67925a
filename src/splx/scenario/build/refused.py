"""Calls that a design cannot honour: each at the user's line, with the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from splx.base.diagnostics import Diagnostic
from splx.lang.marks import marks_of
from splx.scenario import codes
from splx.scenario.build.contracts import is_mine, read, roots

if TYPE_CHECKING:
    from collections.abc import Callable

    from splx.scenario.build.plan import Plan


def check_refused(plan: Plan) -> None:
    """S0303 for each call of a slot that the design refuses, in the functions that the kernel calls and in those that
    they call.
    """
    refused, seen = plan.design.refused, set[Any]()
    todo: list[Callable[..., Any]] = [root.func for root in roots(plan)] if refused else []
    while todo:
        func = todo.pop()
        made = None if func in seen else read(func)
        seen.add(func)
        for callee, span in made.calls if made is not None else ():
            slot = _slot(callee)
            if is_mine(callee):
                todo.append(callee)
            elif slot in refused:
                message = f"`{plan.design.name}` cannot honour `{callee.__name__}`"
                plan.problems.add(Diagnostic(codes.RESTRICTION, message, span, help=refused[slot]))


def _slot(func: Callable[..., Any]) -> str:
    """The slot that a function is, or that the word of the driver's calls which it is: `splnet` is `splraise`."""
    made = None if "slot" in marks_of(func) else read(func)
    return made.calls[0][0].__name__ if made is not None and len(made.calls) == 1 else func.__name__
