"""Marks: what decorators say about a function, without wrapping it.

A decorator of the language only writes into the marks of the function it is given. The front end accepts a decorator if
it went through `decorator`; floors above define their own that way.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


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
def threaded(func: F) -> F:
    """One loop around the call of a table: compiled as one function per entry, each of which goes on to the next."""
    return mark(func, threaded=True, noinline=True)
