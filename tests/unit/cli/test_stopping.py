"""Ctrl-C while one search follows another: it is meant for all that are left."""

import os
import signal

from splx.check.loading import Bounds
from splx.cli import check_kernel, checking
from splx.simulate.setup import Setup


class Search:
    """In place of a search: the first is interrupted; whether each was to give up is noted at its end."""

    def __init__(self):
        self.stopped = []

    def __call__(self, *_, stopped, **__):
        if not self.stopped:
            os.kill(os.getpid(), signal.SIGINT)
        self.stopped.append(stopped())


def test_of_clients_one_after_the_other(monkeypatch):
    monkeypatch.setattr(check_kernel, "run", search := Search())
    made = check_kernel.tasks(Setup("", "textbook"), check_kernel.CLIENTS[:2], ("sc",), small=True, budgets={})
    given = dict.fromkeys(("max_memory", "cost", "only", "states", "ring", "single", "fuse"))
    check_kernel._in_turn(made, given, 1, None)
    assert search.stopped == [True, True]


def test_of_designs_one_after_the_other(monkeypatch):
    monkeypatch.setattr(checking, "check_setup", search := Search())
    monkeypatch.setattr(checking, "_setups", lambda setup: [setup, setup])
    given = {"max_memory": None, "resume": None, "cost": None, "all_designs": True, "jobs": 1, "only": ()}
    _, left = checking.check_all(Setup("first"), Bounds(), given)
    assert search.stopped == [True]
    assert not left.begun
