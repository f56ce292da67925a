"""What kernel code imports: the language, the marks of functions, and the forms that only kernel code has.

from splx.lang.kernel import NULL, PerCpu, Struct, atomic, context, THREAD, i64, u8

class Mutex(Struct):
# atomic
word: i64 = atomic()        # owner, or owner | WAITERS
# constant after init
ipl: u8

@context(THREAD)
def mutex_enter(m: Mutex) -> None: ...
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from enum import IntEnum
from typing import Any, NoReturn, TypeAlias, TypeVar

from splx.base.diagnostics import Diagnostic, SplxError
from splx.base.units import ms, ns, ps, s, us
from splx.lang import codes
from splx.lang.fields import Array, array, atomic, embedded, ghost, guarded_by, percpu, stat
from splx.lang.intrinsic import intrinsic
from splx.lang.links import NULL, Const, Handle, LinkConst, cycles
from splx.lang.marks import decorator, inline, mark, noinline, outermost
from splx.lang.sizes import Size
from splx.lang.source import line_span
from splx.lang.struct import KernelStruct, PerCpu
from splx.lang.struct import KernelStruct as Struct
from splx.lang.types import I64, i8, i16, i32, i64, u8, u16, u32

__all__ = [
    "HARDINT",
    "IDLE",
    "NULL",
    "SOFTINT",
    "THREAD",
    "Array",
    "Const",
    "Context",
    "Func",
    "Handle",
    "PerCpu",
    "Size",
    "Struct",
    "account",
    "addr",
    "array",
    "at",
    "atomic",
    "atomic_step",
    "context",
    "cycles",
    "embedded",
    "entry",
    "ghost",
    "guarded_by",
    "i8",
    "i16",
    "i32",
    "i64",
    "inline",
    "invariant",
    "level",
    "ms",
    "noinline",
    "ns",
    "number_of",
    "on_cpu",
    "outermost",
    "panic",
    "percpu",
    "ps",
    "s",
    "slot",
    "spin_while",
    "stat",
    "u8",
    "u16",
    "u32",
    "us",
]

F = TypeVar("F", bound=Callable[..., Any])
P = TypeVar("P", bound=PerCpu)
S = TypeVar("S", bound=KernelStruct)

#: The annotation of a function value of which nothing more is said. `Callable[[int], None]` says more.
Func: TypeAlias = Callable[..., Any]


class Context(IntEnum):
    """Where kernel code can run."""

    THREAD = 0
    SOFTINT = 1
    HARDINT = 2
    IDLE = 3


THREAD, SOFTINT, HARDINT, IDLE = Context


@decorator
def context(*where: Context) -> Callable[[F], F]:
    """The contexts in which the function may be called. A call in others is refused where the compiler sees it, and a
    finding where it happens.
    """
    if not where or not all(isinstance(each, Context) for each in where):
        help_ = "name one or more of THREAD, SOFTINT, HARDINT: `@context(THREAD, SOFTINT)`"
        _refuse_contract("`@context` says where a function may be called, and names no place", help_)
    return lambda func: mark(func, context=frozenset(where))


@decorator
def level(ipl: object) -> Callable[[F], F]:
    """The interrupt level that the caller has raised to, or a higher one: a number, or a constant of the design. A call
    at a lower level is refused where it is certain, and a finding where it happens.
    """
    number = isinstance(ipl, int) and not isinstance(ipl, bool) and ipl >= 0
    if not number and not isinstance(ipl, LinkConst):
        _refuse_contract("`@level` says at which level a function is called, and names none", "write `@level(IPL_VM)`")
    return lambda func: mark(func, level=ipl)


def _refuse_contract(message: str, help_: str) -> NoReturn:
    """L0313, at the line of the decorator."""
    frame = sys._getframe(2)
    where = line_span(frame.f_code.co_filename, frame.f_lineno)
    raise SplxError(Diagnostic(codes.NO_CONTRACT, message, where, help=help_))


@decorator
def account(name: str) -> Callable[[F], F]:
    """The account that pays for the function's instructions. `__account__ = "lock"` says it for a module."""
    return lambda func: mark(func, account=name)


@decorator
def entry(func: F) -> F:
    """The function starts a context: returning from it leaves the context."""
    return mark(func, entry=True)


@decorator
def slot(func: F) -> F:
    """The function is a signature and a contract; the design supplies a body."""
    return mark(func, slot=True)


@decorator
def invariant(*, admitting: bool = False) -> Callable[[F], F]:
    """The function, which reads words and gives true or false, is true in every state: of each CPU, if it reads words
    of one, and of each static of the class of its parameter, if it has one. `admitting`: only while the CPU admits
    interrupts, for what is kept with interrupts off.
    """
    return lambda func: mark(func, invariant=True, admitting=admitting)


@decorator
def atomic_step(func: F) -> F:
    """A checker that is asked to may take the whole function as one step: nobody else moves meanwhile. Its stores are
    like others: under x86-TSO they wait in the buffer of its CPU, and others see them later, so such a step is no model
    of a locked operation there.
    """
    return mark(func, atomic=True)


def spin_while(condition: bool) -> None:  # noqa: FBT001 - it is the condition
    """Busy-wait as long as the condition holds. It may load and compute, and neither store nor call."""
    raise NotImplementedError


def on_cpu(static: P, cpu: int) -> P:
    """Another CPU's copy of a per-CPU static, for its `atomic()` fields: `on_cpu(spl, n).field`."""
    raise NotImplementedError


@intrinsic(("ref",), I64, pure=True)
def addr(ref: Struct) -> int:
    """The address of a struct: a multiple of 8, 0 for NULL."""
    raise NotImplementedError


@intrinsic(("class", "int"), "class", pure=True)
def at(cls: type[S], address: int) -> S:
    """The struct at an address that `addr` gave, flags in the low three bits removed by the caller."""
    raise NotImplementedError


@intrinsic(("handle",), I64, pure=True)
def number_of(handle: Handle) -> int:
    """The number by which kernel code knows a device, a distribution or a statistic."""
    raise NotImplementedError


@intrinsic(("str", "word?"), leaves=True)
def panic(message: str, value: object = 0) -> None:
    """The kernel cannot go on: a finding, with `value` shown beside the message."""
    raise NotImplementedError
