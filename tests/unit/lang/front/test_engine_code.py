"""Engine code in typed form: the smallest function for each rule, and what the front end makes of it."""

from __future__ import annotations

from enum import IntEnum
from textwrap import dedent

from tests.unit.lang.front import other

from splx.lang.front.frontend import front
from splx.lang.marks import inline
from splx.lang.show import show
from splx.lang.struct import Array, Size, Slice, Struct, array
from splx.lang.types import BOOL, I64, i8, i64, u8
from splx.lang.wide import popcount, wadd

CPUS = Size("CPUS")
LIMIT = 7


class Op(IntEnum):
    NOP = 0
    ADD = 1


class Insn(Struct):
    op: u8
    imm: i64


class Machine(Struct):
    clock: Array[i64] = array(CPUS)
    code: Array[Insn] = array(16)
    exec: Insn
    pc: i64
    delta: i8
    halted: bool
    times: Slice[i64]

    def advance(self, n: int) -> None:
        self.pc += n


def shown(func):
    return show(front(func))


def text(lines):
    return dedent(lines).strip()


def constants(n: int) -> int:
    return LIMIT + Op.ADD + CPUS + other.LIMIT + n


def test_module_constants_enum_members_and_sizes_are_constants():
    assert shown(constants) == text("""
        def constants(n: i64) -> i64
            return ((8 + CPUS) + 70) + n
    """)


def folded(n: int) -> int:
    return (n << (3 * 2 - 1)) + -(1 << 62) + ~0 - 0x10


def test_operations_on_constants_are_done_at_once():
    assert shown(folded) == text("""
        def folded(n: i64) -> i64
            return (((n << 5) + -4611686018427387904) + -1) - 16
    """)


def fields(m: Machine, cpu: int) -> int:
    m.clock[cpu] = m.code[m.pc].imm
    m.halted = m.exec.op == Op.ADD
    return m.times[cpu]


def test_a_field_is_a_load_on_the_right_and_a_place_on_the_left():
    assert shown(fields) == text("""
        def fields(m: Machine, cpu: i64) -> i64
            m.clock[cpu] = [m.code[[m.pc]].imm]
            m.halted = [m.exec.op] == 1
            return [m.times[cpu]]
    """)


def references(m: Machine) -> int:
    e = m.code[m.pc]
    x = m.exec
    x.imm = e.imm
    return x.op


def test_a_struct_element_is_a_reference():
    assert shown(references) == text("""
        def references(m: Machine) -> i64
            e = &m.code[[m.pc]]
            x = &m.exec
            x.imm = [e.imm]
            return [x.op]
    """)


def fresh() -> int:
    x = Insn()
    x.imm = 3
    return x.imm


def test_a_struct_may_be_made_for_the_time_of_a_call():
    assert shown(fresh) == text("""
        def fresh() -> i64
            x = new Insn
            x.imm = 3
            return [x.imm]
    """)


def augmented(m: Machine, n: int) -> int:
    n += 1
    m.pc -= n
    m.clock[m.pc] *= 2
    m.code[n].imm |= 4
    return n


def test_augmented_assignment_is_load_operate_store_with_indices_evaluated_once():
    assert shown(augmented) == text("""
        def augmented(m: Machine, n: i64) -> i64
            n = n + 1
            m.pc = [m.pc] - n
            %1 = [m.pc]
            m.clock[%1] = [m.clock[%1]] * 2
            m.code[n].imm = [m.code[n].imm] | 4
            return n
    """)


def loops(m: Machine) -> int:
    total = 0
    for i in range(CPUS):
        if m.clock[i] < 0:
            continue
        total += m.clock[i]
    for j in range(10, 0, -2):
        total += j
    while True:
        total -= 1
        if total < 0:
            break
    return total


