"""Most general clients: a kernel's own primitives, in any legal order, by threads and interrupts that never end.

Here within bounds that take seconds for all kernels; `splx check --kernel NAME` has the others.
"""

import pytest

from splx.api.kernel import run, run_together, tasks
from splx.check.clients import CLIENTS, COMBINED
from splx.check.executed import Executed
from splx.scenario.designs import designs
from splx.scenario.mutants import MUTANTS, mutant
from splx.simulate.setup import Setup

QUICK = ("levels", "spin", "line", "waiting", "biglock", "two_locks", "soft", "polls")

#: A kernel that is another one but for how handlers run: what that changes.
LIKE_ANOTHER = {
    "linux-threadirqs": ("line", "soft"),
    "linux-napi-threaded": ("polls",),
    "linux-rt": ("spin", "line", "waiting", "soft"),
    "thomas-2007": ("line", "biglock"),
    "qnx": ("line", "waiting"),
    "xnu": ("line", "soft"),
    "sel4": ("line", "soft"),
    "dragonfly": ("line", "waiting", "biglock", "two_locks"),
}


def explored(
    design, names, memory="sc", mutants=(), *, small=True, settings=(), budgets=None, states=None, executed=None
):
    """What became of some clients on a kernel."""
    setup = Setup("", design=design, machine="ideal", settings=settings, mutants=mutants)
    chosen = [each for each in (*CLIENTS, COMBINED) if each.name in names]
    made = tasks(setup, chosen, (memory,), small=small, budgets=budgets)
    return [run(each, states=states, executed=executed) for each in made]


VERIFIED = [(design, name) for design in designs() for name in LIKE_ANOTHER.get(design, QUICK)]


@pytest.mark.parametrize(("design", "name"), VERIFIED)
def test_the_primitives_of_a_kernel_verify(design, name):
    chosen = [each for each in (*CLIENTS, COMBINED) if each.name == name]
    made = tasks(Setup("", design=design, machine="ideal"), chosen, small=True)
    system = made[0].setup.system() if made[0].there else None
    assert [each.memory for each in made] == ["sc", "tso"]
    for each in (run(task, system=system) for task in made):
        assert each.verdict is None or each.verdict.holds, f"{each.client.name}: {each.verdict.finding}"


@pytest.mark.parametrize("memory", ["sc", "tso"])
@pytest.mark.parametrize("design", ["netbsd-2006", "netbsd-5", "freebsd", "linux"])
def test_callouts_verify(design, memory):
    (timers,) = explored(design, ["timers"], memory)
    assert timers.verdict.holds


#: Clients of calls that few kernels have, under the memory model that admits more.
RARE = [
    ("freebsd", ("removed",)),
    ("linux", ("moved", "shut_moved")),
    ("linux:tasklets=bh", ("tasklets", "killed", "twice", "listed", "disabled", "ended", "noted")),
    ("linux:lend=chain", ("lending", "lent", "lent_on")),
    ("linux-threadirqs", ("killed",)),
    ("linux", ("works",)),
    ("linux:workqueue=thread", ("works",)),
    ("linux-rt", ("works", "awaited")),
    ("sel4:points=2", ("points", "moved_level")),
    ("windows:importance=level", ("sent",)),
    ("xnu", ("gates", "gates_timed")),
]


@pytest.mark.parametrize(("design", "names"), RARE)
def test_calls_verify_that_few_kernels_have(design, names):
    for each in explored(design, names, "tso"):
        assert each.verdict.holds, f"{each.client.name}: {each.verdict.finding}"


def test_workers_of_no_cpu_that_are_made_on_demand_verify():
    (works,) = explored("linux:workqueue=grows-2", ["works"], "tso", settings=(("unbound", "2"),))
    assert works.verdict.holds


def test_a_client_is_of_no_design_that_refuses_one_of_its_calls():
    names = ["moved", "shut_moved", "tasklets", "points", "gates", "gates_timed", "sent"]
    assert [each.verdict for each in explored("dragonfly", names)] == [None] * 7


def test_a_client_of_what_an_option_brings_is_of_no_design_without_it():
    assert [each.verdict for each in explored("dragonfly", ["polled"])] == [None]


def test_a_client_of_what_is_lent_is_of_no_design_without_it():
    for design in ("linux", "linux-threadirqs", "linux-napi-threaded", "netbsd-5:lend=none", "dragonfly"):
        assert [each.verdict for each in explored(design, ["lent", "lent_on"])] == [None, None]


#: Clients of two or more threads of any kernel.
TWO = (
    *QUICK, "sleeping", "sleepers", "readers", "sharers", "woken", "preemption", "poked", "moved", "moved_level",
)  # fmt: skip
#: Those that nothing interrupts, beside `sleepers` and `sharers`: three under TSO, where they have too many states.
ALONE = {("netbsd-2006-deferred", "two_locks", "tso"), ("doran-2006", "waiting", "tso")}


