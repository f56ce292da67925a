"""What a fused step does hundreds of times is told once."""

import pytest
from tests.check.systems import verdict

from splx.check.path import comes_back
from splx.check.story import AGAIN, story_of


@pytest.mark.parametrize("how", [0, 1])
def test_a_loop_that_nobody_else_can_look_into_is_told_once(how):
    fused, single = (verdict("polls_its_own", "linux", fuse=fuse, HOW=how) for fuse in (True, False))
    found = fused.finding
    assert found.code == single.finding.code == "R0030"
    assert len(found.cycle) == len(single.finding.cycle)
    assert len(found.moves) < len(single.finding.moves) + len(found.cycle)  # the round may begin elsewhere in it
    assert comes_back(fused.system, fused.bounds, found.moves, found.cycle)
    told = story_of(fused)
    assert told == story_of(single)
    assert [line.partition("  ")[0] for line in told.splitlines()[2:]] == [f"-- {AGAIN}", "reads box.x: 0"]
