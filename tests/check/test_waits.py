"""Who waits for whom where a story ends, under locks of every kind."""

from dataclasses import replace

import pytest
from tests.check.systems import system, verdict

from bench.models.spin_lock import m2
from bench.models.tiny_kernel import m4
from splx.base.diagnostics import SplxError
from splx.check.bare import Start, bare
from splx.check.loading import Bounds
from splx.check.story import story_of, told_of, users
from splx.check.verdict import check
from splx.check.waits import Wait, _circle
from splx.kernel.interface.lwp import Lwp
from splx.lang.kernel import Struct, entry, i64, spin_while
from splx.machine.intrinsics import halt
from splx.stage.holders import Holders

COUPLED = Bounds(coupled=True)


def lines(verdict):
    return [str(each) for each in verdict.finding.graph.waits]


@pytest.mark.parametrize("design", ["netbsd-2006", "netbsd-2006-deferred", "doran-2006", "netbsd-5"])
def test_two_locks_in_opposite_orders_are_a_circle_of_two_whether_their_waiters_spin_or_sleep(design):
    graph = verdict("crossed", design, ticks=0, ORDER=1).finding.graph
    assert [(each.who, each.on.partition(".")[0], each.bond, each.whom) for each in graph.waits] == [
        ("one", "b", "held by", "two"), ("two", "a", "held by", "one"),
    ]  # fmt: skip
    assert graph.circle == ("one", "two")
    assert [each.place.line for each in graph.waits] == [19, 28]


def test_a_wait_for_what_has_no_holder_ends_there():
    graph = verdict("lost_wakeup", CAREFUL=0).finding.graph
    assert [(each.who, each.how, each.on, each.whom) for each in graph.waits] == [("taker", "sleeps", "filled", "")]
    assert graph.circle == ()


def test_a_writer_that_has_shut_the_lock_and_waits_for_its_readers_does_not_wait_for_itself():
    graph = verdict("read_twice", "linux-rt").finding.graph
    assert [str(each) for each in graph.waits] == [
        "insert sleeps on tree, held to read by lookup", "lookup sleeps on tree, held by insert",
    ]  # fmt: skip
    assert graph.circle == ("insert", "lookup")


def test_who_comes_to_read_waits_behind_who_waits_to_write_where_only_the_number_of_readers_is_kept():
    graph = verdict("read_twice", "freebsd").finding.graph
    assert [str(each) for each in graph.waits] == [
        "insert sleeps on tree, held to read by lookup", "lookup sleeps on tree, behind insert",
    ]  # fmt: skip
    assert graph.circle == ("insert", "lookup")


def test_who_wants_to_share_a_resource_waits_for_it_as_who_wants_it_alone_does():
    assert lines(verdict("shared_twice", "windows", fuse=True)) == [
        "insert sleeps on tree, held to read by lookup", "lookup sleeps on tree, behind insert",
    ]  # fmt: skip


def test_who_halts_a_callout_waits_for_the_thread_that_runs_it():
    found = verdict("halted").finding
    assert "owner sleeps on dog and nobody can wake it" in found.why
    assert lines(verdict("halted")) == [
        "softclock/0 sleeps on lock, held by owner", "owner sleeps on dog, run by softclock/0",
    ]  # fmt: skip
    assert found.graph.circle == ("softclock/0", "owner")


def test_a_handler_that_spins_on_what_is_held_beneath_it_is_a_circle_on_its_cpu():
    found = check(m2(3, tick=True), COUPLED, only=("stuck",))
    assert lines(found) == [
        "thread 0 lies beneath interrupts of CPU 0",
        "thread 1 spins on lock.owner, held by thread 0",
        "interrupts of CPU 0 spin on lock.owner, held by thread 0",
    ]
    assert found.finding.graph.circle == ("thread 0", "interrupts of CPU 0")


def test_a_circle_goes_through_an_interrupt():
    found = check(m4(2), COUPLED)
    assert "thread2 spins on kernel.lock[0].owner, held by interrupts of CPU 1" in lines(found)
    assert "interrupts of CPU 1 spin on kernel.lock[1].owner, held by thread2" in lines(found)
    assert found.finding.graph.circle == ("thread2", "interrupts of CPU 1")


class Flag(Struct):
    word: i64


flag = Flag()


@entry
def raises(_: int) -> None:
    flag.word = 1
    halt()


@entry
def looks(_: int) -> None:
    spin_while(flag.word != 0)
    halt()


def test_of_a_word_that_says_nothing_who_wrote_it_last_is_told():
    found = check(bare("a flag", [Start(raises, cpu=0), Start(looks, cpu=1)]), only=("standstill", "stuck"))
    assert lines(found) == ["looks spins on flag.word, last written by raises"]
    assert story_of(found).count("flag.word := 1") == 1  # though who spins has yet to read it


class Two(Struct):
    first: i64
    second: i64


two = Two()


@entry
def brings_the_first(_: int) -> None:
    two.first = 1
    halt()


