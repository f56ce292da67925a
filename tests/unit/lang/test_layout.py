"""Where fields lie: in order, each on a multiple of its width, lengths from the sizes."""

import pytest
from tests.unit.lang.engine_cases import Cpu, Insn, Machine

from splx.lang.layout import Layouts, layouts_for
from splx.lang.struct import Array, Sizes, Slice, Struct, array, struct_of
from splx.lang.types import i16, i32, i64, u8

SIZES = Sizes(CPUS=2, WORDS=32)


class Mixed(Struct):
    first: u8
    second: i32
    third: bool
    fourth: i16
    fifth: i64
    last: u8


def offsets(cls, sizes=SIZES):
    return {name: slot.offset for name, slot in Layouts(sizes).of(struct_of(cls)).slots.items()}


def test_fields_start_on_multiples_of_their_width():
    assert offsets(Mixed) == {"first": 0, "second": 4, "third": 8, "fourth": 10, "fifth": 16, "last": 24}


def test_a_struct_is_a_multiple_of_its_widest_field():
    layout = layouts_for(SIZES).of(struct_of(Mixed))
    assert (layout.size, layout.align) == (32, 8)


def test_a_narrow_struct_takes_no_more_than_it_needs():
    class Narrow(Struct):
        a: u8
        b: Array[i16] = array(3)

    layout = layouts_for(SIZES).of(struct_of(Narrow))
    assert (layout.size, layout.align) == (8, 2)


def test_an_empty_struct_has_no_size():
    class Empty(Struct):
        pass

    assert layouts_for(SIZES).of(struct_of(Empty)).size == 0


def test_lengths_come_from_the_sizes():
    few, many = (layouts_for(Sizes(CPUS=n, WORDS=32)).of(struct_of(Machine)) for n in (1, 3))
    cpu = layouts_for(SIZES).of(struct_of(Cpu)).size
    assert many.slots["mem"].offset - few.slots["mem"].offset == 2 * cpu


def test_a_length_without_a_size_is_an_error():
    with pytest.raises(KeyError, match="WORDS"):
        layouts_for(Sizes(CPUS=1)).of(struct_of(Machine))


def test_a_slice_is_an_address_and_a_length():
    class Held(Struct):
        flag: u8
        items: Slice[i32]

    layout = layouts_for(SIZES).of(struct_of(Held))
    assert (layout.slots["items"].offset, layout.slots["items"].size, layout.size) == (8, 16, 24)


def test_a_dotted_path_adds_up_offsets():
    layouts = layouts_for(SIZES)
    machine, cpu = layouts.of(struct_of(Machine)), layouts.of(struct_of(Cpu))
    slot = layouts.walk(struct_of(Machine), "inner.watch")
    assert slot.offset == machine.slots["inner"].offset + cpu.slots["watch"].offset
    assert slot.size == 6


def test_a_path_through_a_number_is_refused():
    with pytest.raises(TypeError, match="has no fields"):
        layouts_for(SIZES).walk(struct_of(Machine), "now.more")


def test_an_instruction_is_packed_as_a_c_compiler_would():
    assert offsets(Insn) == {"op": 0, "dst": 2, "flag": 4, "t": 8, "imm": 16}
