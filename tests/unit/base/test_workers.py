"""Processes beside this one, and Ctrl-C, which a terminal tells to all of them, and SIGTERM to a whole group."""

import os
import signal
import time

import pytest

from splx.base.workers import DeafContext


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_a_worker_that_is_being_started_does_not_end_by_either(by):
    worker = DeafContext().Process(target=time.sleep, args=(0,))
    worker.start()
    os.kill(worker.pid, by)  # it has hardly begun: what it runs is far from being imported
    worker.join(60)
    assert worker.exitcode == 0


def test_who_starts_it_hears_ctrl_c_as_before():
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    worker = DeafContext().Process(target=time.sleep, args=(0,))
    worker.start()
    worker.join(60)
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == before


def test_who_starts_it_can_end_it():
    worker = DeafContext().Process(target=time.sleep, args=(600,))
    worker.start()
    worker.terminate()
    worker.join(60)
    assert worker.exitcode == -signal.SIGKILL
