"""Law 4: engine code as machine code and as plain Python gives the same results and the same bytes."""

from __future__ import annotations

import itertools
import linecache
import shutil
from array import array
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.laws.programs import programs
from tests.laws.programs_state import State

from splx.lang.buffer import Buffer
from splx.lang.native import native
from splx.lang.native_c import compile_c
from splx.lang.plain import plain
from splx.lang.struct import Sizes

SIZES = Sizes(CELLS=3)
WORDS = st.integers(-(2**63), 2**63 - 1) | st.integers(-70, 70)

numbers = itertools.count()


@pytest.fixture(autouse=True, scope="module")
def no_cache():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPLX_CACHE", "")
        yield


def module_of(text):
    """A module with that text, which the front end can find as if it were a file."""
    module = ModuleType(f"program_{next(numbers)}")
    name = f"<{module.__name__}>"
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    exec(compile(text, name, "exec"), vars(module))
    return module


def outcome(function, start, given_items, arguments):
    buffer = Buffer(State, SIZES)
    buffer.restore(start)
    items = array("q", given_items)
    buffer.set_slice("given", items)
    results = [function(buffer, a, b) for a, b in arguments]
    # The slice's address is the one thing that may differ.
    buffer.set_slice("given", array("q"))
    return results, list(items), buffer.bytes()


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(
    programs(),
    st.integers(0, 2**32 - 1),
    st.lists(WORDS, min_size=5, max_size=5),
    st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=4),
)
def test_native_code_and_plain_python_agree(text, seed, given_items, arguments):
    entry = module_of(text).entry
    start = start_bytes(seed)
    expected = outcome(plain(entry, SIZES), start, given_items, arguments)
    assert outcome(native(entry, SIZES), start, given_items, arguments) == expected


@pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler")
@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(programs(), st.integers(0, 2**32 - 1), st.lists(st.tuples(WORDS, WORDS), min_size=4, max_size=4))
def test_c_and_plain_python_agree(text, seed, arguments):
    entry = module_of(text).entry
    start, items = start_bytes(seed), [1, -2, 3, -4, 5]
    expected = outcome(plain(entry, SIZES), start, items, arguments)
    assert outcome(compile_c([entry], SIZES)["entry"], start, items, arguments) == expected


def start_bytes(seed):
    """A state with something in every field."""
    buffer = Buffer(State, SIZES)
    view = buffer.view()
    word = seed
    for k in range(8):
        word = (word * 6364136223846793005 + 1442695040888963407) % 2**64
        view.wide[k] = word - 2**63
        view.narrow[k % 4] = word % 251
    view.a, view.b, view.c, view.d, view.on = seed % 200 - 100, seed % 60000, seed % 2**31, -seed, bool(seed % 2)
    for k in range(3):
        view.cells[k].x, view.cells[k].y, view.cells[k].z[k % 2] = k - seed % 9, seed * k, seed
    return buffer.snapshot()
