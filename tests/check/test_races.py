"""Data races: two CPUs about to access a word that is not marked atomic, and one of them writes."""

import pytest
from tests.check.systems import HERE, system, verdict

from splx.check.limits import Limits
from splx.check.loading import Bounds
from splx.check.story import story_of
from splx.check.verdict import check
from splx.simulate.setup import Setup

DESIGNS = ["netbsd-2006", "netbsd-2006-deferred", "doran-2006", "netbsd-5"]
UNLOCKED, LOCKED, READ, WRITE, MEANT = range(5)  # of raced_at_once.py


def test_a_plain_word_that_one_reads_and_one_writes_is_a_race_with_both_lines():
    found = verdict("raced", HOW=0).finding
    assert (found.code, found.cost) == ("R0022", 1)
    assert found.why == "a data race on box.n: one writes it (raced.py:22) while two reads it (raced.py:38)"
    assert (found.place.line, found.place.file.endswith("raced.py")) == (22, True)


def test_the_story_ends_with_both_accesses():
    told = [line.partition("  --")[0].strip() for line in story_of(verdict("raced", HOW=0)).splitlines()]
    assert told[-3:] == ["box.n := 1", "one returns", "reads box.n: 1"]


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("how", [1, 2, 3], ids=["under a lock", "marked atomic", "handed over by an atomic word"])
def test_no_race_is_where_the_accesses_are_ordered_or_meant(how, design):
    assert check(system("raced", design, HOW=how), Bounds(states=60_000)).finding is None


def test_two_that_only_read_are_no_race():
    assert verdict("raced", HOW=4).holds


def test_a_handler_races_with_a_thread_of_another_cpu():
    found = verdict("raced", HOW=5, ticks=1).finding
    assert "a data race on box.n" in found.why


def test_a_search_that_does_not_look_for_races_goes_on():
    assert check(system("raced", HOW=0), only=("rules",)).holds


@pytest.mark.parametrize("memo", [True, False])
@pytest.mark.parametrize("tso", [True, False])
def test_a_race_is_found_whether_moves_are_remembered_or_made_and_under_store_buffers(memo, tso):
    assert check(system("raced", HOW=0), Bounds(memo=memo, tso=tso, fuse=True)).finding.code == "R0022"


def test_who_finds_a_lock_held_may_look_where_its_owner_runs_while_that_one_is_woken():
    """NetBSD has l_cpu volatile for this: the owner has let go of the lock since, and slept."""
    assert check(system("old_owner"), Bounds(fuse=True), only=("races",)).holds


def test_who_lends_may_look_at_a_thread_that_takes_back_what_waiting_had_lifted_it_to():
    """NetBSD writes l_kpribase without a lock, too: who lends then may take the thread for better than it is."""
    assert check(system("lent_and_woken", "freebsd"), Bounds(fuse=True), only=("races",)).holds


NOT, LOCK, RAISED, READS, COPY, TAKE, MOVE, TEST, BOTH, BACK, LATER, NEST = range(12)


@pytest.mark.parametrize(("how", "line"), [(NOT, 80), (COPY, 59), (MOVE, 66)])
@pytest.mark.parametrize("design", ["netbsd-5", "freebsd"])  # a handler on the thread, and one that takes its place
def test_an_addition_that_an_interrupt_of_its_cpu_comes_in_between_is_a_race(design, how, line):
    verdict = check(system("torn", design, HOW=how), Bounds(fuse=True))
    found = verdict.finding
    assert (found.code, found.cost, found.place.line) == ("R0022", 1, line)
    assert found.why == (
        "a data race on box.count: card_intr writes it (torn.py:44) between the read and the write of user "
        f"(torn.py:{line})"
    )
    told = [each.partition("  --")[0].strip() for each in story_of(verdict).splitlines()]
    assert told.index("reads box.count: 0") < told.index("interrupt card") < told.index("box.count := 1")
    assert told.count("box.count := 1") == (2 if how == NOT else 1)  # a sum is judged where it is written


@pytest.mark.parametrize("how", [NOT, COPY])
@pytest.mark.parametrize("design", ["netbsd-5", "freebsd"])
def test_who_has_written_it_in_between_is_told_also_while_that_waits_in_the_buffer_of_the_cpu(design, how):
    made = system("torn", design, HOW=how)
    whys = {check(made, Bounds(fuse=True, tso=tso), only=("races",)).finding.why for tso in (False, True)}
    assert len(whys) == 1
    assert "card_intr writes it (torn.py:44) between" in whys.pop()


@pytest.mark.parametrize("design", ["netbsd-5", "freebsd"])
def test_who_takes_what_is_there_and_overwrites_something_else_loses_it(design):
    verdict = check(system("torn", design, HOW=TAKE), Bounds(fuse=True))
    assert (verdict.finding.code, verdict.finding.cost) == ("R0022", 1)
    assert verdict.finding.why == (
        "a data race on box.count: user overwrites it (torn.py:62) and goes on with what it had read before; card_intr "
        "has written it in between"
    )
    assert story_of(verdict).splitlines()[-1].startswith("box.count := 0  ")


