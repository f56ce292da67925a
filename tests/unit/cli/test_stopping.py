"""Ctrl-C, or SIGTERM, while one search follows another: it is meant for all that are left."""

import os
import signal

import pytest

from splx.check.loading import Bounds
from splx.cli import check_kernel, checking
from splx.simulate.engine import interruptible
from splx.simulate.setup import Setup


class Search:
    """In place of a search: the first is interrupted; whether each was to give up is noted at its end."""

    def __init__(self, by):
        self.stopped, self.by = [], by

    def __call__(self, *_, stopped, **__):
        if not self.stopped:
            os.kill(os.getpid(), self.by)
        self.stopped.append(stopped())


BOTH = pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])


@BOTH
def test_of_clients_one_after_the_other(monkeypatch, by):
    monkeypatch.setattr(check_kernel, "run", search := Search(by))
    made = check_kernel.tasks(Setup("", "textbook"), check_kernel.CLIENTS[:2], ("sc",), small=True, budgets={})
    given = dict.fromkeys(("max_memory", "cost", "only", "states", "ring", "single", "fuse"))
    check_kernel._in_turn(made, given, 1, None)
    assert search.stopped == [True, True]


@BOTH
def test_of_designs_one_after_the_other(monkeypatch, by):
    monkeypatch.setattr(checking, "check_setup", search := Search(by))
    monkeypatch.setattr(checking, "_setups", lambda setup: [setup, setup])
    given = {"max_memory": None, "resume": None, "cost": None, "all_designs": True, "jobs": 1, "only": ()}
    _, left = checking.check_all(Setup("first"), Bounds(), given)
    assert search.stopped == [True]
    assert not left.begun


@pytest.fixture
def heard():
    """Ctrl-C is an exception, also where the tests run beside others and were started with it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heard")
def test_while_a_scenario_is_made_into_a_system_it_is_the_end(monkeypatch):
    monkeypatch.setattr(Setup, "system", lambda _: os.kill(os.getpid(), signal.SIGINT))
    given = dict.fromkeys(("max_memory", "resume", "cost", "all_designs", "jobs"))
    with pytest.raises(KeyboardInterrupt):
        checking.check_all(Setup("first"), Bounds(), given)


@BOTH
def test_the_second_is_what_it_was_before(by):
    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    with interruptible() as stop:
        assert not stop.asked
        os.kill(os.getpid(), by)
        assert stop.asked
        assert {each: signal.getsignal(each) for each in before} == before
