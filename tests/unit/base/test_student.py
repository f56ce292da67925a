"""Noise between seeds."""

from random import Random

import pytest

from splx.base.student import quantile, spread, within


@pytest.mark.parametrize(("degrees", "value"), [(1, 12.706), (4, 2.776), (30, 2.042), (35, 2.042), (1000, 1.98)])
def test_quantiles_are_those_of_the_table(degrees, value):
    assert quantile(degrees) == value


@pytest.mark.parametrize("degrees", range(1, 31))
def test_t_lies_within_its_quantiles_as_often_as_the_table_says(degrees):
    assert within(quantile(degrees), degrees) == pytest.approx(0.95, abs=1e-4)  # three digits of a quantile


@pytest.mark.parametrize(("degrees", "looks", "value"), [(2, 5, 9.925), (8, 5, 3.355), (5, 5, 4.032), (20, 50, 3.850)])
def test_each_of_several_looks_has_its_part_of_what_may_go_wrong(degrees, looks, value):
    # 99 % and 99.9 %, two-sided, of the same table
    assert quantile(degrees, looks) == pytest.approx(value, abs=0.001)


def test_looks_that_stop_as_soon_as_they_see_something_are_wrong_in_no_more_than_5_percent():
    draw = Random(1)

    def told(looks):
        values = []
        for _ in range(3):
            values += [draw.gauss(0, 1) for _ in range(3)]
            if spread(values, looks).apart:
                return True
        return False

    once, thrice = (sum(told(looks) for _ in range(2000)) / 2000 for looks in (1, 3))
    assert once > 0.08
    assert thrice < 0.05


def test_one_value_says_nothing_of_the_noise():
    it = spread([5.0])
    assert (it.mean, it.half, it.apart) == (5.0, None, False)


def test_the_half_width_is_t_times_the_standard_error():
    it = spread([1.0, 2.0, 3.0])
    assert it.mean == 2
    assert it.half == pytest.approx(4.303 * (1 / 3) ** 0.5)
    assert not it.apart


def test_what_never_varies_is_apart_unless_it_is_zero():
    assert spread([2.0, 2.0]).apart
    assert not spread([0.0, 0.0]).apart
