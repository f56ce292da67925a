"""Performing drawings: what can happen does, and what cannot is refused with what happened instead."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from splx.scenario.build import build
from splx.scenario.designs import design
from splx.scenario.load import load_scenario
from splx.simulate.director import CannotHappen, Director, perform
from splx.stage.stage import Stage
from splx.story.drawing import parse
from splx.story.language import LanguageError

HERE = Path(__file__).parent / "scenarios"
DRAWN = Path(__file__).parents[2] / "drawings" / "scenarios"
NETBSD_5 = design("netbsd-5")


@cache
def system(file, name="netbsd-5"):
    return build(load_scenario(file), design(name), cpus=2)


def performed(text, file=HERE / "words.py"):
    return [(cpu, str(event)) for cpu, event in perform(parse(text), system(file), NETBSD_5.levels, engine="plain")]


def refused(text, file=HERE / "words.py"):
    with pytest.raises(CannotHappen) as found:
        performed(text, file)
    return found.value


def after(start, log, cpu=0):
    texts = [text for c, text in log if c == cpu]
    return texts[texts.index(start) :]


WRITER = """\
writer(0)
box.a := 1
reads box.a: 1
box.b := 2
fence()
cas box.a := 5
cas_local box.a fails
swap box.a := 7
fetch_add box.b := 5
choose(4)
choose returns 3
box.b := 3
writer returns""".splitlines()


def test_what_an_instruction_is_called():
    assert after("writer(0)", performed("cpu0\nchoose returns 3\nwriter returns\n")) == WRITER


def test_loads_of_assertions_are_no_events():
    assert not [text for text in after("writer(0)", performed("cpu0\nwriter returns\n")) if "lock" in text]


def test_a_choice_is_as_it_is_drawn():
    assert (0, "box.b := 2") in performed("cpu0\nchoose returns 2\nwriter returns\n")
    assert (0, "box.b := 0") in performed("cpu0\nchoose(4)\nchoose returns 0\nwriter returns\n")


def test_the_cpu_of_a_line_runs_until_its_event_and_the_others_stand_still():
    log = performed("cpu0      cpu1\nbox.a := 1\n          reads box.a: 1\nbox.b := 2\n          box.b := 9\n")
    shown = [each for each in log if "box.b :=" in each[1] or "box.a" in each[1]]
    assert shown == [
        (0, "box.a := 1"),
        (1, "reads box.a: 1"),
        (0, "reads box.a: 1"),
        (0, "box.b := 2"),
        (1, "box.b := 9"),
    ]


def test_one_instruction_can_be_several_lines():
    assert performed("cpu0\nwriter\nbox.a := 1\n")[-1] == (0, "box.a := 1")


# ---- store buffers


def test_a_store_that_is_kept_back_is_seen_by_its_own_cpu_alone():
    log = performed(
        "cpu0      cpu1\n"
        "box.a := 1, buffered\n"
        "reads box.a: 1\n"
        "          reads box.a: 0\n"
        "box.a visible\n"
        "          reads box.a: 1\n"
    )
    assert log[-1] == (1, "reads box.a: 1")


def test_stores_behind_it_wait_too_and_a_fence_lets_them_go_in_order():
    log = after("writer(0)", performed("cpu0\nbox.a := 1, buffered\nfence()\n"))
    assert log[1:] == ["box.a := 1, buffered", "reads box.a: 1", "box.b := 2, buffered", "box.a visible",
                       "box.b visible", "fence()"]  # fmt: skip


def test_a_locked_operation_is_never_kept_back():
    assert refused("cpu0\ncas box.a := 5, buffered\n").line == 0


def test_an_interrupt_empties_the_buffer():
    log = after("writer(0)", performed("cpu0\nbox.a := 1, buffered\ninterrupt nic\n"))
    assert log[1:5] == ["box.a := 1, buffered", "nic arrives", "box.a visible", "interrupt nic"]


# ---- interrupts


def test_an_interrupt_is_taken_where_it_is_drawn():
    log = performed("cpu0\nbox.a := 1\nnic arrives\nbox.b := 2\ninterrupt nic\n")
    assert [text for _, text in log][-3:] == ["box.b := 2", "interrupt nic", "intr_entry(0)"]


def test_a_device_interrupts_its_own_cpu():
    assert "no such thing on this CPU" in refused("cpu1\nnic arrives\n").why


def test_a_halted_cpu_says_what_would_wake_it():
    assert "halted, and nothing wakes it" in refused("cpu0\nwriter returns\nnic_intr\n").why
    assert "halted, and would take nic" in refused("cpu0\nwriter returns\nhalt()\nnic arrives\nnic_intr\n").why


# ---- refusals


def test_a_refusal_names_the_line_and_tells_what_happened_instead():
    refusal = refused("cpu0      cpu1\nwriter\n          -- a note\nbox.a := 2\n")
    assert (refusal.line, refusal.cpu, str(refusal.drawn)) == (1, 0, "box.a := 2")
    assert str(refusal).startswith(
        "cpu0 does not come to `box.a := 2`: it is halted, and nothing wakes it; it did\n    "
    )


def test_a_cpu_that_turns_for_ever_is_given_up():
    assert "not within 3000 instructions" in refused("cpu1\nbox.b := 9\n").why


def test_arguments_of_functions_that_are_compiled_into_their_callers_are_not_known():
    assert "compiled into its caller" in refused("cpu0\nsplraise(7)\n").why


def test_a_line_that_says_nothing_is_refused_before_anything_happens():
    with pytest.raises(LanguageError, match="holds the lock"):
        performed("cpu0\nholds the lock\n")


def test_what_a_word_holds():
    performed("cpu0\nbox.b := 2\nbox.a is 1\n")
    assert "it is 1" in refused("cpu0\nbox.b := 2\nbox.a is 2\n").why
    assert "there are 0 words" in refused("cpu0\nbox.c is 2\n").why


def test_after_the_machine_has_stopped_nothing_happens():
    text = "cpu0\ninterrupt nic\npool_get(p, 1)\nstops: assert_sleepable: in a softint or interrupt thread\n"
    performed(text, DRAWN / "stock.py")
    refusal = refused(f"{text}pool_get returns\n", DRAWN / "stock.py")
    assert (refusal.line, refusal.why.partition(";")[0]) == (3, "the machine has stopped")


# ---- for ever


def test_a_busy_wait_that_ends_is_not_for_ever():
    crossed = DRAWN / "crossed.py"
    text = "cpu0      cpu1\ncas biglock.word := 1\n          spins on biglock.word for ever\n"
    assert "it goes on" in refused(text, crossed).why


def test_a_cpu_that_is_woken_does_not_wait_for_ever():
    text = "cpu0      cpu1\nswitch_to(idle/0)\nhalt()\nwaits for ever\n          waker\n"
    assert "it goes on" in refused(text, DRAWN / "condition.py").why


def test_rest_is_when_all_wait_for_one_another():
    stage = Stage(system(DRAWN / "condition.py"), NETBSD_5.levels, "plain")
    assert Director(stage).rest() == {}
    assert stage.halted(0)
    assert stage.halted(1)
