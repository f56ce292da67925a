"""Each rule gives each of its verdicts, on numbers that are made up for it."""

from dataclasses import replace

import pytest

from splx.debate import Axis, Curve, Evidence, Ruling, Verdict
from splx.debate.rules import below, dearer, far_less, finds, less, less_each, no_more, outnumber, sign

AXIS = Axis("rate", "rate", "/s", (1.0, 10.0, 100.0))
NOISE = (-1.0, 0.0, 1.0)


def curve(*means, noise=NOISE):
    return Curve({x: tuple(mean + each for each in noise) for x, mean in zip(AXIS.values, means, strict=True)})


def judged(rule, curves, second=None):
    return rule.judge(Evidence(curves, second or {}), AXIS)


def ruled(a, b):
    return judged(less("a", "b"), {"a": a, "b": b})


def undecided(mean):
    return Curve(dict.fromkeys(AXIS.values, (mean, mean + 50, mean - 40)))


# ---- less


def test_it_holds_where_every_difference_has_the_claimed_sign():
    assert ruled(curve(10, 20, 30), curve(20, 40, 60)) == Ruling(Verdict.HOLDS)


def test_it_does_not_where_every_difference_has_the_other():
    assert ruled(curve(20, 40, 60), curve(10, 20, 30)).verdict is Verdict.FAILS


def test_it_holds_below_the_break_even_which_lies_between_the_two_values_where_the_sign_changes():
    # the difference is 5, 5, -5: zero half way from 10 to 100, over the logarithm
    ruling = ruled(curve(10, 20, 30), curve(15, 25, 25))
    assert (ruling.verdict, ruling.words()) == (Verdict.WHEN, "holds when rate below 31.6 /s")
    assert ruling.breaks == pytest.approx((31.62,), abs=0.01)


def test_the_break_even_is_nearer_to_the_smaller_difference():
    # 40 and -10: four fifths of the way
    ruling = ruled(curve(10, 20, 40), curve(50, 60, 30))
    assert ruling.breaks == pytest.approx((10**1.8,))


def test_it_holds_between_two_break_evens():
    ruling = ruled(curve(15, 20, 30), curve(10, 25, 25))
    assert ruling.words() == "holds when rate from 3.16 /s to 31.6 /s"


def test_next_to_no_difference_is_none():
    ruling = ruled(curve(1000, 1000, 1000), curve(1001, 1000, 999))
    assert ruling.words() == "does not hold anywhere: they differ by less than 1 %"


def test_where_there_is_no_difference_at_one_of_two_values_it_breaks_half_way():
    assert ruled(curve(0, 0, 10), curve(0, 0, 50)).words() == "holds when rate above 31.6 /s"


def test_seeds_that_do_not_tell_decide_nothing():
    noisy = Curve(dict.fromkeys(AXIS.values, (90, 120, 95)))
    assert ruled(undecided(100), noisy) == Ruling(Verdict.OPEN)
    assert less("a", "b").undecided(Evidence({"a": undecided(100), "b": noisy}), AXIS) == list(AXIS.values)


def test_a_value_at_which_the_seeds_do_not_tell_is_left_out_if_they_tell_at_most():
    b = Curve({**curve(20, 40, 60).values, 1.0: (-40.0, 60.0, 20.0)})
    assert ruled(curve(10, 20, 30), b).words() == "holds for rate from 10 /s to 100 /s (not decided at 1 /s)"


def test_where_the_seeds_tell_at_no_more_than_half_of_the_values_nothing_is_decided():
    axis = replace(AXIS, values=(1.0, 10.0))
    a = Curve({1.0: (10, 11, 12), 10.0: (10, 11, 12)})
    b = Curve({1.0: (20, 21, 22), 10.0: (-40, 60, 20)})
    assert less("a", "b").judge(Evidence({"a": a, "b": b}), axis) == Ruling(Verdict.OPEN)


