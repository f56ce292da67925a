"""Whether a reduction may be believed: the same search with it and without it, and what differs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from splx.check.checker import Checker, Counts
from splx.check.driving import search
from splx.check.limits import End, Limits
from splx.check.properties import Answer, Stage, properties
from splx.check.room import Interrupted, OutOfRoom
from splx.check.verdict import check

if TYPE_CHECKING:
    from splx.check.growing import Progress
    from splx.check.loading import Bounds
    from splx.check.verdict import Stopped, Verdict
    from splx.scenario.system import System

#: The contents of all parts of a state, each as its words.
Contents: TypeAlias = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two searches, and the states without a move that only one of them has."""

    full: Counts
    reduced: Counts
    lost: frozenset[Contents]
    invented: frozenset[Contents]
    same_finding: bool  # both break a rule, or neither does

    @property
    def agrees(self) -> bool:
        """Whether the reduction changed nothing but the number of states."""
        return self.same_finding and not self.lost and not self.invented


def verify(system: System, bounds: Bounds, engine: str = "native") -> Comparison:
    """Search `system` with the steps that `bounds` joins and fuses and CPUs that are alike not told apart, if it says
    so, and step by step.
    """
    whole = replace(bounds, joins=(), calm=(), fuse=False, symmetry=False)
    searched = [searched_through(system, each, engine) for each in (whole, bounds)]
    full, reduced = (checker.counts for checker, _ in searched)
    dead = [dead_states(checker) if end is None else frozenset() for checker, end in searched]
    same = searched[0][1] is searched[1][1]
    return Comparison(full, reduced, dead[0] - dead[1], dead[1] - dead[0], same)


def searched_through(system: System, bounds: Bounds, engine: str = "native") -> tuple[Checker, End | None]:
    """A search to its end, with what it fuses known to be right."""
    hands, begun = None, None
    while True:
        checker = Checker(system, bounds, engine, hands=hands, begun=begun)
        end = search(checker, bounds, {}, Limits())
        if not checker.s.raised:
            return checker, end
        hands, begun = checker.hands, checker.begun


@dataclass(frozen=True)
class Sides:
    """A search as asked, and the same with every instruction a step: two verdicts, and what only one of them has.
    `compared`: whether their standstills were looked for to the end.
    """

    asked: Verdict
    single: Verdict
    lost: frozenset[Contents]
    invented: frozenset[Contents]
    compared: bool = True

    @property
    def complete(self) -> bool:
        """Whether both came to an end, or to a finding, and were compared: else nothing is known."""
        return self.compared and all(each.complete or each.finding is not None for each in (self.asked, self.single))

    @property
    def differences(self) -> tuple[str, ...]:
        """What differs, in words; none if both are complete and the reduction may be believed here."""
        asked, single = (self._found(each) for each in (self.asked, self.single))
        words = [f"only as asked: {name}" for name in sorted(asked - single)]
        words += [f"only step by step: {name}" for name in sorted(single - asked)]
        if self.asked.complete and self.single.complete:
            # Who lies beneath one that is stuck may be cut short within a fused step: some of its standstills remain.
            lost = self.lost and not (self.asked.bounds.fuse and self.asked.counts.dead)
            words += [f"{len(self.lost)} standstills only step by step"] if lost else []
            words += [f"{len(self.invented)} standstills only as asked"] if self.invented else []
        return tuple(words)

    def _found(self, verdict: Verdict) -> set[str]:
        """What does not hold. A broken rule ends a search, and which comes first may depend on the steps."""
        found = {name for name, answer in verdict.answers.items() if answer is Answer.FOUND}
        ends = {each.name for each in properties() if each.stage is Stage.STEPS}
        return {"a broken rule" if name in ends else name for name in found}


def verify_reduction(
    system: System,
    bounds: Bounds,
    only: tuple[str, ...] = (),
    *,
    engine: str = "native",
    limits: Limits | None = None,
    progress: Progress | None = None,
    stopped: Stopped = lambda: False,
) -> Sides:
    """Search a system as asked, and again with every instruction a step, nothing joined and no move remembered."""
    dead: list[frozenset[Contents]] = []
    verdicts, cut = [], []
    for each in (bounds, replace(bounds, single=True, joins=(), calm=(), memo=False, symmetry=False)):
        dead.append(frozenset())

        def note(checker: Checker) -> None:
            try:
                dead[-1] = dead_states(checker)
            except (Interrupted, OutOfRoom) as why:
                cut.append(why)

        verdicts.append(
            check(
                system, each, only=only, engine=engine, limits=limits, progress=progress, stopped=stopped, at_end=note
            )
        )
    return Sides(verdicts[0], verdicts[1], dead[1] - dead[0], dead[0] - dead[1], compared=not cut)


def dead_states(checker: Checker) -> frozenset[Contents]:
    """The states without a move of a search that has come to its end, those that stand for several all of them."""
    if not checker.counts.dead:
        return frozenset()
    checker.connect()
    alive = bytearray(checker.counts.states)
    for state in checker.edges("edge_from"):
        alive[state] = 1
    dead = (checker.contents(state) for state, lives in enumerate(alive) if not lives)
    return frozenset(each for state in dead for each in checker.alike.all_of(state))
