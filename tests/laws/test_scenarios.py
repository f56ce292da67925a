"""Laws of whole systems, on random scenarios: under every kernel and on every machine nothing is lost, no rule is
broken, and when all work is done nothing is left held, raised or waiting.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests.laws.scenario_runs import DESIGNS, MACHINES, at_rest, books, execute
from tests.laws.scenarios import Writer, scenarios

from splx.base.units import us
from splx.scenario.designs import design

ROOT = Path(__file__).parent.parent.parent
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
KERNELS = sorted({each.partition(":")[0] for each in DESIGNS})


def few(examples):
    return settings(max_examples=examples, suppress_health_check=SLOW)


def legal(built, names=DESIGNS):
    return [name for name in names if built.legal(design(name))]


@pytest.mark.parametrize("kernel", KERNELS)
@few(10)
@given(built=scenarios(), machine=st.sampled_from(MACHINES), data=st.data())
def test_nothing_is_lost_no_rule_is_broken_and_all_work_ends(kernel, built, machine, data):
    names = legal(built, [each for each in DESIGNS if each.partition(":")[0] == kernel])
    assume(names)
    run = execute(built, data.draw(st.sampled_from(names)), machine)
    assert list(books(run)) == []
    if built.ends:
        assert list(at_rest(run)) == []


@few(8)
@given(built=scenarios(), data=st.data())
def test_all_kernels_see_the_same_arrivals_and_the_same_work(built, data):
    names = legal(built)
    assume(len(names) > 1)
    chosen = data.draw(st.lists(st.sampled_from(names), min_size=2, max_size=3, unique=True))
    runs = [execute(built, name) for name in chosen]
    for device in runs[0].arrivals.keys() - set(built.closed):
        assert len({tuple(run.arrivals[device]) for run in runs}) == 1
    # A full ring drops what another kernel has popped in time; where nothing is tried or coalesced, work is work.
    if built.steady and built.ends and not any(each.dropped for run in runs for each in run.result.sources):
        assert len({run.busy for run in runs}) == 1


@few(5)
@given(built=scenarios(), machine=st.sampled_from(MACHINES), data=st.data())
def test_both_engines_and_a_second_run_give_the_same_bytes(built, machine, data):
    names = legal(built)
    assume(names)
    name = data.draw(st.sampled_from(names))
    runs = [execute(built, name, machine, engine=engine, time=us(150)) for engine in ("native", "native", "plain")]
    for run in runs:
        assert run.result.text() == runs[0].result.text()
        assert run.bytes == runs[0].bytes


SHOW = """
import random, sys
from tests.laws.scenario_runs import execute
from tests.laws.test_scenarios import generated, legal
for seed in range(3):
    built = generated(seed)
    for name in legal(built)[:2]:
        run = execute(built, name, "x86-2020", time=10**9)
        sys.stdout.write(run.result.text() + repr(sorted(run.words.items())))
"""


def generated(seed):
    """The same scenario for the same seed, in any process."""
    chance = random.Random(seed)
    return Writer(chance.randrange).scenario()


def test_the_order_of_hashes_changes_nothing():
    shown = [
        subprocess.run(
            [sys.executable, "-c", SHOW],
            cwd=ROOT, env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("1", "2")
    ]  # fmt: skip
    assert len(shown[0]) > 10_000
    assert shown[0] == shown[1]


def test_a_run_that_is_cut_short_is_not_at_rest():
    built = generated(1)
    seen = list(at_rest(execute(built, "netbsd-5", time=us(5))))
    assert "CPU 0 is not halted" in seen
    assert any(each.startswith("t0.l_stat is ") for each in seen)
    assert list(at_rest(execute(built, "netbsd-5"))) == []
