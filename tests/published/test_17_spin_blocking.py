"""Blocking under locks of several CPUs, as the unit tests of SchedCAT (Brandenburg) expect it of published analyses.

Nothing is fitted. Predicted: every bound below, recomputed from its rule and equal; that no job of ours waits longer;
and, of FIFO locks, that some job waits as long, to the picoseconds that order the arrivals. Off by nothing.

The kernel is `textbook`. Spinning in order of arrival without being preempted (MSRP) is a ticket lock written out
here: the design's own spin lock serves whoever is quickest. FMLP is its `fifo` lock, and MPCP its lock with
inheritance in order of priority, each with one task to a CPU, so that boosting changes nothing. Not executed: clusters
of two CPUs (a run queue is of one CPU or of all), DPCP's agents, which run on the CPU of the resource, phase-fair and
other reader-writer locks (there are none). Their bounds are recomputed only.
"""

from __future__ import annotations

import pytest
from tests.published.lab import fixed_point, published, result

from splx.base.units import us
from splx.lang.kernel import Struct, atomic, i64, spin_while
from splx.machine.intrinsics import fetch_add
from splx.scenario import (
    IPL_NONE,
    Mutex,
    Scenario,
    Uniform,
    kpreempt_disable,
    kpreempt_enable,
    mutex_enter,
    mutex_exit,
    periodic,
    work,
)

CASES = published("17-multiprocessor-lock-blocking")["case"]
SIX, DEDICATED, SUSPENDING, NESTED, INFLATION, GLOBAL = CASES
ROUND = us(1000)  # far longer than all jobs together
BEST = 100


class Ticket(Struct):
    """A spin lock in order of arrival."""

    drawn: i64 = atomic()
    served: i64 = atomic()


class Task(Struct):
    """Each job computes, asks for the lock so many times, and computes."""

    lock: Ticket
    before: i64
    requests: i64
    length: i64
    after: i64


def job(task: Task) -> None:
    work(task.before)
    lock = task.lock
    n = task.requests
    while n > 0:
        kpreempt_disable()
        mine = fetch_add(lock.drawn, 1)
        spin_while(lock.served != mine)
        work(task.length)
        lock.served = mine + 1
        kpreempt_enable()
        n -= 1
    work(task.after)


def declare(lock, number, *, cpu, length, requests=1, before=0, after=0, when=0, jitter=None):
    """A task whose number is its level, 0 the best."""
    task = Task(lock=lock, before=us(before), requests=requests, length=us(length), after=us(after))
    how = {"priority": BEST - number, "cpu": cpu, "name": f"task{number}", "jitter": jitter}
    periodic(ROUND, when, **how, arg=task)(job)


# ---- six tasks on three CPUs, one FIFO spin lock


def fifo_wait(tasks, cpu):
    """For one request: the longest of each other CPU."""
    others = {task["cpu"] for task in tasks} - {cpu}
    return sum(max(task["len"] for task in tasks if task["cpu"] == other) for other in others)


def arrival_blocking(tasks, task):
    lower = [other["len"] for other in tasks if other["cpu"] == task["cpu"] and other["id"] > task["id"]]
    return max(lower) + fifo_wait(tasks, task["cpu"]) if lower else 0


def waiting_to_start(task, whens, until, jitter=None):
    """The longest that a job of `task` waits until it runs. Better tasks of its CPU are left out: they would, too."""
    with Scenario("six tasks") as made:
        lock = Ticket()
        for each in SIX["task"]:
            if each["cpu"] != task["cpu"] or each["id"] >= task["id"]:
                shape = {"cpu": each["cpu"], "length": each["len"], "requests": each["requests"]}
                declare(lock, each["id"], **shape, when=whens.get(each["id"], us(500)), jitter=jitter)
    return result(made, until, cpus=3).source(f"task{task['id']}.thread").start.most


@pytest.mark.parametrize("task", SIX["task"], ids=lambda task: f"task{task['id']}")
def test_arrival_blocking_is_the_published_is_reached_and_is_not_passed(task):
    bound = SIX["arrival_blocking"][task["id"]]
    assert arrival_blocking(SIX["task"], task) == bound
    others = [each for each in SIX["task"] if each["cpu"] != task["cpu"]]
    first = {max((e["len"], e["id"]) for e in others if e["cpu"] == each["cpu"])[1]: 0 for each in others}
    lower = [(e["len"], e["id"]) for e in SIX["task"] if e["cpu"] == task["cpu"] and e["id"] > task["id"]]
    then = {max(lower)[1]: 1} if lower else {}
    reached = waiting_to_start(task, first | then | {task["id"]: 2}, ROUND)
    assert us(bound) - 2 <= reached <= us(bound)
    assert waiting_to_start(task, {}, 100 * ROUND, Uniform(0, us(150))) <= us(bound)


