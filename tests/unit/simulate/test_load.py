"""Loading: costs baked, spins watched, wiring in place."""

import subprocess
import sys
from itertools import pairwise

import pytest
from tests.machine_programs import SMALL, assemble, device, irq, model, tiny

from splx.machine.constants import F_IMM, F_SHARED, F_SPIN
from splx.machine.costs import Account
from splx.machine.models import load as load_model
from splx.machine.table import ROWS
from splx.stage.code import code_rows
from splx.stage.load import Knobs, load
from splx.stage.sizeclass import STANDARD, needs, sizes_for
from splx.stage.times import Times, logarithms

FIELDS = ("imm", "cost", "op", "flags", "acct", "quick", "t", "dst", "a", "b", "c")
NAMES = {row.code: name for name, row in ROWS.items()}


def coded(text, costs=None, first_site=1):
    program = assemble(text)
    return [dict(zip(FIELDS, row, strict=True)) for row in code_rows(program.insns, costs or model(), first_site)][1:]


def test_costs_are_baked_by_class():
    x86 = load_model("x86-2020")
    rows = coded("boot: ADD r1 r1 1\nCAS r1 - 8 r2 r3\nMARK 1 r1 r1", x86)
    assert [row["cost"] for row in rows] == [200, 7600, 0]


def test_what_others_can_see_waits_for_its_turn():
    rows = coded("boot: LD r1 - 8\nLDP r1 - 0\nDRAW r1 0 -\nDRAW r1 0 r2\nADD r1 r1 1")
    assert [row["flags"] & F_SHARED != 0 for row in rows] == [True, False, True, False, False]


def test_a_spin_watches_samples_before_its_first_look_only_and_knows_its_period():
    rows = coded("boot: NOP\nloop: LD r1 - 8\nSEQ r2 r1 0\nSPIN r2 loop\nLD r1 - 8", model(load=5, alu=2, pause=40))
    assert [NAMES[row["op"]] for row in rows] == ["NOP", "LDW", "SEQ", "SPIN", "LD"]
    assert [row["flags"] & F_SPIN != 0 for row in rows] == [False, False, True, True, False]
    assert [row["acct"] for row in rows] == [0, Account.SPIN, Account.SPIN, Account.SPIN, 0]
    assert rows[3]["imm"] == 5 + 2 + 40
    assert rows[2]["flags"] & F_IMM


def test_places_that_draw_have_counters_behind_those_of_threads():
    rows = coded("boot: DRAW r1 0 - - 1\nDRAW r1 0 - - 2", first_site=7)
    assert [row["t"] for row in rows] == [7, 8]


def test_copies_of_a_place_that_draws_go_on_where_the_other_left_off():
    # numbered by their place in the text: in which order a design happens to link them does not matter
    rows = coded("boot: DRAW r1 0 - - 2\nDRAW r1 0 - - 1\nDRAW r1 0 - - 2", first_site=7)
    assert [row["t"] for row in rows] == [8, 7, 8]


def test_everything_is_as_after_a_reset():
    system = tiny("cpu0: HALT\ncpu1: HALT\nother: HALT\nvector: LEAVE", cpus=2, threads=["other"],
                  irqs=[irq(device=0, cpu=1)], devices=[device("a", 0, period=5)], free=1)  # fmt: skip
    buffer = load(system, model(ipi=9), Knobs(seed=3, ties=1), SMALL)
    state, tables = buffer.view().state, buffer.view().tables
    assert [state.status[n] for n in range(7)] == [1, 1, 0, 0, 1, 0, 2]
    assert [state.runs_on[n] for n in range(5)] == [0, 1, -1, -1, -1]
    assert [state.cur[c] for c in range(2)] == [0, 1]
    assert [state.iflag[c] for c in range(2)] == [0, 0]
    assert (state.route[0], state.service[0], state.dev_enable[0]) == (1, -1, 1)
    assert (tables.seed, tables.ties, tables.transfer[3], tables.n_irqs, tables.ipi_base) == (3, 1, 9, 17, 1)
    assert tables.by_rank[0] == max(range(17), key=lambda n: system.irqs[n].prio)


def test_a_system_takes_the_smallest_standard_lengths():
    system = tiny("boot: HALT")
    assert sizes_for(system)["CPUS"] == STANDARD[0]["CPUS"]
    assert sizes_for(tiny("boot: HALT", cpus=8))["CPUS"] == STANDARD[1]["CPUS"]


def test_a_bigger_system_takes_powers_of_two():
    system = tiny("boot: HALT", free=5000)
    assert needs(system)["CTXS"] == 5002
    assert sizes_for(system)["CTXS"] == 8192


def test_how_many_items_are_under_way_follows_from_the_ring_alone():
    for cpus in (1, 8):
        system = tiny("boot: HALT", cpus=cpus, devices=[device("a", -1, ring=1000)])
        assert sizes_for(system)["ITEMS"] == 4096


def test_logarithms_are_those_of_the_book():
    table = logarithms()
    assert len(table) == 1025
    assert table[0] == 2977044472  # ln 2 * 2**32
    assert table[-1] == 0
    assert all(a > b for a, b in pairwise(table))


def test_equal_recordings_are_kept_once():
    times = Times()
    assert times.add((1, 2, 3)) == times.add((1, 2, 3)) == 1025
    assert times.add((1, 2)) == 1028


@pytest.mark.parametrize("name", ["EVENTS", "HISTS", "REGFILE", "LINES", "IRQ_WORDS"])
def test_lengths_that_follow_from_others(name):
    sizes = sizes_for(tiny("boot: HALT"))
    follow = {
        "EVENTS": sizes["DEVS"] + sizes["IRQS"],
        "HISTS": sizes["SOURCES"] * 8192,
        "REGFILE": sizes["CTXS"] * sizes["REGS"],
        "LINES": sizes["WORDS"] // 8,
        "IRQ_WORDS": sizes["IRQS"] // 64,
    }
    assert sizes[name] == follow[name]


def test_the_engine_is_found_again_by_another_process():
    """Its key is made of what the code mentions; nothing of that may be another in each process."""
    program = """if True:
        from splx.lang.cache import key_of
        from splx.machine.run import boot, close, run
        from splx.stage.sizeclass import STANDARD, derived
        print(key_of([boot, run, close], derived(STANDARD[0]), ""))
    """
    keys = {
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    }
    assert len(keys) == 1