@entry
def wants_both(_: int) -> None:
    spin_while(two.first == 0)
    spin_while(two.second == 0)
    halt()


def test_who_goes_from_one_busy_wait_into_the_next_waits_for_the_last_word():
    """It is stuck from the start, and has done nothing when it looks at the second word: the story goes on to there."""
    starts = [Start(brings_the_first, cpu=0), Start(wants_both, cpu=1)]
    found = check(bare("two words", starts), only=("stuck",))
    assert found.finding.why == "wants_both spins on two.second for ever, whatever happens next"
    assert story_of(found).count("two.first := 1") == 1


@entry
def adds(_: int) -> None:
    flag.word = flag.word + 1
    spin_while(flag.word != 2)


def test_who_writes_what_is_there_already_has_written_it_last_and_waits_for_somebody_else():
    graph = check(bare("lost", [Start(adds, cpu=0), Start(adds, cpu=1)]), only=("standstill", "stuck")).finding.graph
    assert len({each.whom for each in graph.waits}) == 1
    assert [each.bond for each in graph.waits] == ["last written by"] * 2
    assert graph.circle == ()


def test_the_holder_of_a_spin_lock_is_whoever_took_it_on_its_cpu():
    """The word says CPU 0; the thread that wrote it lies beneath the handler that waits there."""
    found = verdict("big_handler", mutants=("m8",))
    assert lines(found) == [
        "interrupts of CPU 0 spin on biglock.word, held by user",
        "user lies beneath interrupts of CPU 0",
    ]
    assert found.finding.graph.circle == ("interrupts of CPU 0", "user")


class Wrong(Struct):
    holders = {"word": "owner"}  # noqa: RUF012 - as a user may write it
    word: i64


wrong = Wrong()


@entry
def uses(_: int) -> None:
    wrong.word = 1
    halt()


def test_a_holder_that_is_no_field_is_refused():
    with pytest.raises(SplxError, match="`Wrong` has no field `owner`"):
        Holders(bare("wrong", [Start(uses, cpu=0)]))


def test_a_word_of_a_lock_says_a_cpu_or_a_thread_with_flags():
    made = system("crossed", ORDER=1)
    holders, memory = Holders(made), list(made.image.memory)
    lwp = next(made.image.address_of(each) for each in made.image.data.statics if isinstance(each, Lwp))
    memory[100] = 2
    assert holders.read(memory, 100).cpu == 1
    memory[100] = lwp | 1
    assert holders.read(memory, 100).thread == lwp
    memory[100] = 0
    assert holders.read(memory, 100) is None


def test_the_shortest_circle_is_told():
    edges = [("a", "b"), ("b", "c"), ("c", "a"), ("c", "b"), ("d", "a")]
    assert _circle([Wait(who, "spins", "x", whom) for who, whom in edges]) == ("b", "c")
    assert _circle([Wait("a", "spins", "x", "b"), Wait("b", "sleeps", "y")]) == ()
    assert _circle([Wait("a", "spins", "x", "a")]) == ("a",)


def test_who_is_ready_for_ever_is_behind_who_never_sleeps_and_not_behind_the_interrupt_that_woke_that_one():
    assert lines(verdict("kept_waiting", "solaris")) == ["user is ready on cpu0, behind busy"]


def test_a_thread_of_the_kernels_that_sleeps_on_a_lock_is_stuck_as_any_other_and_every_taking_is_told():
    found = verdict("served_circle", "qnx")
    assert lines(found) == ["irq/card sleeps on b, held by user", "user sleeps on a, held by irq/card"]
    assert found.finding.graph.circle == ("irq/card", "user")
    told = [line.partition("  --")[0].strip() for line in story_of(found).splitlines()]
    assert [line for line in told if line.startswith("cas")] == [
        "cas b.word := user", "cas a.word := irq/card", "cas b.word fails", "cas b.word := user | 1",
        "cas a.word fails", "cas a.word := irq/card | 1",
    ]  # fmt: skip


def test_a_story_is_told_in_the_users_words_unless_the_kernel_is_not_as_it_comes():
    found = verdict("crossed", "netbsd-5", ticks=0, ORDER=1)
    words = told_of(found.system, found.finding)
    assert {"a", "b"} <= words
    assert not {each for each in words if each.startswith(("sched", "turnstiles", "one"))}
    assert told_of(replace(found.system, changed=True), found.finding) is None
    assert told_of(found.system, replace(found.finding, place=None)) is None


def test_a_mechanism_without_a_guard_is_the_kernels_text_and_changes_it():
    whole, without = system("section"), system("section", mutants=("m1",))
    assert (whole.changed, without.changed) == (False, True)
    assert users(without) == users(whole)


def test_of_an_item_that_is_never_taken_it_is_told_that_its_device_may_not_interrupt():
    assert lines(verdict("shut", "textbook", fuse=True)) == [
        "card has an item that waits, and its interrupts are disabled at the device"
    ]
