"""A struct in memory: zeroed, aligned, reachable in bulk."""

from array import array

import pytest
from tests.unit.lang.engine_cases import Cpu, Machine

from splx.lang.buffer import Buffer
from splx.lang.struct import Sizes

SIZES = Sizes(CPUS=2, WORDS=32)


@pytest.fixture
def buffer():
    return Buffer(Machine, SIZES)


def test_it_starts_zeroed_on_a_cache_line(buffer):
    assert buffer.bytes() == bytes(buffer.nbytes)
    assert buffer.address % 64 == 0


def test_the_bytes_of_a_field_are_shared(buffer):
    buffer.view().inner.clock = 0x0102
    assert bytes(buffer.field_bytes("inner")[:8]) == b"\x02\x01\0\0\0\0\0\0"
    buffer.field_bytes("inner")[0] = 5
    assert buffer.view().inner.clock == 0x0105


def test_an_array_is_a_memoryview_of_its_items(buffer):
    buffer.array("mem")[3:5] = array("q", [-7, 8])
    assert [buffer.view().mem[k] for k in range(2, 6)] == [0, -7, 8, 0]
    assert len(buffer.array("inner.watch")) == 3
    assert buffer.array("flags").format == "?"


def test_only_arrays_of_scalars_are_memoryviews(buffer):
    with pytest.raises(TypeError, match="not an array"):
        buffer.array("now")
    with pytest.raises(TypeError, match="not a scalar"):
        buffer.array("cpus")


def test_rows_fill_an_array_of_structs(buffer):
    assert buffer.fill("code", [(1, 2, True, -3, 4), (5, 6, False, 7, -8)], start=1) == 2
    insn = buffer.view().code[2]
    assert (insn.op, insn.dst, insn.flag, insn.t, insn.imm) == (5, 6, False, 7, -8)
    assert buffer.view().code[1].t == -3
    assert buffer.view().code[0].op == 0


def test_rows_must_fit_the_array(buffer):
    with pytest.raises(IndexError, match="do not fit `code`"):
        buffer.fill("code", [(0, 0, False, 0, 0)] * 2, start=3)


def test_a_row_must_fit_its_fields(buffer):
    with pytest.raises(OverflowError, match=r"code\[0\]"):
        buffer.fill("code", [(256, 0, False, 0, 0)])


def test_a_slice_points_to_the_hosts_array(buffer):
    times = array("q", [10, 20, 30])
    buffer.set_slice("times", times)
    view = buffer.view()
    assert (len(view.times), view.times[2]) == (3, 30)
    view.times[0] = 11
    assert times[0] == 11


def test_a_slice_of_what_cannot_be_written_is_a_copy(buffer):
    buffer.set_slice("times", memoryview(array("q", [4, 5]).tobytes()).cast("q"))
    assert [buffer.view().times[k] for k in (0, 1)] == [4, 5]


def test_an_empty_slice_has_no_items(buffer):
    buffer.set_slice("times", array("q"))
    assert len(buffer.view().times) == 0
    with pytest.raises(IndexError):
        buffer.view().times[0]


def test_a_slice_takes_only_items_of_its_width(buffer):
    with pytest.raises(TypeError, match="items of 8 bytes"):
        buffer.set_slice("times", array("i", [1]))


def test_a_slice_starts_on_a_multiple_of_its_items(buffer):
    with pytest.raises(TypeError, match="multiple of 8 bytes"):
        buffer.set_slice("times", memoryview(bytearray(17))[1:].cast("q"))


def test_a_snapshot_restores_every_byte(buffer):
    buffer.view().mem[1] = 5
    kept = buffer.snapshot()
    buffer.view().mem[1] = 6
    buffer.restore(kept)
    assert buffer.view().mem[1] == 5


def test_a_copy_goes_its_own_way(buffer):
    buffer.view().now = 1
    twin = buffer.copy()
    twin.view().now = 2
    assert (buffer.view().now, twin.view().now) == (1, 2)


def test_a_snapshot_of_something_else_is_refused(buffer):
    with pytest.raises(ValueError, match="memoryview assignment"):
        buffer.restore(Buffer(Cpu, SIZES).snapshot())
