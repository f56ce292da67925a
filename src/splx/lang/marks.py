"""Marks: what decorators say about a function, without wrapping it.

A decorator of the language only writes into the marks of the function it is given. The front end accepts a decorator if
it went through `decorator`; floors above define their own that way.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any, TypeAlias, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

#: What comes next in a chain: a function, and which fields of its item are known to be the same as one of an earlier
#: item: (field, number of the earlier item in the chain, its field).
Next: TypeAlias = tuple[Callable[..., Any], tuple[tuple[str, int, str], ...]]


def mark(func: F, **marks: object) -> F:
    """Add to the marks of `func`, and return it."""
    vars(func).setdefault("__marks__", {}).update(marks)
    return func


def marks_of(func: object) -> dict[str, Any]:
    """The marks of a function, the account named by its module (`__account__`) among them."""
    account = getattr(func, "__globals__", {}).get("__account__")
    own = getattr(func, "__marks__", {})
    return {"account": account, **own} if account is not None else dict(own)


def decorator(func: F) -> F:
    """Say that `func` is a decorator of the language: it returns the function it is given, marked."""
    vars(func)["__decorates__"] = True
    return func


def is_decorator(func: object) -> bool:
    """Whether `func` went through `decorator`."""
    return getattr(func, "__decorates__", False) is True


@decorator
def inline(func: F) -> F:
    """Always compiled into its callers."""
    return mark(func, inline=True)


@decorator
def noinline(func: F) -> F:
    """Never compiled into its callers."""
    return mark(func, noinline=True)


@decorator
def outermost(func: F) -> F:
    """Never called on behalf of itself, though it calls others that call it: the kernel sees to that, and it is a panic
    if they do. Not compiled into its callers.
    """
    return mark(func, outermost=True)


@decorator
def threaded(func: F) -> F:
    """One loop around the call of a table: compiled as one function per entry, each of which goes on to the next."""
    return mark(func, threaded=True, noinline=True)


@decorator
def counting(**arrays: str) -> Callable[[F], F]:
    """Fields of the one local struct of a threaded loop that are places in an array; for each the way to the array from
    the first parameter. They travel as addresses. If the items are structs and a local refers to such an item, it is
    the one at that place whenever a round begins: then only the local travels.
    """

    def place(func: F) -> F:
        return mark(func, counts=arrays)

    return place


@inline
def following(place: int) -> int:
    """In `item = items[following(place)]`: what `item` refers to is known to be at the place before this one."""
    return place


def chain(name: str, first: Callable[..., Any], then: tuple[Next, ...]) -> Callable[..., Any]:
    """`first` once more, for another entry of the table of a threaded loop: from there, `then` always comes next. The
    item is the last argument of all of them.
    """
    made = FunctionType(first.__code__, first.__globals__, name)
    made.__annotations__ = first.__annotations__
    made.__qualname__, made.__module__ = name, first.__module__
    return mark(made, **{**getattr(first, "__marks__", {}), "then": then})
