"""The validator: combinations that are wrong by construction, V1 to V14.

Each rule is about any design, whoever made it: what it asks for is read off the functions that fill the slots (see
`reach`) and off the design's codes (see `vectors`). A design that breaks one is refused, with the code whose page says
why; unless it says in `accepted` that it means to, and why: there are kernels that were so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from splx.base.diagnostics import Diagnostic
from splx.kernel.interface.locks import MUTEX_ADAPTIVE, MUTEX_CEILING, MUTEX_INHERIT, MUTEX_RT, VARIANTS
from splx.scenario import codes
from splx.scenario.clamped import clamps
from splx.scenario.paths import Done, done
from splx.scenario.reach import Reach, reach
from splx.scenario.vectors import words

if TYPE_CHECKING:
    from splx.scenario.design import Design

EDGE, LEVEL = 0, 1  # is_trigger
LENDS = frozenset({"chain", "step", "immediate"})
LENDING_KINDS = (MUTEX_ADAPTIVE, MUTEX_INHERIT, MUTEX_CEILING, MUTEX_RT)


@dataclass(frozen=True)
class Facts:
    """What the rules ask of a design."""

    design: Design

    def reach(self, slot: str) -> Reach:
        """What the function of a slot can come to do."""
        found = self._known.get(slot)
        if found is None:
            found = self._known[slot] = reach(self.bodies, slot)
        return found

    @cached_property
    def bodies(self) -> Mapping[Any, Any]:
        """Slots linked to functions."""
        return self.design.bodies()

    @cached_property
    def _known(self) -> dict[str, Reach]:
        return {}

    def words(self, axis: str) -> frozenset[str]:
        """The codes on an axis."""
        return words(self.design.vector, axis)

    @cached_property
    def carrier(self) -> Reach:
        """What becomes of an interrupt that was let in."""
        return self.reach("carrier_run")

    @property
    def relends(self) -> bool:
        """Whether a release changes what somebody inherits, itself or by way of the turnstiles."""
        release, loans = self.reach("mutex_sleep_exit"), ("sched_changepri", "l_inherited", "turnstile_lend")
        handed = release.any("turnstile_handoff") and self.reach("turnstile_handoff").any(*loans)
        return handed or release.any(*loans)

    @property
    def pinned(self) -> bool:
        """Whether a thread is run on top of what was interrupted."""
        return self.carrier.any("l_switchto") and self.carrier.any("enter")

    @property
    def borrowed(self) -> bool:
        """Whether that is the thread of a level: one of a line is safe while its line is masked."""
        return self.pinned and "K2" not in self.words("carrier")

    @property
    def borrowed_softly(self) -> bool:
        """Whether soft interrupts have such threads."""
        return self.reach("softint_run").any("l_switchto") and self.reach("softint_run").any("enter")

    @property
    def clamps(self) -> bool | None:
        """Whether the clamp gives the level of a thread that is blocked; None if that cannot be told."""
        given, noted = clamps(self.bodies), self.reach("mask_clamp").names & self.carrier.stores
        return False if given is False else given if noted else None

    @property
    def put_off(self) -> bool:
        """Whether handlers run later, when whatever runs then lets them."""
        return self.carrier.any("setrunnable", "softint_schedule")

    @property
    def flagged(self) -> bool:
        """Whether the CPU's flag is all that keeps interrupts out."""
        return self.reach("splraise").any("IPL_FLAG")

    @property
    def deferring(self) -> bool:
        """Whether interrupts that come too early are held."""
        return not self.flagged and not self.reach("splraise").any("set_hw_level")

    def on(self, slot: str, trigger: int = LEVEL) -> Done:
        """What the function of a slot does with a line of a kind."""
        return done(self.bodies, slot, {**self.design.consts, "is_trigger": trigger})

    @property
    def masked(self) -> bool:
        """Whether a level-triggered line is masked when its interrupt is let in."""
        return any("pic_mask" in self.on(each).may for each in ("flow_enter", "carrier_run")) or self.defers

    @property
    def defers(self) -> bool:
        """Whether that is done when its filters have run."""
        return self.carrier.any("flow_defer") and "pic_mask" in self.on("flow_defer").may

    @property
    def held_open(self) -> bool:
        """Whether one that has to wait for the level is not masked meanwhile."""
        shut = self.reach("mask_hold").any("set_hw_level") or "pic_mask" in self.on("flow_hold").may
        return self.deferring and not shut

    @property
    def preempts(self) -> bool:
        """Whether a thread in the kernel gives way."""
        return self.reach("kpreempt").any("preempt_switch", "mi_switch")

    @property
    def spin_enter(self) -> Reach:
        """How a lock that spins is taken."""
        return self.reach(VARIANTS["mutex_enter"][self.design.spin_kind].__name__)

    @property
    def unlocked(self) -> bool:
        """Whether such a lock keeps out nobody on another CPU: nothing of it is locked, and it calls no other lock."""
        others = {slot.__name__ for kinds in VARIANTS.values() for slot in kinds.values()}
        return not self.spin_enter.any("cas", "swap", "fetch_add", "spin_while", *others, *VARIANTS)

    @property
    def big_spins(self) -> bool:
        """Whether there is a big lock, which spins."""
        return self.reach("kernel_lock").any("spin_while")

    @property
    def adaptive(self) -> bool:
        """Whether who waits for a lock of threads looks whether its owner runs."""
        return self.reach("mutex_sleep_enter").any("lwp_onproc")


