"""What lines say, and when what happened is what they say."""

from __future__ import annotations

import pytest

from splx.story.language import (
    Accept,
    Arrival,
    Call,
    Fails,
    Holds,
    LanguageError,
    Read,
    Returns,
    Spins,
    Stops,
    Value,
    Visible,
    Waits,
    Write,
    is_it,
    read_event,
    same_place,
)

SAID = {
    "mutex_enter": Call("mutex_enter"),
    "mutex_enter(m)": Call("mutex_enter", (Value("m"),)),
    "send_ipi(1, 0)": Call("send_ipi", (Value("1"), Value("0"))),
    "halt()": Call("halt", ()),
    "switch_to(idle/0)": Call("switch_to", (Value("idle/0"),)),
    "mutex_exit returns": Returns("mutex_exit"),
    "mutex_tryenter returns 0": Returns("mutex_tryenter", Value("0")),
    "m.word := 0": Write("m.word", Value("0")),
    "cas m.word := owner | 1": Write("m.word", Value("owner | 1"), "cas"),
    "m.word := 0, buffered": Write("m.word", Value("0"), buffered=True),
    "cas_local m.word fails": Fails("m.word", "cas_local"),
    "reads sched.cpu[1].rq_lock.word": Read("sched.cpu[1].rq_lock.word"),
    "reads m.word: owner": Read("m.word", Value("owner")),
    "m.word visible": Visible("m.word"),
    "m.word is 0": Holds("m.word", Value("0")),
    "spins": Spins(),
    "spins on m.word": Spins(("m.word",)),
    "spins on m.word for ever": Spins(("m.word",), for_ever=True),
    "spins for ever": Spins(for_ever=True),
    "waits for ever": Waits(),
    "interrupt nic": Accept("nic"),
    "nic arrives": Arrival("nic"),
    "stops: locking against myself": Stops("locking against myself"),
}


class Names:
    """A world in which m is at 8, and `enter` is called `spin_enter` or `sleep_enter`."""

    def number_of(self, text):
        return {"m": 8, "0": 0, "1": 1, "IDLE": 1}.get(text)

    def called(self, drawn, actual):
        return drawn == actual or (drawn == "enter" and actual in ("spin_enter", "sleep_enter"))


def happened(drawn, seen):
    return is_it(read_event(drawn), seen, Names())


@pytest.mark.parametrize("text", SAID)
def test_it_is_read_and_said(text):
    assert read_event(text) == SAID[text]
    assert str(SAID[text]) == text


@pytest.mark.parametrize("text", ["takes the lock", "mutex_enter (m)", "m.word =: 0", "", "word?", "reads m.word:"])
def test_what_says_nothing_is_refused(text):
    with pytest.raises(LanguageError):
        read_event(text)


def test_arguments_are_compared_if_they_are_drawn():
    seen = Call("enter", (Value("m", 8),))
    assert happened("enter", seen)
    assert happened("enter(m)", seen)
    assert not happened("enter(1)", seen)
    assert not happened("enter()", seen)


def test_arguments_that_nobody_knows_are_not_those_that_are_drawn():
    assert happened("enter", Call("enter"))
    assert not happened("enter(m)", Call("enter"))


def test_a_function_has_the_names_that_the_kernel_gives_it():
    assert happened("enter", Call("spin_enter", ()))
    assert happened("enter returns", Returns("sleep_enter"))
    assert not happened("spin_enter", Call("sleep_enter", ()))


def test_values_are_compared_by_number_or_as_they_are_written():
    seen = Write("m.state", Value("1", 1))
    assert happened("m.state := 1", seen)
    assert happened("m.state := IDLE", seen)
    assert not happened("m.state := 0", seen)
    assert happened("m.lock := rq_lock", Write("m.lock", Value("sched.cpu[0].rq_lock", 99)))


def test_a_write_is_by_any_operation_unless_one_is_drawn():
    seen = Write("m.word", Value("0", 0), "cas")
    assert happened("m.word := 0", seen)
    assert happened("cas m.word := 0", seen)
    assert not happened("swap m.word := 0", seen)


def test_a_store_that_others_do_not_see_is_another_event():
    assert not happened("m.word := 0", Write("m.word", Value("0", 0), buffered=True))
    assert not happened("m.word := 0, buffered", Write("m.word", Value("0", 0)))


def test_a_busy_wait_is_on_everything_that_it_reads():
    seen = Spins(("m.word", "cpu1.ci.running"))
    assert happened("spins", seen)
    assert happened("spins on cpu1.running for ever", seen)
    assert not happened("spins on n.word", seen)


@pytest.mark.parametrize(
    ("drawn", "seen", "same"),
    [
        ("word", "m.word", True),
        ("m.word", "m.word", True),
        ("word", "m.password", False),
        ("rq_lock.word", "sched.cpu[0].rq_lock.word", True),
        ("cpu[1].rq_lock", "sched.cpu[0].rq_lock", False),
        ("cpu1.running", "cpu1.ci.running", True),
        ("running", "cpu1.ci.running", False),
        ("cpu1.running", "ci.running", False),
    ],
)
def test_a_place_is_known_by_the_last_parts_of_its_name_and_its_cpu(drawn, seen, same):
    assert same_place(drawn, seen) == same
