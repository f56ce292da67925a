"""A step that nobody can tell apart may be long, or never end: it is cut, and that is all."""

import pytest
from tests.check.systems import HERE

from splx.check.loading import Bounds
from splx.check.path import make_ready, perform
from splx.check.story import story_of
from splx.check.verdict import check
from splx.check.watched import classes_of
from splx.simulate.setup import Setup
from splx.stage.stage import Stage

EVERY = [Bounds(fuse=True), Bounds(), Bounds(single=True)]


def built(how):
    return Setup(str(HERE / "long_steps.py"), settings=(("HOW", how),), machine="ideal", cpus=0).system()


@pytest.mark.parametrize("bounds", EVERY, ids=["fused", "not", "single"])
def test_a_thread_that_works_for_ever_is_right(bounds):
    assert check(built("ever"), bounds).holds


@pytest.mark.parametrize("bounds", EVERY[:2], ids=["fused", "not"])
def test_a_long_loop_ends(bounds):
    verdict = check(built("long"), bounds)
    assert verdict.holds
    assert verdict.counts.dead == 1


@pytest.mark.parametrize("bounds", EVERY, ids=["fused", "not", "single"])
def test_who_never_gets_the_cpu_is_seen(bounds):
    verdict = check(built("behind"), bounds)
    assert verdict.finding.code == "R0003"
    assert "other is ready and no CPU can ever run it" in verdict.finding.why
    assert story_of(verdict).startswith("cpu0")


def test_its_moves_are_performed_to_their_end():
    system, bounds = built("ever"), Bounds(fuse=True)
    stage, klass = Stage(system), classes_of(system, bounds)
    make_ready(stage, klass)
    for _ in range(60):
        perform(stage, 0, klass)
    assert not stage.stopped
