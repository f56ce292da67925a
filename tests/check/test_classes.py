"""Which instructions end a move."""

from __future__ import annotations

from splx.check.classes import classes
from splx.check.search import Class
from splx.lang.kernel import PerCpu, Struct, ghost, i64
from splx.program.link import link


class Shared(Struct):
    seen: i64
    noted: i64 = ghost()


class Own(PerCpu):
    seen: i64
    noted: i64 = ghost()


shared = Shared()
own = Own()


def writes() -> None:
    shared.noted = 1
    own.noted = 2
    own.seen = 3
    shared.seen = 4


def test_words_that_only_assertions_look_at_end_none():
    image = link([writes])
    stores = [kind for insn, kind in zip(image.insns, classes(image), strict=True) if insn.op in ("ST", "STP")]
    assert [kind & (Class.STOP | Class.GUARDED) for kind in stores] == [0, 0, Class.GUARDED, Class.STOP]