def test_loops():
    assert shown(loops) == text("""
        def loops(m: Machine) -> i64
            total = 0
            for i in 0 .. CPUS
                if [m.clock[i]] < 0
                    continue
                total = total + [m.clock[i]]
            for j in 10 .. 0 step -2
                total = total + j
            while True
                total = total - 1
                if total < 0
                    break
            return total
    """)


def truths(a: int, b: int, c: bool) -> bool:
    if not (a < b < 3) or (c and a != b):
        return c ^ (a > 2)
    return True if c else bool(a)


def test_truth_values():
    assert shown(truths) == text("""
        def truths(a: i64, b: i64, c: bool) -> bool
            if not ((a < b) and (b < 3)) or (c and (a != b))
                return c ^ (a > 2)
            return True if c else bool(a)
    """)


def builtins(m: Machine, a: int, b: int) -> int:
    return min(a, b, 3) + max(a, 0) + abs(a) + int(a > b) + int(b) + len(m.clock) + len(m.code) + len(m.times)


def test_builtins_are_operators_and_lengths_are_constants_except_of_slices():
    assert shown(builtins) == text("""
        def builtins(m: Machine, a: i64, b: i64) -> i64
            return ((((((min(min(a, b), 3) + max(a, 0)) + abs(a)) + int(a > b)) + b) + CPUS) + 16) + %len(m.times)
    """)


def wide(a: int) -> int:
    return wadd(a, 1) + popcount(a)


def test_intrinsics_keep_their_names():
    assert shown(wide) == text("""
        def wide(a: i64) -> i64
            return %wadd(a, 1) + %popcount(a)
    """)


def nop(m: Machine, n: int) -> int:
    return n


def add(m: Machine, n: int) -> int:
    return n + m.pc


OPS = (nop, add)


def calls(m: Machine, n: int) -> int:
    m.advance(2)
    other.helper(n)
    return add(m, OPS[n & 1](m, n)) + len(OPS)


def test_calls_of_functions_methods_and_tables():
    assert shown(calls) == text("""
        def calls(m: Machine, n: i64) -> i64
            Machine.advance(m, 2)
            helper(n)
            return add(m, table2[n & 1](m, n)) + 2
    """)


def test_a_method_has_the_type_of_its_class_for_self():
    assert shown(Machine.advance) == text("""
        def advance(self: Machine, n: i64) -> None
            self.pc = [self.pc] + n
    """)


def checked(n: int) -> None:
    """Documentation is left out."""
    assert n > 0, "n is positive"
    assert n < 9


def test_an_assertion_without_a_message_says_its_condition():
    assert shown(checked) == text("""
        def checked(n: i64) -> None
            assert n > 0, 'n is positive'
            assert n < 9, 'n < 9'
    """)


def declared(n: int) -> int:
    a: i64
    b: int = n
    if n > 2:
        a = 1
    else:
        a = b
    return a


def test_a_local_may_be_declared_and_has_a_value_when_every_way_gives_it_one():
    assert shown(declared) == text("""
        def declared(n: i64) -> i64
            b = n
            if n > 2
                a = 1
            else
                a = b
            return a
    """)


@inline
def marked(n: int) -> bool:
    return n > 2


def test_marks_types_and_places_are_kept():
    function = front(marked)
    assert function.marks == {"inline": True}
    assert (function.result, function.locals) == (BOOL, {"n": I64})
    returned = function.body[0]
    line = marked.__code__.co_firstlineno + 2
    assert (returned.span.file, returned.span.line, returned.span.col) == (__file__, line, 4)
    assert (returned.value.span.col, returned.value.span.end_col) == (11, 16)


def test_typed_form_is_made_once():
    assert front(marked) is front(marked)


def accented(n: int) -> int:
    é = n; ü = é + 1  # fmt: skip  # noqa: E702, PLC2401
    return ü  # noqa: RET504


def test_columns_count_bytes():
    second = front(accented).body[1]
    assert (second.span.col, second.span.end_col) == (4 + 8, 4 + 8 + 11)
