"""What the parts of a file of a finding are to look like: whoever edits one is told what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeAlias

from splx.api.arguments import MOST_CPUS
from splx.base.diagnostics import SplxError
from splx.check.loading import NO_END, Bounds, bounds_for
from splx.check.properties import properties
from splx.check.search import BUFFER, TURN_AT
from splx.simulate.setup import Setup

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Form: TypeAlias = tuple[str, Callable[[Any], bool]]


def _is_number(value: Any) -> bool:  # noqa: ANN401 - of JSON
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= NO_END


def _are(each: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and all(map(each, value))


def _is_text(value: Any) -> bool:  # noqa: ANN401
    return isinstance(value, str) and "\0" not in value


def _is_pair(value: Any) -> bool:  # noqa: ANN401
    return _are(_is_text)(value) and len(value) == 2


def _are_budgets(value: Any) -> bool:  # noqa: ANN401
    return isinstance(value, dict) and all(map(_is_number, value.values()))


def _is_move(value: Any) -> bool:  # noqa: ANN401
    return _is_number(value) and 0 <= value < 1 << TURN_AT


#: the type of a field -> what that is, and whether a value is one
FORMS: dict[str, Form] = {
    "str": ("a text", _is_text),
    "int": ("a number", _is_number),
    "Ps": ("a number", _is_number),
    "bool": ("true or false", lambda value: isinstance(value, bool)),
    "tuple[str, ...]": ("a row of texts", _are(_is_text)),
    "tuple[tuple[str, str], ...]": ("a row of pairs of texts", _are(_is_pair)),
    "Mapping[str, int]": ("numbers by name", _are_budgets),
}
MOVES: Form = ("a row of moves", _are(_is_move))


def wrongs(data: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with what a file says, in words."""
    found = data["finding"]
    for name, part in (("setup", data.get("setup")), ("bounds", data.get("bounds")), ("finding", found)):
        if not isinstance(part, dict):
            yield f"its {name} is no table"
            return
    yield from _wrong("setup", data["setup"], {each.name: FORMS[str(each.type)] for each in fields(Setup)})
    yield from _wrong("bounds", data["bounds"], {each.name: FORMS[str(each.type)] for each in fields(Bounds)})
    yield from _wrong("finding", found, {"code": FORMS["str"], "why": FORMS["str"], "moves": MOVES, "cycle": MOVES})
    for name, part, needed in (("setup", data["setup"], ("scenario",)), ("finding", found, ("code", "why", "moves"))):
        yield from (f"its {name} has no {each}" for each in needed if each not in part)
    known = {each.name for each in fields(Bounds)}
    yield from (f"its bounds have `{each}`, which is none" for each in data["bounds"] if each not in known)
    yield from _out_of_range(data["setup"], Bounds(**data["bounds"]))
    if found["code"] not in {each.code for each in properties()}:
        yield f"`{found['code']}` is the code of no property"


def _wrong(part: str, values: Mapping[str, Any], forms: Mapping[str, Form]) -> Iterator[str]:
    for name, (what, is_one) in forms.items():
        if name in values and not is_one(values[name]):
            yield f"`{name}` in its {part} is not {what}"


def _out_of_range(setup: Mapping[str, Any], bounds: Bounds) -> Iterator[str]:
    """Numbers that no option of a command admits."""
    if not 0 <= setup.get("cpus", 0) <= MOST_CPUS:
        yield f"{setup['cpus']} CPUs: 0 to {MOST_CPUS}"
    if setup.get("engine", "native") not in ("native", "plain"):
        yield f"there is no engine `{setup['engine']}`"
    if not 1 <= bounds.buffer <= BUFFER:
        yield f"{bounds.buffer} stores in a buffer: 1 to {BUFFER}"
    try:
        bounds_for(budgets=bounds.budgets, ring=bounds.ring, states=bounds.states)
    except SplxError as error:
        yield error.diagnostics[0].message
