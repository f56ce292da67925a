"""Cost models: what each class of instruction costs on a machine, and how its interrupt controller behaves.

    model = load("x86-2020")            # one of ours
    model = load("./my.toml")           # the user's own
    model.bake(Cost.LOCKED)             # picoseconds, rounded once

A model is a TOML file. Every figure is an amount of cycles or nanoseconds and says where it comes from:

    name = "my-board"
    title = "the board on my desk"
    clock = "1.2 GHz"

    [controller]
    gate_by_priority = true             # one in service keeps away those of its own and lower priority
    edge_lost = false                   # an edge on a masked input is dropped
    source = "data sheet, section 4"

    [cost]
    alu = { cycles = 1, source = "core manual, table 3" }
    ...                                 # one for each class of `Cost` but FREE

    [transfer]
    shared = { ns = 80, source = "measured" }
    ...                                 # one for each class of `Transfer`

`from` takes the other figures from another model, so that a file can hold only what differs: `from = "x86-2020"`.
What is missing, unknown, unreadable or absurd is a diagnostic that names the line.

A few figures can be changed where a model is named: `x86-2020:mask=300ns,unmask=300ns`.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from splx.base.diagnostics import Diagnostic, SplxError
from splx.machine import codes
from splx.machine.costs import Cost

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from importlib.resources.abc import Traversable

    from splx.base.diagnostics import Span
    from splx.base.units import Cycle, Ps
    from splx.machine.costs import Transfer


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: picoseconds, the amount as it was written ("19 cycles"), where it comes from, and its place."""

    ps: Ps
    written: str
    source: str
    span: Span | None = None

    @property
    def estimated(self) -> bool:
        """Whether nobody measured or published it: the source says so and why."""
        return self.source.startswith("estimate:")


@dataclass(frozen=True)
class Manners:
    """What of an interrupt controller decides what can happen, and not only when."""

    gate_by_priority: bool = True
    edge_lost: bool = False


@dataclass(frozen=True)
class CostModel:
    """A machine: its cycle, a figure for every class, and its controller's manners."""

    name: str
    title: str
    cycle: Cycle
    costs: Mapping[Cost, Figure]
    transfers: Mapping[Transfer, Figure]
    gate_by_priority: bool
    edge_lost: bool
    controller: str  # source of the two above
    path: str
    doubts: tuple[Diagnostic, ...] = ()  # what hardly any machine has: warnings

    @property
    def manners(self) -> Manners:
        """Those of its controller."""
        return Manners(self.gate_by_priority, self.edge_lost)

    def bake(self, cost: Cost) -> Ps:
        """What an instruction of this class costs when its cache line is at hand."""
        return 0 if cost is Cost.FREE else self.costs[cost].ps

    def transfer(self, kind: Transfer) -> Ps:
        """What getting a line, or an interrupt to another CPU, takes on top."""
        return self.transfers[kind].ps


def shipped() -> dict[str, Traversable]:
    """The models that come with splx, by name."""
    folder = files("splx.machine") / "machines"
    found = {file.name.removesuffix(".toml"): file for file in folder.iterdir() if file.name.endswith(".toml")}
    return dict(sorted(found.items()))


#: A model, and figures of it that are changed.
_CHANGED = re.compile(r"(.+?):(\w+=.*)")


def load(machine: str | Path) -> CostModel:
    """A model by name, or from the user's own file: anything that ends in `.toml` or holds a `/` is a path. Behind a
    colon there may be figures that are changed.

    SplxError with M codes when there is no such model or something is wrong with it.
    """
    from splx.machine.modelfile import changed, read_model  # noqa: PLC0415 - the reader needs these classes

    name = str(machine)
    match = _CHANGED.fullmatch(name)
    if match is not None:
        return changed(load(match[1]), match[2])
    ours = shipped()
    if name in ours:
        return read_model(ours[name].read_text(encoding="utf-8"), str(ours[name]))
    if isinstance(machine, Path) or _is_path(name):
        return read_model(_text_of(Path(machine)), name)
    near = difflib.get_close_matches(name, ours, n=1)
    advice = f"did you mean `{near[0]}`?" if near else f"take one of {', '.join(ours)}, or a path that ends in .toml"
    raise SplxError(Diagnostic(codes.UNKNOWN, f"no machine is called `{name}`", help=advice))


def with_path(machine: str, seen: Callable[[str], str]) -> str:
    """`machine`, if it is a file of the user's, with what `seen` makes of its path; figures that are changed stay."""
    match = _CHANGED.fullmatch(machine)
    name = match[1] if match else machine
    if name in shipped() or not _is_path(name):
        return machine
    path = seen(name)
    return (path if _is_path(path) else f"./{path}") + machine[len(name) :]


def _is_path(name: str) -> bool:
    return name.endswith(".toml") or "/" in name


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = (error.strerror or str(error)).lower() if isinstance(error, OSError) else "it is not UTF-8 text"
        raise SplxError(
            Diagnostic(codes.NOT_TOML, f"the cost model `{path}` cannot be read: {reason}", help="check the path")
        ) from error


def load_all() -> list[CostModel]:
    """Every model that comes with splx, by name."""
    return [load(name) for name in shipped()]
