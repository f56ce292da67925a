"""Can it ever go wrong? A search, then the graph of all states, and an answer that says how much of it was seen."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import TYPE_CHECKING, TypeAlias

from splx.base.diagnostics import Span
from splx.check import coming, live, masked, properties, stuck
from splx.check.beneath import HELD
from splx.check.broken import EVERY_RULE, broken_property, cut_at, judge_only, noted_property
from splx.check.by_cost import search_by_cost, standstill
from splx.check.checker import Checker, Counts
from splx.check.circle import circle_of, look_for_orders, tell_circle
from splx.check.driving import search
from splx.check.explained import Explained, explain
from splx.check.finding import Finding, Suspect
from splx.check.groups import groups_of
from splx.check.growing import Growing, Progress, growing
from splx.check.held import held_finding, look_beneath
from splx.check.keep import subject
from splx.check.limits import End, Limits
from splx.check.loading import Bounds, check_budgets, limit_of, unbounded
from splx.check.named import named
from splx.check.numbered import Numbered, numbered
from splx.check.properties import Answer, Property, Stage
from splx.check.races import look_for_none, race_of, torn_finding
from splx.check.repeats import once_each
from splx.check.room import Interrupted, OutOfRoom, sane_share
from splx.check.torn import TORN
from splx.check.waits import graph_of
from splx.check.within import closes
from splx.kernel.interface.sched import boot_any
from splx.machine.constants import Finding as Rule
from splx.stage.ours import users_line

if TYPE_CHECKING:
    from array import array
    from collections.abc import Collection, Iterator

    from splx.check.groups import Group
    from splx.scenario.system import System

Stopped: TypeAlias = Callable[[], bool]

#: Each looks at the graph for those of the properties that it knows, and tells of any that some state breaks.
JUDGES: tuple[Callable[[Checker, tuple[Group, ...], Collection[Property]], Iterator[Suspect]], ...] = (
    stuck.judge,
    live.judge,
    coming.judge,
    masked.judge,
)

GAVE_UP = (End.ASKED, End.STATES, End.MEMORY)


@dataclass(frozen=True)
class Verdict:
    """The answer. `complete`: every state was seen. `answers` has one for each property that was looked for, by name;
    `finding` is the one whose story is told. `assumptions` are those under which it holds. `end` says why not every
    state was seen; `memory` how many bytes the tables had; `through` is the cost, in CPU switches and arrivals, through
    which a search by cost saw every run; `limits` are those that the search had; `growing` is what had ever new values
    when it gave up.
    """

    system: System
    bounds: Bounds
    counts: Counts
    complete: bool
    seconds: float
    bytes_per_state: float
    finding: Finding | None = None
    assumptions: tuple[str, ...] = field(default=())
    answers: dict[str, Answer] = field(default_factory=dict)
    end: End | None = None
    memory: int = 0
    through: int = -1
    limits: Limits = field(default_factory=Limits)
    places: dict[str, Span] = field(default_factory=dict)  # by property that was found besides: a line of the user's
    explained: Explained | None = None  # what its states consist of, if that was asked
    growing: tuple[Growing, ...] = ()
    numbered: Numbered | None = None  # why only a few of any number of items arrived
    cut: str = ""  # where a rule is broken that ended runs, though nobody looked for broken rules

    @property
    def by_cost(self) -> bool:
        """Whether it was searched by CPU switches and arrivals, not by moves."""
        return self.limits.cost >= 0

    @property
    def begun(self) -> bool:
        """Whether it was searched at all: not if somebody asked for the end of several searches before its turn."""
        return self.end is not End.BEFORE

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong, and everything was seen and decided."""
        return self.complete and self.finding is None and Answer.OPEN not in self.answers.values()

    def __bool__(self) -> bool:
        """`holds`: an `assert` of a verdict passes for nothing less."""
        return self.holds


