"""Law: whether something can go on for ever, or never does, is answered as by a plain search written apart."""

import itertools

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from tests.laws.little_programs import programs, text
from tests.laws.little_runs import LittleRuns, TooMany

from splx.check.bare import Start, bare
from splx.check.loading import Bounds
from splx.check.verdict import Answer, check
from splx.scenario.load import load_module

FOR_EVER, LOOKS = "for ever", ("await", 0, 0)
SETS, ASKS = ("set", 0, 0), ("if", 0, 0, ())
LOOKS_FIRST = (FOR_EVER, 0, 0, (LOOKS,))
GIVES_UP = (FOR_EVER, 0, 0, (("if", 0, 0, ((FOR_EVER, 0, 0, (SETS,)),)),))
LEAVES_LAST = (FOR_EVER, 0, 0, (("until taken", 0, 0, (("if taken", 1, 0, (("leave",),)),)),))
LEAVES_AT_ONCE = (FOR_EVER, 0, 0, (("while", 1, 0, (("set", 1, 0), ("leave",))),))
NEVER_OUT = (FOR_EVER, 0, 0, (("while", 0, 0, (ASKS,)),))

ASKED = ("standstill", "stuck", "livelock", "starvation", "eventually")
MOST = 1500


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """From programs to a system of them."""
    folder, numbers = tmp_path_factory.mktemp("little"), itertools.count()

    def system(cpus):
        file = folder / f"little{next(numbers)}.py"
        file.write_text(text(cpus))
        module = load_module(file, "model")
        starts = [Start(getattr(module, f"p{cpu}"), cpu=cpu) for cpu in range(len(cpus))]
        return bare("little", starts, statics=[module.ws], eventually=[module.comes])

    return system


@pytest.mark.parametrize("room", [0, 2], ids=["sequential", "x86-TSO"])
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(cpus=st.lists(programs(), min_size=1, max_size=3), fuse=st.booleans())
@example(cpus=[(LOOKS_FIRST,)], fuse=False)  # a wait is the first thing in a loop, and is none of its rounds
@example(cpus=[((FOR_EVER, 0, 0, (("turn", 0, 0),)),), (GIVES_UP,)], fuse=False)  # is no way out of the loop around it
@example(cpus=[((FOR_EVER, 0, 0, (SETS,)),), (NEVER_OUT,)], fuse=False)  # to leave something out is no round
@example(cpus=[(LEAVES_AT_ONCE,)], fuse=False)  # to leave a loop that begins there is one
@example(cpus=[(LEAVES_LAST,)], fuse=False)  # to go on in a loop is none of the one around it, though both begin there
def test_what_goes_on_for_ever_is_told_as_a_plain_search_tells_it(written, room, cpus, fuse):
    assume(not room or "take" not in str(cpus))  # its store would wait, as if it were no atomic step
    try:
        runs = LittleRuns(cpus, room, MOST)
    except TooMany:
        assume(False)
    verdict = check(written(cpus), Bounds(tso=bool(room), buffer=room or 8, fuse=fuse), only=ASKED)
    assert {name: verdict.answers[name] is Answer.FOUND for name in ASKED} == {
        "standstill": runs.standstill(),
        "stuck": runs.stuck(),
        "livelock": runs.livelock(),
        "starvation": runs.starvation(),
        "eventually": runs.never(lambda words: words[0] == 1),
    }
