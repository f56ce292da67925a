"""The experiments: whole, and of ordinary scenarios. Their verdicts are not written down here: they are measured."""

import json

import pytest

from splx.base.units import UNITS
from splx.cli.main import run as splx
from splx.debate import Verdict, claims, settle
from splx.scenario.designs import design
from splx.scenario.load import load_scenario

every = pytest.mark.parametrize("sweep", claims().values(), ids=claims())


@every
def test_an_experiment_is_whole(sweep):
    assert sweep.claim.number in claims()
    assert list(sweep.axis.values) == sorted(set(sweep.axis.values))
    assert len(sweep.sides) > 1
    assert 1 < sweep.least <= sweep.most
    assert all(design(side.design) for side in sweep.sides)
    assert sweep.axis.parameter in load_scenario(sweep.scenario).parameters


def test_a_level_in_memory_costs_less_than_one_in_hardware_while_next_to_nothing_comes(monkeypatch):
    settled = settle(claims()["C5"], "pentium-apic", jobs=1)
    assert settled.ruling.verdict is not Verdict.OPEN
    assert settled.at("deferred", 1000).mean < settled.at("eager", 1000).mean


def test_where_nothing_costs_anything_the_sides_do_not_differ():
    sweep = claims()["C5"]
    assert sweep.time >= UNITS["ms"]
    assert settle(sweep, "ideal", jobs=1).ruling.verdict is Verdict.FAILS


def test_a_claim_that_nobody_made(capsys):
    assert splx(["debate", "C99"]) == 2
    assert "there is no claim `C99`: there are C5" in capsys.readouterr().err


def test_its_scenario_is_a_file_to_be_copied(capsys):
    assert splx(["debate", "c5", "--source"]) == 0
    assert "@handler(nic, IPL_NET, mpsafe=True)" in capsys.readouterr().out


def test_a_claim_as_json(capsys):
    assert splx(["debate", "C5", "--machine", "ideal", "--jobs", "1", "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["claim"]["number"], found["verdict"]) == ("C5", "does not hold")
    assert [point["value"] for point in found["points"]] == list(claims()["C5"].axis.values)
