"""Whether a clamp clamps: `mask_clamp` is called, with what it looks at as if a thread of a high level were blocked."""

from __future__ import annotations

import inspect
from types import FunctionType
from typing import TYPE_CHECKING, Any

from splx.lang.kernel import Struct
from splx.scenario.reach import is_kernel

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

BLOCKED, LOW = 9, 1  # levels


class _Blocked(int):
    """What is there while a thread is blocked: a high level, however it is reached."""

    def __getattr__(self, name: str) -> _Blocked:
        return self

    def __getitem__(self, index: object) -> _Blocked:
        return self


def clamps(bodies: Mapping[Any, Any]) -> bool | None:
    """Whether `mask_clamp` gives more than the level that it is called with; None if that cannot be told from here."""
    body = bodies.get("mask_clamp")
    if not inspect.isfunction(body):
        return False
    try:
        return bool(_standing(body, bodies, {})(LOW) > LOW)
    except Exception:
        return None


def _standing(func: Callable[..., Any], bodies: Mapping[Any, Any], made: dict[Any, Any]) -> Callable[..., Any]:
    """The function with the kernel's data replaced; also in the functions that it calls."""
    if func in made:
        found: Callable[..., Any] = made[func]
        return found
    assert isinstance(func, FunctionType)
    names: dict[str, Any] = dict(func.__globals__)
    made[func] = FunctionType(func.__code__, names, func.__name__, func.__defaults__, func.__closure__)
    for name in func.__code__.co_names:
        value = names.get(name)
        if isinstance(value, Struct):
            names[name] = _Blocked(BLOCKED)
        elif inspect.isfunction(value) and is_kernel(value):
            names[name] = _standing(bodies.get(value, value), bodies, made)
    return made[func]  # type: ignore[no-any-return]
