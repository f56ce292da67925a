"""Processes beside this one, and Ctrl-C, which a terminal tells to all of them."""

import os
import signal
import time

from splx.base.workers import DeafContext


def test_a_worker_that_is_being_started_does_not_end_by_ctrl_c():
    worker = DeafContext().Process(target=time.sleep, args=(0,))
    worker.start()
    os.kill(worker.pid, signal.SIGINT)  # it has hardly begun: what it runs is far from being imported
    worker.join(60)
    assert worker.exitcode == 0


def test_who_starts_it_hears_ctrl_c_as_before():
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    worker = DeafContext().Process(target=time.sleep, args=(0,))
    worker.start()
    worker.join(60)
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == before
