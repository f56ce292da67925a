"""Listings: how they look, and that reading one back gives the same program."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.program import replicas
from tests.unit.program.test_counts import ROOTS

from splx.machine.constants import F_IMM, F_NUM, F_OWN, F_SHARED, F_SPIN, NOREG
from splx.machine.costs import Account
from splx.machine.table import ROWS
from splx.program.link import link
from splx.program.listing import Head, Line, Listing, listing, parse, render, to_json
from splx.program.rows import shape


def test_code_stands_beside_the_users_line_with_account_and_cost_class():
    text = render(listing(link([replicas.splraise]), "splraise"))
    assert text == (
        "\n"
        "splraise: call, window 0, frame 3, link r1\n"
        "      1  LDP      r2, cpu[0]                   ; context  private  replicas.py:45 | old = ci.ilevel\n"
        "      2  MAX      r0, r2, r0                   ; context  alu      replicas.py:46 | ci.ilevel = max(old, n)\n"
        "      3  STP      cpu[0]:u8, r0                ; context  private  replicas.py:46\n"
        "      4  MOV      r0, r2                       ; context  alu      replicas.py:47 | return old\n"
        "      5  RET      r1                           ; context  call     replicas.py:47\n"
    )


def test_inlined_lines_are_marked():
    text = render(listing(link([replicas.spin_enter]), "spin_enter"))
    assert "replicas.py:45 |> old = ci.ilevel" in text


def test_a_listing_read_back_is_the_same():
    image = link(ROOTS)
    whole = listing(image)
    assert parse(render(whole)) == whole
    assert parse(render(whole)).code == [insn.machine_fields() for insn in image.insns]


def register():
    return st.integers(0, 200)


@st.composite
def fields(draw, op):
    """Any instruction of a row: what the row does not name is zero."""
    form, row = shape(op), ROWS[op]
    values = dict.fromkeys(("dst", "a", "b", "c", "t", "imm"), 0)
    for name in (*form.reads, *form.writes):
        values[name] = draw(register() | st.just(NOREG) if name in form.optional else register())
    flags = F_SHARED if row.shared else 0
    if form.b_or_imm and draw(st.booleans()):
        flags, values["b"] = flags | F_IMM, 0
        values["imm"] = draw(st.integers(-(2**63), 2**63 - 1))
    if form.b_or_number and draw(st.booleans()):
        flags, values["b"] = flags | F_NUM, draw(st.integers(0, 0xFFFF))
    if form.has_imm:
        values["imm"] = draw(st.integers(0, 2**40))
    if form.target:
        values["t"] = draw(st.integers(0, 10_000))
    if form.bits:
        values["t"] = draw(st.sampled_from([0, 8, -8, 16, -32]))
    if op == "DRAW":
        values["t"] = draw(st.integers(1, 99))
    if row.shared and row.access and values["a"] == NOREG:
        flags |= F_OWN if draw(st.booleans()) else 0
    flags |= F_SPIN if draw(st.booleans()) else 0
    acct = draw(st.sampled_from([each.value for each in Account]))
    return (op, flags, *(values[name] for name in ("dst", "a", "b", "c")), acct, values["t"], values["imm"])


@settings(max_examples=15)
@given(st.data())
@pytest.mark.parametrize("op", ROWS)
def test_every_instruction_can_be_written_and_read(op, data):
    line = Line(7, data.draw(fields(op)), "alu", "a file.py:3", data.draw(st.sampled_from(["", "x = y | z"])), 2)
    whole = Listing((Head("f", "table", 3, 4, 5, 6), line))
    assert parse(render(whole)) == whole


def test_what_is_no_listing_is_refused_with_its_line():
    with pytest.raises(ValueError, match="line 2 is neither"):
        parse("\nmov r1, r2\n")


def test_a_program_as_data():
    data = json.loads(json.dumps(to_json(link(ROOTS))))
    assert data["code"][1]["op"] == "LDP"
    assert data["code"][1]["where"][0]["function"] == "splraise"
    assert [each["name"] for each in data["functions"]][:2] == ["splraise", "splx"]
