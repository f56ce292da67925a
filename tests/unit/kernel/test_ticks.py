"""Callouts, time-outs and slices, run from a clock that calls `hardclock`."""

import pytest

from splx.base.diagnostics import SplxError
from splx.base.units import ms
from splx.simulate.setup import Setup

ALL = "from splx.scenario import *\n"
HEAD = """
clock = Clock("clock", Periodic(ms(1)))

@handler(clock, IPL_CLOCK, mpsafe=True)
def tick() -> None:
    clock.ack()
    hardclock()
"""

WAITS = """
m = Mutex("m", IPL_SOFTCLOCK)
cv = Condvar("cv")
fired, timed_out, signalled = Statistic("fired"), Statistic("timed out"), Statistic("signalled")

def again() -> None:
    count(fired, 1)
    callout_schedule(timer, 3)

def wake() -> None:
    mutex_enter(m)
    cv_signal(cv)
    mutex_exit(m)

timer, waker = Callout(again, mpsafe=True), Callout(wake)

@thread(cpu=0)
def waiter() -> None:
    callout_schedule(timer, 3)
    for n in range(6):
        mutex_enter(m)
        if n % 2 == 1:
            callout_schedule(waker, 2)
        late = cv_timedwait(cv, m, 4)
        mutex_exit(m)
        if late == EWOULDBLOCK:
            count(timed_out, 1)
        else:
            count(signalled, 1)
        kpause(2)
    callout_halt(timer, NULL)
    kpause(100)
"""

#: The list: put in the middle, taken from the middle, put off; and one that its holder stops under the big lock.
LIST = """
class Order(Struct):
    seen: i64

order = Order()

def note(n: int) -> None:
    order.seen = 10 * order.seen + n

first, second, third, fourth = (Callout(note, name=f"c{n}", arg=n, mpsafe=True) for n in (1, 2, 3, 4))
locked = Callout(note, name="c9", arg=9)

@thread(cpu=0)
def waiter() -> None:
    callout_schedule(first, 5)
    callout_schedule(second, 2)
    callout_schedule(third, 3)
    callout_schedule(fourth, 4)
    callout_schedule(second, 7)
    due = callout_stop(third)
    assert not due, "it was due"
    due = callout_stop(third)
    assert not due, "it was due"
    kpause(9)
    assert order.seen == 412, "not in this order"
    due = callout_stop(first)
    assert due, "it was not due"
    callout_schedule(locked, 1)
    kpause(2)
    assert order.seen == 4129, "not called under the big lock"
"""

STOPPED = """
ran = Statistic("ran")

def late() -> None:
    count(ran, 1)

c = Callout(late)
SHORT, LONG = Constant(us(10)), Constant(ms(3))

@thread(cpu=1)
def holder() -> None:
    kernel_lock()
    callout_schedule(c, 1)
    work(LONG)
    callout_stop(c)
    kernel_unlock()
    work(LONG)
"""

STRESS = """
clock1 = Clock("clock1", Periodic(us(50), jitter=Uniform(0, us(40))), cpu=1)
m = Mutex("m")
ran, halted = Statistic("ran"), Statistic("halted")
LONG, SHORT = Exponential(us(30)), Exponential(us(10))

class Watch(Struct):
    runs: i64 = atomic()

watches = [Watch() for _ in range(4)]

@handler(clock1, IPL_CLOCK, mpsafe=True)
def tick1() -> None:
    clock1.ack()
    hardclock()

def late(w: Watch) -> None:
    w.runs += 1
    assert w.runs == 1, "it runs twice at once"
    work(LONG)
    w.runs -= 1
    count(ran, 1)

class All(Struct):
    each: Array[Callout_] = array(4)

timers = All(each=[Callout(late, name=f"t{n}", arg=w, mpsafe=True) for n, w in enumerate(watches)])

@thread(priority=PRI_KTHREAD + 1)
def above() -> None:
    while True:
        work(SHORT)
        kpause(3)

@thread(count=4)
def user(n: int) -> None:
    while True:
        timer = timers.each[choose(4)]
        what = choose(4)
        if what == 0:
            callout_stop(timer)
        elif what == 1:
            mutex_enter(m)
            callout_halt(timer, m)
            mutex_exit(m)
            count(halted, 1)
        else:
            callout_schedule(timer, choose(5))
        work(SHORT)
"""

ITSELF = """
ended = Statistic("ended")

def late() -> None:
    fired = callout_halt(c, NULL)
    assert fired, "it was not due"
    count(ended, 1)

c = Callout(late)

@thread(cpu=0)
def starter() -> None:
    callout_schedule(c, 1)
    kpause(2)
    fired = callout_stop(c)
    assert not fired, "it was halted"
"""

