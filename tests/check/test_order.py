"""Locks that are taken in a circle, although those who do it never meet."""

from functools import cache

import pytest
from tests.check.systems import HERE, system

from splx.check.limits import End, Limits
from splx.check.loading import Bounds
from splx.check.path import make_ready, perform
from splx.check.properties import Answer
from splx.check.story import story_of
from splx.check.verdict import check
from splx.check.watched import classes_of
from splx.cli.main import run
from splx.simulate.setup import Setup
from splx.stage.holders import Holder, Holders
from splx.stage.stage import Stage

APART, GATE, TRIES, SAME, HANDLER, MASKED = range(6)


@cache
def order(how, *, fuse=True):
    return check(system("orders", "textbook", HOW=how), Bounds(fuse=fuse), only=("order",))


def lines(finding):
    return [(each.who, each.on, each.whom, each.place.line) for each in finding.graph.waits]


@pytest.mark.parametrize("fuse", [True, False])
def test_two_orders_of_two_threads_that_are_never_there_together(fuse):
    finding = order(APART, fuse=fuse).finding
    assert finding.code == "R0037"
    assert finding.why.startswith("one holds a and waits for b; two holds b and waits for a: a circle if they meet")
    assert lines(finding) == [
        ("one", "b with a held since orders.py:38", "two", 40),
        ("two", "a with b held since orders.py:58", "one", 63),
    ]
    assert finding.graph.circle == ("one", "two")


def test_the_story_ends_where_the_last_of_the_orders_is_there():
    finding, made = order(APART).finding, system("orders", "textbook", HOW=APART)
    stage, klass = Stage(made), classes_of(made, Bounds(fuse=True))
    make_ready(stage, klass)
    for move in finding.moves:
        perform(stage, move, klass)
    said = [str(event) for _, event in stage.log]
    assert said.index("cas a.word := 1") < said.index("cas b.word := 1") < said.index("cas b.word := 2")
    assert said.index("cas b.word := 2") < said.index("cas a.word := 2")


def test_that_they_do_not_meet_is_said_if_it_was_looked_for():
    assert "in no run that was seen" not in order(APART).finding.why
    all_ = check(system("orders", "textbook", HOW=APART), Bounds(fuse=True))
    assert all_.finding.why.endswith(", and in no run that was seen they do")


def test_what_a_handler_takes_it_takes_with_all_that_lies_beneath():
    finding = order(HANDLER).finding
    assert finding.why.startswith("one holds a when interrupts of CPU 0 come in, which wait for b; two holds b and")
    assert lines(finding) == [
        ("interrupts of CPU 0", "b with a held beneath, by one, since orders.py:38", "two", 29),
        ("two", "a with b held since orders.py:58", "one", 63),
    ]


@pytest.mark.parametrize(("how", "fuse"), [(GATE, False), (GATE, True), (TRIES, True), (SAME, True), (MASKED, True)])
def test_no_circle(how, fuse):
    assert order(how, fuse=fuse).holds


def test_one_lock_is_no_circle_and_who_comes_in_on_top_of_its_holder_is_found_where_it_comes_again(capfd):
    once, twice = (check(system("comes_once", "netbsd-2006", ARRIVALS=n), Bounds(fuse=True)) for n in (1, 2))
    assert once.holds
    assert twice.finding.code == "R0001"
    assert twice.finding.why.startswith("locking against myself")
    assert run(["lockdep", str(HERE / "comes_once.py"), "--design", "netbsd-2006", "--time", "10ms"]) == 1
    assert "D0001" in capfd.readouterr().out


def test_the_big_lock_and_a_spin_lock():
    setup = Setup("cases/a9", "netbsd-2006", "ideal")
    finding = check(setup.system(), Bounds(fuse=True), only=("order",)).finding
    assert finding.why.startswith("driver holds lock when interrupts of CPU 0 come in, which wait for klock; old_code")


def test_a_deadlock_is_told_as_one_and_the_order_is_found_beside_it():
    bounds = Bounds(fuse=True, budgets={"tick": 0})
    verdict = check(system("crossed", "textbook", ORDER=1), bounds, only=("order", "standstill"))
    assert verdict.finding.code == "R0002"
    assert verdict.answers["order"] is Answer.FOUND


