"""A design: one choice for each of nine axes, the mechanisms that make it true, and its levels.

The design links every slot of the kernel's interface to the function of that name in one of its mechanisms; where
two of them have one, the later wins. A user's own mechanism comes last, so whatever it defines replaces ours.
"""

from __future__ import annotations

import difflib
import importlib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from splx.base.diagnostics import Diagnostic, SplxError
from splx.kernel.interface import (
    axes,
    callout,
    dpcs,
    events,
    forward,
    gates,
    irqs,
    locks,
    lwkt,
    napi,
    rw,
    sched,
    sync,
    tasklet,
    wq,
)
from splx.kernel.interface.levels import NO_FLAG
from splx.kernel.interface.locks import MUTEX_SPIN
from splx.lang.front.signatures import signature
from splx.lang.marks import marks_of
from splx.lang.source import line_span
from splx.program.link import ByLock
from splx.scenario import codes
from splx.scenario.vectors import AXES

if TYPE_CHECKING:
    from types import ModuleType

    from splx.scenario.calls import Answer
    from splx.scenario.operations import Published
    from splx.scenario.refusals import Said


@dataclass(frozen=True, slots=True)
class Option:
    """Something that a design lets the user choose, on the command line as `--NAME` or `DESIGN:NAME=CHOICE`. `why` says
    why there are no more choices.
    """

    name: str
    title: str
    choices: tuple[str, ...]
    default: str
    why: str = ""


