"""How an interrupt controller behaves decides what can happen: a search takes it from a machine."""

import json
from dataclasses import replace

import pytest

from splx import check
from splx.api.checking import replay
from splx.api.findings import read_finding
from splx.base.diagnostics import SplxError
from splx.check import codes
from splx.check.bare import Source, Start, bare
from splx.check.loading import Bounds
from splx.check.story import story_of
from splx.check.verdict import check as check_system
from splx.lang.kernel import entry
from splx.machine.intrinsics import dev_write, halt, intr_disable, intr_enable, leave, pic_eoi, pic_mask, pic_unmask
from splx.machine.models import Manners

ACK = 4


@entry
def listens(_: int) -> None:
    intr_enable()
    while True:
        halt()


@entry
def shuts_the_line(irq: int) -> None:
    """Takes an interrupt, with its line masked while it takes all items."""
    pic_mask(irq)
    dev_write(irq, ACK, 0)
    pic_unmask(irq)
    pic_eoi(irq)
    leave()


@entry
def lets_better_ones_in(irq: int) -> None:
    """Takes an interrupt, and lets in, on the same frame, what the controller does not keep away."""
    dev_write(irq, ACK, 0)
    if irq == 1:
        intr_enable()
        intr_disable()
    pic_eoi(irq)
    leave()


def under(vector, sources, **manners):
    made = bare("manners", [Start(listens, cpu=0, idle=True)], sources=sources, vector=vector)
    return check_system(replace(made, manners=Manners(**manners)), Bounds(budgets={each.name: 2 for each in sources}))


def test_an_edge_that_comes_while_its_line_is_masked_is_kept_or_lost():
    card = [Source("card", 0, 1)]
    assert under(shuts_the_line, card).holds
    lost = under(shuts_the_line, card, edge_lost=True)
    assert lost.finding.code == codes.UNHEARD
    assert "an edge on a masked line is lost" in lost.assumptions


def test_what_is_in_service_keeps_what_is_no_better_away_or_only_itself():
    lines = [Source("low", 0, 1), Source("high", 0, 5)]
    assert under(lets_better_ones_in, lines).holds
    nested = under(lets_better_ones_in, lines, gate_by_priority=False)
    assert nested.finding.code == codes.RULE
    assert "an interrupt in service keeps none of lower priority away" in nested.assumptions
    assert "interrupt high" in story_of(nested)


LOST = """
from splx.scenario import *

nic = NIC("nic", Periodic(us(10)), limit=1)


@handler(nic, IPL_NET)
def nic_intr() -> None:
    item = nic.pop()
    assert item == 0
"""


@pytest.mark.parametrize("machine", ["ideal", "pentium-apic"])
def test_a_finding_remembers_the_machine(tmp_path, machine):
    (tmp_path / "lost.py").write_text(LOST)
    found = check(tmp_path / "lost.py", machine=machine)
    assert ("an edge on a masked line is lost" in found.assumptions) == (machine == "pentium-apic")
    found.save(tmp_path / "finding.json")
    assert json.loads((tmp_path / "finding.json").read_text())["setup"]["machine"] == machine
    assert read_finding(tmp_path / "finding.json")[0].machine == machine
    assert replay(tmp_path / "finding.json").assumptions == found.assumptions


def test_a_machine_of_ones_own_is_found_from_the_file_of_a_finding(tmp_path):
    (tmp_path / "lost.py").write_text(LOST)
    mine = tmp_path / "mine.toml"
    mine.write_text('name = "mine"\nfrom = "ideal"\n[controller]\nedge_lost = true\nsource = "its manual"\n')
    check(tmp_path / "lost.py", machine=str(mine)).save(tmp_path / "finding.json")
    assert json.loads((tmp_path / "finding.json").read_text())["setup"]["machine"] == "mine.toml"
    assert "an edge on a masked line is lost" in replay(tmp_path / "finding.json").assumptions


def test_an_unknown_machine_is_told():
    with pytest.raises(SplxError, match="no machine is called `i486`"):
        check("first", machine="i486")
