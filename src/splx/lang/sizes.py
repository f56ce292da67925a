"""Sizes: array lengths that are fixed for a whole class of systems and compiled in as constants.

`CPUS = Size("CPUS")` is a name; `Sizes(CPUS=4)` says how long. Native code sees the number as a constant; plain Python
looks it up in the sizes in use, so the same text runs either way.
"""

# ruff: noqa: ANN401 - operators take what int takes

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, cast

_in_use: ContextVar[Sizes] = ContextVar("sizes in use")


class Sizes(Mapping[str, int]):
    """The length of every `Size` of a size class. Hashable: compiled code is cached by it."""

    __slots__ = ("_hash", "_lengths")

    def __init__(self, **lengths: int) -> None:
        for name, length in lengths.items():
            if length < 0:
                raise ValueError(f"size {name} is {length}: a length is not negative")
        self._lengths = dict(sorted(lengths.items()))
        self._hash = hash(tuple(self._lengths.items()))

    def __getitem__(self, name: str) -> int:
        return self._lengths[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._lengths)

    def __len__(self) -> int:
        return len(self._lengths)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return other is self or (isinstance(other, Sizes) and other._lengths == self._lengths)

    def __repr__(self) -> str:
        return f"Sizes({', '.join(f'{name}={length}' for name, length in self._lengths.items())})"

    @contextmanager
    def use(self) -> Iterator[Sizes]:
        """Every `Size` means its length here, in plain Python, until the block ends."""
        token = _in_use.set(self)
        try:
            yield self
        finally:
            _in_use.reset(token)


class SizeName:
    """What `Size("CPUS")` makes: the one object of that name, usable as an int while `Sizes` are in use.

    Without sizes in use, or with a name they lack, its number is a LookupError.
    """

    __slots__ = ("name",)

    name: str
    _known: dict[str, SizeName] = {}  # noqa: RUF012 - one object per name: Size("A") is Size("A")

    def __new__(cls, name: str) -> SizeName:
        """The object of that name, made when it is first asked for."""
        known = cls._known.get(name)
        if known is None:
            known = cls._known[name] = super().__new__(cls)
            known.name = name
        return known

    def __index__(self) -> int:
        sizes = _in_use.get(None)
        if sizes is None:
            raise LookupError(f"no sizes in use: the length of {self.name} is not known here")
        try:
            return sizes[self.name]
        except KeyError:
            raise LookupError(f"{sizes} has no {self.name}") from None

    __int__ = __index__

    def __hash__(self) -> int:
        return hash(self.name)

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, (int, SizeName)) and int(self) == int(other))

    def __bool__(self) -> bool:
        return int(self) != 0

    def __repr__(self) -> str:
        return self.name

    def __reduce__(self) -> tuple[type[SizeName], tuple[str]]:
        return SizeName, (self.name,)


def _forward(op: Callable[[int, int], Any]) -> Callable[[SizeName, Any], Any]:
    def method(self: SizeName, other: Any) -> Any:
        return op(int(self), operator.index(other))

    return method


def _backward(op: Callable[[int, int], Any]) -> Callable[[SizeName, Any], Any]:
    def method(self: SizeName, other: Any) -> Any:
        return op(operator.index(other), int(self))

    return method


def _alone(op: Callable[[int], Any]) -> Callable[[SizeName], Any]:
    return lambda self: op(int(self))


for _name in ("add", "sub", "mul", "floordiv", "mod", "and", "or", "xor", "lshift", "rshift"):
    _op = getattr(operator, f"__{_name}__")
    setattr(SizeName, f"__{_name}__", _forward(_op))
    setattr(SizeName, f"__r{_name}__", _backward(_op))
for _name in ("lt", "le", "gt", "ge"):
    setattr(SizeName, f"__{_name}__", _forward(getattr(operator, f"__{_name}__")))
for _name in ("neg", "invert", "abs"):
    setattr(SizeName, f"__{_name}__", _alone(getattr(operator, f"__{_name}__")))

# For type checkers a size is an int, as it is for whoever writes engine code.
Size = cast("Callable[[str], int]", SizeName)