def test_a_verdict_says_at_which_end_of_the_range_the_seeds_do_not_tell():
    noisy = (-40.0, 60.0, 20.0)
    last = Curve({**curve(5, 10, 0).values, 100.0: noisy})
    assert ruled(curve(10, 20, 30), last).words() == (
        "does not hold against b for rate from 1 /s to 10 /s (not decided at 100 /s)"
    )
    axis = replace(AXIS, values=(1.0, 10.0, 100.0, 1000.0))
    a = Curve(dict.fromkeys(axis.values, (99, 100, 101)))
    b = Curve({1.0: (149, 150, 151), 10.0: (149, 150, 151), 100.0: (49, 50, 51), 1000.0: noisy})
    found = less("a", "b").judge(Evidence({"a": a, "b": b}), axis)
    assert found.words() == "holds when rate below 31.6 /s (not decided at 1,000 /s)"
    found = less("b", "a").judge(Evidence({"a": a, "b": b}), axis)
    assert found.words() == "holds when rate from 31.6 /s to 100 /s (not decided at 1,000 /s)"
    same = Curve({1.0: (99, 100, 101), 10.0: (99, 100, 101), 100.0: (99, 100, 101), 1000.0: noisy})
    found = less("a", "b").judge(Evidence({"a": a, "b": same}), axis)
    assert found.words() == (
        "does not hold for rate from 1 /s to 100 /s: they differ by less than 1 % (not decided at 1,000 /s)"
    )


def test_looks_that_were_taken_make_the_seeds_tell_less():
    # the difference is 5 with a half width of 4.97 at one look, of 8.8 at one of three
    values = {1.0: (3, 5, 7)}
    once, thrice = ({"a": Curve({1.0: (0, 0, 0)}, looks=looks), "b": Curve(values, looks=looks)} for looks in (1, 3))
    assert (sign(once, "a", "b", 1.0), sign(thrice, "a", "b", 1.0)) == (1, None)


def test_the_mean_at_a_value_where_the_seeds_do_not_tell_says_on_which_side_of_it_the_break_even_is():
    # 5, about -20, -20: a fifth of the way from 1 to 10, whatever is beyond
    b = Curve({**curve(15, 0, 20).values, 10.0: (-100.0, 60.0, 40.0)})
    ruling = ruled(curve(10, 20, 40), b)
    assert ruling.breaks == pytest.approx((10**0.2,))
    assert ruling.untold == "10 /s"


def test_sides_are_compared_seed_by_seed():
    # the seeds differ by far more than the sides, which under each seed differ by 50
    a, b = Curve({1.0: (100, 500, 900)}), Curve({1.0: (150, 550, 950)})
    assert sign({"a": a, "b": b}, "a", "b", 1.0) == 1
    assert sign({"a": a, "b": b}, "b", "a", 1.0) == -1


def test_less_than_several_is_less_than_each_and_the_verdict_names_who_is_not_more():
    rule = less("a", "b", "c")
    curves = {"a": curve(10, 20, 30), "b": curve(20, 40, 60), "c": curve(30, 60, 90)}
    assert judged(rule, curves).verdict is Verdict.HOLDS
    assert judged(rule, {**curves, "c": curve(5, 10, 15)}).words() == "does not hold against c"
    assert judged(rule, {**curves, "c": curve(30, 60, 15)}).words() == "holds when rate below 37.3 /s"
    assert judged(rule, {**curves, "b": curve(5, 5, 5), "c": curve(5, 5, 5)}).words() == "does not hold against b and c"
    by_turns = {**curves, "b": curve(5, 30, 50), "c": curve(30, 5, 5)}
    assert judged(rule, by_turns).words() == "does not hold against b at 1 /s; c at 10 /s and 100 /s"
    assert judged(rule, {**curves, "c": undecided(25)}).verdict is Verdict.OPEN


def test_far_less_is_less_than_a_part_of_it():
    rule = far_less(10, "a", "b", "c")
    assert rule.says == "10 times what `a` measures is less than each of `b` and `c`"
    found = {"a": curve(10, 10, 10), "b": curve(200, 200, 200), "c": curve(300, 300, 300)}
    assert judged(rule, found) == Ruling(Verdict.HOLDS)
    assert judged(rule, {**found, "c": curve(50, 50, 50)}).words() == "does not hold against c"
    assert judged(rule, {**found, "b": curve(50, 50, 150)}).words() == "holds when rate above 31.6 /s"
    assert judged(rule, {**found, "b": undecided(110)}).verdict is Verdict.OPEN


