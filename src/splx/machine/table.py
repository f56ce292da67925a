"""The instruction table: every row, numbered by file and place, so a code never depends on who imported what."""

from __future__ import annotations

from dataclasses import replace

from splx.machine import ops_context, ops_data, ops_device, ops_memory
from splx.machine.rows import REGISTERED, Row

FILES = tuple(f.__name__ for f in (ops_data, ops_memory, ops_context, ops_device))


def _numbered() -> dict[str, Row]:
    """All rows with their codes, in order."""
    rows = sorted(REGISTERED.values(), key=lambda r: FILES.index(r.clause.__module__))
    return {r.name: replace(r, code=k) for k, r in enumerate(rows)}


#: every row by name.
ROWS: dict[str, Row] = _numbered()

#: the clauses by opcode: what the interpreter jumps through.
CLAUSES = tuple(r.clause for r in ROWS.values())
