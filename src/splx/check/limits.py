"""How far a search may go: the memory it takes, and the folder in which it is kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from splx.base.diagnostics import Diagnostic, SplxError
from splx.check.codes import BOUNDS

LEAST = 64 << 20  # bytes that a search has at the start, and somewhat more
_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?) *([kmgt]?)(b|ib|)", re.IGNORECASE)
DEAREST = 1 << 60  # a cost that no run comes to
PIECE = 20_000  # states between two looks of the host


@dataclass(frozen=True, slots=True)
class Limits:
    """`memory`: bytes that the tables may take, 0 for a sane share of the machine. `folder`: where the search is kept,
    every so many seconds, and goes on from. `piece`: states between two looks of the host. `cost`: search by cost, up
    to so many CPU switches and arrivals; -1 by moves. `jobs`: processes among which the last cost of one that is not
    kept is dealt out. `asked` is what a user chose of the system, by its name, for who comes to the folder again.

    They decide how far a search comes, and nothing of what it says.
    """

    memory: int = 0
    folder: Path | None = None
    every: float = 10.0
    piece: int = PIECE
    cost: int = -1
    jobs: int = 1
    asked: tuple[tuple[str, str], ...] = ()


def limits_for(
    memory: str | int | None = None, folder: str | Path | None = None, cost: int | None = None, jobs: int | None = None
) -> Limits:
    """Limits in a user's words: "2GB", "500 MiB", or bytes. SplxError S0604 for what is no size, or too little."""
    wanted = 0 if memory is None else memory if isinstance(memory, int) else _bytes(memory)
    if memory is not None and wanted < LEAST:
        raise SplxError(Diagnostic(BOUNDS, f"{memory} of memory: a search needs {LEAST >> 20} MiB at least"))
    if cost is not None and cost < 0:
        raise SplxError(Diagnostic(BOUNDS, f"a cost of {cost}"))
    most = -1 if cost is None else min(cost, DEAREST)
    return Limits(wanted, None if folder is None else Path(folder), cost=most, jobs=jobs or 1)


def _bytes(text: str) -> int:
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        advice = "write a number and a unit, one of kB, MB, GB, TB, KiB, MiB, GiB, TiB: `2GB`"
        raise SplxError(Diagnostic(BOUNDS, f"`{text}` is no amount of memory", help=advice))
    number, unit, binary = match.groups()
    base = 1024 if binary.lower() == "ib" else 1000
    return int(float(number) * base ** (" kmgt".index(unit.lower() or " ")))


class End(Enum):
    """Why a search did not see all."""

    ASKED = "it was stopped"
    STATES = "it was to look at no more"
    MEMORY = "it was to take no more memory"
    FOUND = "a finding ended it"
    COST = "it was to go no further"
    BEFORE = "it was not begun"
    NUMBERS = "a few arrivals stood for any number"
    CUT = "runs ended where a rule is broken, for which nobody looked"
