"""What makes a search endless: words that never cease to have new values.

A counter that is only ever added to gives the system a new state each time. Nobody can tell that it will not stop; but
the contents of a part are numbered as they are first seen, so it is known of what was still new when the search ended.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from time import monotonic
from typing import TYPE_CHECKING, TypeAlias

from splx.check.search import LINE_WORDS
from splx.machine.constants import IN_USE
from splx.stage.ours import users_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from splx.base.diagnostics import Span
    from splx.check.checker import Checker, Counts

Progress: TypeAlias = "Callable[[Counts], None]"
MANY = 64  # values, fewer of which are nothing to speak of
LOOKS = 20_000  # contents of a part that are looked at, evenly spread
LATE = 8  # an eighth of them is late
EVERY_CPU = -2


@dataclass(frozen=True, slots=True)
class Growing:
    """A word, or a local variable of the context of that name, with the line of the user's where it stood; and how
    many values it had at least.
    """

    name: str
    values: int
    is_word: bool = True
    place: Span | None = None


def growing(checker: Checker) -> tuple[Growing, ...]:
    """What had ever new values up to the end of a search that has seen a part only: words of memory, those with the
    most values first, and only those within a half of them; if there is none, local variables.
    """
    s = checker.s
    for found in (
        [each for part in range(s.first_line, s.n_parts) for each in _words(checker, part)],
        [each for part in range(s.n_ctxs) for each in _locals(checker, part)],
    ):
        if found:
            most = max(each.values for each in found)
            first = sorted(found, key=lambda each: (-each.values, each.name))
            return tuple(each for each in first if 2 * each.values >= most)
    return ()


def in_short(found: Sequence[Growing]) -> str:
    """The first of what grows in a search that is under way; nothing if nothing does."""
    if not found:
        return ""
    name = found[0].name if found[0].is_word else f"a local variable of {found[0].name}"
    return f"growing: {name} had {found[0].values:,} values so far"


class Telling:
    """Tells how far a search is. What grows is looked for after so many seconds, and again in twice the time, as that
    takes a while.
    """

    def __init__(self, progress: Progress | None, after: float) -> None:
        self._progress = progress
        self._began, self._after = monotonic(), after
        self._growing: tuple[Growing, ...] = ()

    def __call__(self, checker: Checker) -> None:
        """How far it is now."""
        if self._progress is None:
            return
        if monotonic() - self._began >= self._after:
            self._growing = growing(checker)
            self._after = 2 * (monotonic() - self._began)
        self._progress(replace(checker.counts, growing=self._growing))


def _words(checker: Checker, part: int) -> Iterator[Growing]:
    """Words of a line of memory."""
    contents, names = _contents(checker, part), checker.eyes.names
    for k in range(LINE_WORDS if contents else 0):
        values = _ever_new([words[k] for words in contents])
        if values:
            yield Growing(names.place((part - checker.s.first_line) * LINE_WORDS + k, EVERY_CPU), values)


def _locals(checker: Checker, part: int) -> Iterator[Growing]:
    """Registers of a context, where it stood most often: they mean something else elsewhere."""
    by_head: dict[tuple[int, int], list[Sequence[int]]] = {}  # what it is at, and how many registers it needs there
    for words in _contents(checker, part):
        by_head.setdefault((words[0], len(words)), []).append(words)
    (head, length), contents = max(by_head.items(), key=lambda pair: len(pair[1]), default=((0, 0), []))
    if head & 3 != IN_USE:
        return
    values = max((_ever_new([words[k] for words in contents]) for k in range(1, length)), default=0)
    if values:
        calls = checker.system.image.where(head >> 2 & 0xFFFFFF)
        place = users_line(calls)
        yield Growing(checker.system.contexts[part].name, values, is_word=False, place=place)


def _contents(checker: Checker, part: int) -> list[list[int]]:
    """Contents of a part, in the order in which they were first seen; none if they are few."""
    count = checker.s.count[part]
    step = -(-count // LOOKS)
    return [checker.words_of(part, number) for number in range(0, count, step)] if count >= MANY else []


def _ever_new(values: Sequence[int]) -> int:
    """How many different values there are, if they are many and there were new ones to the last; else 0."""
    late = len(values) - len(values) // LATE
    before, all_ = set(values[:late]), set(values)
    return len(all_) if len(all_) >= MANY and len(all_) > len(before) else 0
