"""Measuring: CPU time, run by run in turn, medians."""

from __future__ import annotations

import gc
import statistics
import sys
from dataclasses import dataclass, field
from time import process_time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass
class Timing:
    """CPU seconds of the repetitions of one subject, and what each of them returned."""

    seconds: list[float] = field(default_factory=list)
    returned: list[Any] = field(default_factory=list)

    @property
    def median(self) -> float:
        """The median of the repetitions."""
        return statistics.median(self.seconds)

    @property
    def spread(self) -> float:
        """Largest less smallest, as a part of the median."""
        return (max(self.seconds) - min(self.seconds)) / self.median if self.median else 0.0


def in_turn(subjects: Mapping[str, Callable[[], Timed]], repetitions: int, label: str) -> dict[str, Timing]:
    """Run every subject once, then every one again, and so on: whatever else the machine does hits all alike."""
    timings = {name: Timing() for name in subjects}
    for turn in range(repetitions):
        for name, subject in subjects.items():
            say(f"{label}: {name}, {turn + 1} of {repetitions}")
            gc.collect()
            seconds, returned = subject()
            timings[name].seconds.append(seconds)
            timings[name].returned.append(returned)
    say("")
    return timings


Timed = tuple[float, Any]


def timed(work: Callable[[], object]) -> Timed:
    """CPU seconds of one call, and its result."""
    start = process_time()
    returned = work()
    return process_time() - start, returned


def say(text: str) -> None:
    """Progress, on a line that is written over; only for people."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\033[K{text}")
        sys.stderr.flush()
