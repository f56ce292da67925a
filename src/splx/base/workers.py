"""Processes of our own beside this one.

Ctrl-C in a terminal is told to each of them, as SIGTERM is by whoever ends a group, and it is the parent that says
what becomes of it. A worker that has begun can say that it does not listen; one that is still being started cannot, and
would end in the middle of an import.
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
    """A process to which neither is ever told, from its first moment on: what is held back is so in a new one, too."""

    def start(self) -> None:
        """As its base does."""
        resource_tracker.ensure_running()  # which lets them through when it is through, whatever was so before
        with _held_back():
            super().start()

    def terminate(self) -> None:
        """As its base does, with a signal that it hears."""
        self.kill()


class DeafContext(SpawnContext):
    """A context in which processes are so, for whatever starts some."""

    Process = Deaf


@contextmanager
def _held_back() -> Iterator[None]:
    """SIGINT and SIGTERM come at the end of this block, not before."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
