"""Functions given as handlers and threads: what can be known of them before they are compiled."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from enum import Enum
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any, TypeAlias

from splx.base.diagnostics import Diagnostic
from splx.scenario import codes
from splx.scenario.rebound import meant
from splx.scenario.scene import in_use, report

if TYPE_CHECKING:
    from splx.scenario.sites import Site

#: A function that a handler, softint, thread or workqueue runs: `f()` or `f(arg)`; or a poll, which gives a number.
Function: TypeAlias = Callable[..., Any]

_CALLED = ("one", "a budget, or with `arg` and a budget")

#: What the parameter of a function without one is called: no name that a user can write.
UNUSED = "%arg"


class Role(Enum):
    """What a function is declared as."""

    HANDLER = "handler"
    FILTER = "filter"
    FILTERED = "filtered handler"
    SOFTINT = "softint"
    THREAD = "thread"
    JOB = "job"
    WORK = "work"
    POLL = "poll"
    CALLOUT = "callout"
    TASKLET = "tasklet"


def body_of(func: Function, role: Role, site: Site, name: str, position: int = -1) -> Function:
    """`func` as the kernel calls it, with one argument, and as a poll with a budget behind it. S0114 if it is no plain
    function of at most so many parameters.

    The same object each time it is declared for one role, and another one for another: the kernel calls handlers,
    threads and jobs from different depths, and what is called through a number has its registers at one depth.
    """
    if not isinstance(func, FunctionType):
        where = site.argument(name, position)
        message = f"`{name}` is {func!r}, and a function of the module is needed"
        report(Diagnostic(codes.FUNCTION, message, where, help="write it with `def` at the top level"))
        return nothing
    if func.__name__ == "<lambda>":
        report(
            Diagnostic(
                codes.FUNCTION, "a lambda cannot be compiled", site.argument(name, position), help="write it with `def`"
            )
        )
        return nothing
    given, budgets = len(inspect.signature(func).parameters), int(role is Role.POLL)
    if not budgets <= given <= 1 + budgets:
        message = f"`{func.__name__}` takes {given or 'no'} arguments, and is called with {_CALLED[budgets]}"
        help_ = "put what it needs into a struct, and give that as `arg`" if given else "take the budget"
        report(Diagnostic(codes.FUNCTION, message, site.argument(name, position), help=help_))
        return nothing
    scenario = in_use()
    if scenario is not None:
        scenario.meant += meant(func, site)
    twins = vars(func).setdefault("__twins__", {})
    if role not in twins:
        twins[role] = _twin(func, func.__code__ if given > budgets else _taking_one_more(func.__code__))
    made: Function = twins[role]
    return made


def nothing(arg: int) -> None:
    """What runs in place of a function that was refused."""


def _twin(func: FunctionType, code: CodeType) -> FunctionType:
    twin = FunctionType(code, func.__globals__, func.__name__, None, func.__closure__)
    twin.__module__, twin.__qualname__, twin.__doc__ = func.__module__, func.__qualname__, func.__doc__
    twin.__annotations__ = {UNUSED: int, **func.__annotations__}
    vars(func).setdefault("__marks__", {})  # shared: a decorator above this one marks the twin as well
    twin.__dict__.update({name: value for name, value in vars(func).items() if name != "__twins__"})
    return twin


def _taking_one_more(code: CodeType) -> CodeType:
    """Code with a first parameter that it does not look at.

    The kernel hands every handler its argument. A wrapper would cost a call and a line of ours in the user's listing,
    so only the head is changed: compilers of this project read the head from the code object and the body from the
    text.
    """
    return code.replace(
        co_argcount=code.co_argcount + 1, co_nlocals=code.co_nlocals + 1, co_varnames=(UNUSED, *code.co_varnames)
    )
