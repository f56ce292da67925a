"""What can be said about a field beyond its type: length, initial value, and what protects it.

class Ring(Struct):
    lock: Mutex
    # guarded by lock
    head: u16 = guarded_by("lock")
    slots: Array[i64] = array(64, guarded_by("lock"))
    # written by anybody, locked operations only
    waiters: i64 = atomic()
"""

# ruff: noqa: ANN401 - the right side of a field must fit every annotation, and lengths may be a Size

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """The right side of a field. `initial is MISSING` means zero, False, NULL, or a struct of zeros."""

    initial: Any = None
    guard: str = ""
    length: Any = None
    embedded: bool = False


class _Missing:
    def __repr__(self) -> str:
        return "MISSING"


MISSING: Any = _Missing()


def array(length: Any, guard: Any = None) -> Any:
    """A fixed number of items: a number, or a `Size`. `guard` is what `atomic()`, `guarded_by()`, ... make."""
    return replace(guard or FieldSpec(MISSING), length=length)


def atomic(initial: Any = MISSING) -> Any:
    """A field that several CPUs use without a lock. The only kind that `on_cpu` reaches."""
    return FieldSpec(initial, "atomic")


def guarded_by(lock: str, initial: Any = MISSING) -> Any:
    """A field used only while `lock` is held, which every use in a driver asserts, but for a `spin_while`, which only
    looks. The name is that of a lock of the module, `kernel_lock`, or a field of the same struct that is a lock, or a
    word that is not zero while it is held.
    """
    return FieldSpec(initial, lock)


def percpu(initial: Any = MISSING) -> Any:
    """A field that only its own CPU uses."""
    return FieldSpec(initial, "percpu")


def stat(initial: Any = MISSING) -> Any:
    """A statistic: kernel code adds to it and never reads it, so it is kept beside the state."""
    return FieldSpec(initial, "stat")


def ghost(initial: Any = MISSING) -> Any:
    """A field for assertions alone: kernel code keeps it up to date, and only conditions of `assert` look at it. Both
    are of the cost class of assertions: free, unless a machine says otherwise. It is written by the thread or the CPU
    that it belongs to, and interrupts leave it as they found it.
    """
    return FieldSpec(initial, "ghost")


def embedded(of: Any = None) -> Any:
    """In kernel structs: the struct itself lies here and not a reference to one. `embedded(array(4))` for a row."""
    return replace(of or FieldSpec(MISSING), embedded=True)


class Array(Generic[T]):
    """The annotation of a field made with `array`: for type checkers, a row of `T`."""

    def __getitem__(self, index: int) -> T:
        raise NotImplementedError

    def __setitem__(self, index: int, value: T) -> None:
        raise NotImplementedError

    def __len__(self) -> int:
        raise NotImplementedError


class Slice(Array[T]):
    """The annotation of a pointer and a length: integers in a buffer of the host. Engine code only."""


class Items(list[Any]):
    """An array in plain Python: no negative index, no value that does not fit, no change of length."""

    __slots__ = ("greatest", "least")

    def __init__(self, items: Iterator[Any] | list[Any], least: int | None = None, greatest: int | None = None) -> None:
        super().__init__(items)
        self.least, self.greatest = least, greatest

    def __getitem__(self, index: Any) -> Any:
        if index < 0:
            raise IndexError(f"index {index} is negative")
        return super().__getitem__(index)

    def __setitem__(self, index: Any, value: Any) -> None:
        if index < 0:
            raise IndexError(f"index {index} is negative")
        if self.least is not None and self.greatest is not None and not self.least <= value <= self.greatest:
            raise OverflowError(f"{value} does not fit {self.least}..{self.greatest}")
        super().__setitem__(index, value)
