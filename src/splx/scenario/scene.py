"""A scenario: what was declared, in the order in which it was.

Declarations go to the scenario in use: the one whose file is being loaded, or, in Python code that builds its own,
the one of the `with` around them.

    with Scenario("storm") as storm:
        for n in range(100):
            thread(f"t{n}", priority=n, arg=n)(worker)
"""

from __future__ import annotations

from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self, TypeVar

from splx.base.diagnostics import Collector, Diagnostic, SplxError
from splx.scenario import codes
from splx.scenario.sites import Site, here

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from contextvars import Token

    from splx.scenario.declared import HandlerDecl, PropertyDecl, ThreadDecl
    from splx.scenario.devices import Device
    from splx.scenario.distributions import Distribution
    from splx.scenario.objects import Callout, Mutex, Napi, RWLock, Softint, Statistic, Tasklet
    from splx.scenario.rebound import Meant

T = TypeVar("T")

_in_use: ContextVar[Scenario | None] = ContextVar("scenario in use", default=None)


class Named(NamedTuple):
    """Where a name was given, for the complaint about its second use."""

    what: str
    site: Site


class Scenario:
    """What a user declared. `settings` are values of parameters by name, as typed on the command line."""

    def __init__(self, name: str, *, directory: Path | None = None, settings: Mapping[str, str] | None = None) -> None:
        self.name = name
        self.site = here()
        self.directory = directory or Path()
        self.settings = dict(settings or {})
        self.parameters: dict[str, object] = {}
        self.problems = Collector()
        self.devices: list[Device] = []
        self.handlers: list[HandlerDecl] = []
        self.softints: list[Softint] = []
        self.callouts: list[Callout] = []
        self.napis: list[Napi] = []
        self.tasklets: list[Tasklet] = []
        self.threads: list[ThreadDecl] = []
        self.locks: list[Mutex] = []
        self.rwlocks: list[RWLock] = []
        self.distributions: list[Distribution] = []
        self.statistics: list[Statistic] = []
        self.properties: list[PropertyDecl] = []
        self.meant: list[Meant] = []
        #: Calls that may do something else where a kernel does not have them (see `calls`).
        self.optional: set[str] = set()
        self._names: dict[tuple[str, str], Named] = {}
        self._tokens: list[Token[Scenario | None]] = []

    def __enter__(self) -> Self:
        self._tokens.append(_in_use.set(self))
        return self

    def __exit__(self, *_: object) -> None:
        _in_use.reset(self._tokens.pop())

    def __repr__(self) -> str:
        return f"Scenario({self.name!r})"

    def take_name(self, space: str, name: str, what: str, site: Site) -> None:
        """`name` is that of `what` from now on. S0103 if it is taken: names are how results are told apart."""
        if not name:
            self.problems.add(
                Diagnostic(codes.ARGUMENT, f"{what} has no name", site.argument("name", 0), help="give it one")
            )
            return
        first = self._names.setdefault((space, name), Named(what, site))
        if first.site is not site:
            message = f"`{name}` is the name of {what} and of {first.what} before it"
            where = site.argument("name", 0)
            related = ((first.site.span, "the first one"),)
            self.problems.add(
                Diagnostic(codes.DUPLICATE, message, where, related=related, help="give each its own name")
            )

    def new_number(self, made: list[T], thing: T) -> int:
        """Append `thing` and return its place, which is its number in the machine."""
        made.append(thing)
        return len(made) - 1

    def cpus_named(self) -> int:
        """How many CPUs a machine needs to have those that devices and threads name."""
        return 1 + max([0, *(d.cpu for d in self.devices), *(t.cpu for t in self.threads if t.cpu is not None)])

    def check(self) -> None:
        """SplxError with every mistake found so far, if there is one."""
        self.problems.raise_if_any()


def in_use() -> Scenario | None:
    """The scenario in use, if any."""
    return _in_use.get()


def current(what: str, site: Site) -> Scenario:
    """The scenario in use; S0108 if `what` is declared outside one."""
    scenario = _in_use.get()
    if scenario is None:
        help_ = "declare it in a file that `splx run` loads, or in a `with Scenario(...):` block"
        raise SplxError(Diagnostic(codes.OUTSIDE, f"{what} is declared outside a scenario", site.span, help=help_))
    return scenario


def report(diagnostic: Diagnostic) -> None:
    """Keep a mistake in the scenario in use, so that the rest is looked at too; without one, raise it."""
    scenario = _in_use.get()
    if scenario is None:
        raise SplxError(diagnostic)
    scenario.problems.add(diagnostic)


def report_all(diagnostics: Iterable[Diagnostic]) -> None:
    """`report` each."""
    for each in diagnostics:
        report(each)
