"""M2, M3 and M4 again, over real kernels: variants that are wrong in the models are wrong there for the same reason.

Those that are small enough to be seen whole in seconds. docs/models.md has them with their counts, and the others.
"""

import pytest

from splx.check.loading import Bounds
from splx.check.verdict import check
from splx.simulate.setup import Setup


def _verdict(model, design="netbsd-5", mutants=(), **settings):
    given = tuple((name, str(value)) for name, value in settings.items())
    return check(Setup(f"models/{model}", design, "ideal", settings=given, mutants=mutants).system(), Bounds(fuse=True))


@pytest.mark.parametrize("design", ["netbsd-2006", "netbsd-2006-deferred", "doran-2006", "netbsd-5", "textbook"])
def test_m2_is_right_under_every_kernel(design):
    assert _verdict("m2", design, CPUS=1).holds


@pytest.mark.parametrize("mutant", ["spin-bare", "spin-late", "spin-early"])
def test_m2_with_the_level_not_raised_or_raised_late_or_lowered_early_waits_for_itself(mutant):
    found = _verdict("m2", mutants=(mutant,), CPUS=1).finding
    assert found.why.startswith("locking against myself")
    assert found.cost == 1  # one arrival, and no other CPU: the models had to wedge both


def test_m3_is_right():
    assert _verdict("m3", LOCKS=2).holds


def test_m3_with_a_sleeper_that_is_entered_late_loses_a_wakeup():
    found = _verdict("m3", mutants=("sleep-late",), LOCKS=2).finding
    assert found.why.startswith("c sleeps on lock and nobody can wake it")


def test_m3_with_a_release_in_two_steps_is_wrong_only_where_it_can_be_preempted_between_them():
    # The waiter looks twice whether the owner runs. Only preemption makes the second look lie: see case c1.
    assert _verdict("m3", mutants=("exit-split",), LOCKS=2).holds


def test_m4_with_spl_omitted_waits_for_itself():
    found = _verdict("m4", mutants=("spin-bare",), CPUS=1).finding
    assert found.why.startswith("locking against myself")


def test_m4_is_right_on_one_cpu():
    assert _verdict("m4", "netbsd-2006", CPUS=1).holds
