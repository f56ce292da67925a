"""The last cost of a search by cost in several processes: the answer is that of one."""

import os
import select
import signal
import time
from dataclasses import replace

import pytest
from tests.check.systems import system

from bench.models.philosophers import philosophers
from bench.models.tiny_kernel import CALM, JOINS, m4
from splx.check import split
from splx.check.checker import Checker
from splx.check.groups import groups_of
from splx.check.limits import End, Limits
from splx.check.loading import Bounds
from splx.check.search import Want
from splx.check.stuck import tell_groups
from splx.check.verdict import check

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="a process is no copy of another here")
FUSED = Bounds(coupled=True, joins=JOINS, calm=CALM)


@pytest.fixture
def children(monkeypatch):
    """Of each process that was made here, its number."""
    made = []

    def fork():
        pid = keep()
        made.extend([pid] if pid else [])
        return pid

    keep = os.fork
    monkeypatch.setattr(os, "fork", fork)
    return made


@pytest.fixture
def helped(monkeypatch, children):
    """What came of asking others to help, who are gone in the end."""
    found = []

    def last_cost(*given):
        found.append(keep(*given))
        return found[-1]

    keep = split.last_cost
    monkeypatch.setattr("splx.check.by_cost.last_cost", last_cost)
    yield found
    for pid in children:
        with pytest.raises(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)


@pytest.mark.parametrize(("jobs", "cost"), [(2, 1), (3, 2), (9, 1)])
def test_all_is_seen_and_some_of_it_twice(helped, jobs, cost):
    built = philosophers(4)
    one, several = (check(built, limits=Limits(cost=cost, jobs=each)) for each in (1, jobs))
    assert helped == [True]
    assert (several.end, several.through, several.answers) == (End.COST, cost, one.answers)
    assert several.counts.edges == one.counts.edges  # of a node each
    assert one.counts.states <= several.counts.states < jobs * one.counts.states
    assert several.memory > min(jobs, built.cpus) * one.memory  # of all of them


@pytest.mark.parametrize(("jobs", "symmetry"), [(2, False), (3, True)])
def test_together_they_come_to_every_state_also_where_something_arrives_before_any_cpu_moves(jobs, symmetry):
    built, bounds = m4(0), replace(FUSED, symmetry=symmetry)

    def seen(cpus):
        checker = Checker(built, bounds)
        tell_groups(checker, groups_of(built))
        last = (lambda: None) if cpus is None else (lambda: split.keep_only(checker, cpus))
        assert checker.by_cost(3, lambda: False, lambda: None, still=True, last=last) is Want.COST
        return {checker.contents(state) for state in range(checker.counts.states)}

    parts = [seen(each) for each in split.deal(built.cpus, jobs)]
    assert set().union(*parts) == seen(None)
    assert all(len(each) < len(seen(None)) for each in parts[:2])


def test_over_a_kernel_where_its_guess_turns_out_wrong_on_the_way(helped):
    built, bounds = system("crossed", ORDER=2), Bounds(fuse=True, budgets={"tick": 0})
    one, several = (check(built, bounds, limits=Limits(cost=1, jobs=each)) for each in (1, 2))
    assert (several.end, several.through, several.answers) == (End.COST, 1, one.answers)
    assert helped[-1] is True


@pytest.mark.parametrize(("order", "come_of_it"), [(2, True), (1, None)])
def test_what_another_sees_first_of_the_order_of_locks_is_known_and_a_circle_is_for_one(helped, order, come_of_it):
    built, bounds = system("crossed", ORDER=order), Bounds(budgets={"tick": 0})
    one, several = (check(built, bounds, limits=Limits(cost=1, jobs=each)) for each in (1, 2))
    assert helped == [come_of_it]
    assert several.answers == one.answers
    assert (several.finding and several.finding.code) == (one.finding and one.finding.code)
    assert (one.finding is None) == (order == 2)


@pytest.mark.parametrize("symmetry", [False, True])
def test_what_is_found_within_the_last_cost_is_told_as_by_one(helped, symmetry):
    built, bounds = m4(2), Bounds(coupled=True, joins=JOINS, calm=CALM, symmetry=symmetry)
    one, several = (check(built, bounds, limits=Limits(cost=5, jobs=each)) for each in (1, 2))
    assert helped == [None]
    assert several.finding.code == "R0002"
    assert several.finding.moves == one.finding.moves
    assert (several.counts, several.answers, several.through) == (one.counts, one.answers, 4)


def test_where_memory_ends_for_one_of_them_it_is_done_by_one():
    built = system("lost_wakeup", CAREFUL=0)
    one, several = (check(built, limits=Limits(memory=13_700_000, cost=1, jobs=each)) for each in (1, 2))
    assert (several.end, several.through, several.answers) == (one.end, one.through, one.answers)


def test_it_is_stopped_as_any_search(helped):
    asked = iter(range(2))
    found = check(m4(0), FUSED, limits=Limits(cost=4, jobs=2, piece=10**6), stopped=lambda: next(asked, None) is None)
    assert helped == [False]
    assert (found.end, found.through) == (End.ASKED, 3)


def test_what_the_others_have_seen_until_it_is_stopped_is_counted(helped, monkeypatch):
    def many(_checker, _cpus, _room, out):
        os.write(out, b'{"states": 1000000, "edges": 3000000, "held": 0, "past": 0, "level": 9}\n')
        time.sleep(60)

    monkeypatch.setattr(split, "_help", many)
    seen = [0]
    found = check(
        philosophers(3), limits=Limits(cost=1, jobs=2), stopped=lambda: seen[-1] >= 2_000_000,
        progress=lambda counts: seen.append(counts.states),
    )  # fmt: skip
    assert helped == [False]
    assert found.counts.states == seen[-1] > 2_000_000


def test_one_that_dies_is_done_without(helped, monkeypatch):
    monkeypatch.setattr(split, "_help", lambda *given: os._exit(1))
    one, several = (check(philosophers(3), limits=Limits(cost=1, jobs=each)) for each in (1, 2))
    assert helped == [None]
    assert (several.counts, several.answers) == (one.counts, one.answers)


def _tells_for_ever(checker, cpus, room, out):
    """In place of a helper: busy, and has something to say now and then."""
    while True:
        os.write(out, b"{}\n")
        time.sleep(0.01)


def test_helpers_end_when_the_process_that_they_help_is_killed(monkeypatch):
    monkeypatch.setattr(split, "_help", _tells_for_ever)
    seen, told = os.pipe()
    helped = os.fork()
    if helped == 0:
        first = split._Helper(None, range(1), 0, [])
        split._Helper(None, range(1), 0, [first.pipe])
        os.close(told)
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(helped, 0)
    os.close(told)
    assert select.select([seen], [], [], 30)[0]  # nobody holds the other end: both are gone
    assert os.read(seen, 1) == b""
    os.close(seen)
