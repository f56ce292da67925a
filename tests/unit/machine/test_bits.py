"""Instructions on single bits, and tests of several at once."""

from __future__ import annotations

import pytest
from tests.machine_programs import play

from splx.machine.constants import Finding


@pytest.mark.parametrize(
    ("op", "before", "number", "after"),
    [
        ("BSET", 5, 1, 7),
        ("BSET", 5, 2, 5),
        ("BSET", 0, 63, -1 << 63),
        ("BSET", 0, 64, 1),
        ("BCLR", 5, 2, 1),
        ("BCLR", 5, 1, 5),
        ("BCLR", -1, 63, (1 << 63) - 1),
        ("BINV", 5, 0, 4),
        ("BINV", 5, 1, 7),
        ("BINV", -1, -1, (1 << 63) - 1),
    ],
)
def test_a_bit(op, before, number, after):
    it = play(f"boot: MOV r1 {before}\nMOV r2 {number}\n{op} r3 r1 {number}\n{op} r4 r1 r2\nHALT", 100)
    assert (it.reg(0, 3), it.reg(0, 4)) == (after, after)


@pytest.mark.parametrize(("op", "goes"), [("BANY", {5: 1, 2: 0, 4: 1, 0: 0}), ("BNONE", {5: 0, 2: 1, 4: 0, 0: 1})])
def test_a_branch_on_bits(op, goes):
    for value, went in goes.items():
        it = play(f"boot: MOV r1 {value}\nMOV r2 1\n{op} r1 5 there\nMOV r2 0\nthere: HALT", 100)
        assert it.reg(0, 2) == went


@pytest.mark.parametrize(("op", "fine", "wrong"), [("AANY", 4, 2), ("ANONE", 2, 4)])
def test_an_assertion_of_bits(op, fine, wrong):
    assert play(f"boot: MOV r1 {fine}\n{op} r1 5 1\nHALT", 100).finding == Finding.NONE
    assert play(f"boot: MOV r1 {wrong}\n{op} r1 5 1\nHALT", 100).finding == Finding.ASSERT
