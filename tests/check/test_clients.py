"""Most general clients: a kernel's own primitives, in any legal order, by threads and interrupts that never end.

Here within bounds that take seconds for all kernels; `splx check --kernel NAME` has the others.
"""

import pytest

from splx.api.kernel import run, tasks
from splx.check.clients import CLIENTS, COMBINED
from splx.scenario.designs import designs
from splx.simulate.setup import Setup

QUICK = ("levels", "spin", "line", "waiting", "biglock", "two_locks", "soft")


def explored(design, names, memory="sc", mutants=(), *, small=True, settings=(), states=None):
    """What became of some clients on a kernel."""
    setup = Setup("", design=design, machine="ideal", settings=settings, mutants=mutants)
    chosen = [each for each in (*CLIENTS, COMBINED) if each.name in names]
    return [run(each, states=states) for each in tasks(setup, chosen, (memory,), small=small)]


@pytest.mark.parametrize("memory", ["sc", "tso"])
@pytest.mark.parametrize("design", designs())
def test_the_primitives_of_a_kernel_verify(design, memory):
    for each in explored(design, QUICK, memory):
        assert each.verdict is None or each.verdict.holds, f"{each.client.name}: {each.verdict.finding}"


@pytest.mark.parametrize("design", [each for each in designs() if each != "doran-2006"])
def test_a_lock_of_a_line_holds_for_two_threads_and_a_handler_that_never_end(design):
    (line,) = explored(design, ["line"], small=False)
    assert line.bounds == "2 CPUs, 2 threads, for ever, card for ever"
    assert line.verdict.holds


def test_a_design_without_an_operation_leaves_it_out():
    by_name = {each.client.name: each for each in explored("textbook", ["biglock", "two_locks"])}
    assert by_name["biglock"].verdict is None
    assert by_name["two_locks"].verdict.holds
    assert by_name["two_locks"].left_out == ("kernel_lock", "kernel_unlock")


def test_bounds_are_told_and_can_be_set():
    (line,) = explored("netbsd-5", ["line"], small=False, settings=(("operations", "1"), ("threads", "1")))
    assert line.bounds == "1 CPU, 1 thread, 1 operation each, card for ever"


def test_the_client_of_everything_is_never_said_to_hold():
    (combined,) = explored("netbsd-5", ["combined"], states=1000)
    assert combined.verdict.finding is None
    assert not combined.verdict.complete
    assert not combined.verdict.holds
