"""Output files that are there whole or not at all.

A file is written beside its target and then takes its name, so a run that is interrupted leaves the old file as it was.
"""

from __future__ import annotations

import os
import shutil
import uuid
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from splx.base import codes
from splx.base.diagnostics import Diagnostic, SplxError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO


def write_text(path: str | Path, text: str) -> None:
    """Make `text`, in UTF-8, the content of `path`. SplxError S0002 if that cannot be."""
    write_bytes(path, text.encode())


def write_bytes(path: str | Path, data: bytes) -> None:
    """Make `data` the content of `path`. SplxError S0002 if that cannot be."""
    with replacing(path) as file:
        file.write(data)


def check_place(path: str | Path) -> None:
    """SplxError S0002 if `path` cannot be written now: to be known before the long work whose result it is to have."""
    target = Path(path)
    with _refused_as_s0002(path):
        if not target.exists() or target.is_file():
            with _spare(target.resolve()) as new:
                new.open("xb").close()


@contextmanager
def replacing(path: str | Path) -> Iterator[BinaryIO]:
    """A binary file that becomes `path` when the block ends well, and leaves no trace when it does not.

    Links are followed; the permissions of an old file are kept. What is no regular file (a pipe, a terminal) is written
    in place. SplxError S0002 if the system refuses.
    """
    with _refused_as_s0002(path):
        target = Path(path)
        in_place = target.exists() and not target.is_file()
        with target.open("wb") if in_place else _beside(target.resolve()) as file:
            yield file


@contextmanager
def _refused_as_s0002(path: str | Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        message = f"`{path}` cannot be written: {reason}"
        raise SplxError(Diagnostic(codes.WRITE, message, help="give a path in a directory you may write to")) from error


@contextmanager
def _beside(target: Path) -> Iterator[BinaryIO]:
    with _spare(target) as new:
        with new.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            shutil.copymode(target, new)
        new.replace(target)


@contextmanager
def _spare(target: Path) -> Iterator[Path]:
    """A name beside another one; whatever has it at the end is no more."""
    new = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}.new")
    try:
        yield new
    finally:
        with suppress(OSError):
            new.unlink()
