"""What searches made a kernel do: which lines of its mechanisms ran, and which ways their tests went."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from splx.stage.cover import facts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from splx.program.insn import Insn


@dataclass
class Executed:
    """The sum of several searches, of programs with the same kernel."""

    found: set[str] = field(default_factory=set)

    def add(self, insns: Sequence[Insn], counts: Sequence[int]) -> None:
        """A search with these counters, see `splx.machine.cover`."""
        self.found.update(facts(insns, counts))

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
