"""Chains: instructions that follow one another in most kernels, executed as one (superinstructions).

A chain has a number of its own among the quick forms. The loader gives it to an instruction that begins one; those
behind keep their own forms, so a branch into the middle finds what it always found. Each instruction of a chain still
counts, costs and stops as it would alone. What is saved is the way from one to the next, and, where a later one reads
the register that an earlier one has just written, the way of that value through memory.

The list was made by counting: what is executed most, over kernels of all designs, where one instruction waits for the
result of another. It is short because each chain has to be compiled.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from splx.lang.marks import chain
from splx.machine import forms_control, forms_data, forms_memory
from splx.machine.forms import FIRST, REGISTERED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from splx.lang.marks import Next
    from splx.machine.rows import Clause

    Row = tuple[int, ...]

FILES = (forms_data, forms_memory, forms_control)

#: forms by name; behind each, which of its registers were written by which instruction of the chain, from 0 on.
LISTED = """
    ld_based bne_number[a0]
    ld_based beq_number[a0]
    ldp_static ld_based[a0]
    ldp_static aeq_number[a0]
    faddp_static ldp_static sel[a0][b1] stp_static_checked[b2]
    cpu add_number[a0] cas[c1] bne_number[a2]
    ld_based ld_based max_[a0][b1]
    ldp_static bge_register[b0]
    ld_based agt_number[a0] ale_number[a0]
    shl_number ldx[b0] ld_based[a1] stx[b0][c2]
    ld_based cpu add_number[a1] aeq_register[a0][b2]
    faddp_static seq[a0] mov_number sel[a1][c2]
    shr_number shl_number[a0] ldx[b1] beq_number[a2]
    ld_based mark[a0]
    ldp_static ble_register[b0]
    ld_based bset[a0] st_register[b1]
    ld_based ldp[a0] bge_number[a1]
    ldp_static ld_based[a0] age_register[b1]
    self_ st_register[b0]
    cpu ld_based[a0]
    shl_number ld_based[a0] ble_register[b1] st_checked[a0]
    ld_based ldp_static stp_static_checked[b0] setlvl[b0]
    ld_based switch[a0]
    ld_based st_number[a0]
"""

COLUMN = {"a": 8, "b": 9, "c": 10}  # of a row, in the order of the fields of `Insn`
WRITTEN = 7  # the column of the register that is written


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain: its number among the forms, the forms that it consists of, and which registers have to be the same as
    one that an earlier instruction writes.
    """

    number: int
    clause: Clause
    forms: tuple[frozenset[int], ...]
    reads: tuple[tuple[tuple[str, int], ...], ...]

    @property
    def worth(self) -> int:
        """How much it saves."""
        return len(self.forms) + 4 * sum(map(len, self.reads))

    def fits(self, rows: Sequence[Row], forms: Sequence[int], turns: set[int], pc: int) -> bool:
        """Whether it begins at `pc` of a code table and is not entered at one of `turns`."""
        if pc + len(self.forms) > len(rows):
            return False
        for n, form in enumerate(self.forms):
            if forms[pc + n] not in form or (n and pc + n in turns):
                return False
        return all(
            rows[pc + n][COLUMN[register]] == rows[pc + earlier][WRITTEN]
            for n, reads in enumerate(self.reads)
            for register, earlier in reads
        )


def _made(number: int, text: str) -> Chain:
    """A chain of the list."""
    names, reads = [], []
    for word in text.split():
        name, *found = re.split(r"[\[\]]+", word.rstrip("]"))
        names.append(name)
        reads.append(tuple((each[0], int(each[1:])) for each in found))
    clauses = [_CLAUSES[name] for name in names]
    then: tuple[Next, ...] = tuple(
        (clause, tuple((register, earlier, "dst") for register, earlier in each))
        for clause, each in zip(clauses[1:], reads[1:], strict=True)
    )
    numbers = tuple(frozenset(n for n, form in enumerate(REGISTERED, FIRST) if form.clause is c) for c in clauses)
    return Chain(number, chain(" ".join(names), clauses[0], then), numbers, tuple(reads))


_CLAUSES = {each.clause.__name__: each.clause for each in REGISTERED}

#: all chains, numbered after the forms.
CHAINS = tuple(_made(n, each) for n, each in enumerate(LISTED.strip().splitlines(), FIRST + len(REGISTERED)))


@cache
def chains_from(form: int) -> tuple[Chain, ...]:
    """The chains that begin with a form, the best first."""
    return tuple(sorted((each for each in CHAINS if form in each.forms[0]), key=lambda each: -each.worth))
