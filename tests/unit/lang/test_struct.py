"""Structs, sizes and what is said about fields."""

from __future__ import annotations

from enum import IntEnum

import pytest

from splx.base.diagnostics import SplxError
from splx.lang.kernel import NULL, Const, Func, Handle, PerCpu, embedded, guarded_by, stat
from splx.lang.kernel import Struct as KernelStruct
from splx.lang.struct import Array, Size, Sizes, Slice, Struct, array, atomic, given_values, misfits, struct_of
from splx.lang.types import BOOL, I64, Int, Ref, i8, i16, i64, u8
from splx.lang.types import Array as ArrayType
from splx.lang.types import Func as FuncType
from splx.lang.types import Handle as HandleType
from splx.lang.types import Slice as SliceType

CPUS = Size("CPUS")


class State(IntEnum):
    IDLE = 0
    RUN = 1


class Machine(Struct):
    clock: Array[i64] = array(CPUS)
    code: Array[Insn] = array(3)
    first: Insn
    depth: i16 = -1
    on: bool
    state: State
    times: Slice[i64]


class Insn(Struct):
    op: u8
    imm: i8


class Wide(Insn):
    more: i64


class Mutex(KernelStruct):
    word: i64 = atomic()
    ipl: u8 = 7
    owner: Thread
    waiters: Array[Thread] = array(2, guarded_by("word"))
    contended: i64 = stat()


class Thread(KernelStruct):
    next: Thread
    lock: Mutex = embedded()
    start: Func
    device: Device


class Cpu(PerCpu):
    ilevel: u8


class Device(Handle):
    pass


def types(cls):
    return {name: each.type for name, each in struct_of(cls).fields.items()}


def test_in_engine_code_a_struct_lies_in_its_field():
    assert types(Machine) == {
        "clock": ArrayType(I64, "CPUS"),
        "code": ArrayType(struct_of(Insn), 3),
        "first": struct_of(Insn),
        "depth": Int(16, signed=True),
        "on": BOOL,
        "state": Int(8, signed=False),
        "times": SliceType(I64),
    }


def test_in_kernel_code_it_is_a_reference_unless_embedded():
    assert types(Thread) == {
        "next": Ref(struct_of(Thread)),
        "lock": struct_of(Mutex),
        "start": FuncType(None, I64),
        "device": HandleType(Device),
    }


def test_a_field_knows_what_protects_it():
    guards = {name: each.guard for name, each in struct_of(Mutex).fields.items()}
    assert guards == {"word": "atomic", "ipl": "", "owner": "", "waiters": "word", "contended": "stat"}


def test_fields_of_bases_come_first_and_types_are_made_once():
    assert list(struct_of(Wide).fields) == ["op", "imm", "more"]
    assert struct_of(Wide) is struct_of(Wide)
    assert struct_of(Cpu).per_cpu
    assert not struct_of(Mutex).per_cpu


def test_a_fresh_struct_is_all_zeros_and_defaults():
    with Sizes(CPUS=2).use():
        m = Machine()
        assert (m.clock, m.first.op, m.depth, m.on, m.state) == ([0, 0], 0, -1, False, 0)
        assert [each.imm for each in m.code] == [0, 0, 0]
    assert Mutex().owner is NULL


@pytest.mark.parametrize(("name", "value"), [("op", 256), ("op", -1), ("imm", 128), ("imm", -129)])
def test_a_value_that_does_not_fit_is_an_error(name, value):
    with pytest.raises(OverflowError, match=f"{name} = {value} does not fit"):
        setattr(Insn(), name, value)


def test_so_is_an_unknown_field_a_bad_item_and_a_negative_index():
    insn = Insn()
    with pytest.raises(AttributeError, match="Insn has no field opp"):
        insn.opp = 1
    with pytest.raises(AttributeError, match="Insn has no field opp"):
        insn.opp  # noqa: B018
    with Sizes(CPUS=2).use():
        clock = Machine().clock
        with pytest.raises(OverflowError):
            clock[0] = 1 << 63
        with pytest.raises(IndexError):
            clock[-1]
        with pytest.raises(IndexError):
            clock[-1] = 0


