"""Karsten and Damato, "Suspend IRQs during application busy periods" (Linux, 2024): memcached with its network under
interrupts, interrupts put off by a timer, polling by the server itself, and both in turn.

Fitted, to the rows under plain interrupts: three costs. A query in the server (4.72 us), from its share of the CPUs
when they are saturated; a packet in the poll (1.5 us) and an interrupt with what it starts (4.4 us), from the shares of
the CPUs at all loads, by eye: the largest difference of these is 18 %. Predicted: with interrupts the server falls
behind at a million queries a second (983,000, theirs 907,000), and with suspended ones it does not; the order of the
highest rates, interrupts, suspended, polling (0.90, 1.285, 1.285 million, theirs 1.04, 1.22, 1.25); the order of what
they take of the CPUs at 200,000 a second, put off, interrupts, polling (0.18, 0.25, 1; theirs 0.19, 0.26, 1); packets
for each interrupt rise with the load until it is too much. Rates and shares that are compared are within 20 %.

Not reproduced: interrupts become fewer as the load rises there (78,000 a second to 39,000), and more here (173,000 to
530,000): packets come in bunches there, 2.6 to an interrupt at a quarter of the load, and at random here, where the
8 us for which that card holds an interrupt back collect 1.2. So each query pays for more of them, which is why the
highest rate with interrupts is 13 % too low. And with interrupts put off for 200 us the highest rate is 21 % above
theirs: that their batches cost more as they grow is in none of three costs. Latencies are not compared.

One of their eight CPUs is run, on the machine without costs, at an eighth of the load.
"""

from __future__ import annotations

import pytest
from tests.published.lab import published

from splx.base.units import ms, ns, s, us
from splx.lang.kernel import Struct, i64
from splx.scenario import (
    IPL_CLOCK,
    IPL_NET,
    IPL_SOFTNET,
    ClosedLoop,
    Condvar,
    Disk,
    Exponential,
    Mutex,
    OneShot,
    Poisson,
    Scenario,
    Softint,
    Statistic,
    count,
    cv_signal,
    cv_wait,
    handler,
    softint_schedule,
    splraise,
    splx,
    thread,
    work,
)
from splx.scenario.build import build
from splx.scenario.designs import design
from splx.simulate import simulate

SOURCE = published("09-irq-versus-polling-2024")
CPUS, TIME = 8, ms(60)
WEIGHT, EMPTY = 64, 100
CONNECTIONS = 512
HELD = us(8)
PACKET, INTERRUPT, QUERY = us("1.5"), us("4.4"), us("4.72")
LOOK = us(1)  # at a card without packets


class Server(Struct):
    card: Disk
    timer: OneShot
    napi: Softint
    lock: Mutex
    more: Condvar
    flush: i64
    closed: i64
    polls: i64
    empty: i64
    suspended: i64
    queued: i64


def card_intr(v: Server) -> None:
    work(INTERRUPT)
    v.card.disable()
    softint_schedule(v.napi)


def timer_intr(v: Server) -> None:
    v.timer.ack()
    if v.flush == 0:
        v.card.enable()
    elif v.suspended == 0:
        work(INTERRUPT)
        softint_schedule(v.napi)


def poll(v: Server) -> None:
    n = WEIGHT
    while n > 0 and v.card.pop() != 0:
        work(PACKET)
        n -= 1
    with v.lock:
        v.queued += WEIGHT - n
        if v.queued > 0:
            cv_signal(v.more)
    if n == 0:
        softint_schedule(v.napi)
    elif v.suspended == 0:
        v.empty = v.empty + 1 if n == WEIGHT else 0
        if v.flush == 0:
            v.timer.arm(HELD)
        elif v.empty > EMPTY:
            v.card.enable()
        else:
            v.timer.arm(v.flush)


def take(v: Server) -> int:
    """What is queued; sleeps if there is nothing."""
    n = 0
    with v.lock:
        while v.queued == 0:
            cv_wait(v.more, v.lock)
        n = v.queued
        v.queued = 0
    return n


def look(v: Server) -> int:
    """Poll the card oneself."""
    n = 0
    old = splraise(IPL_SOFTNET)
    while n < WEIGHT and v.card.pop() != 0:
        work(PACKET)
        n += 1
    splx(old)
    return n


def serve(v: Server, n: int) -> None:
    while n > 0:
        work(QUERY)
        count(DONE, 1)
        if v.closed != 0:
            v.card.submit()
        n -= 1


def server(v: Server) -> None:
    for _ in range(CONNECTIONS * v.closed):
        v.card.submit()
    while True:
        serve(v, take(v))


