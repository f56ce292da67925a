"""Laws of lockdep, over generated scenarios.

Threads loop over chains of locks: each takes the locks of a chain one inside the other and lets them go. In the run
that is watched they never meet, so all that is found is found in what could have been.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from splx.base.units import UNITS
from splx.lockdep import Run, lockdep
from splx.lockdep import codes as found
from splx.machine.models import load as load_model
from splx.scenario import load_scenario
from splx.scenario.build import build
from splx.scenario.designs import design

LOCKS = "abcd"
ORDERS = {found.ORDER, found.INTERRUPT_ORDER}
CIRCLE_OF_THREE = [[("a", "b")], [("b", "c")], [("c", "a")]]
GATED = [[("c", "a", "b")], [("c", "b", "a")]]


def chains(longest):
    return st.lists(st.sampled_from(LOCKS), min_size=1, max_size=longest, unique=True).map(tuple)


def programs(longest, threads):
    """For each thread its chains."""
    return st.lists(st.lists(chains(longest), min_size=1, max_size=2), min_size=2, max_size=threads)


def scenario_of(threads, level="IPL_NONE", handlers=()):
    """Threads that come one after the other, each on its CPU; handlers (lock, level) of devices on CPU 0."""
    lines = ["from splx.scenario import *", "from splx.scenario import IPL_NONE, IPL_VM, IPL_BIO, IPL_NET, IPL_AUDIO"]
    lines += [f"{name} = Mutex('{name}', {level})" for name in LOCKS]
    lines += ["SHORT = Constant(us(40))"]
    for n, its in enumerate(threads):
        lines += [f"START{n} = Constant(us({300 * n + 1}))", f"@thread('t{n}', cpu={n})", f"def t{n}() -> None:"]
        lines += [f"    user_work(START{n})", *(line for chain in its for line in section(chain))]
    for n, (lock, its) in enumerate(handlers):
        lines += [
            f"d{n} = NIC('d{n}', Periodic(us(700), offset=us({250 * n + 200})))",
            f"@handler(d{n}, {its}, mpsafe=True)",
            f"def h{n}() -> None:",
            f"    while d{n}.pop() != 0:",
            f"        with {lock}:",
            "            work(us(1))",
        ]
    return "\n".join(lines) + "\n"


def section(chain):
    lines = ["    user_work(SHORT)"]
    lines += [f"{'    ' * depth}with {lock}:" for depth, lock in enumerate(chain, 1)]
    return [*lines, f"{'    ' * (len(chain) + 1)}work(us(1))"]


def watched(text, name="netbsd-5", cpus=3):
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "made.py"
        file.write_text(text)
        scenario, chosen = load_scenario(file), design(name)
        system = build(scenario, chosen, cpus=cpus, also="spl_level")
        return lockdep(system, scenario, chosen, load_model("x86-2020"), Run(3 * UNITS["ms"]))


def can_deadlock(threads):
    """By trying everything: a state in which threads wait for one another in a circle."""
    start = tuple(() for _ in threads)  # of each thread the chain it is in, and how many of its locks it has
    todo, seen = [start], {start}
    while todo:
        state = todo.pop()
        owner = {lock: n for n, at in enumerate(state) if at for lock in at[0][: at[1]]}
        wants = {n: owner.get(at[0][at[1]]) for n, at in enumerate(state) if at and at[1] < len(at[0])}
        if any(in_a_circle(n, wants) for n in wants):
            return True
        for n, at in enumerate(state):
            if not at:
                after = [(chain, 0) for chain in threads[n]]
            elif at[1] == len(at[0]):
                after = [()]
            else:
                after = [(at[0], at[1] + 1)] if wants[n] is None else []
            for each in after:
                made = (*state[:n], each, *state[n + 1 :])
                if made not in seen:
                    seen.add(made)
                    todo.append(made)
    return False


def in_a_circle(start, wants):
    at = wants.get(start)
    for _ in wants:
        if at in (None, start):
            break
        at = wants.get(at)
    return at == start


@settings(max_examples=25)
@given(programs(longest=3, threads=3), st.sampled_from(["IPL_NONE", "IPL_VM"]))
@example(CIRCLE_OF_THREE, "IPL_NONE")
@example(GATED, "IPL_VM")
def test_an_order_is_found_exactly_if_some_run_can_deadlock(threads, level):
    verdict = watched(scenario_of(threads, level))
    used = {lock for its in threads for chain in its for lock in chain}
    assert verdict.taken == sum(len(chain) for its in threads for chain in its)
    assert verdict.unseen == tuple(f"`{lock}` was never taken" for lock in LOCKS if lock not in used)
    assert ({each.code for each in verdict.findings} == {found.ORDER}) == can_deadlock(threads)
    assert {each.code for each in verdict.findings} <= {found.ORDER}


HANDLERS = st.lists(st.tuples(st.sampled_from(LOCKS), st.sampled_from(["IPL_BIO", "IPL_NET", "IPL_AUDIO"])), max_size=2)


@settings(max_examples=15)
@given(programs(longest=1, threads=3), HANDLERS, st.sampled_from(["netbsd-5", "netbsd-2006", "doran-2006", "textbook"]))
def test_without_two_locks_nested_nothing_is_found(threads, handlers, name):
    """Locks declared with the level of their highest user, handlers that do without the big lock."""
    verdict = watched(scenario_of(threads, "IPL_AUDIO" if handlers else "IPL_NONE", handlers), name)
    assert [each.message for each in verdict.findings] == []
    assert {pair for pair in verdict.orders if "kernel_lock" not in pair} == set()


def test_what_the_oracle_says_of_known_cases():
    assert can_deadlock([[("a", "b")], [("b", "a")]])
    assert can_deadlock(CIRCLE_OF_THREE)
    assert not can_deadlock(GATED)
