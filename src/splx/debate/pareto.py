"""The Pareto front: what nothing else beats, where several measures count and none is worth more than another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splx.debate.rules import gain, sign
from splx.debate.verdict import Curves, Evidence, Rule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from splx.debate.experiment import Axis


#: Of the greater of the two: where the seeds do not tell which measures less, a difference that is surely smaller than
#: this does not keep one from being as good as the other.
AS_GOOD = 0.05


def beats(evidence: Evidence, other: str, side: str, x: float) -> bool | None:
    """Whether `other` is as good as `side` in every measure and better in one; None if the seeds do not tell yet."""
    signs = [_sign(curves, other, side, x) for curves in evidence.measured()]
    if -1 in signs:
        return False
    return None if None in signs else 1 in signs


def _sign(curves: Curves, other: str, side: str, x: float) -> int | None:
    """As `sign`, with 0 for a difference that is not known but surely small."""
    told = sign(curves, other, side, x)
    by = gain(curves, other, side, x)
    greatest = max(abs(curves[each].at(x).mean) for each in (other, side))
    if told is None and by.half is not None and abs(by.mean) + by.half <= AS_GOOD * greatest:
        return 0
    return told


def on_front(evidence: Evidence, sides: Sequence[str], x: float) -> dict[str, bool | None]:
    """Of each side whether nothing beats it; None if the seeds do not tell yet."""
    found = {}
    for side in sides:
        beaten = {beats(evidence, other, side, x) for other in sides if other != side}
        found[side] = False if True in beaten else None if None in beaten else True
    return found


def last_on_front(last: str, sides: Sequence[str]) -> Rule:
    """The claim that among sides in an order `last` is the last one that nothing beats."""
    beyond = sides[sides.index(last) + 1 :]

    def at(evidence: Evidence, x: float) -> int | None:
        front = on_front(evidence, sides, x)
        if front[last] is False or True in [front[each] for each in beyond]:
            return -1
        return None if None in [front[each] for each in (last, *beyond)] else 1

    def against(evidence: Evidence, x: float) -> list[str]:
        front = on_front(evidence, sides, x)
        beaten = [each for each in sides if front[last] is False and beats(evidence, each, last, x)]
        return beaten + [each for each in beyond if front[each]]

    def notes(evidence: Evidence, axis: Axis) -> tuple[str, ...]:
        return tuple(_front(evidence, sides, x, axis) for x in axis.values)

    order = ", ".join(f"`{each}`" for each in sides)
    says = f"of {order}, `{last}` is the last on the Pareto front: none is as good in every measure and better in one"
    return Rule(says, at, None, against, notes=notes)


def _front(evidence: Evidence, sides: Sequence[str], x: float, axis: Axis) -> str:
    """The front at a value, in words."""
    front = on_front(evidence, sides, x)
    unbeaten, untold = ([f"`{each}`" for each in sides if front[each] is told] for told in (True, None))
    open_ = f" (not decided of {', '.join(untold)})" if untold else ""
    return f"on the Pareto front at {axis.text(x)}: {', '.join(unbeaten) or 'surely none'}{open_}"
