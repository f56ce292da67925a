"""What could still come but for a budget: `--budget`, or the `limit` of a device, says how many arrive, and whoever
waits for what nobody holds may be stuck only because of that. So what more of them would do is looked at, and the
sentence of a finding names those sources of which one more would help.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from splx.check.ahead import Ahead
from splx.check.numbered import FEW, looks_at_numbers
from splx.machine.constants import Kind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from splx.check.checker import Checker
    from splx.check.groups import Stuck

NOTHING_HELPS = ", whatever happens next"
_TIMES = ("first", "second", "third")
_ENDS = {1: "st", 2: "nd", 3: "rd"}  # of numbers beyond the teens


def what_next(checker: Checker, stuck: Sequence[Stuck], more: Collection[int]) -> str:
    """Of the machine at hand, in which these are stuck: what would have to arrive for one of them to go on, " unless
    ..."; or that nothing would do; "" if neither is known. At the devices in `more` something can arrive anyway, and
    whoever waits there to be taken is told to wait for that.
    """
    few = {number: most for number, most in _budgets(checker) if most >= 0}
    if not few:
        return NOTHING_HELPS
    ahead = Ahead.of(checker, [each for each in stuck if each.group.device not in more])
    names = {number: checker.system.devices[number].name for number in few}
    counted = looks_at_numbers(checker.system, list(names.values())) is not None
    any_ = {number: most + FEW if counted else -1 for number, most in few.items()}
    helped = ahead.helps(any_)
    if helped is False:
        return "" if counted else NOTHING_HELPS
    once = [number for number, most in few.items() if ahead.helps({number: most + 1})]
    if once:
        return f" unless {' or '.join(f'{names[each]} comes a {_ordinal(few[each] + 1)} time' for each in once)}"
    if not helped:
        return ""
    alone = [number for number in few if len(few) == 1 or ahead.helps({number: any_[number]})]
    if alone:
        return f" unless {' or '.join(names[each] for each in alone)} comes more often"
    return f" unless {' and '.join(names.values())} come more often"


def _budgets(checker: Checker) -> Iterator[tuple[int, int]]:
    """How many may arrive in all at each device at which something does; less than 0 for any number."""
    for number, device in enumerate(checker.system.devices):
        if device.kind is not Kind.NONE:
            yield number, checker.s.budget[number]


def _ordinal(nth: int) -> str:
    """Which one, in words as long as they are short."""
    if nth <= len(_TIMES):
        return _TIMES[nth - 1]
    return f"{nth}{'th' if nth % 100 // 10 == 1 else _ENDS.get(nth % 10, 'th')}"
