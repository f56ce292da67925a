"""A rule that running code breaks, shown at the user's own line."""

from pathlib import Path

import pytest

from splx.base.diagnostics import Findings, SplxError
from splx.simulate import findings
from splx.simulate.setup import Setup, exact_duration, parse_settings, parse_ties, parse_time

HEAD = """from splx.scenario import *

nic = NIC("nic0", Periodic(us(100)))
lock = Mutex("stats", IPL_NET)

"""
HANDLER = """@handler(nic, IPL_NET)
def nic_intr() -> None:
    nic.pop()
"""


@pytest.fixture
def run(tmp_path):
    def write(text, **how):
        path = tmp_path / "it.py"
        path.write_text(HEAD + text)
        return Setup(str(path), time=10**9, engine="plain", **how).run()

    return write


def finding(run, text, **how):
    with pytest.raises(Findings) as caught:
        run(text, **how)
    (only,) = caught.value.diagnostics
    return only


def marked(diagnostic):
    span = diagnostic.span
    return Path(span.file).read_text().splitlines()[span.line - 1].strip()


def test_a_lock_left_held_at_the_handlers_return(run):
    it = finding(run, HANDLER + "    mutex_enter(lock)\n    nic.pop()\n")
    assert (it.code, it.message) == ("K0001", "handler returned holding a spin mutex")
    assert marked(it) == "nic.pop()"
    assert it.label == "the last line of yours that ran there, in nic_intr"
    assert it.notes[0] == "interrupts of CPU 0 have not given back stats"


def test_recursion_into_a_held_mutex(run):
    it = finding(run, HANDLER + "    mutex_enter(lock)\n    mutex_enter(lock)\n", design="doran-2006")
    assert it.message == "locking against myself"
    assert marked(it) == "mutex_enter(lock)"
    assert it.label == "in this call"
    assert it.notes[0] == "the mutex is stats, which intr7/0 has"


def test_a_level_lowered_below_entry(run):
    it = finding(run, HANDLER + "    splx(0)\n")
    assert it.message == "splx below the level that the handler was called at"
    assert marked(it) == "splx(0)"


def test_the_users_own_assertion(run):
    it = finding(run, HANDLER + '    n = nic.waiting()\n    assert n == 7, "seven are there"\n')
    assert (it.message, marked(it)) == ("seven are there", 'assert n == 7, "seven are there"')
    assert it.label == ""


def test_the_last_steps_of_every_cpu_are_drawn(run):
    it = finding(run, HANDLER + "    splx(0)\n", cpus=2)
    lines = it.body.splitlines()
    assert lines[0].startswith("cpu0  runs, in ")
    assert [each for each in lines if each.startswith("cpu1")] == ["cpu1  is halted, in idle/1"]
    assert any("splfloor_check" in each and "splx below the level" in each for each in lines)


def test_it_says_where_and_when_and_by_which_calls(run):
    it = finding(run, HANDLER + "    splx(0)\n")
    assert it.notes[0].startswith("on CPU 0 at ")
    assert any(note.startswith("splx, spl_") for note in it.notes)


def test_a_design_that_is_not_there(run):
    with pytest.raises(SplxError) as caught:
        run(HANDLER, design="netbsd-7")
    assert caught.value.diagnostics[0].code == "S0301"


# ---- the words of a run


def test_words_that_make_the_same_run():
    it = Setup("nic.py", "doran-2006", cpus=4, time=10**13, seed=7, ties=1, settings=(("speedup", "8"),),
               options=(("line_at", "IPL_VM"),), mechanisms=("mine.py",))  # fmt: skip
    assert " ".join(it.arguments()) == (
        "nic.py --design doran-2006 --cpus 4 --time 10s --seed 7 --ties reversed --line-at IPL_VM --set speedup=8 "
        "--mechanism mine.py"
    )


@pytest.mark.parametrize(("time", "text"), [(10**13, "10s"), (25 * 10**8, "2500us"), (1, "1ps"), (10**9, "1ms")])
def test_durations_read_back_exactly(time, text):
    assert exact_duration(time) == text
    assert parse_time(text) == time


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: parse_time("0s"), "S0402"),
        (lambda: parse_ties("random"), "S0401"),
        (lambda: parse_ties("1"), "S0401"),
        (lambda: parse_settings(("speedup",)), "S0403"),
    ],
)
def test_words_that_make_no_run(call, code):
    with pytest.raises(SplxError) as caught:
        call()
    assert caught.value.diagnostics[0].code == code


def test_orders_of_simultaneous_events():
    assert [parse_ties(text) for text in ("declared", "reversed", "7")] == [0, 1, 7]


def test_advice_is_given_on_what_our_kernels_say():
    kernel = Path(findings.__file__).parents[1] / "kernel"
    said = "".join(each.read_text() for each in kernel.rglob("*.py"))
    assert [message for message in findings.ADVICE if f'"{message}"' not in said] == []
