"""Slots, constants, statics and what they hold, and the way from addresses back to names."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.unit.program.listed import code, compiled

from splx.base.diagnostics import SplxError
from splx.base.units import Cycle
from splx.lang.kernel import (
    NULL,
    Array,
    Const,
    Handle,
    PerCpu,
    Struct,
    array,
    atomic,
    cycles,
    embedded,
    entry,
    i8,
    i64,
    slot,
    u8,
)
from splx.machine.intrinsics import draw, work
from splx.program.link import ByLock, Options, link

IPL_VM = Const("IPL_VM")
CHAINS = Const("CHAINS")


class Mutex(Struct):
    word: i64 = atomic()
    kind: u8


class Chain(Struct):
    lock: Mutex = embedded()
    length: i64


class Table(Struct):
    count: i64
    chain: Array[Chain] = embedded(array(4))


class Thread(Struct):
    prio: i8 = -1
    next: Thread
    wants: Mutex
    body: Callable[[int], None]
    words: Array[i64] = array(3)


class CpuInfo(PerCpu):
    level: u8
    seen: i64 = atomic()
    current: Thread
    frames: Array[i8] = array(3)


class Sized(Struct):
    words: Array[i64] = array(CHAINS)


class Device(Handle):
    pass


@slot
def mutex_enter(m: Mutex) -> None: ...


@slot
def mutex_exit(m: Mutex) -> None: ...


Mutex.enter_with, Mutex.exit_with = mutex_enter, mutex_exit


@slot
def splvm() -> int: ...


def spin_enter(m: Mutex) -> None:
    m.word = 1


def sleep_enter(m: Mutex) -> None:
    m.word = 2


def any_enter(m: Mutex) -> None:
    m.word = m.kind


def leaves(m: Mutex) -> None:
    m.word = 0


def raises() -> int:
    return IPL_VM


@entry
def body(arg: int) -> None:
    table.count = arg


spin, adaptive = Mutex(kind=1), Mutex(kind=2)
table = Table(count=7)
table.chain[2].lock.kind = 2
second = Thread(prio=3, body=body, words=[4, 5, 6])
first = Thread(next=second, wants=table.chain[1].lock)
ci = CpuInfo(level=9, current=first)
nic = Device()

SLOTS = {
    mutex_enter: ByLock({1: spin_enter, 2: sleep_enter}, any_enter, lambda m: m.kind or None),
    "mutex_exit": leaves,
    "splvm": raises,
}


# ---- slots


def takes_three(m: Mutex) -> None:
    mutex_enter(spin)
    mutex_enter(table.chain[2].lock)
    mutex_enter(m)


def test_a_lock_that_is_a_static_chooses_the_body_by_its_kind():
    image = link([takes_three], SLOTS)
    place = image.address_of(table, "chain", 2, "lock", "word")
    assert code(image, "takes_three") == [
        f"ST [{image.address_of(spin)}], #1", f"ST [{place}], #2",
        "MOV r2, r0", "CALL r3, ->5", "RET r1",
    ]  # fmt: skip
    assert [each.name for each in image.functions] == ["takes_three", "any_enter"]


def with_statement() -> int:
    with table.chain[2].lock:
        return table.count


def test_with_on_a_static_lock_is_as_direct():
    image = link([with_statement], SLOTS)
    place = image.address_of(table, "chain", 2, "lock", "word")
    assert code(image, "with_statement") == [
        f"ST [{place}], #2", f"LD r0, [{image.address_of(table, 'count')}]", f"ST [{place}], #0", "RET r1",
    ]  # fmt: skip


def asks_level() -> int:
    return splvm()


def test_a_slot_is_filled_by_function_or_by_name():
    assert compiled(asks_level, slots=SLOTS, consts={"IPL_VM": 6}) == ["MOV r0, #6", "RET r1"]


def own_raise() -> int:
    return 1


def test_any_function_can_be_replaced_by_another():
    slots = SLOTS | {raises: own_raise}
    assert compiled(asks_level, slots=slots, consts={"IPL_VM": 6}) == ["MOV r0, #1", "RET r1"]


def test_every_mistake_is_reported_at_once():
    with pytest.raises(SplxError) as error:
        link([asks_level, waits, with_statement], {})
    assert [each.code for each in error.value.diagnostics] == ["L0501", "L0503", "L0501"]


# ---- constants


def waits() -> None:
    work(cycles(3))


def test_cycles_are_those_of_the_machine():
    assert compiled(waits, options=Options(cycle=Cycle.of_hz(10**9))) == ["WORK #3000", "RET r1"]


def draws(d: int) -> int:
    return draw(nic) + draw(nic)


def test_every_place_that_draws_has_a_counter_of_its_own():
    image = link([draws], consts={nic: 4})
    assert code(image, "draws")[:2] == ["DRAW r0, #4, -, -, t=1", "DRAW r2, #4, -, -, t=2"]
    assert image.draws == 2


def sized(s: Sized, k: int) -> int:
    return s.words[k] + len(s.words)


def test_an_array_can_be_as_long_as_the_design_says():
    assert compiled(sized, consts={"CHAINS": 16}) == ["LDX r0, [r0+r1+0]", "ADD r0, r0, #16", "RET r2"]


# ---- statics


def uses() -> int:
    return table.count + ci.current.prio


def test_structs_lie_on_lines_and_references_are_multiples_of_8():
    image = link([uses], statics=[spin])
    assert image.address_of(spin) == 8
    addresses = [image.address_of(each) for each in (table, first, second)]
    assert addresses == [16, 88, 96]
    assert image.address_of(table, "chain", 1) == image.address_of(table) + 8 + 16
    assert image.address_of(table.chain[1].lock) == image.address_of(table, "chain", 1, "lock")


def test_what_statics_hold_at_the_start():
    image = link([uses])
    word = {name: image.memory[image.address_of(first, name)] for name in ("prio", "next", "wants", "body")}
    assert word == {
        "prio": -1,
        "next": image.address_of(second),
        "wants": image.address_of(table.chain[1].lock),
        "body": 0,
    }
    assert image.memory[image.address_of(second, "body")] == image.number_of(body)
    assert image.memory[image.address_of(second, "words", 1)] == 5
    assert image.memory[image.address_of(table, "chain", 2, "lock", "kind")] == 2


def test_every_cpu_has_a_block_and_may_have_values_of_its_own():
    percpu = {ci: [{"level": 1}, {"level": 2, "current": second, "frames": [7, 8]}]}
    image = link([uses], options=Options(cpus=2, percpu=percpu))
    assert [image.memory[image.address_of(ci, "level", cpu=cpu)] for cpu in (0, 1)] == [1, 2]
    assert image.memory[image.address_of(ci, "current", cpu=1)] == image.address_of(second)
    assert image.memory[image.address_of(ci, "current", cpu=0)] == image.address_of(first)
    assert image.memory[image.address_of(ci, "frames", 1, cpu=1)] == 8
    assert image.percpu[0][image.data.offset(ci, "level")] == 1


def test_words_that_other_cpus_look_at_have_lines_of_their_own():
    image = link([uses])
    assert image.data.offset(ci, "seen") == 0
    assert image.data.visible == 8
    assert image.data.offset(ci, "level") == 8
    assert image.percpu_stride == 16


def test_an_address_has_a_name():
    image = link([uses], options=Options(cpus=2))
    assert image.name_of(image.address_of(table, "chain", 3, "length")) == "table.chain[3].length"
    assert image.name_of(image.address_of(first, "words", 2)) == "first.words[2]"
    assert image.name_of(image.address_of(ci, "frames", 1, cpu=1)) == "ci.frames[1] on CPU 1"
    assert image.name_of(0) == "NULL"
    assert image.reference_name(image.address_of(second) | 3) == "second"
    assert image.reference_name(image.address_of(table.chain[1].lock)) == "table.chain[1]"


def test_a_value_that_does_not_fit_is_refused_where_the_static_is_made():
    bad = Thread(prio=IPL_VM)
    with pytest.raises(SplxError) as error:
        link([uses], statics=[bad], consts={"IPL_VM": 300})
    (found,) = error.value.diagnostics
    assert "does not fit `i8`" in found.message
    assert found.span is not None
    assert found.span.file == __file__


def test_linking_twice_gives_the_same_program():
    one, two = link([uses, takes_three], SLOTS), link([uses, takes_three], SLOTS)
    assert [each.machine_fields() for each in one.insns] == [each.machine_fields() for each in two.insns]
    assert one.memory == two.memory


def test_null_is_0():
    assert NULL is not None
    assert link([uses], statics=[adaptive]).memory[0] == 0
