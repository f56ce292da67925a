"""The C engine is the compiled Python engine's peer only if it does the same: the same bytes on random machines."""

from array import array

import pytest
from tests.bench.machines import LOG_WORDS, SIZES, machine

from bench.engine_c import Engine, compiler, digest
from splx.lang.native import compile_native
from splx.machine.run import boot, close, run

pytestmark = pytest.mark.skipif(compiler() is None, reason="no C compiler")


@pytest.fixture(scope="module")
def engines():
    return compile_native([boot, run, close], SIZES), Engine(SIZES)


@pytest.mark.parametrize("seed", range(60))
def test_c_engine_leaves_the_same_bytes(engines, seed):
    native, c = engines
    ours = machine(seed, trace=seed % 3 == 0, run_ahead=seed % 5 != 0, park=seed % 7 != 0)
    theirs = ours.copy()
    log = array("q", bytes(8 * LOG_WORDS))
    theirs.set_slice("log", log)
    native["boot"](ours)
    c.boot(theirs)
    assert native["run"](ours) == c.run(theirs)
    assert digest(ours) == digest(theirs)
    assert native["close"](ours) == c.close(theirs)
    assert digest(ours) == digest(theirs)
    words = 5 * ours.view().beside.n_trace
    assert [ours.view().log[k] for k in range(words)] == log[:words].tolist()
