"""Engine code as machine code: the same results and the same bytes as plain Python."""

import ctypes
import threading
from array import array

import pytest
from tests.unit.lang import engine_cases as cases
from tests.unit.lang.engine_cases import Cpu, Machine, Track

from splx.lang.buffer import Buffer
from splx.lang.front.closure import front_all
from splx.lang.layout import layouts_for
from splx.lang.native import compile_native, native
from splx.lang.native.library import llvm_text
from splx.lang.native.module import Module
from splx.lang.plain import plain
from splx.lang.struct import Sizes

SIZES = Sizes(CPUS=2, WORDS=32)
BIG = 2**63 - 1
NUMBERS = [0, 1, -1, 7, -7, 63, 64, 100, -100, 12345678901, -BIG]


@pytest.fixture(scope="module")
def library():
    names = ["arithmetic", "widths", "references", "triangle", "loops", "interpret", "total_of_slice", "lengths"]
    return compile_native([getattr(cases, name) for name in [*names, "is_negative"]], SIZES)


def both(library, name, *args, prepare=lambda buffer: None):
    """Run `name` natively and plainly over equal buffers; returns what they agree on."""
    buffers = [Buffer(Machine, SIZES) for _ in range(2)]
    for buffer in buffers:
        prepare(buffer)
    ours = library[name](buffers[0], *args)
    reference = plain(getattr(cases, name), SIZES)(buffers[1], *args)
    assert (ours, buffers[0].bytes()) == (reference, buffers[1].bytes())
    return ours, buffers[0]


@pytest.mark.parametrize("a", NUMBERS)
@pytest.mark.parametrize("b", [1, -1, 3, -3, 64, 127, 2**40])
def test_arithmetic_is_pythons(library, a, b):
    both(library, "arithmetic", a, b)


@pytest.mark.parametrize(("a", "b"), [(5, 0), (-(2**63), -1)])
def test_what_is_an_error_in_python_does_not_stop_the_process(library, a, b):
    library["arithmetic"](Buffer(Machine, SIZES), a, b)


@pytest.mark.parametrize("value", [-128, -1, 0, 1, 55])
def test_loads_extend_and_stores_fit(library, value):
    both(library, "widths", value)


def test_a_store_that_does_not_fit_is_truncated(library):
    buffer = Buffer(Machine, SIZES)
    library["widths"](buffer, 300)
    assert (buffer.view().small, buffer.view().unsigned) == (44, 500)


@pytest.mark.parametrize("n", [0, 1])
def test_references_are_places(library, n):
    result, buffer = both(library, "references", n)
    assert result == 3
    assert buffer.view().cpus[n].clock == 5


@pytest.mark.parametrize("n", [-4, 0, 1, 5, 14, 30])
def test_loops_run_as_often(library, n):
    both(library, "loops", n)


def test_a_table_dispatches_and_a_local_struct_is_zeroed(library):
    rows = [(0, 0, False, 0, 7), (1, 0, False, 3, 0), (0, 0, False, 0, 0), (2, 0, True, 0, 0)]
    result, _ = both(library, "interpret", 100, prepare=lambda buffer: buffer.fill("code", rows))
    assert result == 6


def test_a_slice_is_the_hosts_memory(library):
    times = array("q", [1, 2, 3, 4])
    buffer = Buffer(Machine, SIZES)
    buffer.set_slice("times", times)
    assert library["total_of_slice"](buffer, 1) == 9
    assert list(times) == [1, 9, 3, 4]


def test_sizes_are_constants(library):
    assert library["lengths"](Buffer(Machine, SIZES)) == 232
    assert native(cases.lengths, Sizes(CPUS=3, WORDS=8))(Buffer(Machine, Sizes(CPUS=3, WORDS=8))) == 308


def test_truth_values_come_and_go(library):
    assert [library["is_negative"](0, strict) for strict in (True, False)] == [False, True]


def test_numbers_need_no_buffer(library):
    assert library["triangle"](10) == 55


def test_only_the_right_buffer_is_taken(library):
    with pytest.raises(ctypes.ArgumentError, match="a Buffer of"):
        library["lengths"](Buffer(Cpu, SIZES))
    with pytest.raises(ctypes.ArgumentError, match="a Buffer of"):
        library["lengths"](Buffer(Machine, Sizes(CPUS=3, WORDS=32)))


