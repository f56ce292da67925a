"""What functions ask of their callers, by `@context` and `@level`, against what a scenario declares them as.

A handler is called in a hard interrupt at the level of its declaration, whatever carries it in a design; a softint in
a soft interrupt at its level, a callout in one at IPL_SOFTCLOCK; the function of a thread, a job or a workqueue in a
thread, at IPL_NONE. That is handed down to the user's functions that these call: contexts all the way, the level until
the first call that may change it. What cannot be seen here is asserted when it happens
(`splx.kernel.interface.contracts`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from splx.base.diagnostics import Diagnostic, SplxError
from splx.kernel.interface.levels import IPL_NONE
from splx.lang.front.contracts import context_conflicts
from splx.lang.front.frontend import Dialect, fronted
from splx.lang.kernel import HARDINT, SOFTINT, THREAD
from splx.lang.marks import marks_of
from splx.scenario import codes
from splx.scenario.build.linking import is_users
from splx.scenario.build.ticks import LEVEL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from splx.base.diagnostics import Span
    from splx.lang.front.frontend import Fronted
    from splx.lang.kernel import Context
    from splx.scenario.build.plan import Plan
    from splx.scenario.sites import Site

_DECLARED = {HARDINT: "handler", SOFTINT: "softint", THREAD: "thread"}


@dataclass(frozen=True, slots=True)
class Root:
    """A function of the user's that the kernel calls: in which context, and at which level of the design."""

    func: Callable[..., Any]
    context: Context
    level: str
    site: Site


def check_contracts(plan: Plan) -> None:
    """S0118 for every declaration that a contract excludes, S0119 for every call that is certain to be at too low a
    level, L0301 for calls in a context that is excluded.
    """
    for root in roots(plan):
        for each in (*_declaration(plan, root), *_contexts(root), *_levels(plan, root)):
            plan.problems.add(each)


def roots(plan: Plan) -> Iterator[Root]:
    """The functions of the user's that the kernel calls."""
    jobs = [each for each in plan.scenario.threads if each.job is not None]
    timers = {each.job.jb_timer for each in jobs if each.job is not None}
    for decl in plan.scenario.handlers:
        if decl.device not in timers:
            yield Root(decl.func, HARDINT, decl.level, decl.site)
        if decl.filter is not None:
            yield Root(decl.filter, HARDINT, decl.level, decl.site)
    for softint in plan.scenario.softints:
        yield Root(softint.si_func, SOFTINT, softint.about.level, softint.about.site)
    for napi in plan.scenario.napis:
        yield Root(napi.n_func, SOFTINT, "IPL_SOFTNET", napi.about.site)
    for tasklet in plan.scenario.tasklets:
        yield Root(tasklet.t_func, SOFTINT, "IPL_SOFTSERIAL", tasklet.about.site)
    for callout in plan.scenario.callouts:
        yield Root(callout.c_func, SOFTINT, LEVEL, callout.about.site)
    for thread in plan.scenario.threads:
        if thread.job is not None:
            yield Root(thread.job.jb_func, THREAD, "IPL_NONE", thread.site)
        elif thread.workqueue is not None:
            yield Root(thread.workqueue.wq_func, THREAD, "IPL_NONE", thread.site)
        else:
            yield Root(thread.func, THREAD, "IPL_NONE", thread.site)


def _declaration(plan: Plan, root: Root) -> Iterator[Diagnostic]:
    """The function's own contract against its declaration."""
    made = read(root.func)
    for asked in made.function.contracts if made is not None else ():
        what = f"`{root.func.__name__}` is declared as a {_DECLARED[root.context]}"
        related = ((asked.span, "its contract"),)
        if asked.name == "context" and root.context not in asked.wanted:
            help_ = "add the context to the contract, or declare another function"
            message = f"{what}, where its contract says that it is not called"
            yield Diagnostic(codes.CONTRACT, message, root.site.span, help=help_, related=related)
        if asked.name == "level" and _number(plan, asked.wanted) > plan.design.level(root.level):
            help_ = "declare it at that level, or raise to it in a function around this one"
            message = f"{what} at `{root.level}`, and asks for `{asked.wanted}`"
            yield Diagnostic(codes.CONTRACT, message, root.site.span, help=help_, related=related)


def _contexts(root: Root) -> Iterator[Diagnostic]:
    """Calls of the user's functions that are excluded in the context of the root."""
    seen: set[Callable[..., Any]] = set()

    def visit(func: Callable[..., Any], way: tuple[str, ...]) -> Iterator[Diagnostic]:
        made = read(func)
        if made is None or func in seen or "context" in marks_of(func):
            return
        seen.add(func)
        mine = _users(made)
        yield from context_conflicts(func, frozenset({root.context}), mine, way if len(way) > 1 else ())
        for callee, _ in mine:
            yield from visit(callee, (*way, callee.__name__))

    return visit(root.func, (root.func.__name__,))


def _levels(plan: Plan, root: Root) -> list[Diagnostic]:
    """Calls before any that may change the level of the root."""
    have, found = plan.design.level(root.level), []
    seen: set[Callable[..., Any]] = set()

    def visit(func: Callable[..., Any]) -> bool:
        """Whether the level may have changed when `func` returns."""
        made = read(func)
        if made is None or func in seen:
            return made is None
        seen.add(func)
        for callee, span in made.calls:
            if not is_mine(callee):
                return True
            wanted = marks_of(callee).get("level", IPL_NONE)
            if _number(plan, wanted) > have:
                found.append(_too_low(callee.__name__, wanted, root, span))
            if visit(callee):
                return True
        return False

    visit(root.func)
    return found


def _too_low(name: str, wanted: object, root: Root, span: Span) -> Diagnostic:
    message = f"`{name}` is called at `{root.level}`, and asks for `{wanted}`"
    help_ = f"raise first: `s = splraise({wanted})`, and `splx(s)` afterwards"
    related = ((root.site.span, f"the {_DECLARED[root.context]} `{root.func.__name__}` is at `{root.level}`"),)
    return Diagnostic(codes.TOO_LOW, message, span, help=help_, related=related)


def _number(plan: Plan, level: Any) -> int:  # noqa: ANN401 - a number, or a constant of the design
    return level if isinstance(level, int) else plan.design.levels.get(level.name, 0)


def is_mine(func: Callable[..., Any]) -> bool:
    """Whether a function is the user's."""
    return "slot" not in marks_of(func) and is_users(func.__code__.co_filename)


def _users(made: Fronted) -> list[tuple[Callable[..., Any], Span]]:
    return [(callee, span) for callee, span in made.calls if is_mine(callee)]


def read(func: Callable[..., Any]) -> Fronted | None:
    """It in typed form, or None if something is wrong with it."""
    try:
        return fronted(func, Dialect.KERNEL)
    except SplxError:
        return None  # what is wrong with the function is said when it is linked
