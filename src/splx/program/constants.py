"""Numbers that exist only when a system is linked: constants of the design, cycles, sizes, handles, accounts."""

# ruff: noqa: ANN401 - constants are of every class

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from splx.base.diagnostics import Diagnostic, SplxError
from splx.lang.links import CycleCount, Handle, LinkConst, NullRef
from splx.lang.sizes import SizeName
from splx.machine.costs import Account
from splx.program import codes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from splx.base.units import Cycle
    from splx.lang import tree
    from splx.program.lower.code import Code


#: What accounts are called in kernel code.
ACCOUNTS = {each.name.lower(): each.value for each in Account} | {"other": Account.KERNEL.value}


class Constants:
    """What the design and the machine supply."""

    def __init__(self, consts: Mapping[Any, int], sizes: Mapping[str, int], cycle: Cycle | None) -> None:
        self._consts = consts
        self._sizes = sizes
        self._cycle = cycle

    def known(self, value: Any) -> int | None:
        """The number behind a constant, or None if nobody supplied it."""
        if isinstance(value, CycleCount):
            return None if self._cycle is None else self._cycle.cycles(value.count)
        if isinstance(value, LinkConst):
            return self._consts.get(value.name)
        if isinstance(value, SizeName):
            return self._sizes.get(value.name)
        if isinstance(value, Handle):
            return self._consts.get(value) if value.number is None else value.number
        return 0 if isinstance(value, NullRef) or value is None else int(value)

    def number(self, value: Any, code: Code) -> int:
        """The number behind a constant in code. SplxError L0503 if nobody supplied it."""
        found = self.known(value)
        if found is None:
            raise code.refuse(codes.NO_VALUE, f"{what(value)} has no number in this system", help_for(value))
        return found

    def account(self, function: tree.Function, outer: int | None) -> int:
        """The account of a function. Code that names none goes on the account of its caller, or of its context."""
        name = function.marks.get("account")
        if name is None:
            return Account.CONTEXT.value if outer is None else outer
        if name not in ACCOUNTS:
            message = f"`{function.name}` goes on account `{name}`, which there is not"
            help_ = f"the accounts are {', '.join(f'`{each}`' for each in ACCOUNTS)}"
            raise SplxError(Diagnostic(codes.NO_VALUE, message, function.span, help=help_))
        return ACCOUNTS[name]


def what(value: Any) -> str:
    """A constant in words."""
    if isinstance(value, Handle):
        return f"this `{type(value).__name__}`"
    return f"`{value!r}`"


def help_for(value: Any) -> str:
    """Where its number would come from."""
    if isinstance(value, CycleCount):
        return "choose a machine: its cycle says how long they are"
    if isinstance(value, SizeName):
        return "give the size when linking"
    if isinstance(value, Handle):
        return "declare it in the scenario"
    return "the design has to set it"
