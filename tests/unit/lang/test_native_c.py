"""The C back end: the same results, and every line of C under the Python line it comes from."""

import inspect
import shutil

import pytest
from tests.unit.lang import engine_cases as cases
from tests.unit.lang.engine_cases import Machine

from splx.lang.buffer import Buffer
from splx.lang.native_c import c_text, compile_c
from splx.lang.plain import plain
from splx.lang.struct import Sizes

SIZES = Sizes(CPUS=2, WORDS=32)
NAMES = ["arithmetic", "widths", "references", "loops", "interpret"]


def test_lines_are_those_of_the_python_text():
    first = inspect.getsourcelines(cases.triangle)[1]
    text = c_text([cases.triangle], SIZES)
    lines = [int(line.split()[1]) for line in text.splitlines() if line.startswith("#line")]
    assert lines == [first + 1, first + 2, first + 3, first + 4]
    assert f'"{cases.__file__}"' in text


@pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler")
def test_c_computes_what_plain_python_does():
    library = compile_c([getattr(cases, name) for name in NAMES], SIZES)
    for name, args in zip(NAMES, [(-77, 5), (55,), (1,), (14,), (9,)], strict=True):
        ours, reference = Buffer(Machine, SIZES), Buffer(Machine, SIZES)
        for buffer in (ours, reference):
            buffer.fill("code", [(0, 0, False, 0, 7), (1, 0, False, 3, 0), (0, 0, False, 0, 0), (2, 0, True, 0, 0)])
        assert library[name](ours, *args) == plain(getattr(cases, name), SIZES)(reference, *args)
        assert ours.bytes() == reference.bytes()


@pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler")
def test_what_the_compiler_refuses_is_an_error():
    with pytest.raises(RuntimeError, match="no-such-flag"):
        compile_c([cases.triangle], SIZES, ["-fno-such-flag"])
