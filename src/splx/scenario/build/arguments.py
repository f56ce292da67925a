"""What handlers, softints and threads are called with, against what their functions take.

The types of parameters are known when a system is built: annotations may name what is defined later in the file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from splx.base.diagnostics import Diagnostic, SplxError
from splx.lang.front.frontend import Dialect, front
from splx.lang.initial import in_words, suits
from splx.lang.types import BOOL, I64
from splx.scenario import codes
from splx.scenario.functions import UNUSED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from splx.scenario.build.plan import Plan
    from splx.scenario.functions import Function
    from splx.scenario.sites import Site

Given = tuple["Function", object, "Site"]


def check_arguments(plan: Plan) -> None:
    """S0109 for every `arg` that is not what its function takes; S0114 for a filter that answers nothing."""
    for func, arg, site in _given(plan):
        problem = _problem(func, arg)
        if problem is not None:
            where = site.argument("arg")
            plan.problems.add(Diagnostic(codes.ARGUMENT, problem, where, help="give what the function takes as `arg`"))
    for decl in plan.scenario.handlers:
        if decl.filter is not None and not _answers(decl.filter):
            message = f"`{decl.filter.__name__}` is a filter, and does not say whether its handler is wanted"
            where = decl.site.argument("filter")
            plan.problems.add(Diagnostic(codes.FUNCTION, message, where, help="make it `-> bool`"))


def _answers(func: Function) -> bool:
    """Whether a function gives a truth value."""
    try:
        return front(func, Dialect.KERNEL).result == BOOL
    except SplxError:
        return True  # what is wrong with the function is said when it is linked


def _given(plan: Plan) -> Iterator[Given]:
    """Functions of the user's with the argument that was declared."""
    jobs = [each for each in plan.scenario.threads if each.job is not None]
    timers = {each.job.jb_timer for each in jobs if each.job is not None}
    for decl in plan.scenario.handlers:
        if decl.device not in timers:
            yield decl.func, decl.arg, decl.site
        if decl.filter is not None:
            yield decl.filter, decl.arg, decl.site
    for softint in plan.scenario.softints:
        yield softint.si_func, softint.si_arg, softint.about.site
    for napi in plan.scenario.napis:
        yield napi.n_func, napi.n_arg, napi.about.site
    for tasklet in plan.scenario.tasklets:
        yield tasklet.t_func, tasklet.t_arg, tasklet.about.site
    for callout in plan.scenario.callouts:
        yield callout.c_func, callout.c_arg, callout.about.site
    for thread in plan.scenario.threads:
        if thread.job is not None:
            yield thread.job.jb_func, thread.job.jb_arg, thread.site
        elif thread.workqueue is None:
            yield thread.func, thread.arg, thread.site


def _problem(func: Function, arg: object) -> str | None:
    try:
        parameter = front(func, Dialect.KERNEL).params[0]
    except SplxError:
        return None  # what is wrong with the function is said when it is linked
    kind, name = parameter.type, func.__name__
    if parameter.name == UNUSED:
        taken = "nothing"
        if arg == 0 or isinstance(arg, int):
            return None
    else:
        taken = "a number" if kind == I64 else f"a `{kind}`"
        if suits(arg, kind):
            wrong = isinstance(arg, int) and not I64.least <= arg <= I64.greatest
            return f"`arg` is {in_words(arg)}, which does not fit in 64 bits" if wrong else None
    return f"`{name}` takes {taken}, and `arg` is {in_words(arg)}"