@pytest.mark.parametrize("design", ["netbsd-5", "netbsd-2006", "netbsd-2006-deferred", "doran-2006", "textbook"])
def test_two_threads_on_two_cpus_are_interrupted(design):
    chosen = [each for each in CLIENTS if each.name in TWO]
    for each in tasks(Setup("", design=design, machine="ideal"), chosen):
        cpus, threads, _, *devices = each.bounds.split(", ")
        assert cpus >= "2 CPUs", each.bounds
        assert threads >= "2 threads", each.bounds
        comes = any(not device.endswith(" 0 times") for device in devices)
        alone = each.client.name in ("sleepers", "sharers") or (design, each.client.name, each.memory) in ALONE
        alone = alone or (each.client.name, each.memory) == ("readers", "tso")
        assert comes != alone, each.bounds


def test_a_handler_sends_what_two_threads_send_but_not_under_store_buffers():
    chosen = [each for each in CLIENTS if each.name == "sent"]
    made = tasks(Setup("", design="windows:importance=level", machine="ideal"), chosen)
    assert [(each.memory, *each.bounds.split(", ")[:4]) for each in made] == [
        ("sc", "2 CPUs", "2 threads", "1 operation each", "card 1 times"),
        ("tso", "2 CPUs", "2 threads", "1 operation each", "card 0 times"),
    ]


def test_handlers_that_are_threads_have_bounds_of_their_own():
    (line,) = tasks(Setup("", design="doran-2006", machine="ideal"), [CLIENTS[2]], ("sc",))
    assert line.bounds == "2 CPUs, 2 threads, for ever, card 1 times"


#: Where an interrupt thread runs in situ there are more states than a test has time for.
BRIEF = [each for each in designs() if each not in ("doran-2006", "solaris", "freebsd", *LIKE_ANOTHER)]


@pytest.mark.parametrize("design", BRIEF)
def test_a_lock_of_a_line_holds_for_two_threads_and_a_handler_that_never_end(design):
    (line,) = explored(design, ["line"], small=False)
    assert line.bounds == "2 CPUs, 2 threads, for ever, card for ever"
    assert line.verdict.holds


def test_clients_in_processes_of_their_own_have_the_same_answers():
    chosen = [each for each in CLIENTS if each.name in ("biglock", "two_locks")]
    made = tasks(Setup("", design="textbook", machine="ideal"), chosen, ("sc",), small=True)
    one_by_one, at_once = [run(each) for each in made], run_together(made, jobs=2)
    assert [each.client.name for each in at_once] == ["biglock", "two_locks"]
    assert at_once[0].verdict is None  # a design without an operation leaves it out
    assert at_once[1].verdict.counts == one_by_one[1].verdict.counts
    assert at_once[1].verdict.answers == one_by_one[1].verdict.answers


def test_a_design_without_an_operation_leaves_it_out():
    by_name = {each.client.name: each for each in explored("textbook", ["biglock", "two_locks", "readers"])}
    assert by_name["readers"].verdict is None
    assert by_name["biglock"].verdict is None
    assert by_name["two_locks"].verdict.holds
    assert by_name["two_locks"].left_out == ("kernel_lock", "kernel_unlock")


def test_of_a_lock_that_does_not_last_across_a_switch_it_is_not_asked():
    setup = Setup("", design="dragonfly", machine="ideal")
    (sleeping,) = tasks(setup, [each for each in CLIENTS if each.name == "sleeping"], ("sc",), small=True)
    assert ("kept", "0") in sleeping.setup.settings
    assert sleeping.left_out == ("a lock kept across yield_",)


def test_bounds_are_told_and_can_be_set():
    (line,) = explored("netbsd-5", ["line"], small=False, settings=(("operations", "1"), ("threads", "1")))
    assert line.bounds == "1 CPU, 1 thread, 1 operation each, card for ever"


def test_the_client_of_everything_is_never_said_to_hold():
    (combined,) = explored("netbsd-5", ["combined"], states=1000)
    assert combined.verdict.finding is None
    assert not combined.verdict.complete
    assert not combined.verdict.holds


