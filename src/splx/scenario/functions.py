"""Functions given as handlers and threads: what can be known of them before they are compiled."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import FunctionType
from typing import TYPE_CHECKING, TypeAlias

from splx.base.diagnostics import Diagnostic
from splx.scenario import codes
from splx.scenario.scene import report

if TYPE_CHECKING:
    from splx.scenario.sites import Site

#: A function that a handler, softint, thread or workqueue runs: `f()` or `f(arg)`.
Function: TypeAlias = Callable[..., None]

#: No name that a user can write.
_UNUSED = "%arg"


def body_of(func: Function, site: Site, name: str, position: int = -1) -> Function:
    """`func` as the kernel calls it, with one argument. S0114 if it is no plain function of at most one parameter."""
    where = site.argument(name, position)
    if not isinstance(func, FunctionType):
        message = f"`{name}` is {func!r}, and a function of the module is needed"
        report(Diagnostic(codes.FUNCTION, message, where, help="write it with `def` at the top level"))
        return nothing
    if func.__name__ == "<lambda>":
        report(Diagnostic(codes.FUNCTION, "a lambda cannot be compiled", where, help="write it with `def`"))
        return nothing
    given = len(inspect.signature(func).parameters)
    if given > 1:
        message = f"`{func.__name__}` takes {given} arguments, and is called with one"
        help_ = "put what it needs into a struct, and give that as `arg`"
        report(Diagnostic(codes.FUNCTION, message, where, help=help_))
        return nothing
    return func if given == 1 else _taking_one(func)


def nothing(arg: int) -> None:
    """What runs in place of a function that was refused."""


def _taking_one(func: FunctionType) -> Function:
    """`func` with a parameter that it does not look at.

    The kernel hands every handler its argument. A wrapper would cost a call and a line of ours in the user's
    listing, so only the head is changed: compilers of this project read the head from the code object and the body
    from the text.
    """
    code = func.__code__.replace(
        co_argcount=1,
        co_nlocals=func.__code__.co_nlocals + 1,
        co_varnames=(_UNUSED, *func.__code__.co_varnames),
    )
    twin = FunctionType(code, func.__globals__, func.__name__)
    twin.__module__, twin.__qualname__, twin.__doc__ = func.__module__, func.__qualname__, func.__doc__
    twin.__annotations__ = {_UNUSED: int, **func.__annotations__}
    twin.__dict__.update(func.__dict__)
    return twin
