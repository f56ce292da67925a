"""The verdicts on the common models."""

from __future__ import annotations

import pytest

from bench.models.adaptive import m3
from bench.models.philosophers import philosophers
from bench.models.spin_lock import m2
from bench.models.tiny_kernel import m4
from splx.check import codes
from splx.check.loading import Bounds
from splx.check.verdict import check

COUPLED = Bounds(coupled=True)


def who_is_stuck(verdict):
    return {each.group.name for each in verdict.finding.stuck}


def test_philosophers_who_are_alike_starve_after_one_move_of_each():
    verdict = check(philosophers(5, alike=True))
    assert verdict.finding.code == codes.STANDSTILL
    assert len(verdict.finding.moves) == 5
    assert check(philosophers(5)).holds


@pytest.mark.parametrize("tick", [False, True])
@pytest.mark.parametrize("variant", [0, 1, 2, 3])
def test_m2_is_right_with_the_level_raised_before_and_lowered_after_whether_a_clock_ticks_or_not(variant, tick):
    verdict = check(m2(variant, tick=tick), COUPLED)
    assert verdict.complete
    assert verdict.holds == (variant == 1)
    if variant != 1:
        assert verdict.finding.code == (codes.STUCK if tick else codes.STANDSTILL)
        assert who_is_stuck(verdict) >= {"thread 0", "thread 1", "interrupts of CPU 0"}
        assert "ticker" not in who_is_stuck(verdict)


@pytest.mark.parametrize("variant", [0, 1, 2])
def test_m3_is_right_with_a_compare_and_swap_and_the_sleeper_entered_under_the_lock(variant):
    verdict = check(m3(variant))
    assert verdict.holds == (variant == 1)


def test_m4_is_right():
    assert check(m4(0), COUPLED).holds


def test_m4_without_spl_wedges_a_cpu_and_the_rest_goes_on():
    verdict = check(m4(1), COUPLED)
    assert verdict.counts.dead == 0
    assert verdict.finding.code == codes.STUCK


def test_m4_with_two_locks_in_two_orders_stands_still():
    assert check(m4(2), COUPLED).finding.code == codes.STANDSTILL