def check(
    system: System,
    bounds: Bounds | None = None,
    *,
    only: tuple[str, ...] = (),
    engine: str = "native",
    limits: Limits | None = None,
    progress: Progress | None = None,
    stopped: Stopped = lambda: False,
    counters: array[int] | None = None,
    at_end: Callable[[Checker], None] | None = None,
    explained: bool = False,
) -> Verdict:
    """Search every interleaving of `system` within `bounds` for what breaks a property; `only` those of these names.

    The finding is the first there is: a rule of the machine or of the kernel broken in some move, else a group of
    contexts that can never move again. `stopped` is asked now and then whether to give up. `counters` will say what was
    executed, see `splx.machine.cover`; `at_end` is shown a search that saw everything; `explained` asks for what its
    states consist of. SplxError for a name that is no property, for a system that a search has no room for, and for a
    folder in `limits` that has another search.
    """
    bounds, wanted = bounds or Bounds(), properties.named(only)
    check_budgets(system, bounds)
    how = (engine, limits or Limits(), progress, stopped, counters, at_end)
    told = numbered(system, bounds)
    if told is None:
        return _check(system, bounds, wanted, *how, explained=explained)
    steps = tuple(each for each in wanted if each.stage is Stage.STEPS)  # no more arriving, others would be stuck
    few = _check(system, replace(bounds, budgets=told.few(bounds.budgets)), steps, *how, explained=explained)
    open_ = dict.fromkeys((each.name for each in wanted), Answer.OPEN)
    open_ |= {name: answer for name, answer in few.answers.items() if answer is Answer.FOUND}
    end = few.end if few.end is not None or few.finding is not None else End.NUMBERS
    return replace(few, bounds=bounds, answers=open_, end=end, complete=False, numbered=told)


def _check(
    system: System, bounds: Bounds, wanted: tuple[Property, ...], engine: str, limits: Limits,
    progress: Progress | None, stopped: Stopped, counters: array[int] | None,
    at_end: Callable[[Checker], None] | None, *, explained: bool,
) -> Verdict:  # fmt: skip
    """As `check`, where items have numbers that are true."""
    began = monotonic()
    groups = groups_of(system)
    hands, begun, about, through = None, None, None, -1
    while True:
        checker = Checker(system, bounds, engine, limits.memory or sane_share(), counters, hands, begun)
        checker.stopped = stopped
        stuck.tell_groups(checker, groups)
        checker.s.passes = 0 if properties.RULES in wanted else EVERY_RULE
        judge_only(checker, wanted)
        if properties.RACES not in wanted:
            look_for_none(checker)
        look_beneath(checker, wanted)
        look_for_orders(checker, wanted)
        about = about or subject(checker, bounds, wanted, limits.cost)
        if limits.cost < 0:
            end = search(checker, bounds, about, limits, progress, again=hands is not None)
        else:
            again = hands is not None
            end, through = search_by_cost(checker, bounds, about, limits, wanted, progress, again=again)
        counts, room = checker.counts, checker.bytes_per_state
        state = explain(checker) if explained else None
        found = end is End.FOUND and not checker.s.raised
        finding = standstill(checker, groups) or _broken(checker, groups) if found else None
        if not checker.s.raised or stopped():
            break
        hands, begun = checker.hands, checker.begun  # somebody uses a word that was thought to be another's
    if finding is not None and finding.code == properties.RULES.code:
        finding = _named(checker, bounds, groups, finding)
    answers, places = {each.name: Answer.OPEN for each in wanted}, dict[str, Span]()
    grows = growing(checker) if end in GAVE_UP else ()
    if end is None:
        decided = tuple(each for each in wanted if each.turned or not bounds.symmetry)
        answers |= {each.name: Answer.HOLDS for each in decided}
        finding, end = _judged(checker, groups, decided, answers, places)
        if checker.s.cut_at:  # what would come behind a broken rule nobody has seen
            answers |= {name: Answer.OPEN for name, answer in answers.items() if answer is Answer.HOLDS}
            end = end or End.CUT
    if finding is None:
        finding = noted_property(checker)
    elif checker.s.noted_judge >= 0:
        answers[properties.INVARIANTS.name] = Answer.FOUND
    finding = _ordered(checker, groups, bounds, answers, finding)
    if finding is not None:
        answers[properties.of_code(finding.code).name] = Answer.FOUND
    if finding is not None and checker.fell_back:
        finding = replace(finding, cheapest=False)
    if finding is not None and finding.cycle and bounds.fuse:
        finding = once_each(system, bounds, finding)
    if finding is not None and finding.stuck:
        graph = graph_of(system, bounds, finding.moves, finding.stuck, again=bool(finding.cycle))
        finding = replace(finding, graph=graph)
    if end is None and at_end is not None:
        at_end(checker)
    seconds, under = monotonic() - began, assumptions(system, bounds)
    held = checker.held + checker.elsewhere
    cut = "" if properties.RULES in wanted else cut_at(checker)  # else they were passed over for the story alone
    return Verdict(
        system, bounds, counts, end is None, seconds, room, finding, under, answers, end, held, through,
        limits, places, state, grows, cut=cut,
    )  # fmt: skip


