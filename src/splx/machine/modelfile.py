"""Reading a cost model: TOML to figures, with every mistake found in one pass and named by its line.

Python's TOML reader keeps no places, so a small index of "table.key" to line goes along. It knows the forms that a
cost model is written in (tables, inline tables, dotted keys, one key to a line) and falls back on the table's line.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeGuard, TypeVar

from splx.base.diagnostics import Collector, Diagnostic, Span, SplxError
from splx.base.units import UNITS, Cycle, Number, exact, parse_duration
from splx.machine import codes
from splx.machine.costs import Cost, Transfer
from splx.machine.models import CostModel, Figure, load, shipped
from splx.machine.plausible import contradictions, doubts

if TYPE_CHECKING:
    from collections.abc import Mapping

Kind = TypeVar("Kind", Cost, Transfer)

LONGEST = UNITS["ms"]
_HERTZ = {"hz": 1, "khz": 10**3, "mhz": 10**6, "ghz": 10**9}
_CLOCK = re.compile(r"\s*([0-9]+(?:\.[0-9]*)?)\s*([a-z]+)\s*", re.IGNORECASE)
_TABLE = re.compile(r"\s*\[\s*([A-Za-z0-9_.\"' -]+?)\s*\]")
_KEY = re.compile(r"\s*([A-Za-z0-9_.\"'-]+(?:\s*\.\s*[A-Za-z0-9_\"'-]+)*)\s*=")
_TOML_PLACE = re.compile(r"\(at (?:line (\d+), column \d+|end of document)\)")

COSTS = {cost.name.lower(): cost for cost in Cost if cost is not Cost.FREE}
TRANSFERS = {kind.name.lower(): kind for kind in Transfer}
_TOP = ("name", "title", "clock", "from", "controller", "cost", "transfer")
_CONTROLLER = ("gate_by_priority", "edge_lost", "source")
_FIGURE = ("cycles", "ns", "source")


def read_model(text: str, path: str) -> CostModel:
    """The model in `text`; `path` is what diagnostics show. SplxError with all that is wrong."""
    return _Reader(text, path).model()


def changed(model: CostModel, changes: str) -> CostModel:
    """The model with other figures, `mask=300ns,unmask=300ns`. SplxError with all that is wrong."""
    costs, transfers, bad = dict(model.costs), dict(model.transfers), Collector()
    for text in changes.split(","):
        name, _, amount = (each.strip() for each in text.partition("="))
        if name not in {**COSTS, **TRANSFERS}:
            near = difflib.get_close_matches(name, [*COSTS, *TRANSFERS], 1)
            advice = f"did you mean `{near[0]}`?" if near else f"there are {', '.join([*COSTS, *TRANSFERS])}"
            bad.add(Diagnostic(codes.UNKNOWN_KEY, f"a machine has no figure `{name}`", help=advice))
            continue
        figure = Figure(parse_duration(amount), amount, "given with the name of the machine")
        if figure.ps > LONGEST:
            what = f"`{name}` is {amount}, longer than a millisecond"
            bad.add(Diagnostic(codes.ABSURD, what, help="a cost lies between 0 and 1 ms"))
        if name in COSTS:
            costs[COSTS[name]] = figure
        else:
            transfers[TRANSFERS[name]] = figure
    for each in contradictions(costs):
        bad.add(each)
    bad.raise_if_any()
    unusual = tuple(doubts(costs, transfers))
    return replace(model, name=f"{model.name}:{changes}", costs=costs, transfers=transfers, doubts=unusual)


class _Reader:
    def __init__(self, text: str, path: str) -> None:
        self.path, self.lines = path, text.splitlines()
        self.bad = Collector()
        try:
            self.data: dict[str, Any] = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise SplxError(self._not_toml(str(error))) from None
        self.places = _places(self.lines)

    def model(self) -> CostModel:
        """Everything, or SplxError."""
        data = self.data
        self._known_keys(data, "", _TOP)
        base = self._base()
        cycle = self._clock(base)
        controller = self._table("controller", needed=base is None)
        self._known_keys(controller, "controller", _CONTROLLER)
        gate, lost = (self._flag(controller, key, base) for key in ("gate_by_priority", "edge_lost"))
        costs = self._figures("cost", COSTS, cycle, None if base is None else base.costs)
        transfers = self._figures("transfer", TRANSFERS, cycle, None if base is None else base.transfers)
        for each in contradictions(costs):
            self.bad.add(each)
        name, title = self._text("name", base), self._text("title", base)
        source = str(controller.get("source", "")) or (base.controller if base is not None else "")
        if not source and controller:
            self._no_source("controller", "the controller's behaviour")
        self.bad.raise_if_any()
        unusual = tuple(doubts(costs, transfers))
        return CostModel(name, title, cycle, costs, transfers, gate, lost, source, self.path, unusual)

    def _base(self) -> CostModel | None:
        name = self.data.get("from")
        if name is None:
            return None
        if name not in shipped():
            self._add(codes.UNKNOWN, "from", f"no machine is called `{name}`", f"take one of {', '.join(shipped())}")
            self.bad.raise_if_any()
        return load(name)

    def _clock(self, base: CostModel | None) -> Cycle:
        given = self.data.get("clock")
        if given is None:
            if base is not None:
                return base.cycle
            self._missing("", "clock", 'write the clock: `clock = "2.5 GHz"`')
            return Cycle(Fraction(1))
        match = _CLOCK.fullmatch(given) if isinstance(given, str) else None
        unit = match[2].lower() if match else ""
        if match is None or unit not in _HERTZ:
            self._add(codes.NUMBER, "clock", f"the clock `{given}` is not a rate", "write a number and MHz or GHz")
            return Cycle(Fraction(1))
        hertz = Fraction(match[1]) * _HERTZ[unit]
        if not 1000 <= hertz <= 100 * 10**9:
            self._add(codes.ABSURD, "clock", f"a clock of {given}", "a clock lies between 1 kHz and 100 GHz")
            return Cycle(Fraction(1))
        return Cycle.of_hz(hertz)

    def _figures(
        self, table: str, known: Mapping[str, Kind], cycle: Cycle, base: Mapping[Kind, Figure] | None
    ) -> dict[Kind, Figure]:
        given = self._table(table, needed=base is None)
        self._known_keys(given, table, tuple(known))
        found = dict(base or {})
        # A clock of its own with another model's cycles would be a third machine: amounts in cycles are scaled.
        for kind, old in found.items():
            if old.written.endswith(" cycles"):
                found[kind] = replace(old, ps=cycle.cycles(old.written.split()[0]))
        for name, kind in known.items():
            if name in given:
                figure = self._figure(f"{table}.{name}", given[name], cycle)
                if figure is not None:
                    found[kind] = figure
            elif kind not in found:
                self._missing(table, name, f"add `{name} = {{ cycles = ..., source = ... }}` to [{table}]")
        return found

    def _figure(self, path: str, given: object, cycle: Cycle) -> Figure | None:
        if not _is_table(given):
            advice = f"write `{_leaf(path)} = {{ ns = 5, source = ... }}`"
            self._add(codes.NUMBER, path, f"`{path}` is not a figure", advice)
            return None
        self._known_keys(given, path, _FIGURE)
        units = [unit for unit in ("cycles", "ns") if unit in given]
        if len(units) != 1:
            what = "gives cycles and ns" if units else "gives neither cycles nor ns"
            self._add(codes.NUMBER, path, f"`{path}` {what}", "give one amount: `cycles = 3` or `ns = 1.2`")
            return None
        source = given.get("source")
        if not isinstance(source, str) or not source.strip():
            self._no_source(path, f"`{path}`")
            source = ""
        return self._amount(path, units[0], given[units[0]], cycle, source)

    def _amount(self, path: str, unit: str, given: Number, cycle: Cycle, source: str) -> Figure | None:
        try:
            amount = exact(given)
        except SplxError:
            self._add(codes.NUMBER, path, f"`{path}` is `{given}`, not a number", "write 2, 2.5 or '1/3'")
            return None
        time = cycle.ps * amount if unit == "cycles" else amount * UNITS["ns"]
        if amount < 0 or time > LONGEST:
            why = "less than nothing" if amount < 0 else "longer than a millisecond"
            self._add(codes.ABSURD, path, f"`{path}` is {given} {unit}, {why}", "a cost lies between 0 and 1 ms")
            return None
        return Figure(round(time), f"{given} {unit}", source, self._span(path))

    def _flag(self, controller: dict[str, Any], key: str, base: CostModel | None) -> bool:
        given = controller.get(key)
        if given is None and base is not None:
            return bool(getattr(base, key))
        if given is None:
            self._missing("controller", key, f"add `{key} = true` or `{key} = false` to [controller]")
        elif not isinstance(given, bool):
            self._add(codes.NUMBER, f"controller.{key}", f"`{key}` is `{given}`, neither true nor false")
        return bool(given)

    def _text(self, key: str, base: CostModel | None) -> str:
        given = self.data.get(key)
        if given is None and base is None:
            self._missing("", key, f'write `{key} = "..."` at the top')
        elif given is not None and not isinstance(given, str):
            self._add(codes.NUMBER, key, f"`{key}` is not a text")
        return str(given) if given is not None else getattr(base, key, "")

    def _table(self, name: str, *, needed: bool) -> dict[str, Any]:
        given = self.data.get(name, {})
        if not _is_table(given):
            self._add(codes.NUMBER, name, f"`{name}` is not a table", f"write [{name}] on a line of its own")
            return {}
        if needed and name not in self.data:
            self._missing("", name, f"add a table [{name}]")
        return given

    def _known_keys(self, table: dict[str, Any], path: str, known: tuple[str, ...]) -> None:
        for key in table:
            if key not in known:
                near = difflib.get_close_matches(key, known, n=1)
                advice = f"did you mean `{near[0]}`?" if near else f"known here: {', '.join(known)}"
                self._add(codes.UNKNOWN_KEY, f"{path}.{key}".lstrip("."), f"`{key}` means nothing here", advice)

    def _missing(self, table: str, name: str, advice: str) -> None:
        what = f"`{table}.{name}`" if table else f"`{name}`"
        self.bad.add(
            Diagnostic(
                codes.MISSING, f"the cost model has no {what}", self._span(table) or _whole(self.path), help=advice
            )
        )

    def _no_source(self, path: str, what: str) -> None:
        advice = (
            'say where it comes from: `source = "manual, table 3"`, or `source = "estimate: ..."` with the reasoning'
        )
        self._add(codes.NO_SOURCE, path, f"{what} has no source", advice)

    def _add(self, code: str, path: str, message: str, advice: str | None = None) -> None:
        self.bad.add(Diagnostic(code, message, self._span(path) or _whole(self.path), help=advice))

    def _span(self, path: str) -> Span | None:
        """The line of a dotted path, or of the nearest table around it; None when nothing is known."""
        while path:
            if path in self.places:
                line = self.places[path]
                return Span.of_line(self.path, line, self.lines[line - 1])
            path = path.rpartition(".")[0]
        return None

    def _not_toml(self, error: str) -> Diagnostic:
        match = _TOML_PLACE.search(error)
        line = int(match[1]) if match and match[1] else len(self.lines)
        text = self.lines[line - 1] if 0 < line <= len(self.lines) else ""
        reason = _TOML_PLACE.sub("", error).strip()
        span = Span.of_line(self.path, line, text) if text else _whole(self.path)
        return Diagnostic(codes.NOT_TOML, f"not TOML: {reason[:1].lower()}{reason[1:]}", span, help="see toml.io")


def _places(lines: list[str]) -> dict[str, int]:
    """Line (from 1) of every table and key, by dotted path."""
    found: dict[str, int] = {}
    table = ""
    for number, line in enumerate(lines, 1):
        head = _TABLE.match(line)
        if head is not None:
            table = _plain(head[1])
            found.setdefault(table, number)
            continue
        key = _KEY.match(line)
        if key is not None:
            path = f"{table}.{_plain(key[1])}".lstrip(".")
            while path:
                found.setdefault(path, number)
                path = path.rpartition(".")[0]
    return found


def _plain(key: str) -> str:
    return ".".join(part.strip().strip("\"'") for part in key.split("."))


def _leaf(path: str) -> str:
    return path.rpartition(".")[2]


def _is_table(given: object) -> TypeGuard[dict[str, Any]]:
    return isinstance(given, dict)


def _whole(path: str) -> Span:
    """The top of the file: all that is known of where something is missing."""
    return Span(path, 1, 0, 1, 0)
