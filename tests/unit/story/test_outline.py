"""What of a run is worth drawing."""

from __future__ import annotations

from splx.story.language import Accept, Call, Fails, Read, Returns, Stops, Value, Visible, Write
from splx.story.outline import Outline


def write(place, value=0):
    return Write(place, Value(str(value), value))


def test_words_that_two_cpus_touch_and_one_writes():
    run = [(0, write("m.word")), (0, Read("n.word")), (1, Read("m.word")), (1, Read("n.word")), (1, write("o.word"))]
    assert Outline(()).of(run) == [(0, write("m.word")), (1, Read("m.word"))]


def test_a_word_of_this_cpu_is_that_of_the_other_who_names_the_cpu():
    run = [(0, write("ci.running")), (1, Read("cpu0.ci.running")), (0, write("ci.count")), (1, write("ci.count"))]
    assert Outline({"ci"}).of(run) == [(0, write("ci.running")), (1, Read("cpu0.ci.running"))]


def test_interrupts_and_what_their_cpu_did_last():
    run = [(0, Call("a", ())), (0, Call("b", ())), (1, Call("c", ())), (0, Accept("nic")), (0, Call("intr_entry"))]
    assert Outline(()).of(run) == [(0, Call("b", ())), (0, Accept("nic"))]


def test_what_tells_nobody_when_an_interrupt_came_is_left_out_unless_it_matters():
    run = [(0, write("m.word")), (0, Accept("nic")), (0, Returns("intr_run")), (0, Accept("nic")), (1, Read("m.word"))]
    assert Outline(()).numbers(run, when=lambda at: at not in {0, 2}) == [0, 1, 3, 4]


def test_functions_that_are_asked_for():
    run = [(0, Call("splx", ())), (0, Call("mask_ready")), (0, Returns("mask_ready")), (0, Returns("splx"))]
    assert Outline((), {"splx"}).of(run) == [(0, Call("splx", ())), (0, Returns("splx"))]


def test_own_words_of_a_thread_and_an_interrupt_on_one_cpu():
    run = [(0, Read("x.done")), (0, Read("lock.word")), (0, write("x.done")), (0, write("lock.word"))]
    assert Outline((), own={"x"}).of(run, whose=[3, 3, 1, 1]) == [(0, Read("x.done")), (0, write("x.done"))]
    assert Outline((), own={"x"}).of(run, whose=[3, 3, 3, 3]) == []


def test_own_words_of_a_cpu_are_as_many_as_there_are_cpus():
    run = [(0, Read("mine.done")), (1, write("mine.done")), (1, Read("mine.done"))]
    assert Outline({"mine"}, own={"mine"}).of(run, whose=[3, 4, 4]) == []
    assert Outline({"mine"}, own={"mine"}).of(run, whose=[3, 4, 2]) == run[1:]


def test_words_of_what_is_told_only():
    run = [(0, write("m.word")), (1, Read("m.word")), (1, write("lwp.l_stat")), (0, Read("lwp.l_stat"))]
    assert Outline((), told={"m"}).of(run) == run[:2]
    assert Outline((), told=()).of(run) == []


def test_of_the_words_that_are_asked_for_what_fails_is_drawn_too():
    run = [(0, write("m.word")), (0, Fails("m.word", "cas")), (0, Read("m.word"))]
    assert Outline((), words={"m.word"}).of(run) == run[:2]


def test_before_a_broken_rule_stands_the_store_whose_value_was_found():
    run = [(0, write("x.a", 1)), (0, write("x.b", 1)), (0, write("x.a", 2)), (0, Read("x.a")), (0, Stops("no"))]
    assert Outline((), own={"x"}).of(run) == run[2:]


def test_before_a_broken_rule_stands_where_the_store_became_visible_or_that_it_has_not():
    first, second = (Write("x.a", Value(str(n), n), "", buffered=True) for n in (1, 2))
    there, read, ends = Visible("x.a"), Read("x.a"), Stops("no")
    run = [(0, each) for each in (first, there, second, read, ends)]
    assert Outline((), own={"x"}).of(run) == run[2:]
    run = [(0, each) for each in (first, second, there, there, read, ends)]
    assert Outline((), own={"x"}).of(run) == [run[1], *run[3:]]


def test_before_a_broken_rule_stands_what_an_operation_found():
    run = [(0, write("x.a", 1)), (0, Write("x.a", Value("2", 2), "fetch_add")), (0, Stops("no"))]
    assert Outline((), own={"x"}).of(run) == run