# ---- eight tasks on eight CPUs, all of one lock, in whatever order they come


def test_whoever_comes_last_of_eight_waits_for_all_others():
    """All come within seven picoseconds, a hundred times, in an order that is drawn."""
    with Scenario("eight tasks") as made:
        lock = Ticket()
        for n in range(1, 9):
            declare(lock, n, cpu=n - 1, length=n, jitter=Uniform(0, 7))
    run = result(made, 100 * ROUND, cpus=8)
    for n in range(1, 9):
        longest = run.source(f"task{n}").finish.most - us(n)
        assert us(36 - n) - 7 <= longest <= us(36 - n)


# ---- a processor for interrupts


@pytest.mark.parametrize("name", ["no_dedicated", "cpu0_dedicated"])
def test_bounds_with_a_cpu_for_interrupts_follow_from_how_many_cpus_a_cluster_has(name):
    """Four clusters of two CPUs, or one of them of one. A request waits for one of every other CPU."""
    cpus, lengths = [2 - (name == "cpu0_dedicated"), 2, 2, 2], [1, 3, 5, 7]
    for task, cluster, lower in (("task0", 0, True), ("task15", 3, False)):
        ahead = [count - (n == cluster) for n, count in enumerate(cpus)]
        wait = sum(count * length for count, length in zip(ahead, lengths, strict=True))
        arrival = (wait + lengths[cluster]) if lower else 0
        count = sum(ahead) + (sum(ahead) + 1 if lower else 0)
        assert DEDICATED[name][task] == {"arrival": arrival, "count": count, "term": wait + arrival}


# ---- locks on which waiters sleep: a task on each of four CPUs

PERIODS, SECTIONS = (10, 25, 50), (3, 5, 7)


def fmlp(n):
    """First come first served: everybody else once."""
    return sum(SECTIONS) - SECTIONS[n]


