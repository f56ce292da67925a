"""Coverage of the kernels: which of their lines ran, and which ways their tests went, over runs of many processes.

A kernel is compiled to instructions, so tools for Python cannot see it. With the environment variable
`SPLX_KERNEL_COVERAGE` naming a file, every run counts instructions and jumps, and adds to that file what it found and
nobody had before, a fact a line:

    mutex_spin.py line 88 built             some program has an instruction of that line
    mutex_spin.py line 88 ran
    mutex_spin.py test 88:7 88:30 built     some program decides there: from line and column to line and column
    mutex_spin.py test 88:7 88:30 true      it did, that way

A test that the constants of a design decide is in no program of that design. `tools/kernel_coverage.py` reads the file.
"""

from __future__ import annotations

import os
import weakref
from array import array
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import splx.kernel
from splx.lang import tree
from splx.machine.cover import COUNTERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from splx.base.diagnostics import Span
    from splx.lang.buffer import Buffer
    from splx.machine.state import Machine
    from splx.program.image import Image
    from splx.program.insn import Insn

VARIABLE = "SPLX_KERNEL_COVERAGE"
KERNEL = Path(splx.kernel.__file__).parent

_open: list[weakref.finalize[..., Buffer[Machine]]] = []
_known: dict[str, set[str]] = {}  # by file


def wanted() -> bool:
    """Whether runs are to count."""
    return VARIABLE in os.environ


def attach(buffer: Buffer[Machine], image: Image) -> None:
    """Give a machine its counters. They are read when it is no longer used, or by `flush`."""
    counts = array("q", bytes(8 * COUNTERS * len(image.insns)))
    buffer.set_slice("cover", counts)
    _open[:] = [each for each in _open if each.alive]
    _open.append(weakref.finalize(buffer, _record, Path(os.environ[VARIABLE]), image.insns, counts))


def flush() -> None:
    """Read the counters of the machines that are still in use. What these do from now on is not seen."""
    for each in _open:
        each()


def _record(file: Path, insns: Sequence[Insn], counts: Sequence[int]) -> None:
    """Add to the file what is new."""
    known = _known.get(str(file))
    if known is None:
        known = _known[str(file)] = set(file.read_text().splitlines()) if file.exists() else set()
    new = dict.fromkeys(each for each in facts(insns, counts) if each not in known)
    if new:
        known.update(new)
        with file.open("a", encoding="utf-8") as out:
            out.write("".join(f"{each}\n" for each in new))


def facts(insns: Sequence[Insn], counts: Sequence[int]) -> Iterator[str]:
    """What the counters of a program say of the kernels in it."""
    for pc, insn in enumerate(insns):
        ran, jumped = counts[pc * COUNTERS], counts[pc * COUNTERS + 1]
        name = name_of(insn.span.file)
        if not name:
            continue
        yield f"{name} line {insn.span.line} built"
        if ran:
            yield f"{name} line {insn.span.line} ran"
        if (insn.is_branch or insn.op == "SPIN") and not insn.assertion:
            ways = ["built"]
            ways += [str(insn.when).lower()] if jumped else []
            ways += [str(not insn.when).lower()] if ran > jumped else []
            for span in _decided(insn):
                name = name_of(span.file)
                place = f"{span.line}:{span.col} {span.end_line}:{span.end_col}"
                yield from (f"{name} test {place} {way}" for way in ways if name)


def _decided(insn: Insn) -> Iterator[Span]:
    """The tests that a branch decides: its own, and those that consist of a call inlined, which only returns that."""
    span, origin = insn.span, insn.origin
    yield span
    for call in insn.chain:
        body = origin.function.body
        only = body[0] if len(body) == 1 else None
        if not (isinstance(only, tree.Return) and only.value is not None and only.value.span == span):
            return
        span = call
        yield span
        if origin.outer is None:
            return
        origin = origin.outer


@cache
def name_of(file: str) -> str:
    """A file of the kernels as below their folder; "" for any other."""
    path = Path(file)
    return path.relative_to(KERNEL).as_posix() if path.is_relative_to(KERNEL) else ""
