"""Every named mutant is found in its scenario, and the kernel that has its guard verifies there.

Not here of the known windows, with what they would need: m10 and m13 (an order of replay, a scenario's own mistake),
m11 (time: a storm), m12 (a big lock that is kept, which the switch asserts), m17 (allowed to sleep, which is asserted),
m18 and m24 (the families of deferral that no design has yet), m23 (virtual memory).
"""

import pytest
from tests.check.systems import verdict

from splx.scenario.mutants import MUTANTS, mutant

FOUND = {
    "m1": ("section", "R0005", "an item of nic is never taken"),
    "m2": ("spinning", "R0001", "thread ended at a raised level"),
    "m4": ("drawn/gives_way", "R0004", "waiter sleeps on m and nobody can wake it"),
    "m6": ("drawn/big_and_small", "R0004", "waiter sleeps on m and nobody can wake it"),
    "m7": ("drawn/crossed", "R0003", "waiter spins on m.word for ever"),
    "m8": ("big_handler", "R0002", "interrupts of CPU 0 spins on biglock.word for ever"),
}


@pytest.mark.parametrize("name", FOUND)
def test_a_mutant_is_found(name):
    scenario, code, why = FOUND[name]
    found = verdict(scenario, mutants=(name,), tso=mutant(name).memory == "tso").finding
    assert found.code == code
    assert why in found.why


@pytest.mark.parametrize("name", FOUND)
def test_the_kernel_with_its_guard_verifies(name):
    assert verdict(FOUND[name][0], tso=mutant(name).memory == "tso").holds


def test_every_mutant_has_its_scenario():
    assert set(FOUND) == {each.name for each in MUTANTS}
