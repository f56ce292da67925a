"""What could still come but for a budget: `--budget`, or the `limit` of a device, says that no more arrive, and whoever
waits for what nobody holds is stuck only because of that. So the sentence of a finding names those sources.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from splx.machine.constants import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from splx.check.checker import Checker
    from splx.check.groups import Stuck
    from splx.stage.holders import Holders

_TIMES = ("first", "second", "third")
_ENDS = {1: "st", 2: "nd", 3: "rd"}  # of numbers beyond the teens


def unless(checker: Checker, stuck: Sequence[Stuck]) -> str:
    """Of the machine at hand, in which these are stuck: what would have to arrive for them, " unless ..."; "" if
    nothing would, or nobody of them waits for anything that an interrupt may bring.
    """
    holders = checker.eyes.holders
    if not any(_waits_for_what_comes(checker, holders, each) for each in stuck):
        return ""
    again = [f"{name} comes a {time} time" for name, time in _spent(checker)]
    return f" unless {' or '.join(again)}" if again else ""


def _waits_for_what_comes(checker: Checker, holders: Holders, each: Stuck) -> bool:
    """Whether somebody waits, and not for who holds a lock. An item that is not taken does not wait for another one."""
    state: Any = checker.s.machine.state
    if each.how == "sleeps" and not each.wakes:
        channel = state.mem[each.group.lwp + checker.eyes.offset("l_wchan")]
        at = holders.objects.get(channel)
        return at is None or holders.read(state.mem, at) is None
    if each.how == "spins" and each.on:
        words = checker.eyes.names.find(each.on, state.runs_on[each.context])
        return not any(at in holders.locks or at in holders.word for at in words)
    return False


def _spent(checker: Checker) -> Iterator[tuple[str, str]]:
    """The sources of which no more may come, though they would be heard: and which time the next one would be."""
    s = checker.s
    state, beside = s.machine.state, s.machine.beside
    for number, device in enumerate(checker.system.devices):
        over = 0 <= s.budget[number] <= s.used[number] and state.dev_count[number] < s.dev_room[number]
        comes = device.kind is not Kind.NONE and (device.kind < Kind.CLOSED or beside.ev_time[number] >= 0)
        heard = device.irq >= 0 and state.dev_enable[number] and not state.masked[device.irq]
        if over and comes and heard:
            yield device.name, _ordinal(s.used[number] + 1)


def _ordinal(nth: int) -> str:
    """Which one, in words as long as they are short."""
    if nth <= len(_TIMES):
        return _TIMES[nth - 1]
    return f"{nth}{'th' if nth % 100 // 10 == 1 else _ENDS.get(nth % 10, 'th')}"