def not_begun(system: System, bounds: Bounds, only: tuple[str, ...] = (), limits: Limits | None = None) -> Verdict:
    """The answer of a search whose turn did not come: nothing is decided. SplxError as `check` has it, but for room."""
    wanted = properties.named(only)
    check_budgets(system, bounds)
    return Verdict(
        system, bounds, Counts(0, 0, 0, 0), complete=False, seconds=0.0, bytes_per_state=0.0,
        assumptions=assumptions(system, bounds), answers={each.name: Answer.OPEN for each in wanted},
        end=End.BEFORE, limits=limits or Limits(),
    )  # fmt: skip


def _broken(checker: Checker, groups: tuple[Group, ...]) -> Finding:
    """A move broke a rule, or a state a property."""
    if checker.s.fail_judge >= 0:
        return broken_property(checker, checker.s.fail_judge, checker.s.fail_state)
    if checker.s.fail_race:
        return race_of(checker)
    if checker.s.fail_finding == TORN:
        return torn_finding(checker)
    if checker.s.fail_finding == HELD:
        return held_finding(checker, groups)
    checker.s.beneath_asked = checker.s.tears_asked = 0  # of locks that are held beneath is not told
    moves = checker.moves_to(checker.s.fail_state, checker.s.fail_move)
    cost, moves = checker.cheapest_or(moves, 0)
    s, image = checker.s, checker.system.image
    text = checker.broken_rule()
    calls = image.where(s.fail_pc) if s.fail_pc else [("", None)]
    where = calls[min(1, len(calls) - 1)] if s.fail_finding == Rule.IN_FLIGHT else calls[0]  # who says `done`
    return Finding(properties.RULES.code, f"{text}, in {where[0]}", tuple(moves), cost, place=_place(checker))


def _named(checker: Checker, bounds: Bounds, groups: tuple[Group, ...], finding: Finding) -> Finding:
    """A broken rule with what is known of the locks that it is about."""
    told = named(checker.system, bounds, groups, finding.moves, checker.s.fail_finding)
    return replace(finding, place=told.place or finding.place, about=told.about)


def _ordered(
    checker: Checker, groups: tuple[Group, ...], bounds: Bounds, answers: dict[str, Answer], finding: Finding | None
) -> Finding | None:
    """What was noted of the order of locks, entered in the answers; its finding, if there is no other."""
    circle = circle_of(checker, groups, bounds)
    if circle:
        answers[properties.ORDER.name] = Answer.FOUND
    elif checker.s.orders_lost:
        answers[properties.ORDER.name] = Answer.OPEN
    if finding is not None or not circle:
        return finding
    if answers.get(properties.STUCK.name) is Answer.OPEN:
        wanted = [each for each in properties.properties() if each.name in answers]
        with suppress(OutOfRoom):
            finding = closes(checker, groups, circle, wanted)
    if finding is not None:
        return finding
    never = all(answers.get(each.name) is Answer.HOLDS for each in stuck.DEADLOCKS)
    return tell_circle(checker, groups, bounds, circle, never=never)


