"""Scenarios of this folder, built and checked."""

from functools import cache
from pathlib import Path

from splx.check.loading import Bounds
from splx.check.verdict import check
from splx.simulate.setup import Setup

HERE = Path(__file__).parent / "scenarios"
DRAWN = HERE.parent.parent / "drawings" / "scenarios"


def system(name, design="netbsd-5", mutants=(), **settings):
    """A scenario under a design, with parameters; `drawn/NAME` is one of those that drawings are performed on."""
    given = tuple((key, str(value)) for key, value in settings.items())
    folder = DRAWN if name.startswith("drawn/") else HERE
    file = folder / f"{name.removeprefix('drawn/')}.py"
    return Setup(str(file), design=design, machine="ideal", cpus=0, settings=given, mutants=mutants).system()


@cache
def verdict(name, design="netbsd-5", *, mutants=(), tso=False, ticks=None, fuse=True, **settings):
    """Its verdict."""
    budgets = {} if ticks is None else {"tick": ticks}
    return check(system(name, design, mutants, **settings), Bounds(tso=tso, budgets=budgets, fuse=fuse))
