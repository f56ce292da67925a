"""Scenarios of this folder, built and checked."""

from functools import cache
from pathlib import Path

from splx.check.loading import Bounds
from splx.check.verdict import check
from splx.simulate.setup import Setup

HERE = Path(__file__).parent / "scenarios"


def system(name, design="netbsd-5", mutants=(), **settings):
    """A scenario under a design, with parameters."""
    given = tuple((key, str(value)) for key, value in settings.items())
    return Setup(
        str(HERE / f"{name}.py"), design=design, machine="ideal", cpus=0, settings=given, mutants=mutants
    ).system()


@cache
def verdict(name, design="netbsd-5", *, mutants=(), tso=False, ticks=None, **settings):
    """Its verdict."""
    return check(
        system(name, design, mutants, **settings), Bounds(tso=tso, budgets={} if ticks is None else {"tick": ticks})
    )
