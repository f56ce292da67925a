"""The Pareto front, and the verdicts of its rule, on numbers that are made up for it."""

from splx.debate import Axis, Curve, Evidence, Verdict
from splx.debate.pareto import beats, last_on_front, on_front

AXIS = Axis("hold", "hold", "us", (1.0, 10.0, 100.0))
LINES = ["low", "middle", "high"]


def curve(*means, noise=1):
    values = means if len(means) > 1 else means * 3
    return Curve({x: (mean - noise, mean, mean + noise) for x, mean in zip(AXIS.values, values, strict=True)})


def curves(low, middle, high):
    return {
        name: it if isinstance(it, Curve) else curve(it) for name, it in zip(LINES, (low, middle, high), strict=True)
    }


def evidence(first, second, *further):
    return Evidence(curves(*first), curves(*second), {}, tuple(curves(*each) for each in further))


def judged(*measures):
    return last_on_front("middle", LINES).judge(evidence(*measures), AXIS)


def undecided(mean):
    return Curve(dict.fromkeys(AXIS.values, (mean, mean + 50, mean - 40)))


#: `low` is cheapest and `middle` quickest; `high` is neither.
QUICK, CHEAP = (300, 100, 200), (100, 200, 300)


def test_what_is_as_good_in_every_measure_and_better_in_one_beats():
    seen = evidence((100, 100, 200), (100, 200, 300))
    assert beats(seen, "low", "middle", 1.0) is True
    assert beats(seen, "middle", "low", 1.0) is False
    assert beats(evidence(QUICK, CHEAP), "low", "middle", 1.0) is False


def test_the_same_in_all_do_not_beat_one_another():
    same = evidence((100, 100, 200), (100, 100, 300))
    assert beats(same, "low", "middle", 1.0) is False
    assert on_front(same, LINES, 1.0) == {"low": True, "middle": True, "high": False}


def test_a_small_difference_that_is_not_known_does_not_count_and_a_small_one_that_is_known_does():
    # 1000 and 990 +- 20, surely less than 5 % apart; 1000 and 980 +- 1, surely 2 % apart
    unknown = evidence((1000, curve(990, noise=8), 2000), (100, 200, 300))
    assert beats(unknown, "low", "middle", 1.0) is True
    known = evidence((1000, 980, 2000), (100, 200, 300))
    assert beats(known, "low", "middle", 1.0) is False
    assert beats(known, "middle", "low", 1.0) is False


def test_a_large_difference_that_is_not_known_leaves_it_open():
    seen = evidence((100, undecided(100), 200), (100, 200, 300))
    assert beats(seen, "low", "middle", 1.0) is None
    assert on_front(seen, LINES, 1.0)["middle"] is None


def test_the_line_is_the_last_that_nothing_beats():
    assert judged(QUICK, CHEAP).words() == "holds"


def test_it_is_not_if_it_is_beaten_or_a_further_one_is_not():
    assert judged((100, 100, 200), CHEAP).words() == "does not hold against low"
    assert judged((300, 200, 100), CHEAP).words() == "does not hold against high"


def test_it_may_be_where_what_it_is_good_for_counts():
    # half way: by how much one is on a front is no number
    assert judged((300, curve(300, 300, 100), 400), CHEAP).words() == "holds when hold above 31.6 us"


def test_a_further_measure_may_put_on_the_front_what_is_beaten_in_all_others():
    beaten = ((100, 150, 200), CHEAP)
    assert judged(*beaten).verdict is Verdict.FAILS
    assert judged(*beaten, (300, 100, 200)).verdict is Verdict.HOLDS
    assert judged(*beaten, (100, 100, 200)).verdict is Verdict.FAILS
    assert judged(*beaten, (undecided(200), 100, 200)).verdict is Verdict.OPEN


def test_the_front_is_named_at_each_value():
    ruling = judged((300, curve(300, 300, 100), 400), CHEAP)
    assert ruling.notes == (
        "on the Pareto front at 1 us: `low`",
        "on the Pareto front at 10 us: `low`",
        "on the Pareto front at 100 us: `low`, `middle`",
    )
    open_ = judged((100, 150, 200), CHEAP, (undecided(200), 100, 200))
    assert open_.notes[0] == "on the Pareto front at 1 us: `low` (not decided of `middle`)"


def test_the_rule_in_words():
    assert last_on_front("middle", LINES).says == (
        "of `low`, `middle`, `high`, `middle` is the last on the Pareto front: none is as good in every measure and "
        "better in one"
    )
