"""Arrival processes, recordings and distributions: what the machine is told."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from splx.base.diagnostics import SplxError
from splx.base.units import ms, ns, s, us
from splx.machine.constants import Kind
from splx.scenario import (
    Bursts,
    ClosedLoop,
    Constant,
    Empirical,
    Exponential,
    Never,
    Periodic,
    Poisson,
    Quantiles,
    Recorded,
    Scenario,
    Uniform,
    shipped,
)
from splx.scenario.recordings import Loop, merged
from splx.scenario.sites import here


@pytest.fixture
def scenario(tmp_path):
    with Scenario("test", directory=tmp_path) as made:
        yield made


def recording(folder, name, *rows, header="time_ns,cpu"):
    (folder / name).write_text("\n".join(["# made by a test", header, *rows]) + "\n")
    return name


# ---- processes


def test_periodic(scenario):
    assert Periodic(ms(1), us(3)).shape() == {"kind": Kind.PERIODIC, "period": ms(1), "offset": us(3), "dist": -1}


def test_a_jitter_that_is_a_time_is_uniform_from_zero(scenario):
    made = Periodic(ms(1), jitter=us(5)).shape()
    assert scenario.distributions[made["dist"]].spec().quantiles == (0, us(5))


def test_poisson_by_mean_or_by_rate(scenario):
    assert Poisson(mean=us(50)).shape() == Poisson(rate=20_000).shape()
    assert Poisson(rate="0.5").shape()["period"] == s(2)


def test_bursts(scenario):
    made = Bursts(8, us(2), ms(1), offset=us(7)).shape()
    assert made == {
        "kind": Kind.BURST, "burst": 8, "gap": us(2), "period": ms(1), "offset": us(7), "dist": -1,
    }  # fmt: skip


def test_a_closed_loop_takes_a_time_or_a_distribution(scenario):
    made = [ClosedLoop(us(80)).shape(), ClosedLoop(Exponential(us(80))).shape()]
    assert [each["kind"] for each in made] == [Kind.CLOSED] * 2
    assert [scenario.distributions[each["dist"]].spec().constant for each in made] == [us(80), None]


def test_never(scenario):
    assert Never().shape() == {"kind": Kind.NONE}


# ---- recordings


def test_a_recording_starts_at_zero_and_begins_anew_after_one_mean_gap(scenario, tmp_path):
    path = recording(tmp_path, "a.csv", "100,0", "110,1", "140,0")
    assert Recorded(path).loop == Loop((0, ns(10), ns(40)), ns(60))


def test_a_recording_can_be_played_faster(scenario, tmp_path):
    path = recording(tmp_path, "a.csv", "0,0", "10,0", "40,0")
    assert Recorded(path, speedup=4).loop.times == (0, 2500, 10000)
    assert Recorded(path, speedup="2.5").loop.times == (0, 4000, 16000)


def test_only_what_one_cpu_took(scenario, tmp_path):
    path = recording(tmp_path, "a.csv", "0,0", "10,1", "40,0", "70,1")
    assert Recorded(path, cpu=1).loop.times == (0, ns(60))


def test_recordings_are_merged_and_the_shorter_repeated(scenario, tmp_path):
    long = recording(tmp_path, "long.csv", "0,0", "100,0", "200,0")
    short = recording(tmp_path, "short.csv", "0,0", "50,0")
    made = Recorded(long, short).loop
    assert made.length == ns(300)
    assert made.times == tuple(sorted([0, ns(100), ns(200), 0, ns(50), ns(100), ns(150), ns(200), ns(250)]))


def test_a_recording_can_be_played_once(scenario, tmp_path):
    path = recording(tmp_path, "a.csv", "0,0", "10,0")
    assert Recorded(path).shape()["repeat"] == ns(20)
    assert Recorded(path, repeat=False).shape()["repeat"] == 0


def test_recordings_of_very_different_lengths_are_not_merged(scenario, tmp_path):
    long = recording(tmp_path, "long.csv", "0,0", "5000000,0")
    short = recording(tmp_path, "short.csv", "0,0", "1,0")
    Recorded(long, short)
    assert "5000000 times as long" in scenario.problems.diagnostics[0].message


def test_columns_may_stand_in_any_order_and_the_cpu_is_optional(scenario, tmp_path):
    swapped = recording(tmp_path, "a.csv", "7,0", "7,10", header="irq,time_ns")
    assert Recorded(swapped).loop.times == (0, ns(10))


@pytest.mark.parametrize(("rows", "said"), [
    ([], "holds no arrival"),
    (["0,0", "x,0"], "whole numbers are needed"),
    (["0,0", "5,0", "4,0"], "the time 4 comes after 5"),
    (["0,0", "5"], "there are 2 columns"),
    (["0,0", "nan,0"], "whole numbers are needed"),
    (["0,0", "9" * 5000 + ",0"], f"`{'9' * 40}...` is no arrival"),
    (["-5,0", "0,0"], "the time -5 ns is before the first arrival"),
])  # fmt: skip
def test_what_cannot_be_read_is_said_with_its_line(scenario, tmp_path, rows, said):
    Recorded(recording(tmp_path, "a.csv", *rows))
    (found,) = scenario.problems.diagnostics
    assert found.code == "S0107"
    assert said in found.message
    assert rows == [] or found.span.file.endswith("a.csv")


def test_a_file_without_its_column(scenario, tmp_path):
    Recorded(recording(tmp_path, "a.csv", "0,0", header="seconds,cpu"))
    assert "no `time_ns`" in scenario.problems.diagnostics[0].message


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"\0\0time_ns\n0\n1\n"])
def test_bytes_that_are_no_text(scenario, tmp_path, content):
    (tmp_path / "a.csv").write_bytes(content)
    Recorded("a.csv")
    assert "it is no text" in scenario.problems.diagnostics[0].message


def test_a_folder(scenario, tmp_path):
    (tmp_path / "a.csv").mkdir()
    Recorded("a.csv")
    assert scenario.problems.diagnostics[0].message == "`a.csv` is a folder, and no recording"


def test_the_mark_of_a_spreadsheet_is_no_part_of_the_first_column(scenario, tmp_path):
    (tmp_path / "a.csv").write_bytes(b"\xef\xbb\xbftime_ns\r\n0\r\n10\r\n")
    assert Recorded("a.csv").loop.times == (0, ns(10))


@pytest.mark.parametrize(("rows", "many"), [(["7,0"], "one arrival"), (["0,0", "0,0"], "2 arrivals at one moment")])
def test_what_does_not_last_can_only_be_played_once(scenario, tmp_path, rows, many):
    path = recording(tmp_path, "a.csv", *rows)
    assert set(Recorded(path, repeat=False).loop.times) == {0}
    scenario.check()
    Recorded(path)
    (found,) = scenario.problems.diagnostics
    assert found.message == f"`a.csv` gives {many}, and no gap after which it could begin anew"
    assert found.help == "play it once: `repeat=False`"


@pytest.mark.parametrize("name", ["nic-e1000.csv", "disk-virtio.csv", "timer-6.1.csv", "timer-6.18.csv"])
def test_what_comes_with_splx_can_be_read(scenario, name):
    assert len(Recorded(shipped(name)).loop.times) > 800
    scenario.check()


times = st.lists(st.integers(0, 10_000), min_size=1, max_size=20).map(sorted)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: Poisson(rate=1e15), "S0101.*`rate` is 1000000000000000.0 per second: less than a nanosecond"),
        (lambda: Poisson(rate=2e9), "S0101.*less than a nanosecond"),
        (lambda: Poisson(rate=1e-9), "S0101.*more than 13 days from one to the next"),
        (lambda: Periodic(us(10**13)), "S0101.*`period` is 10000000 s, more than 13 days"),
        (lambda: Bursts(10**9, 0, us(1)), "S0105.*1,000,000,000 items come at one instant"),
        (lambda: Bursts(12, ns(100), us(1)), "S0105.*a burst takes 1.1 us, longer than until the next one"),
    ],
)
def test_arrivals_between_which_nothing_could_happen_or_too_much_are_refused(wrong, said):
    with pytest.raises(SplxError, match=said):
        wrong()


def test_bursts_may_touch_and_many_may_come_at_once():
    assert Bursts(11, ns(100), us(1)).n == 11
    assert Bursts(10**6, 0, us(1)).n == 10**6


@given(st.lists(times, min_size=1, max_size=3), st.fractions(Fraction(1, 8), 50))
def test_a_merged_recording_rises_and_fits_its_round(tmp_path_factory, recordings, faster):
    folder = tmp_path_factory.mktemp("recordings")
    with Scenario("test", directory=folder) as scenario:
        paths = [recording(folder, f"{n}.csv", *(f"{t},0" for t in rows)) for n, rows in enumerate(recordings)]
        loop = merged(paths, faster, None, here())
    if scenario.problems.diagnostics:
        message = scenario.problems.diagnostics[0].message
        assert "times as long as the shortest" in message or "no gap after which it could begin anew" in message
    assert list(loop.times) == sorted(loop.times)
    assert 0 <= loop.times[0] <= loop.times[-1] < loop.length


# ---- distributions


def test_distributions(scenario):
    assert Constant(us(3)).spec().constant == us(3)
    assert Exponential(us(3)).spec().mean == us(3)
    assert Uniform(us(1), us(3)).spec().quantiles == (us(1), us(3))
    assert Quantiles([us(1), us(2), us(9)]).spec().quantiles == (us(1), us(2), us(9))


def test_samples_come_in_any_order_and_one_is_a_constant(scenario):
    assert Empirical([us(9), us(1), us(2)]).spec().quantiles == (us(1), us(2), us(9))
    assert Empirical([us(9)]).spec().constant == us(9)


def test_a_wrong_distribution_without_a_scenario_is_refused_at_once():
    with pytest.raises(SplxError, match="S0111"):
        Uniform(us(3), us(1))


@pytest.mark.parametrize(
    ("arrivals", "words"),
    [
        (lambda: Periodic(ms(10)), "every 10 ms"),
        (lambda: Periodic(ms(10), jitter=us(1)), "every 10 ms, with jitter"),
        (lambda: Poisson(rate=20_000), "at random, 50 us apart on average"),
        (lambda: Bursts(8, us(2), ms(1)), "8 in a burst, 2 us apart, every 1 ms"),
        (lambda: ClosedLoop(us(80)), "as the driver submits"),
        (Never, "nothing arrives"),
        (
            lambda: Recorded(shipped("nic-e1000.csv"), shipped("timer-6.18.csv"), speedup="2.5", cpu=0, repeat=False),
            "nic-e1000.csv and timer-6.18.csv, what CPU 0 took, 2.5 times as fast, once",
        ),
    ],
)
def test_in_words(arrivals, words):
    with Scenario("it"):
        assert arrivals().words() == words
