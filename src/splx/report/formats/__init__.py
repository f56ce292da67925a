"""Results for other programs: JUnit XML, SARIF, annotations of GitHub. Each is a question, and what came of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from splx.base.controls import without_controls

if TYPE_CHECKING:
    from collections.abc import Sequence

    from splx.base.diagnostics import Diagnostic

_HALVES = re.compile("[\ud800-\udc7f\udd00-\udfff]")  # of pairs, but for those that stand for bytes of file names

#: as `--format` names them, beside text and json
FORMATS = ("junit", "sarif", "github")


class Outcome(Enum):
    """What came of a question."""

    HOLDS = "holds"
    FOUND = "found"
    BESIDES = "found besides"  # with another one, which has the story: as a rule one mistake shows in several ways
    OPEN = "not decided"
    SKIPPED = "not begun"


@dataclass(frozen=True)
class Case:
    """A question: `name`, of `suite` (a scenario under a design), and what came of it.

    `diagnostic` is the finding; of a question that is not decided, or whose finding is told with another, it is None,
    and `why` says so. `file` is the scenario, for what has no line of its own. `command` asks the question again.
    """

    suite: str
    name: str
    outcome: Outcome
    file: str
    seconds: float = 0.0
    diagnostic: Diagnostic | None = None
    why: str = ""
    command: str = ""

    @property
    def is_left(self) -> bool:
        """Whether nobody knows, be it that nobody looked."""
        return self.outcome in (Outcome.OPEN, Outcome.SKIPPED)

    @property
    def left(self) -> str:
        """Why it is not decided, in words."""
        return f"{self.why or 'not decided'} ({self.suite})"


def formatted(name: str, cases: Sequence[Case]) -> str:
    """The text of a format, with its last newline."""
    text: str = import_module(f"splx.report.formats.{name}").text_of(cases)
    return text


def plain(text: str) -> str:
    """A text that any program can read: UTF-8, also of a file name that is none, and without control characters."""
    whole = _HALVES.sub("?", text).encode(errors="surrogateescape").decode(errors="replace")
    return without_controls(whole)


def shown_path(file: str) -> str:
    """A path as seen from here, with slashes; as it is if it is not below."""
    path = Path(file)
    if path.is_absolute() and path.is_relative_to(Path.cwd()):
        path = path.relative_to(Path.cwd())
    return path.as_posix()
