"""What of a run is worth drawing for people: what one CPU did that another could see, interrupts, and chosen functions.

A word matters if two CPUs touch it in the run and one of them writes it; a word of the scenario's own also if a thread
and an interrupt do, or two threads. Of such words every access is kept, so the outline performs to the same values as
the run. Of a rule that is broken is kept what was read before it of the scenario's own words, with the stores whose
values were found there. Before an interrupt what its CPU did last is kept, if that is asked for: it tells when.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from splx.story.language import Accept, Arrival, Call, Event, Fails, Read, Returns, Spins, Stops, Visible, Write

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence


@dataclass(frozen=True)
class Outline:
    """`per_cpu` are the names of the statics of which every CPU has its own; `functions` those to draw. Of `words`,
    with the CPU before those of one, every write is drawn, and if asked for every read. `own` are the names of the
    statics of the scenario's own classes; `told`, unless it is None, those of all whose words may be drawn.
    """

    per_cpu: Collection[str]
    functions: Collection[str] = ()
    words: Collection[str] = ()
    reads: bool = False
    own: Collection[str] = ()
    told: Collection[str] | None = None

    def of(
        self, log: Iterable[tuple[int, Event]], first: int | None = None, whose: Sequence[int] = ()
    ) -> list[tuple[int, Event]]:
        """The events of a run that are worth drawing; only those among the first so many, if that is said. `whose`
        are the contexts that they are of.
        """
        run = list(log)
        return [run[at] for at in self.numbers(run, first, whose)]

    def numbers(
        self,
        run: Sequence[tuple[int, Event]],
        first: int | None = None,
        whose: Sequence[int] = (),
        when: Callable[[int], bool] = lambda _: True,
    ) -> list[int]:
        """The same: their numbers in the run. `when` says of a number whether that event, being what a CPU did last
        before an interrupt, tells when it came.
        """
        contested = self._contested(run) | self._shared(run, whose)
        keep = [self._matters(cpu, event, contested) for cpu, event in run]
        last: dict[int, int] = {}
        for at, (cpu, event) in enumerate(run):
            if isinstance(event, Accept) and cpu in last and when(last[cpu]):
                keep[last[cpu]] = True
            if not isinstance(event, Arrival | Visible):
                last[cpu] = at
        deciding = set(self._deciding(run))
        for at in (*deciding, *self._found_there(run, deciding)):
            keep[at] = True
        return [at for at, kept in enumerate(keep[:first]) if kept]

    def looks(self, run: Sequence[tuple[int, Event]], first: int) -> list[int]:
        """From one event on, what is read of the scenario's own words, and what is drawn."""
        return [
            at
            for at, (_, event) in enumerate(run[first:], first)
            if (isinstance(event, Read) and _static(event.place) in self.own)
            or (isinstance(event, Returns) and event.name == "choose")
        ]

    def _deciding(self, run: Sequence[tuple[int, Event]]) -> Iterator[int]:
        """What was read of the scenario's own words before a rule was broken, in the turn of the CPU that broke it: by
        operations, too, that read a word and write it.
        """
        last = next((at for at, (_, event) in enumerate(run) if isinstance(event, Stops)), 0)
        for at in range(last - 1, -1, -1):
            cpu, event = run[at]
            if cpu != run[last][0] or isinstance(event, Accept):
                return
            reads = isinstance(event, Read | Fails) or (isinstance(event, Write) and event.how != "")
            if reads and any(_static(place) in self.own for place in _places(event)):
                yield at

    def _found_there(self, run: Sequence[tuple[int, Event]], reads: Collection[int]) -> Iterator[int]:
        """Of the words that were read there, the store whose value was found, and where that became visible."""
        seen: dict[str, list[int]] = {}  # by word: the store that is in memory
        under_way: dict[tuple[int, str], list[int]] = {}  # by CPU and word: those that only this CPU sees
        for at, (cpu, event) in enumerate(run):
            for word in (self._word(cpu, place) for place in _places(event)):
                waiting = under_way.setdefault((cpu, word), [])
                if at in reads:
                    yield from waiting[-1:] or seen.get(word, [])
                if isinstance(event, Write) and event.buffered:
                    waiting.append(at)
                elif isinstance(event, Write | Visible):
                    seen[word] = [*waiting[:1], at]
                    del waiting[:1]

    def _matters(self, cpu: int, event: Event, contested: Collection[str]) -> bool:
        match event:
            case Accept() | Arrival() | Stops():
                return True
            case Call() | Returns():
                return event.name in self.functions
            case Read() if self.reads and self._word(cpu, event.place) in self.words:
                return True
            case Write() | Visible() | Fails() if self._word(cpu, event.place) in self.words:
                return True
            case _:
                return any(self._word(cpu, place) in contested for place in _places(event))

    def _contested(self, run: Sequence[tuple[int, Event]]) -> set[str]:
        """The words that two CPUs touch, one of them writing."""
        found = self._common(run, [cpu for cpu, _ in run])
        return found if self.told is None else {word for word in found if _static(word) in self.told}

    def _shared(self, run: Sequence[tuple[int, Event]], whose: Sequence[int]) -> set[str]:
        """The words of the scenario's own that two contexts touch, one of them writing."""
        return {word for word in self._common(run, whose) if _static(word) in self.own}

    def _common(self, run: Sequence[tuple[int, Event]], whose: Sequence[int]) -> set[str]:
        """The words that two of those whose events they are touch, one of them writing."""
        touched: dict[str, set[int]] = {}
        written: set[str] = set()
        for (cpu, event), who in zip(run, whose, strict=False):
            for place in _places(event):
                word = self._word(cpu, place)
                touched.setdefault(word, set()).add(who)
                if isinstance(event, Write):
                    written.add(word)
        return {word for word in written if len(touched[word]) > 1}

    def _word(self, cpu: int, place: str) -> str:
        """One name for a word, whichever CPU calls it."""
        own = re.split(r"[.\[]", place)[0] in self.per_cpu
        return f"cpu{cpu}.{place}" if own else place


def _static(word: str) -> str:
    """The name of the static that a word is of."""
    return re.split(r"[.\[]", re.sub(r"^cpu\d+\.", "", word))[0]


def _places(event: Event) -> Iterator[str]:
    match event:
        case Read() | Write() | Fails() | Visible():
            yield event.place
        case Spins():
            yield from event.places
