"""Frames are small, windows do not overlap, and what is dead at an instruction is known."""

from __future__ import annotations

from collections.abc import Callable

from tests.unit.program.listed import code, heads

from splx.lang.kernel import NULL, Struct, entry, i64, noinline
from splx.machine.intrinsics import become, enter
from splx.program.link import link


class Task(Struct):
    func: Callable[[int], int]
    body: Callable[[int], None]
    word: i64
    next: Task


@noinline
def leaf(a: int, b: int) -> int:
    return a - b


@noinline
def middle(a: int) -> int:
    return leaf(a, 3) + a


def top(a: int) -> int:
    kept = a * 5
    return middle(a) + middle(kept)


def test_a_callees_window_lies_behind_the_frames_of_all_its_callers():
    found = heads(link([top, leaf]))
    assert (found["top"].window, found["top"].frame, found["top"].link) == (0, 3, 1)
    assert found["middle"].window == 3
    assert found["leaf"].window == found["middle"].window + found["middle"].frame
    assert found["leaf"].link == found["leaf"].window + 2


def test_arguments_are_computed_where_the_callee_finds_them_and_results_used_where_it_leaves_them():
    assert code(link([middle]), "middle") == [
        "MOV r2, r0", "MOV r3, #3", "CALL r4, ->5", "ADD r0, r2, r0", "RET r1",
    ]  # fmt: skip


def two_calls(a: int, b: int) -> int:
    return leaf(leaf(a, b), b)


def test_a_result_that_is_an_argument_stays_where_it_is():
    assert code(link([two_calls]), "two_calls") == [
        "MOV r3, r0", "MOV r4, r1", "CALL r5, ->7", "MOV r4, r1", "CALL r5, ->7", "MOV r0, r3", "RET r2",
    ]  # fmt: skip


def kept_across(a: int) -> int:
    one = leaf(a, 1)
    two = leaf(a, 2)
    return one + two


def test_what_is_needed_after_a_call_is_in_the_frame():
    image = link([kept_across])
    assert heads(image)["kept_across"].frame == 3
    assert "MOV r2, r3" in code(image, "kept_across")


# ---- function values


def one(a: int) -> int:
    return a


def two(a: int) -> int:
    return leaf(a, a)


tasks = Task(func=one)
tasks.next = Task(func=two)


def run(t: Task) -> int:
    before = t.word
    while t is not NULL:
        before += t.func(1)
        t = t.next
    return before + one(2)


def test_functions_called_by_number_share_a_window():
    image = link([run], statics=[tasks])
    tables = {each.name: each for each in image.functions if each.kind == "table"}
    assert tables["one"].window == tables["two"].window == heads(image)["run"].frame
    assert tables["one"].link == tables["two"].link
    assert [image.numbers[n].name for n in (1, 2)] == ["one", "two"]
    assert image.memory[image.address_of(tasks, "func")] == 1


@noinline
def by_number_and_name(a: int) -> int:
    return a + 1


named = Task(func=by_number_and_name)


def calls_both_ways(t: Task) -> int:
    return t.func(1) + by_number_and_name(2)


def test_a_function_called_both_ways_is_there_twice():
    image = link([calls_both_ways], statics=[named])
    assert [each.kind for each in image.functions if each.name == "by_number_and_name"] == ["call", "table"]


# ---- contexts


@entry
def main_of_task(arg: int) -> None:
    tasks.word = arg


def started_by_value(arg: int) -> None:
    tasks.word = arg + 1


holder = Task(body=started_by_value)


def starts(ctx: int) -> None:
    enter(ctx, main_of_task, 3)
    become(ctx, holder.body, 4)


def test_a_function_that_is_entered_begins_at_register_0_and_leaves():
    image = link([starts])
    for name in ("main_of_task", "started_by_value"):
        function = image.find(name)
        assert (function.kind, function.window, function.link) == ("entry", 0, -1)
        assert code(image, name)[-1] == "LEAVE"
    assert "BECOME r0, r1, r2" in code(image, "starts")
    assert code(image, "starts")[-1].startswith("BECOME")


def test_a_root_that_is_called_returns_to_a_leave_if_it_was_started():
    assert code(link([leaf]), "leaf")[-1] == "RET r2"
    assert link([leaf]).insns[0].op == "LEAVE"


# ---- liveness


def test_the_registers_needed_at_each_instruction():
    image = link([leaf])
    start = image.find("leaf").start
    assert image.live[start : start + 2] == [0b111, 0b101]


def test_callers_keep_what_they_need_while_a_callee_runs():
    image = link([kept_across])
    function = image.find("kept_across")
    calls = [pc for pc in range(function.start, function.end) if image.insns[pc].op == "CALL"]
    leaf_at = image.find("leaf")
    regs = [0] * image.regs
    regs[leaf_at.link] = calls[1] + 1
    needed = image.needed(leaf_at.start, regs)
    # the return address and `one` of the caller; two arguments and the return address of the callee
    assert needed == 0b110 | 0b111 << leaf_at.window