#: Mutant -> the client that finds it, whether within its tight bounds, the code, and who is wrong. Nobody wrote a
#: scenario for any of them.
FOUND = {
    "m1": ("waiting", True, "R0005", "an item of card is never taken"),
    "m2": ("spin", True, "R0001", "a level is left raised"),
    "m7": ("two_locks", False, "R0003", "user0 spins on biglock.word for ever"),
    "m8": ("biglock", True, "R0033", "interrupts of CPU 0 spin on biglock.word, which is held beneath"),
    "m11": ("biglock", True, "R0001", "a line that is held interrupts again"),
    "m12": ("two_locks", False, "R0003", "user1 spins on biglock.word for ever; user0 sleeps on lock"),
    "m13": ("line", True, "R0001", "locking against myself"),
    "m18": ("waiting", True, "R0005", "an item of card is never taken"),
    "m24": ("biglock", True, "R0001", "an irq that the register keeps away"),
    "c2": ("waiting", False, "R0022", "a data race on given.cv_waiters"),
    "c5": ("moved", True, "R0005", "an item of card is never taken"),
    "c8": ("soft", True, "R0002", "user0 spins on request.asked for ever"),
    "c8-dpc": ("soft", True, "R0003", "user0 spins on request.asked for ever"),
    "e4": ("biglock", True, "R0001", "a line that is held interrupts again"),
    "e4-event": ("line", True, "R0038", "cpu0 takes the interrupt of card again and again"),
    "e4-oneshot": ("line", True, "R0038", "cpu0 takes the interrupt of card again and again"),
    "e4-ist": ("line", True, "R0038", "cpu0 takes the interrupt of card again and again"),
    "rw-unlocked": ("readers", True, "R0004", "user1 sleeps on table and nobody can wake it"),
    "spin-bare": ("line", True, "R0001", "locking against myself"),
    "spin-late": ("line", True, "R0001", "locking against myself"),
    "spin-early": ("line", True, "R0001", "locking against myself"),
    "gate-early": ("gates", True, "R0004", "user0 sleeps on done and nobody can wake it"),
    "e10": ("works", True, "R0004", "user0 sleeps on through and nobody can wake it"),
    "bh-plain": ("noted", True, "R0003", "user1 spins on data.noted for ever"),
    "exit-split": ("soft", True, "R0004", "softnet/0 sleeps on lock and nobody can wake it"),
}


@pytest.mark.parametrize("name", FOUND)
def test_a_mutant_is_found_by_a_client(name):
    client, small, code, why = FOUND[name]
    guard = mutant(name)
    quiet = None if small else {"card": 0}  # those of wider bounds need no interrupt to be found
    (found,) = explored(guard.design, [client], guard.memory, (name,), small=small, budgets=quiet)
    assert found.verdict.finding.code == code
    assert why in found.verdict.finding.why


#: Those that no client finds here, and why: too many states for CI (what a client within wider bounds makes of them
#: stands in docs/primitives.md), or no legal use that would show it.
LEFT = {
    "m4": "sleepers",
    "m6": "two_locks under TSO, with an operation more of the first thread",
    "m6-switch": "sleepers under TSO",
    "m10": "a handler that waits for another CPU",
    "m17": "a softint that sleeps",
    "b1": "a lock of threads taken while one that spins is held",
    "b5": "two lines of one level",
    "pool-again": "a line of edges whose handler waits",
    "c4": "two handlers of one line",
    "callout-moves": "timers, with a second clock",
    "callout-itself": "timers on two CPUs",
    "emergency-all": "polled, as test_emergency does",
    "defer-once": "biglock with one operation each: with more a line may be put off for ever",
    "forward-early": "biglock on two CPUs, as invariant 3 of biglock_forward does",
    "dpc-look": "sent, as test_mutants does",
    "dpc-sent": "sent, as test_mutants does",
    "c8-late": "moved, which finds c5 here",
    "c8-wait": "moved, which finds c5 here",
    "c8-look": "moved, which finds c5 here",
    "c8-relaxed": "a handler that looks at memory before it does anything locked",
    "d1": "a thread between the two, which needs no lock",
    "e5": "soft work that asks for itself",
    "e13": "removed, as case e13 does",
    "e13-fence": "removed, as case e13 does",
    "e13-phase": "removed, as case e13 does",
    "sleep-late": "sleepers",
}


def test_of_every_mutant_it_is_known_whether_a_client_finds_it():
    assert FOUND.keys() | LEFT.keys() == {each.name for each in MUTANTS}


FLOOR = 0.85  # of the lines of netbsd-5


def test_the_clients_use_every_operation_and_make_most_of_a_kernel_run():
    executed = Executed()
    explored("netbsd-5", [*QUICK, "preemption", "raised"], executed=executed)
    explored("netbsd-5", ["line"], small=False, executed=executed)
    explored("netbsd-5", ["waiting", "two_locks"], small=False, budgets={"card": 0}, executed=executed)
    assert executed.never_used() == []
    lines, left = executed.lines()
    assert 1 - len(left) / len(lines) >= FLOOR, left


def test_what_no_client_uses_is_told():
    executed = Executed()
    explored("netbsd-5", ["two_locks"], executed=executed)
    lines, left = executed.lines()
    assert {each.partition(":")[0] for each in left} >= {"turnstile.py", "mutex_adaptive.py"}  # nobody waits for a lock
    assert len(left) < len(lines)
    assert executed.ways()[0] > executed.ways()[1] > 0


def test_tight_bounds_leave_no_operation_out():
    executed = Executed()
    explored("netbsd-5", [*QUICK, "woken"], executed=executed)
    assert executed.never_used() == []


def test_who_waits_for_a_lock_of_windows_stands_behind_worse_threads_that_came_before():
    (lending,) = explored("windows", ["lending"])
    assert lending.verdict.holds
