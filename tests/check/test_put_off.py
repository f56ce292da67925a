"""Interrupts that are put off while the big lock is taken: none is lost, and none has a turn."""

from tests.check.systems import verdict


def test_no_edge_is_lost():
    assert verdict("put_off", "netbsd-2006:wait=defer", tso=True, fuse=True, KIND="edge").holds


def test_one_may_be_put_off_for_ever():
    assert verdict("put_off", "netbsd-2006:wait=defer", fuse=True, AGAIN=1).finding.code == "R0038"
