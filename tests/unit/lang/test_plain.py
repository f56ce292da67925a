"""Engine code as plain Python: the reference, which checks what native code trusts."""

import pytest
from tests.unit.lang.engine_cases import Machine, interpret, lengths, loops, references, triangle, widths

from splx.lang.buffer import Buffer
from splx.lang.plain import plain
from splx.lang.struct import Sizes

SIZES = Sizes(CPUS=2, WORDS=32)


@pytest.fixture
def buffer():
    return Buffer(Machine, SIZES)


@pytest.fixture
def machine(buffer):
    return buffer.view()


def test_fields_read_and_write_the_buffer(buffer, machine):
    machine.cpus[1].clock = -5
    machine.halted = True
    assert Machine is not type(machine)
    assert (buffer.view().cpus[1].clock, machine.halted) == (-5, True)


@pytest.mark.parametrize("index", [-1, 32])
def test_an_index_outside_the_array_is_an_error(machine, index):
    with pytest.raises(IndexError):
        machine.mem[index]
    with pytest.raises(IndexError):
        machine.mem[index] = 1


@pytest.mark.parametrize("index", [-1, 2])
def test_an_index_outside_an_array_of_structs_is_an_error(machine, index):
    with pytest.raises(IndexError):
        machine.cpus[index]


@pytest.mark.parametrize(
    ("field", "least", "greatest"),
    [("small", -128, 127), ("unsigned", 0, 2**32 - 1), ("now", -(2**63), 2**63 - 1)],
)
def test_a_value_must_fit_its_field(machine, field, least, greatest):
    for value in (least, greatest):
        setattr(machine, field, value)
        assert getattr(machine, field) == value
    for value in (least - 1, greatest + 1):
        with pytest.raises(OverflowError, match=field):
            setattr(machine, field, value)


def test_a_value_must_fit_its_item(machine):
    with pytest.raises(OverflowError, match="256 does not fit u8"):
        machine.bytes_[0] = 256


def test_unknown_fields_are_refused(machine):
    with pytest.raises(AttributeError):
        _ = machine.nothing
    with pytest.raises(AttributeError):
        machine.nothing = 1


def test_a_struct_inside_cannot_be_replaced(machine):
    with pytest.raises(AttributeError):
        machine.inner = machine.cpus[0]


def test_the_same_place_is_the_same_object(machine):
    assert machine.cpus[1] is machine.cpus[1]
    assert machine.inner is machine.inner


def test_functions_run_over_buffers(buffer):
    assert plain(triangle, SIZES)(4) == 10
    assert plain(references, SIZES)(buffer, 1) == 3
    assert plain(loops, SIZES)(buffer, 5) == 20 + 15
    assert list(buffer.array("mem")[:5]) == [0, 105, 99, 96, 0]


def test_sizes_mean_their_length(buffer):
    assert plain(lengths, SIZES)(buffer) == 232


def test_a_local_struct_starts_zeroed_each_time(buffer):
    buffer.fill("code", [(0, 0, False, 0, 7), (1, 0, False, 3, 0), (0, 0, False, 0, 0), (2, 0, True, 0, 0)])
    run = plain(interpret, SIZES)
    assert [run(buffer, 100), run(buffer, 100)] == [6, 6]
    assert (buffer.view().now, buffer.view().halted) == (14, True)


def test_a_store_that_does_not_fit_is_seen_in_a_function(buffer):
    with pytest.raises(OverflowError, match="small = 128 does not fit i8"):
        plain(widths, SIZES)(buffer, 128)