SLICES = """
W = Constant(us(100))

@thread(cpu=0, count=3, priority=PRI_USER)
def worker(n: int) -> None:
    while True:
        user_work(W)
"""


def run(tmp_path, text, design, time):
    (tmp_path / "ticks.py").write_text(ALL + text)
    return Setup(str(tmp_path / "ticks.py"), design=design, machine="ideal", time=ms(time)).run()


DESIGNS = ["netbsd-2006", "netbsd-5", "freebsd", "linux"]


@pytest.mark.parametrize("design", DESIGNS)
def test_every_tick_is_counted(tmp_path, design):
    found = run(tmp_path, HEAD + WAITS, design, 80).statistics
    assert found["timed out"] == 3
    assert found["signalled"] == 3
    assert found["fired"] == (3 * (4 + 2) + 3 * (2 + 2)) // 3


@pytest.mark.parametrize("design", DESIGNS)
def test_callouts_are_called_in_order(tmp_path, design):
    assert run(tmp_path, HEAD + LIST, design, 20).source("clock").arrived == 21


@pytest.mark.parametrize("design", ["netbsd-5", "freebsd"])
def test_one_that_waits_for_the_big_lock_is_not_called_when_its_holder_stops_it(tmp_path, design):
    assert run(tmp_path, HEAD + STOPPED, design, 20).statistics["ran"] == 0


@pytest.mark.parametrize("design", ["netbsd-5", "netbsd-2006", "linux:share=fair"])
def test_callouts_of_two_cpus_that_everybody_schedules_stops_and_halts(tmp_path, design):
    head = HEAD.replace("Periodic(ms(1))", "Periodic(us(50), jitter=Uniform(0, us(40)))")
    own = "from splx.kernel.interface.callout import Callout as Callout_\n"
    found = run(tmp_path, own + head + STRESS, design, 40).statistics
    assert found["ran"] > 100
    assert found["halted"] > 300


@pytest.mark.parametrize("design", ["netbsd-5", "freebsd"])
def test_a_callout_that_is_a_thread_may_halt_itself(tmp_path, design):
    assert run(tmp_path, HEAD + ITSELF, design, 5).statistics["ended"] == 1


@pytest.mark.parametrize("design", DESIGNS)
def test_equals_share_a_cpu_by_slices(tmp_path, design):
    assert run(tmp_path, HEAD + SLICES, design, 300).statistics["Lwp.l_ncsw"] == pytest.approx(30, abs=1)


def refused(tmp_path, text, design="netbsd-5"):
    with pytest.raises(SplxError) as found:
        run(tmp_path, text, design, 1)
    return {each.code: each.message for each in found.value.diagnostics}


def test_what_waits_for_ticks_needs_some(tmp_path):
    callout = "def timeout() -> None:\n    pass\n\nwatch = Callout(timeout)\n"
    callout += "@thread()\ndef runs() -> None:\n    callout_schedule(watch, 1)\n"
    assert refused(tmp_path, callout) == {"S0121": "callout `timeout` waits for ticks, and nobody calls `hardclock`"}
    sleeps = "@thread()\ndef sleeps() -> None:\n    kpause(1)\n"
    assert refused(tmp_path, sleeps) == {"S0121": "thread `sleeps` calls `kpause`, and nobody calls `hardclock`"}


def test_turns_by_ticks_need_a_clock(tmp_path):
    worker = "@thread()\ndef worker() -> None:\n    pass\n"
    message = "in `linux` with `share=fair` threads take turns by ticks, and nobody calls `hardclock`"
    assert refused(tmp_path, worker, "linux:share=fair") == {"S0121": message}


def test_in_the_textbook_nothing_ticks(tmp_path):
    assert refused(tmp_path, HEAD, "textbook") == {"S0303": "`textbook` cannot honour `hardclock`"}


def test_what_waits_for_ticks_in_a_handler_or_for_a_work_needs_some(tmp_path):
    head = 'card = NIC("card", Periodic(us(100)))\ndef task(arg: int) -> None:\n    {}\nwq = Workqueue("wq", task)\n'
    head += "@handler(card, IPL_NET, mpsafe=True)\ndef intr() -> None:\n    card.pop()\n    {}\n"
    message = "{} calls `kpause`, and nobody calls `hardclock`"
    asked = refused(tmp_path, head.format("kpause(1)", "pass"), "linux:workqueue=pools")
    assert asked == {"S0121": message.format("workqueue `wq`")}
    asked = refused(tmp_path, head.format("pass", "kpause(1)"), "qnx")
    assert asked == {"S0121": message.format("handler `intr`")}


