"""What the arguments of the functions here are to be: whoever passes something else is told which one it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from splx.base.diagnostics import Diagnostic, SplxError
from splx.check.codes import ARGUMENT
from splx.check.limits import Limits
from splx.check.loading import Bounds
from splx.scenario.scene import Scenario
from splx.scenario.system import System
from splx.simulate.setup import Setup

if TYPE_CHECKING:
    from collections.abc import Iterator

Form: TypeAlias = tuple[str, Callable[[Any], bool]]

MOST_CPUS = 64
MOST_JOBS = 256


def _is_text(value: object) -> bool:
    return isinstance(value, str) and "\0" not in value


def _is_path(value: object) -> bool:
    return isinstance(value, str | Path) and "\0" not in str(value)


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _are(each: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list | tuple) and all(map(each, value))


def _are_named(each: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: (
        isinstance(value, Mapping) and all(map(_is_text, value)) and all(each(one) for one in value.values())
    )


def _or_none(form: Form) -> Form:
    what, is_one = form
    return f"{what}, or None", lambda value: value is None or is_one(value)


TEXT: Form = ("a text", _is_text)
PATH: Form = ("a path", _is_path)
NUMBER: Form = ("a number", _is_number)
NAMES: Form = ("a list of names", _are(_is_text))
TRUTH: Form = ("True or False", lambda value: isinstance(value, bool))
FUNCTION: Form = ("a function", callable)

#: argument -> what it is to be, in words, and whether a value is that
FORMS: dict[str, Form] = {
    "scenario": ("a path, a name or a Scenario", lambda value: isinstance(value, Scenario) or _is_path(value)),
    "design": TEXT,
    "machine": ("a name or a path", _is_path),
    "cpus": (f"a number from 0 to {MOST_CPUS}", lambda value: _is_number(value) and 0 <= value <= MOST_CPUS),
    "settings": _or_none(("values by name", _are_named(lambda _: True))),
    "mechanisms": ("a list of paths", _are(_is_path)),
    "mutants": NAMES,
    "properties": NAMES,
    "memory": TEXT,
    "budgets": _or_none(("numbers by name", _are_named(_is_number))),
    "fair": NAMES,
    "ring": NUMBER,
    "single": TRUTH,
    "states": _or_none(NUMBER),
    "engine": ("`native` or `plain`", lambda value: value in ("native", "plain")),
    "fuse": TRUTH,
    "max_memory": _or_none(("a size", lambda value: _is_text(value) or _is_number(value))),
    "resume": _or_none(PATH),
    "cost": _or_none(NUMBER),
    "jobs": (f"a number from 1 to {MOST_JOBS}", lambda value: _is_number(value) and 1 <= value <= MOST_JOBS),
    "explain_state": TRUTH,
    "progress": _or_none(FUNCTION),
    "stopped": FUNCTION,
    "path": PATH,
    "setup": ("a Setup", lambda value: isinstance(value, Setup)),
    "system": _or_none(("a System", lambda value: isinstance(value, System))),
    "bounds": ("Bounds", lambda value: isinstance(value, Bounds)),
    "limits": _or_none(("Limits", lambda value: isinstance(value, Limits))),
}


def see_arguments(given: Mapping[str, object]) -> None:
    """SplxError S0607 for each that is something else than it is to be."""
    wrong = list(_wrong(given))
    if wrong:
        raise SplxError(*wrong)


def _wrong(given: Mapping[str, object]) -> Iterator[Diagnostic]:
    for name, value in given.items():
        what, is_one = FORMS[name]
        if not is_one(value):
            text = repr(value)
            shown = text if len(text) <= 40 else f"{text[:37]}..."
            help_ = f"write `{name}=[{value!r}]`" if what.startswith("a list") and isinstance(value, str) else None
            yield Diagnostic(ARGUMENT, f"`{name}={shown}` is not {what}", help=help_)