def mpcp(n):
    """In order of priority: one worse section, and all better ones that can come meanwhile."""
    worse = max(SECTIONS[n + 1 :], default=0)
    return fixed_point(
        lambda wait: worse + sum((-(-wait // PERIODS[k]) + 1) * SECTIONS[k] for k in range(n)),
        worse + sum(SECTIONS[:n]),
    )


def dpcp(n, horizon, *, agents):
    """As MPCP, but of all that can come in a job's whole response, which is its period at most. With `agents` all are
    better: they run on the CPU of the task in question.
    """
    worse = 0 if agents else max(SECTIONS[n + 1 :], default=0)
    return worse + sum(-(-(horizon + PERIODS[k]) // PERIODS[k]) * SECTIONS[k] for k in range(n))


def test_bounds_of_locks_that_sleep_are_the_published():
    assert [fmlp(n) for n in range(3)] == SUSPENDING["fmlp"][:3]
    assert [mpcp(n) for n in range(3)] == SUSPENDING["mpcp_remote"][:3]
    assert [dpcp(n, PERIODS[n], agents=False) for n in range(3)] == SUSPENDING["dpcp_remote"][:3]
    assert dpcp(3, 100, agents=True) == SUSPENDING["dpcp_local_task4"]


class Sleeper(Struct):
    """A job is one section."""

    lock: Mutex
    length: i64


def section(task: Sleeper) -> None:
    mutex_enter(task.lock)
    work(task.length)
    mutex_exit(task.lock)


def waits(offsets, until, jitter=None, **options):
    """The longest that a section of each task waited: it is alone on its CPU."""
    with Scenario("sections") as made:
        lock = Mutex("lock", IPL_NONE)
        for n, (period, length) in enumerate(zip(PERIODS, SECTIONS, strict=True)):
            how = {"priority": BEST - n, "cpu": n, "name": f"task{n}", "jitter": jitter}
            periodic(us(period), offsets[n], **how, arg=Sleeper(lock=lock, length=us(length)))(section)
    run = result(made, until, cpus=3, **options)
    return [run.source(f"task{n}").finish.most - us(length) for n, length in enumerate(SECTIONS)]


@pytest.mark.parametrize("last", range(3))
def test_on_a_fifo_lock_whoever_comes_last_waits_for_the_bound(last):
    order = sorted(range(3), key=lambda n: (n == last, n))
    found = waits([order.index(n) for n in range(3)], us(18), lock="fifo")
    assert us(SUSPENDING["fmlp"][last]) - 2 <= found[last] <= us(SUSPENDING["fmlp"][last])


@pytest.mark.parametrize(
    ("bounds", "options"),
    [("fmlp", {"lock": "fifo"}), ("mpcp_remote", {"lock": "inherit", "order": "priority"})],
)
def test_no_section_waits_longer_than_its_bound(bounds, options):
    found = waits([0, 0, 0], us(20_000), Uniform(0, us(9)), **options)
    assert all(most <= us(bound) for most, bound in zip(found, SUSPENDING[bounds][:3], strict=True))
    assert max(found) > 0


# ---- what spinning adds to responses


def test_responses_with_spinning_reach_the_closer_published_bound_and_so_keep_the_looser():
    """Two tasks on one CPU, one on another, one request each: inflated costs count the only request of the other twice.

    Task 2 asks for the lock, task 1 asks next, and task 0 comes and asks last.
    """
    with Scenario("spinning") as made:
        lock = Ticket()
        declare(lock, 2, cpu=0, length=1, after=26, when=us(15) - 1)
        declare(lock, 1, cpu=1, length=1, before=15, after=51)
        declare(lock, 0, cpu=0, length=1, after=16, when=us(15))
    run = result(made, ROUND, cpus=2)
    for n, (closer, looser) in enumerate(zip(INFLATION["R_ilp"], INFLATION["R_inflation"], strict=True)):
        found = 100 * run.source(f"task{n}").finish.most
        assert us(closer) - 100 <= found <= us(closer) <= us(looser)


# ---- one run queue for all


def workload(cost, period, window, response):
    """Of a task, at most, in any window: its first job as late as it may be."""
    length = window + response - cost
    return length // period * cost + min(cost, length % period)


def global_response(costs, periods, cpus, *, close):
    """Bertogna, Cirinei, Lipari 2007: of what the better tasks do, all CPUs together. `close` has it that these respond
    in time that is known already, and that none delays a task for longer than its own execution leaves room for;
    otherwise they respond within their periods, and as many tasks as there are CPUs are delayed by nobody.
    """
    found = []
    for n, cost in enumerate(costs):

        def demand(window, n=n, cost=cost):
            ends, room = (found, window - cost + 1) if close else (periods, window)
            better = (workload(costs[k], periods[k], window, ends[k]) for k in range(n))
            return cost + sum(min(each, room) for each in better) // cpus

        found.append(cost if n < cpus and not close else fixed_point(demand, cost))
    return found


COSTS, TIMES = (1, 1, 3, 9), (4, 5, 9, 18)


def test_global_bounds_are_the_published():
    assert global_response(COSTS, TIMES, 2, close=True) == GLOBAL["R_2cpu"]
    assert global_response(COSTS, TIMES, 3, close=True) == GLOBAL["R_3cpu"]
    assert global_response(COSTS, TIMES, 3, close=False) == GLOBAL["R_bertogna_3cpu"]


@pytest.mark.parametrize(("cpus", "bounds"), [(2, "R_2cpu"), (3, "R_3cpu")])
def test_under_one_queue_for_all_no_job_responds_later(cpus, bounds):
    """From these offsets all but the last task reach their bounds; that one comes to 14 of 15, and to 10 of 12."""
    with Scenario("global") as made:
        for n, (cost, period) in enumerate(zip(COSTS, TIMES, strict=True)):
            task = Task(before=us(cost), lock=Ticket())
            periodic(us(period), us(n), priority=BEST - n, name=f"task{n}", arg=task)(job)
    run = result(made, us(20_000), cpus=cpus, queues="global")
    found = [run.source(f"task{n}").finish.most for n in range(4)]
    assert all(most <= us(bound) for most, bound in zip(found, GLOBAL[bounds], strict=True))
    assert found[:3] == [us(bound) for bound in GLOBAL[bounds][:3]]