def test_what_was_seen_before_a_search_was_stopped_counts_when_it_goes_on(tmp_path):
    made, limits = system("orders", "textbook", HOW=APART), Limits(folder=tmp_path)
    first = check(made, Bounds(states=1000), only=("order",), limits=limits)
    assert (first.finding, first.answers["order"]) == (None, Answer.OPEN)
    assert check(made, Bounds(), only=("order",), limits=limits).finding == order(APART, fuse=False).finding


def test_a_search_by_cost_sees_them_too():
    made = system("orders", "textbook", HOW=APART)
    assert check(made, Bounds(), only=("order",), limits=Limits(cost=1)).finding.cost == 1
    assert check(made, Bounds(), only=("order",), limits=Limits(cost=0)).finding is None


def test_a_lock_that_is_held_to_write_is_one_of_them():
    finding = check(system("rw_orders"), Bounds(fuse=True)).finding
    assert finding.why.startswith("one holds table and waits for m; two holds m and waits for table: a circle")


def test_readers_keep_one_another_out_only_where_somebody_else_writes():
    assert check(system("rw_readers"), Bounds(fuse=True), only=("order",)).holds
    found = check(system("rw_readers", WRITES=2), Bounds(fuse=True), only=("order",)).finding
    assert lines(found) == [
        ("one", "m with table held to read since rw_readers.py:13", "two", 14),
        ("two", "table to read with m held since rw_readers.py:21", "one", 22),
    ]
    assert found.about == ("three comes between two readers of table, and keeps out the second",)


def test_a_reader_is_one_of_them_also_where_its_lock_counts_readers_in_a_word_of_its_own():
    found = check(system("rw_readers", "linux-rt", WRITES=2), Bounds(fuse=True), only=("order",)).finding
    assert found.why.startswith("one holds table and waits for m; two holds m and waits for table: a circle")


def test_what_others_read_meanwhile_is_not_held_by_who_reads_something_else():
    verdict = check(system("rw_beside", "freebsd"), Bounds(fuse=True), only=("order",))
    assert verdict.holds


def test_who_hands_a_lock_to_a_reader_does_not_take_it():
    assert check(system("rw_handed", "windows"), Bounds(fuse=True), only=("order",)).holds


def test_a_flag_alone_in_the_word_of_a_lock_that_sleeps_names_no_cpu():
    made = system("rw_readers", "linux-rt")
    table, m = (each.says for each in Holders(made).told)
    assert [Holders(made).read({at: 1}, at) for at in (table, m)] == [None, None]
    made = system("orders", "textbook")
    assert Holders(made).read({(spins := Holders(made).told[0].says): 1}, spins) == Holder(cpu=0)


def test_the_story_of_a_ring_shows_each_taking_that_closes_it():
    verdict = check(system("ring", "netbsd-5"), Bounds(fuse=True), only=("order",))
    told = [line.partition("  --")[0].strip() for line in story_of(verdict).splitlines()]
    for thread, holds, takes in (("t0", "a", "b"), ("t1", "b", "c"), ("t2", "c", "a")):
        held = told.index(f"cas {holds}.word := {thread}")
        assert f"{holds}.word := 0" not in told[held : told.index(f"cas {takes}.word := {thread}", held)]
    assert verdict.finding.elsewhere == ()


def test_takings_that_exclude_one_another_are_said_to_be_of_other_runs():
    finding = check(system("ring", "netbsd-5", EITHER=1), Bounds(fuse=True), only=("order",)).finding
    assert len(finding.elsewhere) == 1
    assert " with b held" in finding.elsewhere[0] or " with a held" in finding.elsewhere[0]


@pytest.mark.parametrize("megabytes", [14, 16])
def test_where_states_are_forgotten_those_in_which_an_order_was_seen_first_are_not(megabytes):
    apart = system("orders", HOW=APART)
    enough = check(apart, only=("order",), limits=Limits(cost=1)).finding
    little = check(apart, only=("order",), limits=Limits(cost=2, memory=megabytes * 10**6))
    assert little.end is End.MEMORY
    assert (little.finding.why, lines(little.finding)) == (enough.why, lines(enough))