@dataclass(frozen=True)
class Rule:
    """`wrong` says of a design that it breaks the rule; `what` it combines then, and what is `missing`."""

    name: str
    code: str
    wrong: Callable[[Facts], bool]
    what: str
    missing: str


def _opens_once(f: Facts) -> bool:
    """Whether a line that is masked at entry is opened by exactly one, on either way: by handlers that run at once, and
    by those of a thread, which opens the line itself or has it opened by the flow.
    """
    flow, enter = "pic_unmask" in f.on("flow_leave").may, f.on("flow_enter").may
    if flow != ("pic_mask" in enter or f.defers) and "IPL_DIRECT" not in enter:
        return False
    if ("pic_mask" in f.on("flow_enter", EDGE).may) != ("pic_unmask" in f.on("flow_leave", EDGE).may):
        return False
    thread = f.reach("ithread_loop")
    openers = thread.any("pic_unmask") + (flow and thread.any("flow_leave"))
    return not thread.names or openers == f.masked


def _looks_again(f: Facts) -> bool:
    """Whether a thread that waits to be needed looks, in the function that gives the CPU away, at what says so."""
    said = {name for name in f.carrier.names if not name.startswith("l_")}
    waits = [names for names in f.reach("ithread_loop").each if "mi_switch" in names]
    return all("lwp_lock" in names and not said.isdisjoint(_needs(names)) for names in waits)


def _needs(names: frozenset[str]) -> frozenset[str]:
    """Of the names of a function, those that can be such a flag: fields of a source or of a handler's record."""
    return frozenset(name for name in names if name.startswith(("is_", "ia_", "ih_")))


def _stored(f: Facts) -> frozenset[str]:
    slots = ("splraise", "splx", "spl_level", "mask_enter", "mask_leave")
    return frozenset(name for slot in slots for name in f.reach(slot).stores if name.startswith("l_"))


