"""What becomes of each form of the language. Parameters arrive in r0, r1, ...; the return address lies behind them."""

from __future__ import annotations

from tests.unit.program.listed import code, compiled

from splx.lang.kernel import (
    NULL,
    Array,
    Const,
    PerCpu,
    Struct,
    addr,
    array,
    at,
    atomic,
    embedded,
    ghost,
    i16,
    i64,
    on_cpu,
    spin_while,
    stat,
    u8,
)
from splx.lang.wide import fls, ushr, wadd
from splx.machine import intrinsics as m
from splx.program.link import Options, link

LIMIT = Const("LIMIT")


class Slot(Struct):
    used: u8
    value: i64


class Ring(Struct):
    head: i64
    size: i16
    on: bool
    words: Array[i64] = array(8)
    slot: Array[Slot] = embedded(array(4))
    lock: i64 = atomic()
    drops: i64 = stat()
    next: Ring
    held: i16 = ghost()


class Cpu(PerCpu):
    level: u8
    pending: i64
    table: Array[i64] = array(4)
    seen: i64 = atomic()


ring = Ring()
cpu = Cpu()


# ---- arithmetic


def folds(a: int) -> int:
    return a + (3 * 4 - 2) + LIMIT


def test_numbers_are_folded_with_the_constants_of_the_design():
    assert compiled(folds, consts={"LIMIT": 5}) == ["ADD r0, r0, #10", "ADD r0, r0, #5", "RET r1"]


def powers(a: int) -> int:
    return a * 8 + a // 4 + a % 16


def test_powers_of_two_need_no_multiplication_nor_division():
    assert compiled(powers) == [
        "SHL r2, r0, #3", "SHR r3, r0, #2", "ADD r2, r2, r3", "AND r0, r0, #15", "ADD r0, r2, r0", "RET r1",
    ]  # fmt: skip


def identities(a: int) -> int:
    return (a + 0) * 1 | 0


def test_what_changes_nothing_is_no_instruction():
    assert compiled(identities) == ["RET r1"]


def swapped(a: int) -> int:
    return 3 & a


def test_a_number_on_the_left_goes_to_the_right():
    assert compiled(swapped) == ["AND r0, r0, #3", "RET r1"]


def wide(a: int, b: int) -> int:
    return ushr(wadd(a, b), 3) + fls(a)


def test_wide_arithmetic_is_the_machines_own():
    assert compiled(wide) == [
        "ADD r1, r0, r1", "USHR r1, r1, #3", "FLS r0, r0", "ADD r0, r1, r0", "RET r2",
    ]  # fmt: skip


def greater(a: int, b: int) -> int:
    return a if a > b else b


def least(a: int) -> int:
    return min(a, 7)


def test_the_greater_of_two_is_max_however_it_is_written():
    assert compiled(greater) == ["MAX r0, r0, r1", "RET r2"]
    assert compiled(least) == ["MIN r0, r0, #7", "RET r1"]


# ---- truth values


def as_number(a: int, b: int) -> bool:
    return a < b


def not_compared(a: int) -> bool:
    return not a == 3  # noqa: SIM201 - what is tested


def test_a_comparison_as_a_value():
    assert compiled(as_number) == ["SLT r0, r0, r1", "RET r2"]
    assert compiled(not_compared) == ["SNE r0, r0, #3", "RET r1"]


def selects(a: int, b: int) -> int:
    return b if a == 0 else 5


def test_a_selection_of_cheap_sides_is_one_conditional_move():
    assert compiled(selects) == ["MOV r3, #5", "SEL r0, r0, r3, r1", "RET r2"]


def branches_for_a_load(r: Ring, a: int) -> int:
    return r.head if a > 0 else 0


def test_a_load_that_may_fail_is_not_made_for_nothing():
    assert compiled(branches_for_a_load) == [
        "BLE r1, #0, ->3", "LD r0, [r0+0]", "RET r2", "MOV r0, #0", "RET r2",
    ]  # fmt: skip


def both(a: int, b: int) -> bool:
    return a < 3 and b < 3


def either_loads(a: int, r: Ring) -> bool:
    return a < 3 or r.on


