"""Names that meant something else when a function was declared than they do when it is compiled.

    for n in range(2):
        card = NIC(f"wm{n}", Poisson(mean=us(50)))

        @handler(card, IPL_NET)
        def intr() -> None:
            card.pop()              # of wm1, in both

Python looks a name up when a function is called, and so does the compiler when it is compiled: after the whole file has
been read. What a loop meant of each round is then that of the last one, without a word. S0120 says it.
"""

from __future__ import annotations

import dis
from dataclasses import dataclass, replace
from functools import cache
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any

from splx.base.diagnostics import Diagnostic, Span
from splx.scenario import codes
from splx.scenario.distributions import Distribution
from splx.scenario.sites import span_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from splx.scenario.sites import Site


@dataclass(frozen=True, slots=True)
class Use:
    """A name of the module, and where in a function it is read first."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Meant:
    """What a name was when `func` was declared at `site`."""

    func: str
    site: Site
    use: Use
    names: dict[str, Any]
    value: Any


def meant(func: FunctionType, site: Site) -> Iterator[Meant]:
    """What the names that `func` reads, and the functions of its module that it calls, are now."""
    seen: set[CodeType] = set()
    waiting = [func]
    while waiting:
        each = waiting.pop()
        if each.__code__ in seen:
            continue
        seen.add(each.__code__)
        for use in uses(each.__code__):
            value = func.__globals__.get(use.name)
            if value is not None:  # else it is given later
                yield Meant(func.__name__, site, use, func.__globals__, value)
                if isinstance(value, FunctionType) and value.__globals__ is func.__globals__:
                    waiting.append(value)


def rebound(declared: list[Meant]) -> Iterator[Diagnostic]:
    """S0120, once for each name and place, where it is something else by now."""
    told: set[Span] = set()
    for each in declared:
        now = each.names.get(each.use.name)
        if not _same(each.value, now) and each.use.span not in told:
            told.add(each.use.span)
            related = ((each.site.span, "declared here"),)
            yield Diagnostic(codes.REBOUND, _message(each, now), each.use.span, "looked up when all has been read",
                             related=related, help=_way_out(each))  # fmt: skip


def _message(it: Meant, now: object) -> str:
    then = f"when `{it.func}` was declared"
    before, after = _called(it.value), _called(now)
    if before and after:
        return f"`{it.use.name}` was {before} {then}, and is {after} by now"
    return f"`{it.use.name}` is another {type(it.value).__name__} than {then}"


def _way_out(it: Meant) -> str:
    name = it.use.name
    if isinstance(it.value, FunctionType):
        return f"write `{name}` once, above the loop, and give it what differs as an argument"
    if _called(it.value):
        return f"give each its own: `arg={name}` where it is declared, and a parameter `{name}`"
    return f"give each its own: a struct with `{name}` as `arg` where it is declared, and a parameter for it"


def _same(before: object, now: object) -> bool:
    """Whether it makes no difference which of the two is meant."""
    if isinstance(before, Distribution) and isinstance(now, Distribution):
        return replace(before.spec(), name="") == replace(now.spec(), name="")
    return before is now or (isinstance(now, int | str) and type(before) is type(now) and before == now)


def _called(value: object) -> str:
    """What a number, a text, or a thing with a name is called; "" for others."""
    if isinstance(value, int | str):
        return repr(value)
    name = getattr(value, "name", None)
    return f"`{name}`" if isinstance(name, str) and name else ""


@cache
def uses(code: CodeType) -> tuple[Use, ...]:
    """The names of the module that a function reads, once each."""
    found: dict[str, Use] = {}
    for insn in dis.get_instructions(code):
        if insn.opname == "LOAD_GLOBAL" and insn.argval not in found:
            found[insn.argval] = Use(insn.argval, span_of(code, insn.offset, code.co_firstlineno))
    return tuple(found.values())
