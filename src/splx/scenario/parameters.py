"""Parameters: numbers and words of a scenario that the command line can set.

    speedup = Param("speedup", 400)         splx run nic.py --set speedup=800
    period = Param("period", ms(5))         splx run nic.py --set period=2ms

The text that is set is read as what the default is.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, TypeVar, cast

from splx.base.diagnostics import Diagnostic, SplxError
from splx.base.units import parse_duration
from splx.scenario import codes
from splx.scenario.checks import name_of
from splx.scenario.scene import current
from splx.scenario.sites import here

if TYPE_CHECKING:
    from collections.abc import Callable

    from splx.scenario.scene import Scenario

T = TypeVar("T", bool, int, float, str)

_WORDS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


def Param(name: str, default: T) -> T:  # noqa: N802 - reads like the other declarations
    """The value of parameter `name`: as set on the command line, else `default`, whose type it has."""
    site = here()
    scenario = current("a parameter", site)
    name = name_of(name, site)
    scenario.take_name("parameter", name, "a parameter", site)
    value = default
    text = scenario.settings.get(name)
    if text is not None:
        try:
            value = cast("T", _READERS[type(default)](text))
        except (KeyError, ValueError):
            kind = type(default).__name__
            message = f"`{text}` is no value for the parameter `{name}`, which is {_KINDS.get(kind, kind)}"
            help_ = f"as in `--set {name}={default}`"
            scenario.problems.add(Diagnostic(codes.PARAMETER, message, site.span, "declared here", help=help_))
    scenario.parameters[name] = value
    return value


def check_settings(scenario: Scenario) -> None:
    """S0112 for settings of parameters that the scenario does not have."""
    for name in scenario.settings:
        if name not in scenario.parameters:
            known = list(scenario.parameters)
            near = difflib.get_close_matches(name, known, 1)
            having = f"it has {', '.join(f'`{each}`' for each in known)}" if known else "it has no parameter"
            help_ = f"did you mean `{near[0]}`?" if near else having
            message = f"the scenario `{scenario.name}` has no parameter `{name}`"
            scenario.problems.add(Diagnostic(codes.PARAMETER, message, help=help_))


def _integer(text: str) -> int:
    try:
        return int(text.replace("_", ""), 0)
    except ValueError:
        pass
    try:
        return parse_duration(text)
    except SplxError:
        raise ValueError(text) from None


def _truth(text: str) -> bool:
    return _WORDS[text.lower()]


_READERS: dict[type, Callable[[str], object]] = {bool: _truth, int: _integer, float: float, str: str}
_KINDS = {"bool": "yes or no", "int": "a whole number or a time", "float": "a number", "str": "a word"}
