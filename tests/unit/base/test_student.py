"""Noise between seeds."""

import pytest

from splx.base.student import quantile, spread


@pytest.mark.parametrize(("degrees", "value"), [(1, 12.706), (4, 2.776), (30, 2.042), (35, 2.042), (1000, 1.98)])
def test_quantiles_are_those_of_the_table(degrees, value):
    assert quantile(degrees) == value


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