IN_HANDLER = """
card = NIC("card", Periodic(ms(4), offset=us(100)))
m, cv = Mutex("m"), Condvar("cv")
late, told = Statistic("late"), Statistic("told")

@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    while card.pop() != 0:
        kpause(1)
        mutex_enter(m)
        if cv_timedwait(cv, m, 3) == EWOULDBLOCK:
            count(late, 1)
        else:
            count(told, 1)
        mutex_exit(m)

@thread(cpu=1)
def teller() -> None:
    kpause(11)  # the first comes at 0.1 ms, pauses until 1 ms, and waits until 4 ms; that of 8.1 ms is told
    mutex_enter(m)
    cv_signal(cv)
    mutex_exit(m)
"""

#: Whose interrupt threads borrow a CPU: a level stays shut while its handler sleeps, and so do those of softints.
PINNED = ["solaris", "solaris:psm=apix", "doran-2006:sleeping=never"]


@pytest.mark.parametrize("design", [*PINNED, "dragonfly", "qnx", "qnx:attach=event"])
def test_a_handler_that_may_sleep_may_do_so_for_a_time(tmp_path, design):
    found = run(tmp_path, HEAD.replace("Periodic(ms(1))", "Periodic(ms(1)), cpu=1") + IN_HANDLER, design, 40)
    assert found.source("card").done == 10
    assert (found.statistics["late"], found.statistics["told"]) == (9, 1)


@pytest.mark.parametrize("design", PINNED)
def test_where_a_level_stays_shut_no_callout_ends_the_sleep_of_a_handler(tmp_path, design):
    """A callout runs as a soft interrupt, of a lower level."""
    assert run(tmp_path, HEAD + IN_HANDLER, design, 40).source("card").done == 0


EQUALS = """
sd0 = Disk("sd0", Periodic(s(1), offset=us(100)), limit=1)
sd1 = Disk("sd1", Periodic(s(1), offset=us(500)), limit=1)

@handler(sd0, IPL_BIO, mpsafe=True)
def first() -> None:
    while sd0.pop() != 0:
        work(ms(40))

@handler(sd1, IPL_BIO, mpsafe=True)
def second() -> None:
    while sd1.pop() != 0:
        work(ms(40))
"""


@pytest.mark.parametrize(("design", "first"), [("linux-rt", 40), ("freebsd", 80)])
def test_interrupt_threads_of_linux_have_no_slices_and_those_of_freebsd_have(tmp_path, design, first):
    """SCHED_FIFO. Each handler has 40 ms to do."""
    found = run(tmp_path, HEAD + EQUALS, design, 100)
    assert found.source("sd0").finish.most == pytest.approx(ms(first), rel=0.02)
    assert found.source("sd1").finish.most == pytest.approx(ms(80), rel=0.02)


STUCK = """
stuck = NIC("stuck", Periodic(s(1), offset=us(200)), trigger=LEVEL)
disk = Disk("sd0", Periodic(us(500)))

@handler(stuck, IPL_NET, mpsafe=True)
def stuck_intr() -> None:
    work(us(1))
    intr_stray()

@handler(disk, IPL_BIO, mpsafe=True)
def disk_intr() -> None:
    disk.pop()
"""


@pytest.mark.parametrize("design", ["linux-threadirqs", "linux-threadirqs:share=fair"])
def test_an_interrupt_thread_without_an_end_starves_its_equals(tmp_path, design):
    found = run(tmp_path, HEAD + STUCK, design, 50)
    assert found.source("clock").done > 40
    assert found.source("sd0").done <= 1


PAUSES_LOCKED = """
sp = Mutex("sp", IPL_CLOCK)

@thread(cpu=0)
def pauses() -> None:
    with sp:
        kpause(1)
"""


@pytest.mark.parametrize(
    ("design", "said"),
    [
        ("netbsd-2006", "switching with held simple_lock"),
        ("netbsd-5", "mi_switch: ci_mtx_count (-2) != -1 (block with spin-mutex held)"),
        ("freebsd", "Sleeping with the following non-sleepable locks held"),
        ("linux", "BUG: scheduling while atomic"),
        ("windows", "IRQL_NOT_LESS_OR_EQUAL"),
    ],
)
def test_who_pauses_with_a_spin_mutex_is_told_of_sleep_and_not_of_memory(tmp_path, design, said):
    (tmp_path / "driver.py").write_text(ALL + HEAD + PAUSES_LOCKED)
    with pytest.raises(SplxError) as refused:
        Setup(str(tmp_path / "driver.py"), design=design, machine="ideal", time=ms(3)).run()
    assert said in str(refused.value)
