"""Whether it can go wrong: small systems whose answer everybody knows."""

from dataclasses import replace

import pytest
from tests.check.systems import HERE, system, verdict

import splx
from splx.check.loading import Bounds
from splx.check.properties import Answer
from splx.check.story import Halves, story_of
from splx.check.verdict import assumptions, check
from splx.report.check import seen
from splx.scenario.build import build
from splx.scenario.designs import design
from splx.scenario.load import load_scenario
from splx.story.language import Value, Visible, Write

DESIGNS = ["netbsd-2006", "netbsd-2006-deferred", "doran-2006", "netbsd-5"]


def test_an_update_is_lost_in_the_middle_of_a_plain_addition():
    found = verdict("counter", HOW=0).finding
    assert (found.code, found.cost) == ("R0001", 2)
    assert found.why == "an update is lost, in add"


@pytest.mark.parametrize("how", [1, 2], ids=["lock", "locked operation"])
def test_no_update_is_lost_under_a_lock_or_in_one_operation(how):
    assert verdict("counter", HOW=how).holds


@pytest.mark.parametrize("design", DESIGNS)
def test_a_look_at_a_guarded_word_without_its_lock_is_a_finding(design):
    assert verdict("guarded", design, FIRST=0).holds
    found = verdict("guarded", design, FIRST=1).finding
    assert (found.code, found.why) == ("R0001", "`Box.n` is used, and `lock` is not held, in two")


@pytest.mark.parametrize("design", DESIGNS)
def test_locks_in_opposite_orders_deadlock(design):
    found = verdict("crossed", design, ticks=0, fuse=True, ORDER=1).finding
    assert found.code in ("R0002", "R0003", "R0004")  # some kernels spin, on one word or two, and some sleep
    assert {each.group.name for each in found.stuck} == {"one", "two"}
    assert found.cost == 2


def test_a_sleep_without_end_is_found_beside_a_clock_that_ticks_for_ever():
    found = verdict("asleep", WOKEN=0).finding
    assert found.code == "R0004"
    assert [(each.group.name, each.how, each.on) for each in found.stuck] == [("sleeper", "sleeps", "ticked")]


def test_who_can_be_woken_but_never_runs_again_is_stuck_and_its_sleep_has_an_end():
    found = verdict("woken_behind", fuse=True)
    assert found.finding.code == "R0003"
    assert found.finding.why == "sleeper0 is ready and no CPU can ever run it, whatever happens next"
    assert [str(each) for each in found.finding.graph.waits] == ["sleeper0 is ready on cpu0, behind busy"]
    assert found.answers["asleep"] is Answer.HOLDS
    assert check(system("woken_behind"), Bounds(fuse=True), only=("asleep",)).holds


def test_beside_one_that_never_runs_again_another_sleeps_that_could_be_woken_as_well():
    assert verdict("woken_behind", fuse=True, SLEEPERS=2).finding.why == (
        "sleeper0 is ready and no CPU can ever run it; "
        "sleeper1 sleeps on bell and no CPU can ever run it, even if it is woken, whatever happens next"
    )


def test_behind_one_that_never_sleeps_a_sleep_that_nobody_ends_is_one_still():
    found = verdict("woken_behind", fuse=True, WOKEN=0)
    assert (found.finding.code, found.answers["stuck"]) == ("R0004", Answer.HOLDS)


def test_a_clock_that_ticks_for_ever_is_no_finding():
    assert verdict("asleep", WOKEN=1).holds


@pytest.mark.parametrize("design", DESIGNS)
def test_locks_in_one_order_hold(design):
    assert verdict("crossed", design, ticks=0, ORDER=2).holds


def test_a_store_in_a_buffer_is_missed():
    assert verdict("dekker", FENCE=0).holds
    found = verdict("dekker", tso=True, FENCE=0).finding
    assert (found.code, found.why) == ("R0001", "both are inside, in one") or found.why == "both are inside, in two"
    assert verdict("dekker", tso=True, FENCE=1).holds


def test_a_wakeup_between_look_and_sleep_is_lost():
    assert verdict("lost_wakeup", CAREFUL=1).holds
    found = verdict("lost_wakeup", CAREFUL=0).finding
    assert [(each.group.name, each.how, each.on) for each in found.stuck] == [("taker", "sleeps", "filled")]


@pytest.mark.parametrize("design", ["netbsd-5", "linux:workqueue=thread"])
def test_a_worker_that_sleeps_in_what_it_was_asked_to_do_has_something_to_do(design):
    found = verdict("worker_waits", design).finding
    assert found.code == "R0004"
    assert found.why == "queue sleeps on finished and nobody can wake it, whatever happens next"
    assert verdict("worker_waits", design, WAITS=0).holds


def test_of_a_pool_of_workers_one_that_sleeps_for_ever_is_told_and_none_if_another_does_what_it_waits_for():
    pools = "linux:workqueue=pools"
    assert verdict("worker_waits", pools).holds
    assert verdict("worker_waits", pools, WAITS=2).finding.why.startswith("kworker/0:0 sleeps on finished")


def test_what_is_not_out_of_a_pool_cannot_be_given_back():
    found = verdict("put_twice").finding
    assert (found.code, found.place.line) == ("R0001", 15)
    assert found.why == "putting with none out, in pool_put"
    assert verdict("put_twice", TIMES=1).holds


