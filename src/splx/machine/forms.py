"""Quick forms: what instructions do when nothing is unusual, for operands of a known kind.

Most instructions can neither end a slice nor change what the clock has to be compared with, as long as what they
touch is at hand and what they assert holds. A *form* does that much of one row, for one kind of its operands. Whatever
else it meets it leaves alone: it says so before it has done anything, and the row's clause does it. So a form knows no
finding and writes no trace, and the clause stays the one place that says what an instruction means.

A form says in `Exec.stop` how to go on:

    NONE, TAKEN     with what is next; TAKEN after a branch, so that the machine below us sees a branch as well
    JUMPED          where control may come from anywhere: somebody looks at the account first
    AGAIN           with the same instruction, in the form that it has named
    LEFT            executed, and the clock may be beyond a limit
    CHECK           executed, and the slice ends, as after the clause
    REDO            not executed: it is for the clause

The tables that the loader makes: `forms` has the form of each instruction, 0 if it has none. `Insn.quick` has it as
well, but where control may come from an instruction of another account: there it is `TURN`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from splx.lang.marks import decorator

if TYPE_CHECKING:
    from collections.abc import Iterable

    from splx.machine.rows import Clause

F = TypeVar("F", bound=Callable[..., Any])

NONE = 0  # the number of what has no form
TURN = 1  # the number of the form that looks at the account
FAR_LOAD, FAR_LOAD_INDEXED, FAR_STORE, FAR_STORE_INDEXED = 2, 3, 4, 5  # in the place of one that finds its line away
FIRST = 6


@dataclass(frozen=True, slots=True)
class Operands:
    """What forms ask of an instruction: see `Form`."""

    flags: int
    based: bool
    bits: bool
    within: bool


@dataclass(frozen=True, slots=True)
class Form:
    """A form of `row`, for instructions with all flags of `on` and none of `off`. `based` says whether register a is
    given, `bits` whether a store is checked, `within` that its address is a known one in the CPU's block; None that it
    does not matter.
    """

    row: str
    clause: Clause
    on: int = 0
    off: int = 0
    based: bool | None = None
    bits: bool | None = None
    within: bool | None = None

    def fits(self, it: Operands) -> bool:
        """Whether it is for an instruction with these operands."""
        if it.flags & self.on != self.on or it.flags & self.off:
            return False
        return self.based in (None, it.based) and self.bits in (None, it.bits) and self.within in (None, it.within)


#: forms in the order of their numbers, from FIRST on; of those that fit, the first counts.
REGISTERED: list[Form] = []


@decorator
def form(
    rows: str,
    *,
    on: int = 0,
    off: int = 0,
    based: bool | None = None,
    bits: bool | None = None,
    within: bool | None = None,
) -> Callable[[F], F]:
    """Register the decorated function as a form of each of `rows`, separated by spaces. See `Form`."""

    def place(clause: F) -> F:
        REGISTERED.extend(Form(row, clause, on, off, based, bits, within) for row in rows.split())
        return clause

    return place


def adopt(clauses: Iterable[tuple[str, Clause]]) -> None:
    """Clauses that need no other form: they only compute, and always can."""
    REGISTERED.extend(Form(row, clause) for row, clause in clauses)


def form_of(row: str, it: Operands) -> int:
    """The number of the form of an instruction, NONE if it has none."""
    return next((number for number, each in _forms_of(row) if each.fits(it)), NONE)


@cache
def _forms_of(row: str) -> list[tuple[int, Form]]:
    return [(number, each) for number, each in enumerate(REGISTERED, FIRST) if each.row == row]
