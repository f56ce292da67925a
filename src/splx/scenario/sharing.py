"""Who shares a lock: the functions that run by themselves and name it, or call a function of the user's that does.

Read from the functions and what was handed to them, so it says who may take it, and not how often they meet there.
"""

from __future__ import annotations

from types import FunctionType
from typing import TYPE_CHECKING, TypeGuard

from splx.lang.kernel import Struct
from splx.scenario.objects import Mutex
from splx.scenario.periodic import Job
from splx.scenario.rebound import uses

if TYPE_CHECKING:
    from collections.abc import Iterator

    from splx.scenario.scene import Scenario


def shared(scenario: Scenario) -> dict[str, str]:
    """The locks that more than one function can reach, by name, with these in words."""
    users: dict[int, dict[str, None]] = {id(lock): {} for lock in scenario.locks}
    for func, arg in _running(scenario):
        for lock in _locks(func, arg):
            users.setdefault(id(lock), {})[func.__name__] = None
    told = ((lock, list(users[id(lock)])) for lock in scenario.locks)
    return {lock.about.name: f"{', '.join(who[:-1])} and {who[-1]}" for lock, who in told if len(who) > 1}


def _running(scenario: Scenario) -> Iterator[tuple[FunctionType, object]]:
    """What runs by itself, with its argument; of a job the job's own function."""
    declared: list[tuple[object, object]] = [(each.func, each.arg) for each in scenario.handlers]
    declared += [(each.filter, each.arg) for each in scenario.handlers]
    declared += [(each.func, each.arg) for each in scenario.threads]
    declared += [(each.si_func, each.si_arg) for each in scenario.softints]
    declared += [(each.c_func, each.c_arg) for each in scenario.callouts]
    declared += [(each.n_func, each.n_arg) for each in scenario.napis]
    declared += [(each.t_func, each.t_arg) for each in scenario.tasklets]
    for func, arg in declared:
        found, given = (arg.jb_func, arg.jb_arg) if isinstance(arg, Job) else (func, arg)
        if isinstance(found, FunctionType):
            yield found, given


def _locks(func: FunctionType, arg: object) -> Iterator[Mutex]:
    """Those that `func` can reach."""
    if isinstance(arg, Struct):
        yield from (each for each in vars(arg).values() if isinstance(each, Mutex))
    seen, waiting = {func.__code__}, [func]
    while waiting:
        each = waiting.pop()
        for use in uses(each.__code__):
            value = func.__globals__.get(use.name)
            if isinstance(value, Mutex):
                yield value
            elif _is_beside(value, func) and value.__code__ not in seen:
                seen.add(value.__code__)
                waiting.append(value)


def _is_beside(value: object, func: FunctionType) -> TypeGuard[FunctionType]:
    """Whether it is a function of the same module."""
    return isinstance(value, FunctionType) and value.__globals__ is func.__globals__