def polling(v: Server) -> None:
    v.card.disable()
    for _ in range(CONNECTIONS * v.closed):
        v.card.submit()
    while True:
        n = look(v)
        serve(v, n)
        if n == 0:
            work(LOOK)


def suspending(v: Server) -> None:
    for _ in range(CONNECTIONS * v.closed):
        v.card.submit()
    while True:
        n = take(v)
        v.suspended = 1
        while n > 0:
            serve(v, n)
            n = look(v)
        v.suspended = 0
        v.empty = 0
        v.timer.arm(v.flush)


DONE: Statistic = None
APPS = {"base": (server, 0), "defer200": (server, us(200)), "fullbusy": (polling, 0), "suspend20": (suspending, us(20))}


def run(mode, load):
    app, flush = APPS[mode]
    with Scenario("memcached") as made:
        globals().update(DONE=Statistic("done"))
        arrivals = Poisson(rate=load // CPUS) if load else ClosedLoop(Exponential(ns(500)))
        v = Server(card=Disk("card", arrivals, ring=2048), timer=OneShot("timer"), flush=flush, closed=int(load == 0))
        v.lock, v.more = Mutex("queue", IPL_SOFTNET), Condvar("more")
        v.napi = Softint(poll, IPL_SOFTNET, name="napi", arg=v, mpsafe=True)
        handler(v.card, IPL_NET, arg=v, mpsafe=True, defer=True)(card_intr)
        handler(v.timer, IPL_CLOCK, arg=v, mpsafe=True)(timer_intr)
        thread("server", arg=v)(app)
    return simulate(build(made, design("linux"), cpus=1), "ideal", time=TIME)


LOADS = (200_000, 400_000, 600_000, 800_000, 1_000_000, 0)  # 0: as many as can be answered


def row(mode, load):
    return next(each for each in SOURCE["row"] if each["load_qps"] == load and each["mode"] == mode)


def rate(found):
    """Queries a second on all CPUs."""
    return found.statistics["done"] * s(1) / found.elapsed * CPUS


def busy(found):
    return 1 - found.share("idle")


@pytest.fixture(scope="module")
def base():
    return {load: run("base", load) for load in LOADS}


@pytest.fixture(scope="module")
def suspended():
    return {load: run("suspend20", load) for load in (200_000, 1_000_000, 0)}


def test_the_fit(base):
    for load, found in base.items():
        theirs = row("base", load)
        assert rate(found) == pytest.approx(theirs["qps"], rel=0.14)
        assert busy(found) == pytest.approx(theirs["cpu_pct_of_800"] / 800, rel=0.18)


def test_packets_for_each_interrupt_rise_with_the_load(base):
    assert [each["packets_per_irq"] for each in SOURCE["row"] if each["mode"] == "base"] == sorted(
        each["packets_per_irq"] for each in SOURCE["row"] if each["mode"] == "base"
    )
    ours = [found.statistics["done"] / found.source("card").irqs for found in base.values()]
    assert ours[:-1] == sorted(ours[:-1])
    assert ours[0] == pytest.approx(1.2, abs=0.05)  # theirs 2.6


def test_at_a_low_load_putting_off_is_cheaper_than_interrupts_and_polling_takes_all(base):
    ours = [busy(run("defer200", 200_000)), busy(base[200_000]), busy(run("fullbusy", 200_000))]
    theirs = [row(mode, 200_000)["cpu_pct_of_800"] / 800 for mode in ("defer200", "base", "fullbusy")]
    assert ours == sorted(ours)
    assert ours == pytest.approx(theirs, rel=0.1)


def test_the_highest_rates_are_in_their_order(base, suspended):
    ours = [rate(base[0]), rate(suspended[0]), rate(run("fullbusy", 0))]
    theirs = [row(mode, 0)["qps"] for mode in ("base", "suspend20", "fullbusy")]
    assert theirs == sorted(theirs)
    assert ours == sorted(ours)
    assert ours == pytest.approx(theirs, rel=0.14)


def test_at_a_million_interrupts_fall_behind_and_suspended_ones_do_not(base, suspended):
    assert rate(base[1_000_000]) < 0.99 * 1_000_000
    assert busy(base[1_000_000]) > 0.99
    assert rate(suspended[1_000_000]) == pytest.approx(1_000_000, rel=0.01)
    for load in (200_000, 1_000_000):
        assert busy(suspended[load]) == pytest.approx(row("suspend20", load)["cpu_pct_of_800"] / 800, rel=0.1)
