"""Numbers as people read them."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from splx.report.amounts import count, duration, percents, rate


@pytest.mark.parametrize(
    ("number", "time", "text"),
    [
        (20_031, 10**12, "20.0 k/s"),
        (1, 10**12, "1.00 /s"),
        (999, 10**12, "999 /s"),
        (5, 10**6, "5.00 M/s"),
        (0, 5, "-"),
    ],
)
def test_rates(number, time, text):
    assert rate(number, time) == text


def test_durations_and_counts():
    assert [duration(Fraction(7, 2) * 10**6), duration(None)] == ["3.5 us", "-"]
    assert [count(1_234_567), count(0)] == ["1,234,567", "-"]


def test_shares_that_would_not_sum_are_made_to():
    assert percents([1, 1, 1]) == ["33.34", "33.33", "33.33"]
    assert percents([0, 5]) == ["-", "100.00"]
    assert percents([0, 0]) == ["-", "-"]


@given(st.lists(st.integers(0, 10**15), min_size=1, max_size=12))
def test_shares_sum_to_a_hundred_and_are_near_the_truth(parts):
    shown = [Fraction(each) if each != "-" else Fraction(0) for each in percents(parts)]
    if sum(parts):
        assert sum(shown) == 100
        assert all(abs(share - Fraction(100 * part, sum(parts))) < Fraction(1, 100) for share, part in
                   zip(shown, parts, strict=True))  # fmt: skip