RULES = (
    Rule(
        "V1", codes.V1,
        lambda f: (f.borrowed and (f.flagged or f.clamps is False)) or (f.borrowed_softly and f.flagged),
        "threads that borrow their CPU, and no level that stays shut while one of them is blocked",
        "a level (eager or deferred) and its clamp: `mask_clamp` must give the level of a thread that is blocked",
    ),
    Rule(
        "V2", codes.V2,
        lambda f: (f.put_off and not f.masked and not f.words("flow") & {"F6", "F7"}) or f.held_open,
        "handlers that run later, and a line that nothing keeps quiet until then",
        "mask the line at entry (`flow_mask`, `flow_event`), or at its device",
    ),
    Rule(
        "V3", codes.V3,
        lambda f: not _opens_once(f),
        "a line that is masked at entry, and not exactly one who opens it",
        "`flow_leave` opens what `flow_enter` masks, or the thread of the line does, and nobody else",
    ),
    Rule(
        "V4", codes.V4,
        lambda f: not f.spin_enter.any("splraise", "spl_irq_save", "intr_disable"),
        "spin locks that handlers take, and that keep no handler out",
        "a lock that spins must raise the level, or turn interrupts off, for as long as it is held",
    ),
    Rule(
        "V5", codes.V5,
        lambda f: f.preempts and f.design.level(f.design.spin_from) <= f.design.level("IPL_PREEMPT"),
        "kernel threads that give way at any time, and locks of theirs that spin",
        "locks of threads must sleep (`spin_from` above IPL_PREEMPT), or hold preemption off",
    ),
    Rule(
        "V6", codes.V6,
        lambda f: f.big_spins and (
            (f.adaptive and not f.reach("lwp_onproc").any("biglock_wanted"))
            or f.reach("biglock_line_enter").any("kernel_lock")
        ),
        "a big lock that spins, and no order between it and the other locks",
        "who waits for the big lock counts as not running (`lwp_onproc`), and no handler above the spin locks takes it",
    ),
    Rule(
        "V7", codes.V7,
        lambda f: f.big_spins and f.reach("kernel_lock").any("splraise", "intr_disable")
        and (not f.reach("kernel_lock").any("splx", "intr_enable") or bool(f.design.consts.get("KLOCK_SHUT"))),
        "a big lock whose waiters raise their level and stay there",
        "who waits must go on answering other CPUs: wait at the level of the caller",
    ),
    Rule(
        "V8", codes.V8,
        lambda f: bool(f.words("priority") & {"one", "handoff"} and f.words("priority") & LENDS)
        and not f.relends,
        "a release that chooses the next owner, and a loan that stays with the last",
        "lend to the new owner what those lend who still wait, or wake all of them",
    ),
    Rule(
        "V9", codes.V9,
        lambda f: bool(f.words("priority") & LENDS) and f.design.sleep_kind not in LENDING_KINDS,
        "waiters that lend their priority, and locks that do not know their owner",
        "choose a lock that does: MUTEX_ADAPTIVE, MUTEX_INHERIT, MUTEX_CEILING or MUTEX_RT",
    ),
    Rule(
        "V10", codes.V10,
        lambda f: bool(f.reach("softint_run").names) and not f.reach("softint_run").any("setrunnable")
        and not f.words("overload") & {"O4", "O6"},
        "soft interrupts that run before any thread, and no end to them",
        "a quota with a thread for the rest (`softirq`), or a budget",
    ),
    Rule(
        "V11", codes.V11,
        lambda f: f.deferring and not f.reach("mask_hold").names,
        "interrupts that are held, and nothing that remembers them",
        "`mask_hold` must log the source: an edge does not come twice",
    ),
    Rule(
        "V12", codes.V12,
        lambda f: bool(f.reach("ithread_loop").names) and not _looks_again(f),
        "interrupt threads that wait to be needed, and do not look again under their lock",
        "look whether it is needed with the lock held that whoever needs it takes (`lwp_lock`)",
    ),
    Rule(
        "V13", codes.V13,
        lambda f: f.pinned and f.adaptive and not f.reach("lwp_onproc").any("running"),
        "threads on top of what they interrupt, and a wait for the one beneath",
        "who waits may spin only for an owner that runs (`ci.running`): one that is pinned does not",
    ),
    Rule(
        "V14", codes.V14,
        lambda f: bool(_stored(f)),
        "a level that belongs to the CPU, kept in a thread",
        "keep it in a variable of the CPU: a thread may go on elsewhere",
    ),
)  # fmt: skip