@dataclass(frozen=True)
class Design:
    """See the module. `rungs` are the levels low to high, names of one level together.

    A lock whose declared level is below `spin_from` is of kind `sleep_kind`, any other of kind `spin_kind`.
    `consts` are the other constants of the kernel. `apply` makes the design that the options ask for.
    """

    name: str
    title: str
    choices: Mapping[str, str]
    mechanisms: tuple[str, ...]
    rungs: tuple[tuple[str, ...], ...]
    spin_from: str
    sleep_kind: int
    spin_kind: int
    consts: Mapping[str, int] = field(default_factory=dict)
    options: tuple[Option, ...] = ()
    apply: Callable[[Design, Mapping[str, str]], Design] | None = None
    chosen: Mapping[str, str] = field(default_factory=dict)
    #: Lines at this level and above run their handlers directly; the first level: all do.
    direct_from: str = "IPL_NONE"
    #: One run queue for all CPUs, instead of one each.
    global_queue: bool = False
    #: Slots linked to something else than the function of their name: slot -> "mechanism.function".
    exceptions: Mapping[str, str] = field(default_factory=dict)
    #: Axis -> codes: the same nine choices in words that a program can compare (see `vectors`).
    vector: Mapping[str, str] = field(default_factory=dict)
    #: Situation -> what one uncontended interrupt costs in the kernel of that name (see `operations`).
    published: Mapping[str, Published] = field(default_factory=dict)
    #: Rule of the `validator` -> why the design breaks it all the same.
    accepted: Mapping[str, str] = field(default_factory=dict)
    #: What becomes of each call of the driver-kernel interface, and why (see `calls`).
    calls: Mapping[str, Answer] = field(default_factory=dict)
    #: Place -> act -> with which words it is refused (see `legality`); what is not named is allowed.
    forbidden: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    #: What an assertion of a mechanism says -> what the kernel of that name says (see `refusals`).
    words: Mapping[str, Said] = field(default_factory=dict)
    #: A guard was left out, to see what comes of it: the validator does not ask.
    mutated: bool = False
    #: Mechanism -> its text with a guard left out, which stands where the mechanism does.
    texts: Mapping[str, ModuleType] = field(default_factory=dict)
    #: Mechanism files of the user, by which ours are replaced.
    replaced: tuple[ModuleType, ...] = ()

    def __post_init__(self) -> None:
        assert tuple(self.choices) == AXES, f"{self.name}: {tuple(self.choices)}"

    # ---- levels and locks

    @property
    def levels(self) -> dict[str, int]:
        """The number of each level."""
        return {name: number for number, names in enumerate(self.rungs) for name in names}

    def level(self, name: str) -> int:
        """The number of a level."""
        return self.levels[name]

    def kind_of(self, level: str) -> int:
        """The kind of a lock declared with `level`."""
        return self.sleep_kind if self.level(level) < self.level(self.spin_from) else self.spin_kind

    @property
    def biglock_level(self) -> int:
        """IPL_BIGLOCK: the highest level whose handlers may take the big lock because they are not mpsafe."""
        return self.level("IPL_VM")

    def ipl_of(self, level: str) -> int:
        """The level that a lock declared with `level` raises to.

        Where handlers that are not mpsafe take the big lock, a spin mutex is at the level of those at least: none of
        them may interrupt its holder (see `biglock_handler`).
        """
        excludes = self.has("biglock_handler") and self.kind_of(level) == MUTEX_SPIN
        return max(self.level(level), self.biglock_level if excludes else 0)

    @property
    def flag_level(self) -> int:
        """IPL_FLAG: the lowest level of interrupts, where the CPU's flag is all there is to keep them out."""
        if self.has("spl_rt"):
            return self.level("IPL_CLOCK")
        return self.level("IPL_BIO") if self.has("spl_flag") else NO_FLAG

    def has(self, *mechanisms: str) -> bool:
        """Whether the design is built of a mechanism of that name, or one of these."""
        return any(each in self.mechanisms for each in mechanisms)

    # ---- options and replacement

    def configured(self, options: Mapping[str, str]) -> Design:
        """With these options. SplxError S0302 for an option or a choice that the design does not have."""
        options = {name: _spelled(self, name, choice) for name, choice in options.items()}
        problems = [_bad_option(self, name, choice) for name, choice in options.items()]
        if any(problems):
            raise SplxError(*[each for each in problems if each is not None])
        chosen = {option.name: option.default for option in self.options} | dict(options)
        made = replace(self, chosen=chosen)
        return made if self.apply is None else self.apply(made, chosen)

    def replace(self, module: ModuleType) -> Design:
        """With the functions of `module` in place of ours. SplxError S0304 if none of them is called for by a slot, or
        one of them is not as its slot says.
        """
        _check(module)
        return replace(self, replaced=(*self.replaced, module))

    def without(self, mechanism: str, module: ModuleType) -> Design:
        """With `module` in place of one of its mechanisms: its text, without a guard. SplxError as of `replace`."""
        _check(module)
        return replace(self, texts={**self.texts, mechanism: module}, mutated=True)

    # ---- linking

    def bodies(self) -> dict[Any, Any]:
        """For each slot its function, or the choice by the kind of a lock; and for each function that one of a later
        mechanism, or of a user's, replaces, that one, since a mechanism calls its own functions directly.
        """
        found: dict[Any, Any] = {}
        for name in self.mechanisms:
            _fill(found, importlib.import_module(f"splx.kernel.{name}"))
            if name in self.texts:
                _fill(found, self.texts[name])
        for slot, where in self.exceptions.items():
            module, _, function = where.partition(".")
            _put(found, slot, getattr(self.text_of(module), function))
        for own in self.replaced:
            _fill(found, own)
        return found | {name: _by_lock(name, found) for name in locks.VARIANTS if name in found}

    def text_of(self, mechanism: str) -> ModuleType:
        """Its file, or the one without a guard."""
        return self.texts.get(mechanism) or importlib.import_module(f"splx.kernel.{mechanism}")

    def replaced_mechanisms(self) -> set[str]:
        """Those of which a file of the user's fills a slot that they had filled."""
        filled = {slot: name for name in self.mechanisms for slot in _filling(self.text_of(name))}
        filled |= {slot: where.partition(".")[0] for slot, where in self.exceptions.items()}
        return {filled[slot] for own in self.replaced for slot in _filling(own) if slot in filled}


