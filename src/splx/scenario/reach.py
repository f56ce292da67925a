"""What a mechanism can come to do: read off its functions, so that a user's are judged by the same rules as ours.

`reach(design.bodies(), "flow_enter")` follows the function that fills a slot into the functions it calls, but not
through other slots: whatever is done there is another mechanism's doing.
"""

from __future__ import annotations

import dis
import inspect
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from splx.lang.marks import marks_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import CodeType


@dataclass(frozen=True)
class Reach:
    """`names` are all that the functions name: fields, slots, operations of the machine. `stores` are the fields that
    they assign. `each` has the names function by function.
    """

    names: frozenset[str] = frozenset()
    stores: frozenset[str] = frozenset()
    each: tuple[frozenset[str], ...] = field(default=())

    def any(self, *names: str) -> bool:
        """Whether one of these is named."""
        return not self.names.isdisjoint(names)


NOTHING = Reach()


def reach(bodies: Mapping[Any, Any], slot: str) -> Reach:
    """What the function that fills `slot` can come to do; nothing if none does."""
    body = bodies.get(slot)
    if not inspect.isfunction(body):
        return NOTHING
    found = list(_functions(body, bodies))
    each = tuple(frozenset(func.__code__.co_names) for func in found)
    stores = frozenset().union(*(_stores(func.__code__) for func in found))
    return Reach(frozenset().union(*each), stores, each)


def _functions(body: Callable[..., Any], bodies: Mapping[Any, Any]) -> Iterator[Callable[..., Any]]:
    """A function, and those that it calls directly or not, as the design links them; no slots."""
    left, seen = [body], {body}
    while left:
        func = left.pop()
        yield func
        for name in func.__code__.co_names:
            called = func.__globals__.get(name)
            called = bodies.get(called, called) if inspect.isfunction(called) else None
            if inspect.isfunction(called) and called not in seen and is_kernel(called):
                seen.add(called)
                left.append(called)


def is_kernel(func: Callable[..., Any]) -> bool:
    """Whether it is kernel code with a body of its own: neither a slot nor an operation of the machine or language."""
    outside = func.__module__.startswith(("splx.machine", "splx.lang"))
    return not outside and "slot" not in marks_of(func)


@cache
def _stores(code: CodeType) -> frozenset[str]:
    """The fields that a function assigns; every design asks that of most of the same functions."""
    return frozenset(str(each.argval) for each in dis.get_instructions(code) if each.opname == "STORE_ATTR")
