"""Calls that a design cannot honour, or honours by something else: each at the user's line, with the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from splx.base.diagnostics import Diagnostic
from splx.lang.marks import marks_of
from splx.scenario import codes
from splx.scenario.build.contracts import is_mine, read, roots
from splx.scenario.calls import HEADS, How, answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from splx.base.diagnostics import Span
    from splx.scenario.build.plan import Plan
    from splx.scenario.calls import Answer

#: What ends that which another call has begun: where that one is refused, nothing new is said here.
ENDS = frozenset({"kernel_unlock", "splx", "rw_exit", "kpreempt_enable"})


def check_refused(plan: Plan) -> None:
    """S0303 for each call that the design refuses, in the functions that the kernel calls and in those that they call;
    and W0302, once for each, where it does something else than what the call is called.
    """
    bodies: Mapping[Any, Any] = plan.design.bodies()
    told = set[str]()
    for callee, span in sorted(_calls(plan), key=lambda call: (call[1].file, call[1].line, call[1].col)):
        slot = _slot(callee)
        found, head = answer(plan.design, slot), HEADS.get(slot, slot)
        if found is None or found.how in (How.OWN, How.OURS) or slot in ENDS:
            continue
        if found.how is How.REFUSED and not (head in plan.scenario.optional and slot in bodies):
            plan.problems.add(_refusal(plan, callee.__name__, head, span, found, can_do=slot in bodies))
        elif head not in told:
            told.add(head)
            message = f"`{callee.__name__}` is no call of the kernel that `{plan.design.name}` is named after"
            plan.warnings.append(Diagnostic(codes.INSTEAD, message, span, help=found.why))


def _refusal(plan: Plan, name: str, head: str, span: Span, found: Answer, *, can_do: bool) -> Diagnostic:
    message = f"`{plan.design.name}` cannot honour `{name}`"
    notes = (f"`optional({head})` in the scenario lets the call do nothing of the kind, with a warning",)
    return Diagnostic(codes.RESTRICTION, message, span, help=found.why, notes=notes if can_do else ())


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
    made = None if "slot" in marks_of(func) or func.__name__ in HEADS else read(func)
    name = made.calls[0][0].__name__ if made is not None and len(made.calls) == 1 else func.__name__
    return "splraise" if HEADS.get(name) == "splraise" and name != "splx" else name