def _check(module: ModuleType) -> None:
    """SplxError S0304 if it has no function of a slot, or one that is not as its slot says."""
    own = _filling(module)
    if not own:
        message = f"the mechanism `{getattr(module, '__file__', module.__name__)}` has no function of a slot"
        help_ = "name its functions as the interface does: `mutex_enter`, `splraise`, `mi_switch`, ..."
        raise SplxError(Diagnostic(codes.MECHANISM, message, help=help_))
    problems = [_misfit(func, slots()[name]) for name, func in own.items()]
    if any(problems):
        raise SplxError(*[each for each in problems if each is not None])


def _fill(found: dict[Any, Any], module: ModuleType) -> None:
    """What a module has for slots takes the place of what was there."""
    for name, func in _filling(module).items():
        _put(found, name, func)


def _put(found: dict[Any, Any], name: str, func: Any) -> None:  # noqa: ANN401 - a function of a kernel
    before = found.get(name)
    if before is not None and before is not func:
        found |= {key: func for key, value in found.items() if value is before} | {before: func}
    found[name] = func
    found.pop(func, None)  # it may have been replaced itself


def _by_lock(name: str, found: Mapping[Any, Any]) -> ByLock:
    variants = {kind: found[slot.__name__] for kind, slot in locks.VARIANTS[name].items() if slot.__name__ in found}
    return ByLock(variants, found[name], lambda lock: lock.kind)


@cache
def slots() -> dict[str, Callable[..., Any]]:
    """All slots of the interface, by name."""
    interface = (axes, irqs, callout, dpcs, events, forward, gates, locks, lwkt, napi, rw, sched, sync, tasklet, wq)
    every = [item for module in interface for item in functions(module).items()]
    return {name: func for name, func in every if "slot" in marks_of(func)}


def functions(module: ModuleType) -> dict[str, Callable[..., Any]]:
    """The functions that a module defines itself."""
    found = {name: each for name, each in vars(module).items() if inspect.isfunction(each)}
    return {name: each for name, each in found.items() if each.__module__ == module.__name__}


def _filling(module: ModuleType) -> dict[str, Any]:
    return {name: func for name, func in functions(module).items() if name in slots()}


def _misfit(func: Callable[..., Any], slot: Callable[..., Any]) -> Diagnostic | None:
    """S0304 if `func` takes or gives something else than `slot`."""
    mine, wanted = signature(func).kind, signature(slot).kind
    if mine == wanted:
        return None
    code = func.__code__
    message = f"`{func.__name__}{mine}` cannot take the place of `{slot.__name__}{wanted}`"
    where = line_span(code.co_filename, code.co_firstlineno)
    return Diagnostic(codes.MECHANISM, message, where, help="give it the parameters and the result of the slot")


def _spelled(design: Design, name: str, choice: str) -> str:
    """A choice in full: `vm` for IPL_VM; a level that the option calls by another name, by that name."""
    long = f"IPL_{choice.upper()}"
    choices = next((each.choices for each in design.options if each.name == name), ())
    if choice in choices or long in choices:
        return choice if choice in choices else long
    levels = design.levels
    same = [each for each in choices if each in levels and levels[each] == levels.get(choice, levels.get(long))]
    return same[0] if same else choice


def _bad_option(design: Design, name: str, choice: str) -> Diagnostic | None:
    known = {each.name: each for each in design.options}
    if name not in known:
        message = f"the design `{design.name}` has no option `{name}`"
        having = f"it has {', '.join(f'`{each}`' for each in known)}" if known else "it has none"
        return Diagnostic(codes.OPTION, message, help=_near(name, known) or having)
    choices, why = known[name].choices, known[name].why
    if choice not in choices:
        message = f"`{choice}` is no choice for `{name}` of the design `{design.name}`"
        help_ = _near(choice, choices) or f"choose one of {', '.join(choices)}"
        if {choice, f"IPL_{choice.upper()}"} & design.levels.keys():
            help_ = f"choose one of {', '.join(choices)}"
        return Diagnostic(codes.OPTION, message, help=help_, notes=(why,) if why else ())
    return None


def _near(name: str, known: Mapping[str, object] | tuple[str, ...]) -> str | None:
    near = difflib.get_close_matches(name, list(known), 1)
    return f"did you mean `{near[0]}`?" if near else None
