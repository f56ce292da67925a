"""Progress of anything that takes longer than a second, on standard error.

On a terminal one line that is written over; elsewhere a line now and then, so that a log stays readable.
"""

from __future__ import annotations

import sys
from time import monotonic
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from typing import TextIO

PATIENCE = 1.0  # seconds before anything is said
OFTEN = 0.1  # between lines that are written over
SELDOM = 5.0  # between lines that stay
BAR = 24


class Progress:
    """Says how far something is. Use it in a `with`: what is written over is wiped away at the end."""

    def __init__(self, what: str, stream: TextIO | None = None) -> None:
        self.what = what
        self.stream = stream or sys.stderr
        self.terminal = self.stream.isatty()
        self.start = monotonic()
        self.said = self.start - SELDOM
        self.written = False
        self.begun: tuple[float, float] | None = None  # when, and how far, it was first heard of

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.written and self.terminal:
            self._write("\r\x1b[K")

    def notice(self, text: str) -> None:
        """Say at once what there is to wait for."""
        self._write(f"{text} ...\n")

    def __call__(self, done: int, all_: int, detail: str = "") -> None:
        """So much of all is done."""
        now = monotonic()
        part = done / all_ if all_ else 1.0
        self.begun = self.begun or (now, part)
        pause = OFTEN if self.terminal else SELDOM
        if now - self.begun[0] < PATIENCE or now - self.said < pause:
            return
        self.said = now
        text = f"{self.what}: {part:4.0%}{f', {detail}' if detail else ''}{self._left(now, part)}"
        if self.terminal:
            filled = round(part * BAR)
            self._write(f"\r\x1b[K[{'#' * filled}{'.' * (BAR - filled)}] {text}")
        else:
            self._write(f"{text}\n")
        self.written = True

    def _left(self, now: float, part: float) -> str:
        """How long it will take, at the rate since it was first heard of; nothing before that means something."""
        since, had = self.begun or (now, part)
        if now - since < PATIENCE / 2 or part <= had:
            return ""
        return f", {(now - since) * (1 - part) / (part - had):.0f} s left"

    def _write(self, text: str) -> None:
        try:
            self.stream.write(text)
            self.stream.flush()
        except OSError:
            return  # nobody reads it; the run goes on


class Counting(Progress):
    """Says how many there are, when nobody knows how many there will be."""

    since: tuple[float, int] | None = None  # when, and how many there were, it was first heard of
    last = 0

    def count(self, done: int, detail: str = "") -> None:
        """So many so far. Fewer than before: it has begun anew, and so does the rate at which they come."""
        now = monotonic()
        if self.since is None or done < self.last:
            self.since = (now, done)
        self.last = done
        if now - self.start < PATIENCE or now - self.said < (OFTEN if self.terminal else SELDOM):
            return
        self.said = now
        since, had = self.since
        rate = f", {(done - had) / (now - since):,.0f} a second" if now - since >= PATIENCE / 2 else ""
        text = f"{done:,} {self.what}{rate}{f'; {detail}' if detail else ''}"
        self._write(f"\r\x1b[K{text}" if self.terminal else f"{text}\n")
        self.written = True
