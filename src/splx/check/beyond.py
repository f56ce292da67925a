"""What a search refuses for being too much, and the line of the user's that it is about, where that is known."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

from splx.base.diagnostics import Span, source_line
from splx.check.choices import MOST
from splx.check.codes import too_much
from splx.check.search import FIRED, Beyond
from splx.stage.ours import is_ours

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from splx.base.diagnostics import SplxError
    from splx.program.image import Image
    from splx.program.insn import Insn

WIDE = f"choose among the cases that differ; two choices make more: `choose({MOST}) + {MOST} * choose(2)`"
MANY = "two or three threads show what many do: make fewer, or `splx run` the scenario"
_BEYOND = {
    Beyond.CHOICES: f"more than {FIRED} choices in one step",
    Beyond.REQUESTS: "more than 255 requests that wait at one device",
}


def refusal(beyond: Beyond, image: Image) -> SplxError:
    """What a search came to, more than it keeps apart."""
    if beyond is Beyond.OUTCOMES:
        return too_much(f"a choice among more than {MOST}", _choice(image.insns), WIDE)
    return too_much(_BEYOND[beyond])


def many(found: int, most: int, functions: Iterable[Callable[..., object]]) -> SplxError:
    """Too many that can be stuck. `functions` are those of the threads."""
    theirs = Counter(each.__code__ for each in functions if not is_ours(each.__code__.co_filename))
    at = None
    if theirs:
        code, _ = theirs.most_common(1)[0]
        text = source_line(code.co_filename, code.co_firstlineno) or ""
        at = Span.of_line(code.co_filename, code.co_firstlineno, text)
    return too_much(f"{found:,} threads, devices and CPUs, and {most} are the most", at, MANY)


def _choice(insns: Iterable[Insn]) -> Span | None:
    """The choice that is too wide: one among a number that is, or the only one; None if it is not known which."""
    choices = [(each, before) for before, each in pairwise(insns) if each.op == "CHOOSE"]
    wide = [each for each, before in choices if before.op == "MOV" and before.dst == each.a and before.imm > MOST]
    found = wide or [each for each, _ in choices]
    return found[0].span if wide or len(found) == 1 else None
