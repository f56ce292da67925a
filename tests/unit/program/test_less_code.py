"""What needs no instruction: sums that are addresses, what was computed or asserted before, tests that are decided."""

from __future__ import annotations

from tests.unit.program.listed import compiled

from splx.lang.kernel import NULL, Array, PerCpu, Struct, array, atomic, embedded, i64, inline, noinline, on_cpu
from splx.lang.wide import bit


class Slot(Struct):
    first: i64
    second: i64
    next: Slot


class Table(Struct):
    size: i64
    slot: Array[Slot] = embedded(array(4))


class Cpu(PerCpu):
    asked: i64 = atomic()


table = Table()
ci = Cpu()


def uses_an_item_twice(t: Table, n: int) -> int:
    slot = t.slot[n]
    slot.second = n
    return slot.first


def test_the_address_of_an_item_is_summed_in_its_loads_and_stores():
    assert compiled(uses_an_item_twice) == ["SHL r3, r1, #3", "STX [r0+r3+9], r1", "LDX r0, [r0+r3+8]", "RET r2"]


def clears_an_item(t: Table, n: int) -> int:
    slot = t.slot[n]
    slot.second = 0
    return slot.first


def test_a_store_of_a_number_has_no_room_for_two_registers():
    assert compiled(clears_an_item) == [
        "SHL r1, r1, #3", "ADD r0, r0, r1", "ST [r0+9], #0", "LD r0, [r0+8]", "RET r2",
    ]  # fmt: skip


@noinline
def takes(s: Slot) -> None:
    s.first = 1


def hands_an_item_on(t: Table, n: int) -> int:
    slot = t.slot[n]
    takes(slot)
    return slot.first


def test_an_address_that_somebody_else_gets_is_computed():
    assert compiled(hands_an_item_on)[:3] == ["SHL r1, r1, #3", "ADD r0, r0, r1", "ADD r0, r0, #8"]


def walks(t: Table, n: int) -> int:
    slot = t.slot[n]
    while n > 0:
        n = n - 1
        slot.first = n
        slot = t.slot[n]
    return n


def test_an_address_whose_parts_have_changed_meanwhile_is_computed():
    assert "ADD" in {line.split()[0] for line in compiled(walks)}
    assert "STX" not in {line.split()[0] for line in compiled(walks)}


def goes_on_elsewhere(t: Table, other: Table) -> int:
    slot = t.slot[2]
    if other is not NULL:
        t = other
    return slot.first + t.size


def test_on_any_way_to_the_access():
    assert compiled(goes_on_elsewhere) == [
        "ADD r3, r0, #24", "BEQ r1, #0, ->3", "MOV r0, r1", "LD r1, [r3+0]", "LD r0, [r0+0]", "ADD r0, r1, r0",
        "RET r2",
    ]  # fmt: skip


def looks_twice(cpu: int) -> int:
    seen = on_cpu(ci, cpu).asked
    return seen + on_cpu(ci, cpu).asked


def test_an_address_is_computed_once_and_what_lies_there_loaded_twice():
    assert [line.split()[0] for line in compiled(looks_twice)] == ["SHL", "LD", "LD", "ADD", "RET"]


def sums_again(a: int, b: int) -> int:
    first = a * b
    b = b + 1
    return first + a * b


def test_what_is_computed_from_other_values_is_computed():
    assert [line.split()[0] for line in compiled(sums_again)] == ["MUL", "ADD", "MUL", "ADD", "RET"]


@inline
def check(level: int) -> None:
    assert 0 <= level <= 14, "there is no such level"


def asserts_twice(level: int) -> None:
    assert level > 0, "no level"
    check(level)
    check(level)


def test_an_assertion_that_follows_from_those_before_it_is_dropped():
    assert compiled(asserts_twice) == ["AGT r0, #0", "ALE r0, #14, t=1", "RET r1"]


def asserts_on_one_way(level: int, way: int) -> None:
    if way != 0:
        check(level)
    check(level)


def test_but_not_where_control_may_come_another_way():
    assert compiled(asserts_on_one_way) == [
        "BEQ r1, #0, ->3", "AGE r0, #0", "ALE r0, #14", "AGE r0, #0", "ALE r0, #14", "RET r2",
    ]  # fmt: skip


def asserts_of_another(level: int) -> None:
    check(level)
    level = level + 1
    check(level)


def test_nor_where_the_value_is_another():
    assert compiled(asserts_of_another) == [
        "AGE r0, #0", "ALE r0, #14", "ADD r0, r0, #1", "AGE r0, #0", "ALE r0, #14", "RET r1",
    ]  # fmt: skip


@inline
def nobody() -> Slot:
    found: Slot = NULL
    return found


def finds(t: Table) -> int:
    slot = nobody()
    if slot is not NULL:
        return slot.first
    return t.size


def test_a_test_of_what_was_just_set_is_decided():
    assert compiled(finds) == ["LD r0, [r0+0]", "RET r1"]


def sets_bits(t: Table, n: int, low: int) -> int:
    t.size |= bit(n)
    low &= ~bit(n)
    return low ^ bit(n)


def test_a_bit_is_set_cleared_and_inverted_where_it_is():
    assert compiled(sets_bits) == [
        "LD r4, [r0+0]", "BSET r4, r4, r1", "ST [r0+0], r4", "BCLR r2, r2, r1", "BINV r0, r2, r1", "RET r3",
    ]  # fmt: skip


def sets_known_bits(low: int) -> int:
    return (low | bit(3)) & ~bit(5)


def test_a_bit_that_is_known_is_a_number():
    assert compiled(sets_known_bits) == ["OR r0, r0, #8", "AND r0, r0, #-33", "RET r1"]


def looks_at_bits(flags: int, mask: int) -> int:
    assert flags & mask != 0, "none of them"
    assert flags & 2 == 0, "the second"
    if flags & 4 != 0:
        return 1
    return 2 if flags & mask == 0 else flags


def test_bits_are_tested_where_they_are():
    assert compiled(looks_at_bits) == [
        "AANY r0, r1", "ANONE r0, #2, t=1", "BNONE r0, #4, ->5", "MOV r0, #1", "RET r2",
        "AND r1, r0, r1", "MOV r3, #2", "SEL r0, r1, r0, r3", "RET r2",
    ]  # fmt: skip


def looks_at_bits_and_keeps_them(flags: int) -> int:
    low = flags & 7
    if low == 0:
        return flags
    return low


def test_what_is_read_again_is_computed():
    assert compiled(looks_at_bits_and_keeps_them)[:2] == ["AND r2, r0, #7", "BNE r2, #0, ->3"]
