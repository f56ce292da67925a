"""Standard output and standard error that do not fail: what nobody can take is dropped, and the command goes on.

So a reader that goes away (`| head`) leaves the exit code what it would have been, and a full disk is told at the end,
in a sentence, wherever in the command it was met. A character that the encoding of a stream does not have is spelt in
those that it has.
"""

from __future__ import annotations

import codecs
import io
import os
import sys
from typing import TYPE_CHECKING

from splx.base.controls import without_controls, without_foreign

if TYPE_CHECKING:
    from typing import TextIO

    from _typeshed import ReadableBuffer


SPELT = "splx.spelt"
SPELLINGS = {"±": "+-", "─": "-", "…": "..."}


class Sink(io.RawIOBase):
    """A file descriptor. From its first failure on, what is written to it goes nowhere."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.failure: OSError | None = None

    def write(self, data: ReadableBuffer, /) -> int:
        """Take all of it."""
        view = memoryview(data).cast("B")
        taken = 0
        while taken < len(view) and self.failure is None:
            try:
                taken += os.write(self.descriptor, view[taken:])
            except OSError as error:
                self.failure = error
        return len(view)

    def writable(self) -> bool:
        """Always."""
        return True

    def fileno(self) -> int:
        """The descriptor."""
        return self.descriptor

    def isatty(self) -> bool:
        """Whether it is a terminal."""
        return os.isatty(self.descriptor)


class _Text(io.TextIOWrapper):
    """A stream of text. Control characters that users wrote are spelt, too; a terminal has colours, a file has none."""

    def write(self, text: str, /) -> int:
        """As its base does."""
        return super().write(without_foreign(text) if self.isatty() else without_controls(text))


def guard() -> Sink | None:
    """Put sinks under both standard streams; that of standard output, None if it was closed from the start."""
    sys.stderr, _ = _guarded(sys.stderr)
    sys.stdout, sink = _guarded(sys.stdout)
    return sink


def _guarded(stream: TextIO | None) -> tuple[TextIO, Sink | None]:
    if stream is None:  # closed by the shell: `>&-`
        return open(os.devnull, "w", encoding="utf-8"), None  # noqa: PTH123 - it stays open to the end
    sink = Sink(stream.fileno())
    lines = sink.isatty() or stream is sys.stderr
    errors = SPELT if stream.errors in ("strict", "surrogateescape") else stream.errors
    text = _Text(io.BufferedWriter(sink), stream.encoding, errors, line_buffering=lines)
    return text, sink


def for_programs(text: str) -> None:
    """Print what another program reads, which is UTF-8 whatever language a terminal speaks; so is all that follows."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors=SPELT)
    sys.stdout.write(text)


def _spelt(error: UnicodeError) -> tuple[str | bytes, int]:
    """How to write what an encoding does not have."""
    assert isinstance(error, UnicodeEncodeError)
    char = error.object[error.start]
    if "\udc80" <= char <= "\udcff":  # a byte of a file name that is no text
        return bytes([ord(char) - 0xDC00]), error.start + 1
    return SPELLINGS.get(char, "?"), error.start + 1


codecs.register_error(SPELT, _spelt)


def lost(sink: Sink | None) -> str | None:
    """What to say if output was lost, other than to a reader who had enough."""
    if sink is None:
        return "standard output is closed"
    if sink.failure is None or isinstance(sink.failure, BrokenPipeError):
        return None
    return f"standard output cannot be written: {(sink.failure.strerror or str(sink.failure)).lower()}"
