"""What figures say of each other: orders that hold of every machine, and what hardly any machine has.

A contradiction is refused. A doubt is a warning: the model is used as it stands, since somebody may want to know what a
machine would do that nobody has built.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from splx.base.diagnostics import Diagnostic
from splx.machine import codes
from splx.machine.costs import Cost, Transfer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from splx.machine.models import Figure

#: (the dearer, the cheaper, why): what holds of every machine.
ORDERS = (
    (Cost.LOCKED, Cost.UNLOCKED, "a lock on top of an operation makes it no cheaper"),
    (Cost.UNLOCKED, Cost.LOAD, "reading, changing and writing takes no less than reading"),
    (Cost.UNLOCKED, Cost.STORE, "reading, changing and writing takes no less than writing"),
    (Cost.LOAD, Cost.PRIVATE, "a word of this CPU is no dearer than a shared one that is at hand"),
    (Cost.DIV, Cost.ALU, "a division takes no less than a sum"),
    (Cost.MUL, Cost.ALU, "a product takes no less than a sum"),
    (Cost.DEV_READ, Cost.LOAD, "a register of a device is no nearer than a word at hand"),
    (Cost.DEV_WRITE, Cost.STORE, "a register of a device is no nearer than a word at hand"),
)

#: The same, of nearly every machine.
UNUSUAL = (
    (Transfer.REMOTE, Transfer.SHARED, "another CPU's changed line is rarely nearer than a clean copy"),
    (Transfer.REMOTE, Transfer.UPGRADE, "a line that is here needs no data, only that the others let go of it"),
)

#: What takes time wherever a sum does.
NOT_FREE = (
    Cost.PRIVATE, Cost.LOAD, Cost.STORE, Cost.UNLOCKED, Cost.BRANCH, Cost.CALL, Cost.IRQ_FLAG, Cost.LEVEL, Cost.SWITCH,
    Cost.TRAP, Cost.LEAVE, Cost.ENTER, Cost.IPI_SEND, Cost.MASK, Cost.UNMASK, Cost.DEV_READ, Cost.DEV_WRITE,
    Transfer.SHARED, Transfer.REMOTE, Transfer.UPGRADE, Transfer.IPI,
)  # fmt: skip


def contradictions(costs: Mapping[Cost, Figure]) -> Iterator[Diagnostic]:
    """M0008 for every two figures of which one cannot be the smaller."""
    for dear, cheap, why in ORDERS:
        if dear in costs and cheap in costs and costs[dear].ps < costs[cheap].ps:
            yield _order(codes.CONTRADICTION, (dear.name, costs[dear]), (cheap.name, costs[cheap]), why)


def doubts(costs: Mapping[Cost, Figure], transfers: Mapping[Transfer, Figure]) -> Iterator[Diagnostic]:
    """W0001 for what is as hardly any machine is."""
    for dear, cheap, why in UNUSUAL:
        if transfers[dear].ps < transfers[cheap].ps:
            yield _order(codes.DOUBT, (dear.name, transfers[dear]), (cheap.name, transfers[cheap]), why)
    sum_ = costs[Cost.ALU]
    for kind in NOT_FREE if sum_.ps else ():
        figure = costs[kind] if isinstance(kind, Cost) else transfers[kind]
        if figure.ps == 0:
            message = f"`{kind.name.lower()}` ({figure.written}) costs nothing, where a sum takes {sum_.written}"
            yield Diagnostic(
                codes.DOUBT, message, figure.span, help="give what it takes, or leave it so if you mean it"
            )


def _order(code: str, dear: tuple[str, Figure], cheap: tuple[str, Figure], why: str) -> Diagnostic:
    one, other = dear[0].lower(), cheap[0].lower()
    message = f"`{one}` ({dear[1].written}) costs less than `{other}` ({cheap[1].written})"
    related = () if cheap[1].span is None else ((cheap[1].span, "the other"),)
    help_ = f"make `{one}` at least as much as `{other}`"
    if code == codes.DOUBT:
        help_ += ", or leave it so if you mean it"
    return Diagnostic(code, message, dear[1].span, notes=(why,), related=related, help=help_)