def test_and_of_cheap_sides_has_no_branch_and_of_others_has_one():
    assert compiled(both) == ["SLT r0, r0, #3", "SLT r1, r1, #3", "AND r0, r0, r1", "RET r2"]
    assert compiled(either_loads) == ["SLT r0, r0, #3", "BNE r0, #0, ->3", "LD r0, [r1+2]", "RET r2"]


# ---- control


def two_tests(a: int, b: int) -> int:
    if a < b and b != 3:
        return 1
    return 2


def test_compare_and_branch_is_one_instruction():
    assert compiled(two_tests) == [
        "BGE r0, r1, ->4", "BEQ r1, #3, ->4", "MOV r0, #1", "RET r2", "MOV r0, #2", "RET r2",
    ]  # fmt: skip


def loops(n: int) -> int:
    total = 0
    while n > 0:
        n -= 1
        if n == 7:
            continue
        total += n
    return total


def test_a_loop_is_tested_at_its_bottom_and_entered_after_the_same_test():
    assert compiled(loops) == [
        "MOV r2, #0", "BLE r0, #0, ->6", "SUB r0, r0, #1", "BEQ r0, #7, ->5", "ADD r2, r2, r0", "BGT r0, #0, ->2",
        "MOV r0, r2", "RET r1",
    ]  # fmt: skip


def loops_on_a_load() -> None:
    while ring.head > 0:
        ring.head -= 1


def test_a_test_that_loads_stands_there_once():
    assert compiled(loops_on_a_load) == [
        "JMP ->4", "LD r0, [8]", "SUB r0, r0, #1", "ST [8], r0", "LD r0, [8]", "BGT r0, #0, ->1", "RET r1",
    ]  # fmt: skip


def counts() -> int:
    total = 0
    for k in range(4):
        total += k
    return total


def test_a_loop_that_surely_has_a_round_is_not_tested_before_it():
    assert compiled(counts) == [
        "MOV r0, #0",
        "MOV r2, #0",
        "ADD r0, r0, r2",
        "ADD r2, r2, #1",
        "BLT r2, #4, ->2",
        "RET r1",
    ]


def never() -> int:
    if LIMIT > 3:
        return 1
    return 2


def test_a_test_of_constants_leaves_one_side():
    assert compiled(never, consts={"LIMIT": 4}) == ["MOV r0, #1", "RET r1"]
    assert compiled(never, consts={"LIMIT": 3}) == ["MOV r0, #2", "RET r1"]


# ---- places


def fields(r: Ring) -> None:
    r.size = 5
    r.head = r.size


def test_a_narrow_field_is_checked_when_stored_to_unless_the_value_is_known_to_fit():
    assert compiled(fields) == ["ST [r0+1], #5", "LD r2, [r0+1]", "ST [r0+0], r2", "RET r1"]


def narrow(r: Ring, a: int) -> None:
    r.size = a


def test_a_signed_field_of_16_bits():
    assert compiled(narrow) == ["ST [r0+1]:i16, r1", "RET r2"]


def indexes(r: Ring, i: int) -> int:
    return r.words[i] + r.words[2] + r.slot[i].value + r.slot[1].value


def test_constant_indices_go_into_the_offset_and_structs_are_a_power_of_two_apart():
    assert compiled(indexes) == [
        "LDX r3, [r0+r1+3]", "LD r4, [r0+5]", "ADD r3, r3, r4", "SHL r1, r1, #3", "LDX r1, [r0+r1+17]",
        "ADD r1, r3, r1", "LD r0, [r0+25]", "ADD r0, r1, r0", "RET r2",
    ]  # fmt: skip


def static_places(i: int) -> int:
    ring.words[i] = ring.head
    return addr(ring)


def test_a_static_has_an_absolute_address():
    assert compiled(static_places) == ["LD r2, [8]", "ST [r0+11], r2", "MOV r0, #8", "RET r1"]


def own_places(i: int) -> int:
    cpu.pending = cpu.table[i]
    return cpu.level


def test_variables_of_this_cpu_have_instructions_of_their_own():
    assert compiled(own_places) == ["LDP r0, cpu[r0+10]", "STP cpu[9], r0", "LDP r0, cpu[8]", "RET r1"]


def seen(n: int) -> int:
    return cpu.seen + on_cpu(cpu, n).seen + on_cpu(cpu, 1).seen