@pytest.mark.parametrize("how", [TEST, BOTH, BACK, LATER, NEST])
def test_nothing_is_lost_that_was_tested_only_or_is_the_same_constant_or_was_put_back(how):
    assert check(system("torn", HOW=how), Bounds(fuse=True), only=("rules", "races")).holds


@pytest.mark.parametrize("how", [LOCK, RAISED, READS])
def test_no_addition_is_torn_that_the_interrupt_is_kept_out_of_or_that_it_only_looks_at(how):
    assert check(system("torn", HOW=how), Bounds(fuse=True)).holds


def test_nobody_looks_for_it_who_does_not_look_for_races():
    for how in (NOT, TAKE):
        assert check(system("torn", HOW=how), Bounds(fuse=True), only=("rules",)).holds


def test_a_thread_that_is_lent_to_while_a_cpu_chooses_it_is_that_cpus_already():
    assert check(system("lent_while_chosen", "netbsd-5"), Bounds(states=60_000)).finding is None


def test_a_thread_that_is_lent_to_while_its_idle_cpu_looks_for_work_is_there_to_be_found():
    assert check(system("lent_while_idle", "linux-rt"), Bounds(fuse=True)).holds


@pytest.mark.parametrize("design", ["textbook", "freebsd"])  # on top of the thread, and in one of its own
def test_an_addition_to_what_each_cpu_has_for_itself_is_torn_by_an_interrupt_of_that_cpu(design):
    found = check(system("torn_own", design), Bounds(fuse=True), only=("races",)).finding
    assert found.why == (
        "a data race on counts.packets: card_intr writes it (torn_own.py:22) between the read and the write of user "
        "(torn_own.py:28)"
    )


@pytest.mark.parametrize("how", [1, 2], ids=["raised", "apart"])
def test_it_is_not_where_the_interrupt_is_kept_out_or_is_of_another_cpu(how):
    assert check(system("torn_own", "textbook", HOW=how), Bounds(fuse=True), only=("races",)).holds


def test_the_sum_of_what_one_cpu_has_and_a_constant_is_not_for_another_cpu():
    of_two = Setup(str(HERE / "torn_moved.py"), design="textbook:queues=global", machine="ideal", cpus=2).system()
    found = check(of_two, Bounds(fuse=True), only=("races",)).finding
    assert found.why == (
        "a data race on counts.packets: user adds to that of another CPU, and writes the sum here (torn_moved.py:47)"
    )


@pytest.mark.parametrize("memo", [True, False])
@pytest.mark.parametrize(
    ("one", "two"),
    [(UNLOCKED, UNLOCKED), (UNLOCKED, LOCKED), (LOCKED, WRITE), (READ, UNLOCKED), (READ, LOCKED)],
)
def test_to_change_a_plain_word_in_one_instruction_is_to_read_and_to_write_it(one, two, memo):
    found = check(system("raced_at_once", ONE=one, TWO=two), Bounds(memo=memo, fuse=True), only=("races",)).finding
    does = "reads" if one == READ else "writes"
    line = {UNLOCKED: 22, LOCKED: 24, READ: 26}[one]
    assert (found.code, f"one {does} it (raced_at_once.py:{line})" in found.why) == ("R0022", True)


@pytest.mark.parametrize(("one", "two"), [(LOCKED, LOCKED), (MEANT, MEANT)])
def test_two_that_are_locked_or_meant_are_no_race(one, two):
    assert check(system("raced_at_once", ONE=one, TWO=two), Bounds(fuse=True), only=("races",)).holds


def test_the_story_of_two_that_change_a_word_at_once_tells_that_both_have_begun():
    found = check(system("raced_at_once"), Bounds(fuse=True), only=("races",))
    told = story_of(found).splitlines()[-2:]
    assert all("reads box.n  -- fetch_add_local begins" in line for line in told)


def test_of_several_races_the_cheapest_is_told():
    found = check(system("two_races", "linux")).finding
    assert found.why.startswith("a data race on box.y: ")
    assert found.cost == check(system("two_races", "linux"), limits=Limits(cost=2)).finding.cost == 1


def test_the_cheapest_way_to_a_race_is_not_that_to_a_lock_held_beneath():
    found = check(system("raced_or_held", mutants=("m8",)), Bounds(fuse=True)).finding
    assert found.why.startswith("a data race on box.x: ")
    assert found.cost == 2


def test_who_wakes_a_softint_that_has_blocked_does_not_race_with_the_frame_beneath_it():
    """That asks its own CPU whether it was switched to, as softint_ret of NetBSD knows by where it returns."""
    assert check(system("softint_woken", "solaris"), Bounds(fuse=True), only=("races",)).holds