def test_each_of_a_pair_is_compared_with_the_other_of_it():
    rule = less_each(("a", "b"), ("c", "d"))
    assert rule.says == "`a` measures less than `b`, and `c` measures less than `d`"
    found = {"a": curve(10, 10, 10), "b": curve(20, 20, 20), "c": curve(30, 30, 30), "d": curve(40, 40, 40)}
    assert judged(rule, found) == Ruling(Verdict.HOLDS)
    assert judged(rule, {**found, "d": curve(20, 20, 20)}).words() == "does not hold against d"
    assert judged(rule, {**found, "d": curve(40, 40, 20)}).words() == "holds when rate below 31.6 /s"
    assert judged(rule, {**found, "d": undecided(30)}).verdict is Verdict.OPEN


# ---- no more


def test_no_more_is_as_much_or_less():
    rule = no_more("a", "b")
    assert rule.says == "`a` measures no more than `b`"
    assert judged(rule, {"a": curve(10, 20, 30), "b": curve(10, 20, 60)}) == Ruling(Verdict.HOLDS)
    assert judged(rule, {"a": curve(20, 40, 60), "b": curve(10, 20, 30)}).words() == "does not hold against b"
    assert judged(rule, {"a": curve(10, 20, 30), "b": curve(15, 25, 25)}).words() == "holds when rate below 31.6 /s"
    assert judged(rule, {"a": undecided(25), "b": curve(25, 25, 25)}).verdict is Verdict.OPEN


# ---- below


def test_each_below_a_number():
    rule = below(10, "%", "a", "b")
    assert rule.says == "`a` and `b` measure 10 % or less"
    assert judged(rule, {"a": curve(2, 3, 4), "b": curve(5, 6, 7)}) == Ruling(Verdict.HOLDS)
    assert judged(rule, {"a": curve(2, 3, 4), "b": curve(15, 26, 37)}).words() == "does not hold against b"
    # 5 below, 5 above: half way, over the logarithm
    assert judged(rule, {"a": curve(2, 3, 4), "b": curve(5, 5, 15)}).words() == "holds when rate below 31.6 /s"
    assert judged(rule, {"a": curve(2, 3, 4), "b": undecided(10)}).verdict is Verdict.OPEN


# ---- dearer

CHEAP = {"a": curve(20, 20, 20), "b": curve(30, 30, 30), "c": curve(10, 10, 10)}


def dear(first, second, cures=("b", "c")):
    return judged(dearer({"a": cures}), first, second)


def test_no_cure_is_free_if_each_costs_more_in_one_of_the_two():
    dearer_c = {"a": curve(20, 20, 20), "b": curve(20, 20, 20), "c": curve(30, 30, 30)}
    dearer_b = {"a": curve(20, 20, 20), "b": curve(30, 30, 30), "c": curve(20, 20, 20)}
    assert dear(dearer_c, dearer_b) == Ruling(Verdict.HOLDS)
    assert dear(CHEAP, {**CHEAP, "c": curve(20, 20, 20)}).words() == "does not hold against c"  # c is less in one
    assert dear(dearer_c, dearer_c).words() == "does not hold against b"
    assert dear(dearer_c, dearer_b | {"b": curve(20, 30, 30)}).words() == "holds when rate above 3.16 /s"
    assert dear(dearer_c, dearer_b | {"b": undecided(22)}).verdict is Verdict.OPEN


def test_what_is_surely_no_more_is_free_though_it_may_be_less_or_the_same():
    free = {"a": curve(1000, 1000, 1000), "b": curve(990, 990, 990, noise=(-9, 0, 9))}
    assert sign(free, "a", "b", 1.0) is None
    assert dear(free, free, cures=["b"]).words() == "does not hold against b"


def test_each_cure_is_compared_with_what_it_is_a_cure_of():
    rule = dearer({"a": ["b"], "c": ["d"]})
    assert rule.says == ("`b` measures more than `a`, and `d` measures more than `c`, in one of the two measures")
    found = {"a": curve(20, 20, 20), "b": curve(30, 30, 30), "c": curve(5, 5, 5), "d": curve(10, 10, 10)}
    assert judged(rule, found, found) == Ruling(Verdict.HOLDS)  # d is less than a
    swapped = {**found, "c": found["d"], "d": found["c"]}
    assert judged(rule, swapped, swapped).words() == "does not hold against d"


# ---- finds


def sought(rule, **found):
    curves = {name: Curve(dict.fromkeys(AXIS.values, (1,)), exact=True) for name in found}
    by = {name: dict(zip(AXIS.values, answers, strict=True)) for name, answers in found.items()}
    return rule.judge(Evidence(curves, {}, by), AXIS)