def _place(checker: Checker) -> Span | None:
    """The user's own line in which a rule was broken, or else the one at which the move began that broke it."""
    s, image = checker.s, checker.system.image
    calls = list(image.where(s.fail_pc)) if s.fail_pc else []
    checker.show(s.fail_state)
    if s.machine.state.pc[s.fail_ctx]:
        calls += image.unwind(s.machine.state.pc[s.fail_ctx], checker.registers(s.fail_ctx))
    return users_line(calls)


def _judged(
    checker: Checker, groups: tuple[Group, ...], wanted: tuple[Property, ...], answers: dict[str, Answer],
    places: dict[str, Span],
) -> tuple[Finding | None, End | None]:  # fmt: skip
    """Make the graph if a property needs it, note what it breaks and where, and tell the story of what comes first. And
    why not, if that could not be done to its end: then what was not found is not decided.
    """
    asked = [each for each in wanted if each.stage is Stage.GRAPH]
    if not asked:
        return None, None
    suspects: list[Suspect] = []
    end = None
    try:
        checker.connect()
        for judge in JUDGES:
            suspects += judge(checker, groups, asked)
    except (OutOfRoom, Interrupted) as why:
        answers |= {each.name: Answer.OPEN for each in asked}
        end = End.MEMORY if isinstance(why, OutOfRoom) else End.ASKED
    for each in suspects:
        answers[each.prop.name] = Answer.FOUND
        place = stuck.place_in(checker, groups, each.first[0] if each.state < 0 else each.state, each.group)
        places |= {each.prop.name: place} if place is not None else {}
    return min(suspects, key=lambda each: each.first).tell() if suspects else None, end


def assumptions(system: System, bounds: Bounds) -> tuple[str, ...]:
    """What the answer rests on."""
    memory = f"x86-TSO, {bounds.buffer} stores to a buffer" if bounds.tso else "sequentially consistent memory"
    if bounds.tso and any("atomic" in each.tree.marks for each in system.image.functions):
        memory += ", those of atomic steps too"
    arrivals = _arrivals(system, bounds) if system.devices else ()
    steps = "every instruction a step" if bounds.single else "instructions that nobody can tell apart in one step"
    if bounds.fuse and not bounds.single:
        steps += ", uses of words that nobody else can look at among them"
    starts = "in any order" if system.any_start else "in the order in which they are declared"
    equals = [f"{' and '.join(each)} start {starts}" for each in system.equals]
    cpus = f"{system.cpus} CPU{'s' if system.cpus > 1 else ''}"
    cpus += ", none of which takes over a thread that is ready on another" if system.kept else ""
    alike = ", those that are said to be alike not told apart" if bounds.symmetry else ""
    manners = ["an interrupt in service keeps none of lower priority away"] * (not system.manners.gate_by_priority)
    manners += ["an edge on a masked line is lost"] * system.manners.edge_lost
    times = "every duration possible"
    if any(each.op == "ELAPSED" for each in system.image.insns):
        times += ", and what asks again and again whether a time has passed hears at last that it has"
    return memory, *arrivals, steps, times, *_draws(system), *equals, *manners, cpus + alike


def _draws(system: System) -> list[str]:
    """What is drawn while a program runs: who is the first of equals is drawn before."""
    draws = any(each.op == "CHOOSE" and each.origin.function.func is not boot_any for each in system.image.insns)
    fair = "draws may come out the same for ever, but for livelock and storm, for which every outcome comes"
    return [fair] if draws else []


def _arrivals(system: System, bounds: Bounds) -> tuple[str, str]:
    """How much arrives at the devices of a system that has some, and how much of it may wait."""
    limits = {each.name: limit_of(each) for each in system.devices if limit_of(each) >= 0} | dict(bounds.budgets)
    each_of = [f"{name}: {n} arrival{'' if n == 1 else 's'}" for name, n in limits.items()]
    rest = unbounded(system, bounds)
    each_of += [f"{' and '.join(rest)}: any number"] if limits and rest else []
    arrivals = ", ".join(each_of) or "any number of arrivals, at any step"
    if bounds.fair:
        arrivals += f", and those of {' and '.join(bounds.fair)} keep coming"
    waiting = f"at most {bounds.ring} waiting item{'s' if bounds.ring > 1 else ''} per device"
    return arrivals, waiting
