"""Law: on machines of random programs in all instructions the compiled and the plain engine leave the same bytes."""

import pytest
from tests.bench.machines import SIZES, machine

from splx.lang.native import compile_native
from splx.lang.plain import plain
from splx.machine.constants import Status
from splx.machine.run import boot, close, run

STEPS = 3000


@pytest.fixture(scope="module")
def engines():
    entries = [boot, run, close]
    return compile_native(entries, SIZES), {each.__name__: plain(each, SIZES) for each in entries}


@pytest.mark.parametrize("seed", range(12))
def test_the_plain_engine_leaves_the_same_bytes(engines, seed):
    left = []
    for engine in engines:
        buffer = machine(seed, trace=seed % 3 == 0, run_ahead=seed % 5 != 0, park=seed % 7 != 0)
        buffer.view().beside.steps_left = STEPS
        engine["boot"](buffer)
        status = engine["run"](buffer)
        if status == Status.DONE:
            engine["close"](buffer)
        left.append([status, *(bytes(buffer.field_bytes(part)) for part in ("state", "beside", "tables"))])
    assert left[0] == left[1]
