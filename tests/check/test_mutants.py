"""Every named mutant is found in its scenario, and the kernel that has its guard verifies there.

Of the known windows one has no mutant: m23, a switch of address spaces at a soft interrupt, or none when its thread
goes on: no kernel here has virtual memory. Those of the catalogue of bugs are found in test_cases, those of the models
M2 and M3 over the kernels in test_models_over_kernels.
"""

import pytest
from tests.check.systems import HERE, system, verdict

from splx.check.loading import Bounds
from splx.check.verdict import check
from splx.scenario.build import build
from splx.scenario.cases import CASES
from splx.scenario.designs import design
from splx.scenario.load import load_scenario
from splx.scenario.mutants import MUTANTS, Edit, mutant, mutated

#: mutant -> its scenario and the parameters, the code, and the sentence.
FOUND = {
    "m1": ("section", {}, "R0005", "an item of nic is never taken"),
    "m2": ("spinning", {}, "R0001", "thread ended at a raised level"),
    "m4": ("drawn/gives_way", {}, "R0004", "waiter sleeps on m and nobody can wake it"),
    "m6": ("drawn/big_and_small", {}, "R0004", "waiter sleeps on m and nobody can wake it"),
    "m6-switch": ("drawn/gives_way", {}, "R0004", "waiter sleeps on m and nobody can wake it"),
    "m7": ("drawn/crossed", {}, "R0003", "waiter spins on m.word for ever"),
    "m8": ("big_handler", {}, "R0033", "interrupts of CPU 0 spin on biglock.word, which is held beneath"),
    "m10": ("answer", {}, "R0002", "asks spins on box.answered for ever; interrupts of CPU 1 spin on biglock.word"),
    "m11": ("section", {}, "R0001", "a line that is held interrupts again"),
    "m12": ("drawn/crossed", {}, "R0003", "owner spins on biglock.word for ever; waiter sleeps on m"),
    "m13": ("below", {}, "R0001", "locking against myself"),
    "m13 and the big lock": ("below", {"TAKES": 0}, "R0001", "kernel_lock while a spin mutex is held"),
    "m18": ("section", {}, "R0005", "an item of nic is never taken"),
    "m24": ("section", {}, "R0001", "an irq that the register keeps away"),
}
#: The guard of this one is an assertion, so the kernel that has it does not verify where the mutant is found: it
#: refuses at once. The case shows all three.
IN_A_CASE = {"m17": "b4"}
WITHOUT = {"m23"}
#: Mutants of what several designs have, found under another one: of the switch, whose steps are the same, netbsd-5 has
#: 5,854,290 states there, and freebsd 226,788.
UNDER = {"m6-switch": "freebsd"}


def seen(guard, scenario, settings, mutants=()):
    """Under store buffers most steps are of words that nobody else has anything to do with."""
    tso = guard.memory == "tso"
    return verdict(scenario, UNDER.get(guard.name, guard.design), mutants=mutants, tso=tso, fuse=tso, **settings)


@pytest.mark.parametrize("case", FOUND)
def test_a_mutant_is_found(case):
    scenario, settings, code, why = FOUND[case]
    guard = mutant(case.split()[0])
    found = seen(guard, scenario, settings, (guard.name,)).finding
    assert found.code == code
    assert why in found.why


@pytest.mark.parametrize("case", FOUND)
def test_the_kernel_with_its_guard_verifies(case):
    scenario, settings, _, _ = FOUND[case]
    guard = mutant(case.split()[0])
    assert seen(guard, scenario, settings).holds


#: Other kernels that have the mechanism, and what becomes of them in the scenario above.
ALSO = {
    ("m1", "netbsd-2006-deferred"): "an item of nic is never taken",
    ("m1", "doran-2006"): "an item of nic is never taken",
    ("m2", "textbook"): "thread ended at a raised level",
    ("m8", "doran-2006"): "spins on biglock.word",
    ("m11", "netbsd-2006-deferred"): "a line that is held interrupts again",
    ("m11", "doran-2006"): "a line that is held interrupts again",
    ("m13", "textbook"): "locking against myself",
}


@pytest.mark.parametrize(("name", "design"), ALSO)
def test_a_mutant_is_found_in_other_kernels_that_have_the_mechanism(name, design):
    scenario, settings, _, _ = FOUND[name]
    assert ALSO[name, design] in verdict(scenario, design, mutants=(name,), **settings).finding.why
    assert verdict(scenario, design, **settings).holds


def test_every_window_has_its_mutant_or_a_reason():
    windows = {f"m{number}" for number in (1, 2, 4, 6, 7, 8, 10, 11, 12, 13, 17, 18, 23, 24)} | {"m6-switch"}
    assert {case.split()[0] for case in FOUND} | IN_A_CASE.keys() | WITHOUT == windows
    assert windows - WITHOUT == {each.name for each in MUTANTS} & windows


def test_a_mutant_whose_guard_is_an_assertion_is_found_in_its_case():
    for name, case in IN_A_CASE.items():
        (found,) = [each for each in CASES if each.name == case]
        assert [trial.mutants for trial in found.trials].count((name,)) == 1


def test_a_work_loop_is_seen_to_need_no_work_before_its_handlers_look():
    bounds = Bounds(tso=True, fuse=True, ring=2)
    without = mutated(design("xnu"), [Edit("workloop", "            fence()\n", "")])
    bare = build(load_scenario(str(HERE / "asked_first.py")), without, cpus=2)
    assert check(system("asked_first", "xnu"), bounds).holds
    assert "user spins on box.taken for ever" in check(bare, bounds).finding.why


FENCES = ("dpc-look", "dpc-sent")


@pytest.mark.parametrize("left_out", [*FENCES, ""])
def test_each_side_of_a_queue_of_dpcs_needs_its_fence(left_out):
    guards = (left_out,) if left_out else ()
    found = verdict("sent", "windows:importance=level", mutants=guards, tso=True, fuse=True).finding
    assert found is None if not left_out else "an item of card is never taken" in found.why
