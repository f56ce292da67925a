"""What a scenario says of itself, for a check to judge.

    @always
    def balanced() -> bool:                  # in every state
        return box.given >= box.taken

    @never
    def both_inside() -> bool:               # in no state
        return box.inside == 2

    @eventually
    def served() -> bool:                    # in some state of every run that goes on
        return box.taken > 0

A property is a function of kernel Python without parameters that reads the scenario's words, and does nothing else. A
run does not execute it: it costs nothing, and changes nothing.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from enum import Enum
from types import FunctionType
from typing import TypeVar

from splx.base.diagnostics import Diagnostic
from splx.lang.marks import decorator
from splx.scenario import codes
from splx.scenario.declared import PropertyDecl
from splx.scenario.scene import current, report
from splx.scenario.sites import here

F = TypeVar("F", bound=Callable[[], bool])


class Says(Enum):
    """When a property is to be true."""

    ALWAYS = "always"
    NEVER = "never"
    EVENTUALLY = "eventually"
    #: stated by a mechanism of the kernel, of its own words
    INVARIANT = "invariant"


@decorator
def always(func: F) -> F:
    """The function, which reads words and gives true or false, is true in every state: `splx check` judges it. Words of
    a CPU of its own are meant of each CPU.
    """
    return _declared(Says.ALWAYS, func)


@decorator
def never(func: F) -> F:
    """The function is false in every state."""
    return _declared(Says.NEVER, func)


@decorator
def eventually(func: F) -> F:
    """The function comes to be true, whatever happens."""
    return _declared(Says.EVENTUALLY, func)


def _declared(says: Says, func: F) -> F:
    site = here()
    scenario = current("a property", site)
    if not isinstance(func, FunctionType) or func.__name__ == "<lambda>":
        what = "a lambda" if isinstance(func, FunctionType) else repr(func)
        message = f"{what} is no property, and a function of the module is needed"
        help_ = f"write it with `def`, and `@{says.value}` above it, without parentheses"
        report(Diagnostic(codes.FUNCTION, message, site.argument("func", 0), help=help_))
    elif inspect.signature(func).parameters:
        message = f"`{func.__name__}` takes an argument, and a property is called with none"
        report(Diagnostic(codes.FUNCTION, message, site.span, help="let it read the statics of the module"))
    else:
        scenario.take_name("property", func.__name__, "a property", site)
        scenario.properties.append(PropertyDecl(says, func.__name__, func, site))
    return func
