"""A kernel function does on the machine what its text does as plain Python: same result, same memory."""

from __future__ import annotations

import itertools
import linecache
from types import ModuleType

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.laws.kernel_machine import OneCpu
from tests.laws.kernel_programs import programs
from tests.laws.kernel_state import numbers, other, own, read, reset, root

from splx.program.link import Options, link

NUMBERS = st.integers(-1000, 1000)
count = itertools.count()


def module_of(text):
    module = ModuleType(f"kernel_program_{next(count)}")
    name = f"<{module.__name__}>"
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    exec(compile(text, name, "exec"), vars(module))
    return module


def on_the_machine(module, arguments, options, seed):
    reset(module.h0)
    image = link([module.f], statics=[root, own, other], options=options)
    machine = OneCpu(image, seed)
    results = [machine.call(module.f, *each) for each in arguments]
    memory = [machine.m.state.mem[image.address_of(obj, *path)] for obj, path in numbers()]
    return results, memory


def as_python(module, arguments):
    reset(module.h0)
    results = [module.f(*each) for each in arguments]
    return results, [read(obj, path) for obj, path in numbers()]


@settings(deadline=None, max_examples=200, suppress_health_check=list(HealthCheck))
@given(
    programs(),
    st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=3),
    st.sampled_from([0, 12, 1000]),
    st.booleans(),
)
def test_machine_and_python_agree(text, arguments, inline_limit, bounds):
    module = module_of(text)
    options = Options(inline_limit=inline_limit, bounds=lambda _: bounds)
    assert on_the_machine(module, arguments, options, 7) == as_python(module, arguments), text