def test_a_function_outlives_its_library():
    function = compile_native([cases.triangle], SIZES)["triangle"]
    assert function(100) == 5050


def test_calls_run_beside_one_another(library):
    results = []
    threads = [threading.Thread(target=lambda: results.append(library["triangle"](1000))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [500500] * 4


def test_a_local_struct_lives_in_registers():
    optimised, _ = llvm_text([cases.interpret], SIZES)
    # One function was asked to stay out of line: only the copy that is lent to it lies in memory.
    assert optimised.count("define") == 2
    assert optimised.count(" = alloca") == 1
    assert "switch" in optimised


def test_all_structs_have_their_layout():
    assert layouts_for(SIZES).of(Buffer(Machine, SIZES).struct).size == Buffer(Machine, SIZES).nbytes


def counting(m):
    """mem[1] grows by 3 until it is not less than ten; then the end."""
    for at, (op, dst, imm, t) in enumerate([(1, 1, 3, 0), (2, 1, 0, 0), (0, 0, 0, 0), (3, 0, 0, 0)]):
        m.code[at].op, m.code[at].dst, m.code[at].imm, m.code[at].t = op, dst, imm, t


@pytest.mark.parametrize("left", [0, 1, 2, 5, 100])
def test_threaded_code_is_the_loop_it_was_written_as(left):
    whole = {"threads_run": native(cases.threads_run, SIZES)}
    result, buffer = both(whole, "threads_run", left, prepare=lambda buffer: counting(buffer.view()))
    if left == 100:  # four rounds of two, one instruction that does nothing, one that stops
        assert (result, buffer.view().mem[1], buffer.view().unsigned) == (4200, 12, 100 - 9)
    if left == 0:
        assert (result, buffer.view().now) == (7, 0)


def test_every_entry_of_a_threaded_table_is_a_function_that_jumps_to_the_next():
    text = Module(layouts_for(SIZES)).build(front_all([cases.threads_run]), [cases.threads_run]).text
    assert [text.count(f'@"go {each.__name__}"(') for each in cases.OPS] == [1] * len(cases.OPS)
    assert text.count("musttail call") >= len(cases.OPS)


def test_where_the_processor_does_not_allow_it_a_threaded_loop_is_a_loop():
    module = Module(layouts_for(SIZES), threads=False)
    assert "musttail" not in module.build(front_all([cases.threads_run]), [cases.threads_run]).text


def track(steps):
    """A track of steps (form, into, of, imm)."""
    buffer = Buffer(Track, SIZES)
    buffer.fill("steps", steps)
    return buffer


#: put 5 into cell 0, 10 into 1; the next round one cell further; leave in the end
PUT_TWICE = [(4, 0, 0, 5), (1, 1, 0, 0), (2, 0, 0, 0), (3, 0, 0, 0)]


@pytest.mark.parametrize("left", [0, 1, 2, 3, 4, 7, 8])
def test_a_chain_is_the_loop_it_was_written_as(left):
    ours, reference = track(PUT_TWICE), track(PUT_TWICE)
    result = native(cases.walks, SIZES)(ours, left)
    assert (result, ours.bytes()) == (plain(cases.walks, SIZES)(reference, left), reference.bytes())
    if left == 8:  # three rounds of three, less one
        assert (result, list(ours.array("cells"))[:5]) == (2200, [5, 5, 5, 10, 0])


def test_the_function_of_a_chain_does_all_its_rounds():
    text = Module(layouts_for(SIZES)).build(front_all([cases.walks]), [cases.walks]).text
    (chain,) = (
        each
        for each in text.split("define ")
        if each.startswith('internal preserve_nonecc void @"walk set and double"')
    )
    assert [chain.count(f'engine_cases.{name}"(') for name in ("set and double", "double_cell", "one_further")] == [
        1,
        1,
        0,
    ]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("counting_odd_items", "`odd` have 24 bytes"),
        ("wrongly_threaded", "does not end in a loop"),
        ("threaded_without_a_table", "does not go through one table"),
        ("threaded_with_too_much", "more than 11 values"),
    ],
)
def test_what_cannot_be_threaded_is_refused(name, why):
    with pytest.raises(TypeError, match=why):
        llvm_text([getattr(cases, name)], SIZES)
