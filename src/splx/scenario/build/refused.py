"""Calls that a design cannot honour: each at the user's line, with the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from splx.base.diagnostics import Diagnostic
from splx.lang.marks import marks_of
from splx.scenario import codes
from splx.scenario.build.contracts import is_mine, read, roots

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from splx.base.diagnostics import Span
    from splx.scenario.build.plan import Plan


def check_refused(plan: Plan) -> None:
    """S0303 for each call of a slot that the design refuses, in the functions that the kernel calls and in those that
    they call; and W0302, once for each slot, where it does something else than what the call is called.
    """
    refused, instead = plan.design.refused, dict(plan.design.instead)
    calls = _calls(plan) if refused or instead else ()
    for callee, span in sorted(calls, key=lambda call: (call[1].file, call[1].line, call[1].col)):
        slot = _slot(callee)
        if slot in refused:
            message = f"`{plan.design.name}` cannot honour `{callee.__name__}`"
            plan.problems.add(Diagnostic(codes.RESTRICTION, message, span, help=refused[slot]))
        elif slot in instead:
            message = f"`{callee.__name__}` is no call of the kernel that `{plan.design.name}` is named after"
            plan.warnings.append(Diagnostic(codes.INSTEAD, message, span, help=instead.pop(slot)))


def _calls(plan: Plan) -> Iterator[tuple[Callable[..., Any], Span]]:
    """All calls of the kernel in the user's functions, with where they stand."""
    seen = set[Any]()
    todo: list[Callable[..., Any]] = [root.func for root in roots(plan)]
    while todo:
        func = todo.pop()
        made = None if func in seen else read(func)
        seen.add(func)
        for callee, span in made.calls if made is not None else ():
            if is_mine(callee):
                todo.append(callee)
            else:
                yield callee, span


def _slot(func: Callable[..., Any]) -> str:
    """The slot that a function is, or that the word of the driver's calls which it is: `splnet` is `splraise`."""
    made = None if "slot" in marks_of(func) else read(func)
    return made.calls[0][0].__name__ if made is not None and len(made.calls) == 1 else func.__name__