def broken_rules(design: Design) -> list[Rule]:
    """The rules that a design breaks, whether it says so or not."""
    facts = Facts(design)
    return [rule for rule in RULES if rule.wrong(facts)]


def refused(design: Design) -> Iterator[Diagnostic]:
    """An error for each rule that the design breaks without saying that it means to."""
    for rule in broken_rules(design):
        if rule.name not in design.accepted:
            yield Diagnostic(rule.code, f"the design `{design.name}` combines {rule.what}", help=rule.missing)


def accepted(design: Design) -> Iterator[Diagnostic]:
    """A warning for each that it breaks and says why."""
    for rule in broken_rules(design):
        if rule.name in design.accepted:
            yield _meant(design, rule)


def chosen(design: Design, plain: Design) -> Iterator[Diagnostic]:
    """Of these warnings the ones of choices that somebody made. What the plain design breaks without any is what the
    kernel of that name did: `splx designs` tells it, and a note here.
    """
    if design.accepted.keys() <= plain.accepted.keys():
        return
    broken = [rule for rule in broken_rules(design) if rule.name in design.accepted]
    also = ", ".join(rule.name for rule in broken if rule.name in plain.accepted)
    notes = (f"without that choice it breaks {also}: see `splx designs {design.name}`",) if also else ()
    for rule in broken:
        if rule.name not in plain.accepted:
            warning = _meant(design, rule)
            yield replace(warning, notes=(*warning.notes, *notes))


def _meant(design: Design, rule: Rule) -> Diagnostic:
    changed = {each.name: each.default for each in design.options}
    options = ",".join(f"{name}={choice}" for name, choice in design.chosen.items() if changed.get(name) != choice)
    name = f"{design.name}:{options}" if options else design.name
    notes = (f"{rule.name}, on purpose: {design.accepted[rule.name]}", f"see also {rule.code}")
    return Diagnostic(codes.ACCEPTED, f"the design `{name}` combines {rule.what}", help=rule.missing, notes=notes)


def unlocked(design: Design) -> bool:
    """Whether its spin mutexes are for one CPU."""
    return Facts(design).unlocked


def unjudged(design: Design) -> Iterator[Diagnostic]:
    """A warning for each rule that cannot be judged of a mechanism of the user's: what it does depends on what it
    finds.
    """
    facts = Facts(design)
    own = {slot: module for module in design.replaced for slot, body in vars(module).items() if slot in facts.bodies
           and facts.bodies[slot] is body}  # fmt: skip
    for rule, slot, why in _open(facts):
        if slot in own:
            file = Path(own[slot].__file__ or "").name
            message = f"{rule} not judged of `{slot}` of {file}: {why}"
            help_ = f"`splx check --kernel {design.name} --mechanism {file}` looks at what it does"
            yield Diagnostic(codes.UNJUDGED, message, help=help_)


def _open(f: Facts) -> Iterator[tuple[str, str, str]]:
    """What cannot be read off: a rule, the slot, and why."""
    if f.borrowed and f.clamps is None:
        yield "V1 is", "mask_clamp", "what it gives while a thread is blocked depends on what it finds"
    for slot, kind in product(("flow_enter", "flow_leave", "flow_defer", "flow_hold"), (LEVEL, EDGE)):
        found = f.on(slot, kind)
        for name in ("pic_mask", "pic_unmask"):
            if name in found.may - found.must:
                line = "a level-triggered line" if kind == LEVEL else "an edge"
                does = "masked" if name == "pic_mask" else "opened"
                yield "V2 and V3 are", slot, f"whether {line} is {does} depends on what it finds"
    run = f.reach("softint_run")
    if run.names and not run.any("setrunnable") and f.words("overload") & {"O4", "O6"}:
        yield "V10 is", "softint_run", "whether it comes to an end depends on what it finds"
