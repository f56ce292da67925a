"""What `python -m bench check4` says of what bounds a search by cost, from figures that are made up."""

from bench.__main__ import reach_lines
from bench.check4 import Reach

CAME = [Reach(0, 0, 1000, 1.0, 1.0, 10**7, "it was to go no further", ""),
        Reach(1, 1, 10_000, 1.0, 1.0, 10**7, "it was to go no further", ""),
        Reach(2, 2, 1_000_000, 10.0, 8.0, 10**8, "it was to go no further", "")]  # fmt: skip
ENDED = Reach(3, 2, 1_500_000, 20.0, 18.0, 4 * 10**9, "it was to take no more memory", "")
UNFUSED = Reach(2, 1, 3_000_000, 20.0, 18.0, 4 * 10**9, "it was stopped", "", fused=False)


def test_what_the_next_cost_would_take_is_worked_out_from_the_last_that_came_through():
    text = "\n".join(reach_lines([*CAME, ENDED, UNFUSED]))
    assert "no, through 2: it was to take no more memory" in text
    assert "cost 2 takes 100 times the states of cost 1" in text
    assert "cost 3 has 100 million states" in text
    assert "a core sees 125,000 a second: 2 see 150 million in 10 minutes" in text
    assert "a state takes 100 bytes of tables: 4GB hold 40 million" in text
    assert "with nothing fused, cost 2 did not come through: it was stopped, at 3 million states" in text


def test_nothing_is_worked_out_where_every_cost_came_through():
    text = "\n".join(reach_lines([*CAME, Reach(2, 2, 3_000_000, 20.0, 18.0, 10**9, "", "", fused=False)]))
    assert "million" not in text
    assert "with nothing fused, cost 2 takes 3.0 times as many" in text
