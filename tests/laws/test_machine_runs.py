"""Laws 3 and 4 for the machine: how a system is run changes nothing of what it does.

Native and plain give the same bytes. Running ahead, parking spinners and running in pieces are accelerations: with or
without, every observable is the same.
"""

from __future__ import annotations

from functools import cache

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.laws.machine_systems import systems

from splx.lang.native import compile_native
from splx.lang.plain import plain
from splx.machine.constants import Mode, Status
from splx.machine.run import boot, close, run
from splx.stage.load import Knobs, load
from splx.stage.sizeclass import derived

SIZES = derived(
    {"CPUS": 4, "CTXS": 16, "REGS": 32, "WORDS": 256, "IRQS": 32, "DEVS": 4, "ITEMS": 16, "SOURCES": 4, "CODE": 256,
     "FUNCS": 64, "DISTS": 4, "STATS": 4, "DRAWS": 8, "STAMPS": 4}
)  # fmt: skip
UNTIL = 100_000
FEW = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@cache
def engine(name):
    if name == "plain":
        return {each.__name__: plain(each, SIZES) for each in (boot, run, close)}
    return compile_native([boot, run, close], SIZES)


def differences(one, other):
    """What differs between two runs: name, place, and the two values."""
    return [
        (key, place, *pair)
        for key, values in one.items()
        for place, pair in enumerate(zip(values, other[key], strict=True))
        if pair[0] != pair[1]
    ]


def execute(built, name="native", pieces=(UNTIL,), steps=1 << 40, **knobs):
    buffer = load(built.system, built.model, Knobs(seed=7, **knobs), SIZES)
    beside, calls = buffer.view().beside, engine(name)
    calls["boot"](buffer)
    status = Status.DONE
    for until in pieces:
        beside.until = until
        status = Status.STEPS
        while status == Status.STEPS:
            beside.steps_left = steps
            status = calls["run"](buffer)
    beside.steps_left = 1 << 40
    if status == Status.DONE:
        calls["close"](buffer)
    beside.steps_left = 0
    return buffer


def observed(buffer):
    """Everything but how the run was done. A finding ends it at once, wherever the other CPUs are in their own work."""
    beside, machine = buffer.view().beside, buffer.view()
    found = {"state": bytes(buffer.field_bytes("state"))}
    for name in ("share", "acct", "hist", "stats", "draws", "stamps", "ev_time", "item_time", "work_left", "pending",
                 "serving"):  # fmt: skip
        found[name] = bytes(buffer.field_bytes(f"beside.{name}"))
    for name in ("devices", "sources"):
        found[name] = bytes(buffer.field_bytes(f"beside.{name}"))
    for c in range(machine.tables.n_cpus):
        cpu = beside.cpus[c]
        found[f"cpu{c}"] = (cpu.clock, cpu.insns, cpu.last, Mode.RUN if cpu.mode == Mode.PARKED else cpu.mode)
    found["run"] = (beside.now, beside.choices)
    found["finding"] = (beside.finding, beside.find_cpu, beside.find_pc, beside.find_a)
    return found if beside.finding == 0 else {key: found[key] for key in ("finding", f"cpu{beside.find_cpu}")}


@FEW
@given(systems())
def test_native_and_plain_give_the_same_bytes(built):
    plainly, natively = execute(built, "plain"), execute(built, "native")
    for part in ("state", "beside", "tables"):
        assert bytes(plainly.field_bytes(part)) == bytes(natively.field_bytes(part))


@FEW
@given(systems())
def test_running_ahead_changes_nothing(built):
    assert differences(observed(execute(built)), observed(execute(built, run_ahead=False))) == []


@FEW
@given(systems())
def test_a_parked_spinner_is_as_one_that_spins(built):
    assert differences(observed(execute(built)), observed(execute(built, park=False))) == []


@FEW
@given(systems(), st.lists(st.integers(0, UNTIL), max_size=5), st.integers(1, 50))
def test_running_in_pieces_changes_nothing(built, cuts, steps):
    whole = observed(execute(built))
    assert differences(whole, observed(execute(built, pieces=(*sorted(cuts), UNTIL)))) == []
    assert differences(whole, observed(execute(built, steps=steps))) == []
