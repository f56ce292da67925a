"""Values that are known only when a system is linked: constants of the design, cycles of the machine, handles, NULL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Final, NoReturn, cast


@dataclass(frozen=True, slots=True)
class LinkConst:
    """What `Const("IPL_VM")` makes: an integer that the design supplies. Two of one name are the same constant."""

    name: str

    def __repr__(self) -> str:
        return self.name

    def __bool__(self) -> NoReturn:
        raise TypeError(f"{self.name} has no value before a system is linked")


@dataclass(frozen=True, slots=True)
class CycleCount(LinkConst):
    """What `cycles(12)` makes: a time that the linker computes from the machine's cycle, rounded once."""

    count: int | float | str


def _cycles(n: int | float | str) -> CycleCount:
    """`n` cycles of the machine, as a time: in kernel code what the machine at hand makes of it, rounded once."""
    return CycleCount(f"cycles({n})", n)


# For type checkers both are plain integers, as they are in kernel code.
Const = cast("Callable[[str], int]", LinkConst)
cycles = cast("Callable[[int | float | str], int]", _cycles)


class NullRef:
    """The null reference, of which there is one: `NULL`."""

    __slots__ = ()
    _only: ClassVar[NullRef | None] = None

    def __new__(cls) -> NullRef:
        """The one object, also when unpickled."""
        if cls._only is None:
            cls._only = super().__new__(cls)
        return cls._only

    def __repr__(self) -> str:
        return "NULL"

    def __reduce__(self) -> tuple[type[NullRef], tuple[()]]:
        return NullRef, ()


#: Typed as Any because it fits every reference.
NULL: Final[Any] = NullRef()


class Handle:
    """Something that kernel code knows by a small number: a device, a distribution, a statistic.

    Subclasses may take what constructor arguments they like. `number` is set when a system is linked, or by whoever
    makes the handle; None means not linked yet. Methods of a handle are kernel functions whose `self` is the number.
    """

    number: int | None = None
    #: how to make one of an integer that stands in its place, `{text}` in the user's text; "" if there is no way
    made_of_integer = ""

    def __init__(self, number: int | None = None) -> None:
        if number is not None:
            self.number = number

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        own_methods(cls)


def own_methods(cls: type) -> None:
    """Note on each function written in the body of `cls` that its `self` is a `cls`."""
    for name, value in vars(cls).items():
        if getattr(value, "__qualname__", None) == f"{cls.__qualname__}.{name}" and hasattr(value, "__code__"):
            value.__owner__ = cls