def test_statics_hold_the_initial_values_that_somebody_chose():
    t = Thread()
    m = Mutex(word=3, owner=t)
    assert given_values(m) == {"ipl": 7, "word": 3, "owner": t}
    m.ipl = Const("IPL_VM")
    assert given_values(m)["ipl"] == Const("IPL_VM")
    assert repr(Mutex(word=3)) == "Mutex(ipl=7, word=3)"


def test_an_unknown_name_in_the_constructor_is_shown_where_it_stands():
    with pytest.raises(SplxError) as caught:
        Mutex(wrod=3)
    (said,) = caught.value.diagnostics
    assert (said.code, said.message) == ("L0401", "`Mutex` has no field `wrod`")
    assert (said.span.file, said.span.line) == (__file__, Mutex(word=1).made_at[1] - 3)


def test_initial_values_that_do_not_fit_are_listed_for_the_linker():
    assert misfits(Mutex(ipl=3)) == []
    (said,) = misfits(Mutex(ipl=300))
    assert (said.code, said.message) == ("L0405", "300 does not fit `ipl`, which is `u8`")


class Pair(KernelStruct):
    """One field of every kind that can be given a wrong value."""

    count: i64
    small: u8
    lock: Mutex
    flag: bool
    call: Func
    row: Array[i64] = array(2)


@pytest.mark.parametrize(
    ("name", "wrong", "said"),
    [
        ("count", 1.5, "`count` is 1.5, and the field is `i64`"),
        ("count", None, "`count` is None, and the field is `i64`"),
        ("small", "x", "`small` is 'x', and the field is `u8`"),
        ("lock", 3, "`lock` is 3, and the field is `Mutex`"),
        ("lock", Mutex, "`lock` is the class `Mutex`, and the field is `Mutex`"),
        ("flag", 2, "`flag` is 2, and the field is `bool`"),
        ("call", 5, "`call` is 5, and the field is `Func`"),
        ("row", 1, "`row` is 1, and the field is `Array[i64, 2]`"),
        ("row", [1, "x"], "`row` is [1, 'x'], and the field is `Array[i64, 2]`"),
    ],
)
def test_initial_values_of_another_kind_are_listed_for_the_linker(name, wrong, said):
    (problem,) = misfits(Pair(**{name: wrong}))
    assert (problem.code, problem.message) == ("L0208", said)


def test_a_whole_word_holds_whatever_kernel_code_knows_by_one_word():
    for value in (Const("IPL_VM"), CPUS, NULL, Mutex(), Handle(3), True):
        assert misfits(Pair(count=value)) == []
    assert misfits(Pair(lock=NULL, call=NULL, flag=1, row=[1, Mutex()])) == []


def test_a_size_is_a_number_while_sizes_are_in_use():
    with Sizes(CPUS=3).use():
        assert (CPUS + 1, 1 + CPUS, 7 // CPUS, CPUS - 5, -CPUS) == (4, 4, 2, -2, -3)
        assert list(range(CPUS)) == [0, 1, 2]
        assert CPUS == 3
        assert 2 < CPUS <= 3
        with Sizes(CPUS=5).use():
            assert CPUS * 2 == 10
        assert int(CPUS) == 3
    with pytest.raises(LookupError, match="no sizes in use"):
        int(CPUS)
    with Sizes(CTXS=1).use(), pytest.raises(LookupError, match="has no CPUS"):
        int(CPUS)


def test_sizes_are_a_hashable_mapping():
    assert Sizes(A=1, B=2) == Sizes(B=2, A=1)
    assert len({Sizes(A=1, B=2), Sizes(B=2, A=1)}) == 1
    assert dict(Sizes(B=2, A=1)) == {"A": 1, "B": 2}
    assert Size("A") is Size("A")
    with pytest.raises(ValueError, match="not negative"):
        Sizes(A=-1)