def test_a_search_finds_something_with_one_and_nothing_with_the_others():
    rule, no = finds("a", "b", "c"), [False] * 3
    assert sought(rule, a=[True] * 3, b=no, c=no) == Ruling(Verdict.HOLDS)
    assert sought(rule, a=[True] * 3, b=no, c=[True] * 3).words() == "does not hold against c"
    assert sought(rule, a=no, b=no, c=no).words() == "does not hold against a, with which nothing is found"
    assert sought(rule, a=[True, False, False], b=no, c=no).words() == "holds when rate below 3.16 /s"
    assert (
        sought(rule, a=[True, True, None], b=no, c=no).words()
        == "holds for rate from 1 /s to 10 /s (not decided at 100 /s)"
    )
    assert sought(rule, a=[None] * 3, b=no, c=no).verdict is Verdict.OPEN


def test_or_it_is_asked_of_one_alone():
    assert sought(finds("a"), a=[True] * 3) == Ruling(Verdict.HOLDS)
    assert finds("a").says == "there is an interleaving that goes wrong with `a`"


# ---- outnumber

CARDS = Axis("cards", "cards", "", (1.0, 2.0, 3.0))
YES, NO = True, False


def outnumbered(one, two, free=(NO, NO, NO)):
    found = {"one": one, "two": two, "free": free}
    curves = {name: Curve(dict.fromkeys(CARDS.values, (1,)), exact=True) for name in found}
    by = {name: dict(zip(CARDS.values, answers, strict=True)) for name, answers in found.items()}
    rule = outnumber({"one": 1, "two": 2}, "threads", {"free": "the disk is shut out"})
    return rule.judge(Evidence(curves, {}, by), CARDS)


def test_how_many_it_takes_for_n_is_looked_up_in_what_a_search_found():
    as_many = outnumbered((YES, YES, YES), (NO, YES, YES)).words()
    assert as_many == "holds when n or more cards meet n threads, which stand n - 1, and the disk is shut out"
    one_more = outnumbered((NO, YES, YES), (NO, NO, YES), (NO, NO, YES)).words()
    assert one_more == "holds when n + 1 or more cards meet n threads, which stand n"


def test_where_one_number_does_not_tell_it_for_all_it_is_told_for_each():
    found = outnumbered((YES, YES, YES), (NO, NO, YES), (YES, NO, NO)).words()
    assert found == "holds when cards are: `one` 1, 2 or 3; `two` 3"


def test_however_many_may_outnumber_all_some_or_none():
    assert outnumbered((YES, YES, YES), (YES, YES, YES)) == Ruling(Verdict.HOLDS)
    assert outnumbered((YES, YES, YES), (NO, NO, NO)).words() == "does not hold against two"
    assert outnumbered((NO, NO, NO), (NO, NO, NO)).words() == "does not hold against one and two"
    assert outnumbered((None, None, None), (YES, YES, YES)).verdict is Verdict.OPEN


# ---- numbers without chance in them


def test_the_one_number_there_is_tells():
    a, b = (Curve(dict.fromkeys(AXIS.values, (value,)), exact=True) for value in (10.0, 11.0))
    assert ruled(a, b) == Ruling(Verdict.HOLDS)
    assert ruled(b, a).verdict is Verdict.FAILS
    assert ruled(a, a).words() == "does not hold anywhere: they differ by less than 1 %"


# ---- what was varied, in words


def test_of_things_that_are_no_numbers_it_says_which():
    axis = Axis.named("level", "level", "BIO", "NET", "TTY")
    curves = {
        "a": Curve({0.0: (1,), 1.0: (2,), 2.0: (1,)}, exact=True),
        "b": Curve(dict.fromkeys(axis.values, (2,)), exact=True),
    }
    assert less("a", "b").judge(Evidence(curves), axis).words() == "holds when level is BIO or TTY"
    assert (axis.setting(1), axis.text(1), axis.range()) == ("NET", "NET", "BIO, NET, TTY")


def test_a_time_is_set_with_its_unit_and_a_number_without():
    assert Axis("hold", "hold", "us", (0.5, 20)).setting(0.5) == "0.5us"
    assert Axis("hold", "hold", "us", (0.5, 20)).setting(20) == "20us"
    assert AXIS.setting(100.0) == "100"