def test_what_other_cpus_look_at_is_reached_by_address():
    image = link([seen], options=Options(cpus=2))
    base, stride = image.percpu_base, image.percpu_stride
    assert (base, stride) == (8, 16)
    assert code(image, "seen") == [
        "LD r2, own[0]", "SHL r0, r0, #4", "LD r0, [r0+8]", "ADD r0, r2, r0", "LD r2, [24]",
        "ADD r0, r0, r2", "RET r1",
    ]  # fmt: skip


def references(r: Ring) -> Ring:
    s = r.slot[2]
    s.used = 1
    if r.next is NULL:
        return at(Ring, addr(ring))
    return r.next


def test_references_are_addresses():
    assert compiled(references) == [
        "ST [r0+32], #1", "LD r2, [r0+49]", "BNE r2, #0, ->5", "MOV r0, #8", "RET r1", "LD r0, [r0+49]", "RET r1",
    ]  # fmt: skip


def counts_drops(r: Ring) -> None:
    r.drops += 2


def test_a_statistic_is_counted_beside_the_state():
    image = link([counts_drops])
    assert code(image, "counts_drops") == ["STAT #0, #2", "RET r1"]
    assert image.counters == ["Ring.drops"]


def checked(i: int) -> int:
    return ring.words[i]


def holds_one(r: Ring) -> None:
    r.next.held += 1
    assert r.next.held == 1


def test_what_is_for_assertions_is_of_their_cost_class():
    image = link([holds_one])
    insns = image.insns[image.find(holds_one).start :]
    assert [each.op for each in insns] == ["LD", "LD", "ADD", "ST", "LD", "LD", "AEQ", "RET"]
    assert [each.assertion for each in insns] == [True] * 7 + [False]


def test_indices_are_asserted_on_request():
    text = compiled(checked, options=Options(bounds=lambda file: file == __file__))
    assert text == ["SGE r2, r0, #0", "SLT r3, r0, #8", "AND r2, r2, r3", "ASSERT r2, #0", "LD r0, [r0+11]", "RET r1"]


def wraps(n: int) -> int:
    return ring.words[n % 8] + ring.words[n % 9]


def test_a_remainder_that_cannot_be_outside_is_not():
    text = compiled(wraps, options=Options(bounds=lambda _: True))
    assert len([line for line in text if line.startswith("ASSERT")]) == 1


# ---- machine operations


def operations(r: Ring, a: int) -> bool:
    m.fetch_add(r.head, a)
    m.fetch_add_local(cpu.pending, 1)
    m.swap_local(r.head, a)
    return m.cas(r.lock, 0, a)


def test_the_form_of_an_operation_follows_its_place():
    ops = [line.split()[0] for line in compiled(operations)]
    assert [op for op in ops if op != "MOV"] == ["FADD", "FADDP", "SWAPU", "CAS", "RET"]


def waits(r: Ring) -> None:
    spin_while(r.lock != 0)
    spin_while(r.head > 3 and not r.on)


def test_a_busy_wait_is_a_straight_block_of_loads():
    assert compiled(waits) == [
        "LD.spin r2, [r0+48]", "SPIN.spin r2, ->0", "LD.spin r2, [r0+0]", "SGT.spin r2, r2, #3", "LD.spin r3, [r0+2]",
        "XOR.spin r3, r3, #1", "AND.spin r2, r2, r3", "SPIN.spin r2, ->2", "RET r1",
    ]  # fmt: skip


def asserts(r: Ring, a: int) -> None:
    assert a > 0 and r.on, "two"  # noqa: PT018 - what is tested


def test_an_assertion_of_two_halves_is_two_assertions_of_one_message():
    image = link([asserts])
    assert code(image, "asserts") == ["AGT r1, #0", "LD r0, [r0+2]", "ANE r0, #0", "RET r2"]
    assert [each.text for each in image.messages] == ["two"]
    start = image.find("asserts").start
    assert all(image.insns[start + n].assertion for n in range(3))


def works(a: int) -> None:
    m.work(1000)
    m.work(a)
    m.set_hw_level(3)
    m.mark(4, a, 0)


def test_operands_that_are_registers_are_put_into_one_and_others_are_not():
    assert compiled(works) == ["WORK #1000", "WORK r0", "SETLVL #3", "MARK #4, r0, #0", "RET r1"]
