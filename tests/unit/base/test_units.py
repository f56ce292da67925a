"""Time is integer picoseconds, exact on the way in, short on the way out."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from splx.base import units
from splx.base.diagnostics import SplxError
from splx.base.exits import Exit
from splx.base.units import Cycle, parse_duration, show_duration


@pytest.mark.parametrize(("unit", "one"), [("ps", 1), ("ns", 10**3), ("us", 10**6), ("ms", 10**9), ("s", 10**12)])
def test_a_unit_multiplies(unit, one):
    assert getattr(units, unit)(7) == 7 * one


@pytest.mark.parametrize(("given_", "picoseconds"), [
    (0.1, 100_000),              # 0.1 as a binary fraction is a little more
    ("0.1", 100_000),
    (Fraction(1, 10), 100_000),
    (2.675, 2_675_000),
    (-3, -3_000_000),
    ("1e2", 100_000_000),
])  # fmt: skip
def test_microseconds_are_exact(given_, picoseconds):
    assert units.us(given_) == picoseconds


@pytest.mark.parametrize(("given_", "picoseconds"), [(0.5, 0), (1.5, 2), (2.5, 2), ("0.51", 1)])
def test_half_a_picosecond_goes_to_the_even_one(given_, picoseconds):
    assert units.ps(given_) == picoseconds


@pytest.mark.parametrize("junk", ["", "ten", "1/0", float("nan"), float("inf"), None, True])
def test_what_is_no_number_is_bad_input(junk):
    with pytest.raises(SplxError) as caught:
        units.us(junk)
    assert caught.value.exit is Exit.BAD_INPUT
    assert caught.value.diagnostics[0].message == f"`{junk}` is not a number"


def test_cycles_are_rounded_once_and_not_one_by_one():
    cycle = Cycle.of_hz("66e6")  # 15151.51... ps
    assert cycle.cycles(1) == 15_152
    assert cycle.cycles(3) == 45_455
    assert cycle.cycles(66_000_000) == units.s(1)


@pytest.mark.parametrize("hz", [0, -1])
def test_a_clock_runs_forward(hz):
    with pytest.raises(SplxError, match="a clock of"):
        Cycle.of_hz(hz)


@pytest.mark.parametrize(("text", "picoseconds"), [
    ("10s", units.s(10)),
    ("2.5ms", units.us(2500)),
    ("100us", units.us(100)),
    (" 100 µs ", units.us(100)),
    ("100US", units.us(100)),
    (".5ns", 500),
    ("0ps", 0),
    ("9223372036854775807ps", 2**63 - 1),
])  # fmt: skip
def test_durations_are_read(text, picoseconds):
    assert parse_duration(text) == picoseconds


@pytest.mark.parametrize(("text", "message"), [
    ("10", "the duration `10` has no unit"),
    ("10h", "`h` in the duration `10h` is not a unit"),
    ("-1s", "the duration `-1s` is below zero"),
    ("", "`` is not a duration"),
    ("s", "`s` is not a duration"),
    ("1 2s", "`1 2s` is not a duration"),
    ("9223372036854775808ps", "the duration `9223372036854775808ps` is longer than the clock"),
])  # fmt: skip
def test_other_texts_are_refused(text, message):
    with pytest.raises(SplxError) as caught:
        parse_duration(text)
    [diagnostic] = caught.value.diagnostics
    assert (diagnostic.code, diagnostic.message) == ("S0001", message)
    assert diagnostic.help


@pytest.mark.parametrize(("picoseconds", "text"), [
    (0, "0 s"),
    (1, "1 ps"),
    (999, "999 ps"),
    (1_000, "1 ns"),
    (12_412_345, "12.4 us"),
    (10_000_000, "10 us"),       # exact
    (10_020_000, "10.0 us"),     # not exact, and says so
    (2_500_000_000, "2.5 ms"),
    (999_960_000, "1.00 ms"),    # rounds into the next unit
    (units.s(1234), "1234 s"),   # whole seconds are never rounded away
    (units.ms(1_234_500), "1234 s"),
    (-5_000, "-5 ns"),
])  # fmt: skip
def test_durations_are_shown(picoseconds, text):
    assert show_duration(picoseconds) == text


@given(st.integers(0, 2**63 - 1))
def test_what_is_shown_reads_back_within_half_a_percent(time):
    assert abs(parse_duration(show_duration(time)) - time) * 200 <= time


@given(st.integers(1, 999), st.sampled_from(sorted(units.UNITS)))
def test_three_digits_read_back_exactly(count, unit):
    time = count * units.UNITS[unit]
    assert parse_duration(show_duration(time)) == time
