"""Comparisons: seed by seed, and what exceeds the noise."""

import io

import pytest
from tests.unit.report.results import result

from splx.base.diagnostics import Diagnostic, SplxError
from splx.compare import Comparison, Metric, compare
from splx.report.compare import in_words, show_comparison
from splx.report.console import console_for
from splx.simulate.setup import Setup

MEAN = Metric("nic", "start mean", "ps")
LATE = {("a", 1): 2_000_000, ("a", 2): 4_000_000, ("b", 1): 3_000_000, ("b", 2): 5_000_001}


def comparison(late=LATE, **how):
    results = {(name, seed): result(name, seed, ps) for (name, seed), ps in late.items()}
    return Comparison(("a", "b"), (1, 2), results, **how)


def test_designs_are_compared_seed_by_seed():
    it = comparison()
    # the seeds differ more than the designs, and yet the designs differ: by the same under each seed
    assert not it.spread("a", MEAN).apart
    difference = it.difference(MEAN, "a", "b")
    assert difference.by.mean == pytest.approx(1_500_000, rel=1e-3)
    assert difference.by.apart


def test_differences_come_the_greatest_first():
    found = comparison().differences()
    assert found == sorted(found, key=lambda each: -each.relative)
    assert {each.metric.source for each in found} == {"nic"}


def test_a_difference_that_varies_as_much_is_none():
    wild = {**LATE, ("b", 1): 1_000_000, ("b", 2): 6_000_000}
    assert comparison(wild).difference(MEAN, "a", "b").by.apart is False


def test_quantiles_differ_only_by_more_than_their_buckets_are_wide():
    # a bucket from 999,424 ps to 1,007,615: the one beside it may be as good as no later
    def differ(ps):
        it = comparison({("a", 1): 1_000_000, ("a", 2): 1_000_000, ("b", 1): ps, ("b", 2): ps})
        return it.difference(Metric("nic", "start median", "ps"), "a", "b").by

    assert not differ(1_010_000).apart
    assert differ(1_050_000).apart
    assert differ(1_050_000).half == pytest.approx(2_050_000 / 128, rel=0.01)
    exact = comparison({("a", 1): 1_000_000, ("a", 2): 1_000_000, ("b", 1): 1_000_001, ("b", 2): 1_000_001})
    assert exact.difference(MEAN, "a", "b").by.apart


def test_small_shares_of_the_time_are_not_told():
    def told(spin):
        results = {(name, seed): result(name, seed, spin=10 + (name == "b") * spin) for name in "ab" for seed in (1, 2)}
        return [line for line in in_words(Comparison(("a", "b"), (1, 2), results)) if "spinning" in line]

    assert told(0.5) == []  # 0.05 %
    assert told(2) == ["  time in spinning: b 1.20 %, a 1.00 % (0.20 ± 0.00 % more)"]


def test_what_one_design_does_not_have_is_no_difference():
    it = comparison()
    assert it.difference(Metric("nic", "nothing", "ps"), "a", "b") is None


def test_words_say_which_way_and_by_how_much():
    lines = list(in_words(comparison()))
    assert lines[0].startswith("10 differences exceed the noise between seeds")
    assert "  nic to start, 99 %: b 8.00 us, a 6 us (2.00 us ± 109 ns more)" in lines


def test_one_seed_tells_nothing_of_the_noise():
    one = {key: value for key, value in LATE.items() if key[1] == 1}
    results = {(name, seed): result(name, seed, ps) for (name, seed), ps in one.items()}
    (line,) = in_words(Comparison(("a", "b"), (1,), results))
    assert line.startswith("One seed says nothing")


def test_the_tables(monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    stream = io.StringIO()
    show_comparison(comparison(), console_for(stream))
    text = stream.getvalue()
    assert "it on ideal, 1 CPU, 1 ms each, 2 seeds" in text
    assert " nic      done per second                  1,000 ± 0           1,000 ± 0" in text
    assert " spinning        1.00 ± 0.00    1.00 ± 0.00" in text


def test_everything_is_in_the_json():
    data = comparison(findings={"c": Diagnostic("K0001", "no")}).to_json()
    assert set(data["findings"]) == {"c"}
    assert len(data["runs"]) == 4
    metric = next(each for each in data["metrics"] if each["what"] == "start mean" and each["source"] == "nic")
    assert metric["designs"]["a"]["mean"] == 4_500_000


# ---- runs

TEXT = """from splx.scenario import *
nic = NIC("nic0", Poisson(mean=us(20)))
COST = Exponential(us(2))
@handler(nic, IPL_NET)
def nic_intr() -> None:
    item = nic.pop()
    while item != 0:
        nic.work(item, COST)
        item = nic.pop()
"""


@pytest.fixture
def setup(tmp_path):
    (tmp_path / "nic.py").write_text(TEXT)
    return Setup(str(tmp_path / "nic.py"), time=2 * 10**8, engine="plain")


def test_all_designs_see_the_same_arrivals(setup):
    it = compare(setup, ["netbsd-2006", "doran-2006"], [1, 2], jobs=1)
    arrived = [it.results[name, seed].source("nic0").arrived for seed in (1, 2) for name in it.designs]
    assert arrived[0] == arrived[1]
    assert arrived[2] == arrived[3]
    assert it.complete


def test_it_does_not_matter_how_many_processes_run(setup):
    seen = []
    alone = compare(setup, ["netbsd-5", "doran-2006"], [1], jobs=1)
    both = compare(setup, ["netbsd-5", "doran-2006"], [1], jobs=2, progress=lambda *told: seen.append(told))
    assert alone == both
    assert seen[-1][:2] == (2000, 2000)
    assert seen == sorted(seen, key=lambda told: told[0])


def test_a_design_whose_run_breaks_a_rule_is_left_out(setup, tmp_path):
    (tmp_path / "nic.py").write_text(TEXT + "    splx(0)\n")
    it = compare(setup, ["netbsd-5", "doran-2006"], [1], jobs=1)
    assert (it.compared, set(it.findings)) == ((), {"netbsd-5", "doran-2006"})


@pytest.mark.parametrize(("designs", "seeds"), [([], [1]), (["netbsd-5", "netbsd-5"], [1]), (["netbsd-5"], [])])
def test_a_comparison_of_nothing(setup, designs, seeds):
    with pytest.raises(SplxError) as caught:
        compare(setup, designs, seeds)
    assert caught.value.diagnostics[0].code == "S0501"


def test_an_option_goes_to_the_designs_that_have_it(setup):
    with_option = setup.with_(options=(("line_at", "IPL_NET"),))
    it = compare(with_option, ["netbsd-5", "doran-2006"], [1], jobs=1)
    assert it.results["doran-2006", 1].notes["option line_at"] == "IPL_NET"
    with pytest.raises(SplxError) as caught:
        compare(with_option, ["netbsd-5", "textbook"], [1])
    assert caught.value.diagnostics[0].code == "S0502"
