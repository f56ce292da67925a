"""What searches made a kernel do: which lines of its mechanisms ran, and which ways their tests went."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from splx.machine.cover import COUNTERS
from splx.stage.cover import facts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from splx.program.insn import Insn


@dataclass
class Executed:
    """The sum of several searches, of programs with the same kernel."""

    found: set[str] = field(default_factory=set)
    used: set[tuple[str, int]] = field(default_factory=set)  # lines of the clients that ran, with what they call
    written: set[tuple[str, int]] = field(default_factory=set)  # and those that there are

    def add(self, insns: Sequence[Insn], counts: Sequence[int], client: Path) -> None:
        """A search with these counters, see `splx.machine.cover`, of a client whose file this is."""
        self.found.update(facts(insns, counts))
        for pc, insn in enumerate(insns):
            own = {(client.name, span.line) for span in (insn.span, *insn.chain) if span.file == str(client)}
            self.written |= own
            if counts[pc * COUNTERS]:
                self.used |= own

    def never_used(self) -> list[str]:
        """Lines of the clients, as FILE:LINE, that never ran: operations that were never performed are among them."""
        return [f"{file}:{line}" for file, line in sorted(self.written - self.used)]

    def lines(self) -> tuple[list[str], list[str]]:
        """The lines, as FILE:LINE, that some program has, and those of them that never ran."""
        places = sorted({(each[0], int(each[2])) for each in self._split("line")})
        ran = {(each[0], int(each[2])) for each in self._split("line") if each[3] == "ran"}
        return [f"{file}:{line}" for file, line in places], [f"{f}:{n}" for f, n in places if (f, n) not in ran]

    def ways(self) -> tuple[int, int]:
        """How many ways there are to go at all tests, and how many of them were gone."""
        tests = self._split("test")
        return 2 * sum(each[-1] == "built" for each in tests), sum(each[-1] != "built" for each in tests)

    def _split(self, kind: str) -> list[list[str]]:
        return [words for words in (each.split() for each in self.found) if words[1] == kind]
