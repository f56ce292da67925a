"""Processes of our own beside this one.

Ctrl-C in a terminal is told to each of them, and it is the parent that says what becomes of it. A worker that has begun
can say that it does not listen; one that is still being started cannot, and would end in the middle of an import.
"""

from __future__ import annotations

import signal
from contextlib import contextmanager
from multiprocessing import resource_tracker
from multiprocessing.context import SpawnContext, SpawnProcess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Deaf(SpawnProcess):
    """A process to which SIGINT is never told, from its first moment on: what is held back is so in a new one, too."""

    def start(self) -> None:
        """As its base does."""
        resource_tracker.ensure_running()  # which lets SIGINT through when it is through, whatever was so before
        with _held_back():
            super().start()


class DeafContext(SpawnContext):
    """A context in which processes are so, for whatever starts some."""

    Process = Deaf


@contextmanager
def _held_back() -> Iterator[None]:
    """SIGINT comes at the end of this block, not before."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
