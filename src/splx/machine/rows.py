"""The register of instructions: a row stands directly above the clause that gives it its meaning.

Everything else derives from the row: the compiler's choice of operands, the listing, the cost classes, what the
instruction may touch (so which others it commutes with), the English of a counterexample, the manual.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from splx.lang.marks import decorator
from splx.machine.costs import Cost

if TYPE_CHECKING:
    from collections.abc import Callable

    from splx.machine.state import Exec, Insn, Machine

    Clause = Callable[[Machine, Exec, Insn], None]

F = TypeVar("F", bound="Callable[..., Any]")

#: operand kinds: where an operand is kept in the instruction, and what it means.
OPERANDS = {
    "dst": "register written",
    "a": "register read",
    "b": "register read",
    "c": "register read",
    "B": "register b, or the immediate when F_IMM is set",
    "N": "register b, or b itself, a number of 16 bits with a sign, when F_NUM is set",
    "a?": "register read, or none",
    "dst?": "register written, or none",
    "imm": "number",
    "t": "branch target",
    "m": "message (kept in t)",
    "bits": "width of a checked store: 0 unchecked, n unsigned, -n signed (kept in t)",
}

#: what an instruction may touch beyond its own context's registers.
TOUCHES = ("private", "memory", "line", "device", "cpu", "frame", "context", "time", "choice", "statistics")


@dataclass(frozen=True, slots=True)
class Row:
    """One instruction: name, opcode, operands in listing order, base cost, what it may touch, an English sentence.

    `shared` means other CPUs can see or be seen by it: in time order it waits for its turn. `access` describes its
    use of memory, `ends` how control leaves: "", "jump", "branch", "call", "return" or "switch". `drains` means it
    empties the store buffer of its CPU (locked operations, fences, frame returns, devices). `code` is -1 until the
    table numbers it.
    """

    name: str
    code: int
    operands: tuple[str, ...]
    cost: Cost
    touches: tuple[str, ...]
    says: str
    clause: Clause
    shared: bool
    access: str  # "", "load", "store", "rmw", "locked"
    ends: str
    drains: bool


#: rows by name, in the order they were registered; `splx.machine.table` numbers them.
REGISTERED: dict[str, Row] = {}


@decorator
def row(
    name: str,
    operands: str,
    says: str,
    *,
    cost: Cost = Cost.ALU,
    touches: str = "",
    access: str = "",
    ends: str = "",
    shared: bool = False,
    drains: bool = False,
) -> Callable[[F], F]:
    """Register the decorated clause under `name`. Operands and touches are words separated by spaces."""

    def place(clause: F) -> F:
        kinds = tuple(operands.split())
        touched = tuple(touches.split())
        assert name not in REGISTERED, name
        assert set(kinds) <= set(OPERANDS), kinds
        assert set(touched) <= set(TOUCHES), touched
        REGISTERED[name] = Row(
            name, -1, kinds, cost, touched, says, clause, shared, access, ends, drains or access == "locked"
        )
        return clause

    return place