def test_the_story_is_told_in_columns():
    told = story_of(verdict("crossed", ticks=1, ORDER=1)).splitlines()
    assert told[0].split() == ["cpu0", "cpu1"]
    shown = [line.partition("  --")[0].strip() for line in told if "fails" in line]
    assert shown == ["cas b.word fails", "cas a.word fails"]


def test_a_search_that_is_stopped_is_no_answer():
    stopped = check(system("crossed", ORDER=2), Bounds(states=1000))
    assert not stopped.complete
    assert not stopped.holds
    assert stopped.finding is None


def test_an_answer_says_under_what():
    built = system("crossed")
    assert assumptions(built, Bounds())[:3] == (
        "sequentially consistent memory", "any number of arrivals, at any step", "at most 1 waiting item per device",
    )  # fmt: skip
    two = replace(built, devices=(*built.devices, replace(built.devices[0], name="card")))
    assert assumptions(two, Bounds(budgets={"tick": 1}))[1] == "tick: 1 arrival, card: any number"


@pytest.mark.parametrize(
    ("which", "place", "cpus", "told"),
    [
        ("netbsd-5", "", 2, "2 CPUs, none of which takes over a thread that is ready on another"),
        ("netbsd-5", "cpu=0", 2, "2 CPUs"),
        ("netbsd-5", "", 1, "1 CPU"),
        ("textbook:queues=global", "", 2, "2 CPUs"),
    ],
)
def test_that_a_ready_thread_stays_where_it_is_said_where_one_could_go_elsewhere(tmp_path, which, place, cpus, told):
    scene = f"from splx.scenario import *\n\n@thread({place})\ndef user() -> None:\n    pass\n"
    (tmp_path / "scene.py").write_text(scene)
    built = build(load_scenario(tmp_path / "scene.py"), design(which), cpus=cpus)
    assert assumptions(built, Bounds())[-1] == told


def test_where_there_is_no_device_nothing_is_said_of_arrivals():
    assert assumptions(system("dekker", FENCE=1), Bounds(tso=True))[:2] == (
        "x86-TSO, 8 stores to a buffer", "instructions that nobody can tell apart in one step",
    )  # fmt: skip


def test_without_store_buffers_nothing_is_said_to_wait_in_one():
    told = story_of(verdict("ring"))
    assert "cas_local b.word := 0\n" in told
    assert "visible" not in told
    assert "buffered" not in told


def test_the_halves_of_an_unlocked_operation_are_two_where_another_cpu_comes_between():
    write, other = Write("m.word", Value("0", 0), "cas_local", buffered=True), Write("m.word", Value("1", 1), "cas")
    events = [(0, write), (1, other), (0, Visible("m.word"))]
    halves = Halves(events)
    told = [str(halves.step(n, event)) for n, (_, event) in enumerate(events)]
    assert told == ["reads m.word  -- cas_local begins", "cas m.word := 1", "m.word := 0  -- and ends"]


def test_the_story_of_who_waits_behind_others_goes_on_until_they_run():
    found = verdict("behind")
    assert [str(each) for each in found.finding.graph.waits] == ["user is ready on cpu0, behind busy"]
    assert "busy(0)" in story_of(found)


def test_a_stopped_search_that_has_found_an_order_says_why_it_ended():
    stopped = check(system("ring"), Bounds(fuse=True, states=20_000), only=("order",))
    assert stopped.finding is not None
    assert "(not all: it was to look at no more)" in seen(stopped)


@pytest.mark.parametrize("design", ["textbook", "netbsd-5"])
@pytest.mark.parametrize("order", [132, 231])
def test_threads_of_one_priority_start_in_any_order(order, design):
    made = splx.check(HERE / "starts.py", design=design, settings={"ORDER": order}, properties=["said"])
    assert made.finding is not None
    assert "one and two and three start in any order" in made.assumptions


def test_or_as_declared_and_the_answer_says_so():
    declared = verdict("starts", "textbook", ORDER=132)
    assert declared.holds
    assert "one and two and three start in the order in which they are declared" in declared.assumptions
    assert check(system("starts", "textbook", ORDER=123), Bounds()).finding is not None


READS_AGAIN = """
from splx.scenario import *

AGAIN = Param("AGAIN", 1)
rw = RWLock("rw")

@thread(cpu=0)
def reader() -> None:
    rw_enter(rw, RW_READER)
    if AGAIN == 1:
        rw_enter(rw, RW_READER)
        rw_exit(rw)
    rw_exit(rw)

@thread(cpu=1)
def writer() -> None:
    rw_enter(rw, RW_WRITER)
    rw_exit(rw)
"""


@pytest.mark.parametrize("again", [0, 1])
def test_who_reads_already_waits_behind_a_writer_under_freebsd_too_which_its_words_say(tmp_path, again):
    (tmp_path / "scene.py").write_text(READS_AGAIN)
    which = design("freebsd")
    found = check(build(load_scenario(tmp_path / "scene.py", {"AGAIN": str(again)}), which, cpus=2)).finding
    assert (found is not None and found.code == "R0004") == (again == 1)
    assert which.calls["rw_enter"].why.endswith("here it waits behind them, as in NetBSD.")


def test_a_thread_beneath_a_handler_that_returns_spins_for_itself():
    verdict = check(system("spins_on"), Bounds(fuse=True))
    assert verdict.finding.why == "reads spins on box.came for ever, whatever happens next"
    assert "disk_intr returns" in story_of(verdict)
