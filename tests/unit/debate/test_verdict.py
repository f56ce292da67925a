"""Each rule gives each of its verdicts, on numbers that are made up for it."""

import pytest

from splx.debate import Axis, Curve, Ruling, Verdict
from splx.debate.verdict import less, sign

AXIS = Axis("rate", "rate", "/s", (1.0, 10.0, 100.0))
NOISE = (-1.0, 0.0, 1.0)


def curve(*means, noise=NOISE):
    return Curve({x: tuple(mean + each for each in noise) for x, mean in zip(AXIS.values, means, strict=True)})


def ruled(a, b, rule=None):
    return (rule or less("a", "b"))({"a": a, "b": b}, AXIS.values, AXIS.said)


def test_it_holds_where_every_difference_has_the_claimed_sign():
    assert ruled(curve(10, 20, 30), curve(20, 40, 60)) == Ruling(Verdict.HOLDS)


def test_it_does_not_where_every_difference_has_the_other():
    assert ruled(curve(20, 40, 60), curve(10, 20, 30)).verdict is Verdict.FAILS


def test_it_holds_below_the_break_even_which_lies_between_the_two_values_where_the_sign_changes():
    # the difference is 5, 5, -5: zero half way from 10 to 100, over the logarithm
    ruling = ruled(curve(10, 20, 30), curve(15, 25, 25))
    assert (ruling.verdict, ruling.words()) == (Verdict.WHEN, "holds when rate below 31.6 /s")
    assert ruling.breaks == pytest.approx((31.62,), abs=0.01)


def test_it_holds_between_two_break_evens():
    ruling = ruled(curve(15, 20, 30), curve(10, 25, 25))
    assert ruling.words() == "holds when rate from 3.16 /s to 31.6 /s"


def test_next_to_no_difference_is_none():
    ruling = ruled(curve(1000, 1000, 1000), curve(1001, 1000, 999), less("a", "b"))
    assert ruling.words() == "does not hold anywhere: they differ by less than 1 %"


def test_seeds_that_do_not_tell_decide_nothing():
    def undecided(mean):
        return Curve(dict.fromkeys(AXIS.values, (mean, mean + 50, mean - 40)))

    assert ruled(undecided(100), Curve(dict.fromkeys(AXIS.values, (90, 120, 95)))) == Ruling(Verdict.OPEN)


def test_sides_are_compared_seed_by_seed():
    # the seeds differ by far more than the sides, which under each seed differ by 50
    a, b = Curve({1.0: (100, 500, 900)}), Curve({1.0: (150, 550, 950)})
    assert sign({"a": a, "b": b}, "a", "b", 1.0) == 1
    assert sign({"a": a, "b": b}, "b", "a", 1.0) == -1
