"""Latencies: percentiles from buckets, extremes exactly."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from splx.machine.latency import bucket
from splx.simulate.latency import Latency, middle

DURATIONS = st.integers(0, 10**15)


def of(*values):
    buckets = {}
    for value in values:
        buckets[bucket(value)] = buckets.get(bucket(value), 0) + 1
    return Latency(len(values), sum(values), min(values), max(values), tuple(sorted(buckets.items())))


@given(DURATIONS)
def test_a_value_is_near_the_middle_of_its_bucket(value):
    assert abs(middle(bucket(value)) - value) * 128 <= value
    assert bucket(middle(bucket(value))) == bucket(value)


def test_short_durations_are_exact():
    assert [middle(bucket(value)) for value in range(128)] == list(range(128))


def test_percentiles_of_known_samples():
    it = of(*range(1, 101))
    assert (it.median, it.p99, it.p999, it.mean) == (50, 99, 100, Fraction(101, 2))


def test_one_sample_is_all_percentiles():
    it = of(123_456_789)
    assert {it.median, it.p99, it.p999, it.least, it.most, it.mean} == {123_456_789}


@given(st.lists(DURATIONS, min_size=1, max_size=60))
def test_percentiles_rise_and_lie_within_the_extremes(values):
    it = of(*values)
    assert it.least <= it.median <= it.p99 <= it.p999 <= it.most


@given(st.lists(DURATIONS, min_size=1, max_size=20), st.lists(DURATIONS, min_size=1, max_size=20))
def test_merging_is_having_seen_both(one, two):
    assert of(*one).merged(of(*two)) == of(*one, *two)


@given(st.lists(DURATIONS, min_size=1, max_size=20))
def test_json_gives_it_back(values):
    assert Latency.from_json(of(*values).to_json()) == of(*values)
