"""A run from a system to a result: the record, the books, the ways it can end."""

import json
import os
import signal
import threading
from dataclasses import replace

import pytest
from tests.machine_programs import device, irq, model, tiny

from splx.base.diagnostics import SplxError
from splx.simulate import Result, simulate
from splx.simulate.conserve import check_books
from splx.simulate.result import CpuResult
from splx.stage.load import Knobs, load

TEXT = """
boot:   IRQON
loop:   WORK 700
        ADD r1 r1 1
        JMP loop
vector: MARK 1 r0 r1
        DEVRD r2 r0 1
        MARK 2 r0 r2
        MOV r5 1
        STAT 0 r5
        EOI r0
        LEAVE
"""
COSTS = model(alu=10, branch=10, trap=40, leave=20)


def system(text=TEXT):
    return tiny(text, irqs=[irq(device=0)], devices=[device("nic", period=3000, offset=500, ring=4)])


def go(time=100_000, **how):
    return simulate(system(), COSTS, time=time, engine="plain", **how)


def test_what_a_result_holds():
    it = go()
    assert (it.scenario, it.design, it.machine, it.seed) == ("by hand", "none", "ideal", 1)
    assert (it.elapsed, it.complete) == (100_000, True)
    nic = it.source("nic")
    assert (nic.arrived, nic.accepted, nic.done, nic.dropped, nic.pending, nic.irqs) == (34, 34, 34, 0, 0, 34)
    assert nic.start.count == nic.finish.count == 34
    assert it.statistics == {"s0": 34, "s1": 0}
    assert sum(it.cpus[0].accounts.values()) == 100_000
    assert it.cpus[0].accounts["intr"] == 34 * 40


def test_it_is_the_same_after_json():
    it = go()
    assert Result.from_json(json.loads(it.text())) == it


def test_a_run_that_ended_in_a_finding_has_no_result():
    with pytest.raises(ValueError, match="ended in a finding"):
        Result.from_json({"format": "splx run 1", "findings": []})


def test_something_else_is_not_a_run():
    with pytest.raises(ValueError, match="not a run of splx"):
        Result.from_json({"format": "other"})


def test_the_same_run_gives_the_same_bytes():
    assert go().text() == go().text()
    assert go(knobs=Knobs(run_ahead=False)).text() == go(knobs=Knobs(run_ahead=True)).text()


def test_progress_is_told_in_simulated_time():
    seen = []
    go(progress=lambda done, asked: seen.append((done, asked)))
    assert seen == sorted(seen)
    assert seen[-1] == (100_000, 100_000)


def test_a_trace_is_handed_out():
    records = []
    go(time=1000, trace=lambda piece: records.extend(piece.tolist()))
    assert len(records) % 5 == 0
    assert records[0] == 500


def test_ctrl_c_ends_a_run_with_what_is_known():
    seen, before = [], signal.getsignal(signal.SIGINT)

    def progress(*told):
        if not seen:
            os.kill(os.getpid(), signal.SIGINT)
        seen.append(told)

    it = go(time=10**15, progress=progress)
    assert not it.complete
    assert 0 < it.elapsed < it.asked
    assert sum(it.cpus[0].accounts.values()) == it.elapsed
    assert signal.getsignal(signal.SIGINT) is before


def test_a_run_may_be_made_in_another_thread():
    found = []
    thread = threading.Thread(target=lambda: found.append(go()))
    thread.start()
    thread.join()
    assert found[0].complete


def test_books_that_do_not_balance_are_a_bug_of_ours():
    it = go()
    broken = replace(it, cpus=(CpuResult({**it.cpus[0].accounts, "idle": -5}, 0),))
    with pytest.raises(SplxError) as caught:
        check_books(load(system(), COSTS), replace(broken, sources=()))
    (only,) = caught.value.diagnostics
    assert only.code == "X0001"
    assert only.notes[:2] == ("CPU 0: accounts sum to 99995 ps of 100000", "CPU 0: -5 ps in account idle")


def test_arrivals_that_are_nowhere_are_a_bug_of_ours():
    it = go()
    lost = tuple(replace(each, done=each.done - 1) for each in it.sources)
    with pytest.raises(SplxError, match="1 of 34 not done, and 0 outstanding"):
        check_books(load(system(), COSTS), replace(it, sources=lost))
