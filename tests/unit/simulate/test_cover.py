"""Coverage of kernel Python: what a run adds to the file of facts."""

from pathlib import Path

import pytest
from tests.unit.simulate.test_director import NETBSD_5

from splx.base.units import us
from splx.machine.models import load as load_model
from splx.scenario.build import build
from splx.scenario.load import load_scenario
from splx.simulate import simulate
from splx.simulate.engine import Stop, drive, engine_for
from splx.stage import cover
from splx.stage.load import load

HERE = Path(__file__).parent / "scenarios"
FILE = HERE / "decisions.py"


@pytest.fixture
def facts(tmp_path, monkeypatch):
    """What is found about the file here in place of the kernels, once its machines are done."""
    path = tmp_path / "facts"
    monkeypatch.setenv("SPLX_KERNEL_COVERAGE", str(path))
    monkeypatch.setattr(cover, "KERNEL", HERE)
    cover.name_of.cache_clear()

    def found():
        cover.flush()
        return path.read_text().splitlines()

    yield found
    cover.flush()
    cover.name_of.cache_clear()


def run(engine="plain"):
    return simulate(build(load_scenario(FILE), NETBSD_5), "ideal", time=us(100), engine=engine)


def ways(facts):
    """By the text of a test: the ways it went."""
    text, found = FILE.read_text().splitlines(), {}
    for kind, place, end, way in (each.split()[1:] for each in facts if " test " in each):
        assert kind == "test"
        (line, col), (_, end_col) = ([int(n) for n in each.split(":")] for each in (place, end))
        found.setdefault(text[line - 1][col:end_col], []).append(way)
    return found


EXPECTED = {
    "count.n < 2": ["built", "true", "false"],
    "count.n == 2": ["built", "true"],
    "count.m == 7": ["built", "false"],
    "odd(count.n)": ["built", "false"],
    "n & 1 == 1": ["built", "false"],
}


@pytest.mark.parametrize("engine", ["plain", "native"])
def test_each_test_has_the_ways_it_went_an_assertion_and_a_constant_have_none(facts, engine):
    run(engine)
    assert {test: sorted(each) for test, each in ways(facts()).items()} == {
        test: sorted(each) for test, each in EXPECTED.items()
    }


def test_lines_that_are_in_the_program_and_those_that_ran(facts):
    run()
    text = FILE.read_text().splitlines()
    found = [each.split() for each in facts() if " line " in each]
    lines = {what: {text[int(n) - 1].strip() for _, _, n, its in found if its == what} for what in ("built", "ran")}
    assert lines["built"] - lines["ran"] == {
        "count.m = 1", "def never() -> None:", "count.m = 8", "count.m = 9"
    }  # fmt: skip
    assert "count.m = 10" not in lines["built"]
    assert "count.n += 1" in lines["ran"]


def test_what_is_known_is_not_written_again(facts):
    run()
    before = facts()
    run()
    assert facts() == before
    assert len(before) == len(set(before))


@pytest.mark.parametrize("engine", ["plain", "native"])
def test_counting_changes_no_byte_of_the_machine(facts, monkeypatch, engine):
    def left():
        system = build(load_scenario(FILE), NETBSD_5)
        buffer = load(system, load_model("ideal"))
        entries = engine_for(engine, buffer.sizes)
        drive(buffer, entries, us(100), Stop())
        return buffer.sizes["COVER"], [bytes(buffer.field_bytes(part)) for part in ("state", "beside", "tables")]

    counted, bytes_counted = left()
    monkeypatch.delenv("SPLX_KERNEL_COVERAGE")
    assert (counted, left()) == (1, (0, bytes_counted))
