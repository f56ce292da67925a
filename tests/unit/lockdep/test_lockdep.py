"""What is found in one run, what is not, and what is said about how much was seen."""

import json

import pytest

from splx.base.exits import Exit
from splx.base.units import UNITS
from splx.cli.main import run
from splx.lockdep import Run, codes, lockdep
from splx.machine.models import load as load_model
from splx.scenario import load_scenario
from splx.scenario.build import build
from splx.scenario.designs import design, designs
from tools import lockdep_goldens as goldens

HEAD = "from splx.scenario import *\nfrom splx.scenario import IPL_BIO, IPL_NET, IPL_VM, IPL_SOFTNET\n"


@pytest.fixture
def watch(tmp_path):
    """The verdict on 3 ms of a scenario of this text."""

    def watch(text, name="netbsd-5", cpus=2, engine="native", ms=3):
        file = tmp_path / "made.py"
        file.write_text(HEAD + text)
        scenario, chosen = load_scenario(file), design(name)
        system = build(scenario, chosen, cpus=cpus, also="spl_level")
        return lockdep(system, scenario, chosen, load_model("x86-2020"), Run(ms * UNITS["ms"], engine=engine))

    return watch


def codes_of(verdict):
    return [each.code for each in verdict.findings]


# ---- no false alarms


@pytest.mark.parametrize("name", [*designs(), "doran-2006:line_at=IPL_NET", "textbook:lock=inherit"])
@pytest.mark.parametrize("ours", ["first", "demo"])
def test_nothing_is_found_in_our_own_scenarios(ours, name):
    scenario, chosen = load_scenario(ours), design(name)
    system = build(scenario, chosen, cpus=4, also="spl_level")
    verdict = lockdep(system, scenario, chosen, load_model("x86-2020"), Run(4 * UNITS["ms"]))
    assert codes_of(verdict) == []
    assert verdict.unseen == ()
    assert verdict.taken > 100


def test_one_thread_that_takes_two_locks_either_way_does_not_wait_for_itself(watch):
    verdict = watch("""
a, b = Mutex("a"), Mutex("b")

@thread("t")
def t() -> None:
    with a, b:
        work(us(1))
    with b, a:
        work(us(1))
""")
    assert verdict.orders == (("a", "b"), ("b", "a"))
    assert codes_of(verdict) == []


BOTH_WAYS = """
THINK = Constant(us(100))
c, a, b = Mutex("c", {level}), Mutex("a", {level}), Mutex("b", {level})

@thread("one")
def one() -> None:
    {first}

@thread("two")
def two() -> None:
    user_work(THINK)
    {second}
"""


def test_a_common_outer_lock_keeps_two_apart(watch):
    one, two = "with c, a, b: work(us(1))", "with c, b, a: work(us(1))"
    assert codes_of(watch(BOTH_WAYS.format(level="IPL_NONE", first=one, second=two))) == []


def test_a_common_lock_between_does_not(watch):
    one, two = "with a, c, b: work(us(1))", "with b, c, a: work(us(1))"
    assert codes_of(watch(BOTH_WAYS.format(level="IPL_NONE", first=one, second=two))) != []


@pytest.mark.parametrize(("cpus", "expected"), [(1, []), (2, [codes.ORDER])])
def test_two_who_spin_need_two_cpus(watch, cpus, expected):
    text = BOTH_WAYS.format(level="IPL_VM", first="with a, b: work(us(1))", second="with b, a: work(us(1))")
    assert codes_of(watch(text, cpus=cpus)) == expected


def test_who_tries_does_not_wait(watch):
    one = "with a:\n        if mutex_tryenter(b):\n            mutex_exit(b)"
    text = BOTH_WAYS.format(level="IPL_NONE", first=one, second="with b, a: work(us(1))")
    assert codes_of(watch(text)) == []


def test_the_big_lock_is_given_up_before_somebody_sleeps(watch):
    """So it can be taken before a lock that sleeps and after it."""
    one = "kernel_lock()\n    with a: work(us(1))\n    kernel_unlock()"
    two = "with a:\n        kernel_lock()\n        kernel_unlock()"
    verdict = watch(BOTH_WAYS.format(level="IPL_NONE", first=one, second=two))
    assert verdict.orders == (("a", "kernel_lock"), ("kernel_lock", "a"))
    assert codes_of(verdict) == []


HANDLER = """
nic = NIC("wm0", Periodic(ms(1)), cpu=0)
stats = Mutex("stats", IPL_BIO)
THINK = Constant(us(100))

@handler(nic, IPL_NET, mpsafe=True)
def nic_intr() -> None:
    while nic.pop() != 0:
        with stats:
            work(us(1))

@thread("reader", cpu={cpu})
def reader() -> None:
    user_work(THINK)
    with stats:
        work(us(1))
"""


@pytest.mark.parametrize(("cpu", "code"), [(0, codes.BENEATH), (1, codes.TOO_LOW)])
def test_an_interrupt_comes_in_only_on_its_own_cpu(watch, cpu, code):
    """On another one the lock is declared too low all the same."""
    assert codes_of(watch(HANDLER.format(cpu=cpu), "netbsd-2006")) == [code]


WAITS_ON_TOP = """
card = Clock("card", Periodic(us(100)), cpu=0)
a, b = Mutex("a", {level}), Mutex("b", IPL_SCHED)

@handler(card, IPL_SCHED, mpsafe=True)
def intr() -> None:
    card.ack()
    with b:
        pass

@thread("one", cpu=0)
def one() -> None:
    with a:
        work(us(1))

@thread("two", cpu=1)
def two() -> None:
    with b:
        {second}
"""


@pytest.mark.parametrize(
    ("name", "level", "expected"),
    [
        ("netbsd-5", "IPL_VM", [codes.INTERRUPT_ORDER]),
        ("linux", "IPL_VM", []),
        ("linux-threadirqs", "IPL_VM", []),
        ("linux", "IPL_SOFTNET", [codes.INTERRUPT_ORDER]),  # such a lock leaves the interrupts on
    ],
)
def test_an_interrupt_does_not_come_in_while_a_cpu_has_its_interrupts_off(watch, name, level, expected):
    assert codes_of(watch(WAITS_ON_TOP.format(level=level, second="with a:\n            pass"), name)) == expected


@pytest.mark.parametrize(("name", "expected"), [("netbsd-5", [codes.INTERRUPT_ORDER]), ("linux", [])])
def test_a_handler_that_runs_with_interrupts_off_is_not_interrupted(watch, name, expected):
    low = """
low = Clock("low", Periodic(us(100)), cpu=0)

@handler(low, IPL_VM, mpsafe=True)
def low_intr() -> None:
    low.ack()
    with a:
        pass
"""
    text = WAITS_ON_TOP.format(level="IPL_VM", second="with a:\n            pass")
    text = text.replace("    with a:\n        work(us(1))", "    pass")
    assert codes_of(watch(text + low, name)) == expected


def test_interrupts_that_are_turned_on_while_a_lock_is_held_let_a_handler_in(watch):
    text = WAITS_ON_TOP.format(level="IPL_SCHED", second="pass").replace("with b", "with a")
    early = "mutex_enter(a)\n    splx(s)\n    work(us(1))\n    mutex_exit(a)"
    within = text.replace("with a:\n        work(us(1))", f"s = splhigh()\n    {early}")
    assert codes_of(watch(text, "linux")) == []
    assert codes_of(watch(within, "linux")) == [codes.BENEATH]


def test_where_bio_and_net_are_one_level_it_is_not_too_low(watch):
    assert codes_of(watch(HANDLER.format(cpu=0), "netbsd-5")) == []


def test_the_big_lock_counts_how_often_it_is_taken(watch):
    verdict = watch("""
nic = NIC("wm0", Periodic(us(100)), cpu=0)
disk = Mutex("disk", IPL_BIO)

@handler(nic, IPL_NET)
def nic_intr() -> None:
    while nic.pop() != 0:
        work(us(1))

@thread("t", cpu=0)
def t() -> None:
    kernel_lock()
    kernel_lock()
    with disk:
        work(ms(1))
    kernel_unlock()
    kernel_unlock()
""", "netbsd-2006")  # fmt: skip
    assert verdict.unseen == ()
    assert codes_of(verdict) == []


def test_what_is_released_meanwhile_keeps_nobody_apart(watch):
    """Both take b and a under `outer`, but `one` lets go of it while it still holds a."""
    verdict = watch("""
nic = NIC("wm0", Periodic(ms(1)), cpu=0)
outer, a, b = Mutex("outer", IPL_BIO), Mutex("a", IPL_BIO), Mutex("b", IPL_NET)
THINK = Constant(us(100))

@handler(nic, IPL_NET, mpsafe=True)
def nic_intr() -> None:
    while nic.pop() != 0:
        with b:
            work(us(1))

@thread("one", cpu=0)
def one() -> None:
    mutex_enter(outer)
    mutex_enter(a)
    mutex_exit(outer)
    mutex_exit(a)

@thread("two", cpu=1)
def two() -> None:
    user_work(THINK)
    with outer, b, a:
        work(us(1))
""", "netbsd-2006")  # fmt: skip
    assert codes_of(verdict) == [codes.INTERRUPT_ORDER]


def test_a_design_without_a_big_lock_has_no_order_of_it(watch):
    text = BOTH_WAYS.format(
        level="IPL_VM", first="with a:\n        kernel_lock()\n        kernel_unlock()", second="pass"
    )
    assert codes_of(watch(f"optional(kernel_lock)\n{text}", "textbook")) == []
    assert codes_of(watch(text, "netbsd-5")) == [codes.BIG_UNDER_SPIN]


# ---- locks behind other calls


def test_a_condition_is_waited_for_with_another_lock_held_and_its_own_taken_again(watch):
    """`cv_wait` takes m again while t holds a: that is a before m, and m before a."""
    verdict = watch("""
m, a = Mutex("m"), Mutex("a")
cv = Condvar("cv")
THINK = Constant(us(100))

@thread("sleeper")
def sleeper() -> None:
    mutex_enter(m)
    mutex_enter(a)
    cv_wait(cv, m)
    mutex_exit(a)
    mutex_exit(m)

@thread("waker")
def waker() -> None:
    user_work(THINK)
    with m:
        cv_signal(cv)
    user_work(THINK)
    with m, a:
        work(us(1))
""")
    assert verdict.orders == (("a", "m"), ("m", "a"))
    assert codes_of(verdict) == [codes.ORDER]


def test_a_pools_lock_is_taken_where_the_user_calls(watch):
    verdict = watch("""
nic = NIC("wm0", Periodic(ms(1)))
mbufs = Pool("mbufs", 4)

@handler(nic, IPL_NET, mpsafe=True)
def nic_intr() -> None:
    while nic.pop() != 0:
        pool_put(mbufs, 1)
""")
    (only,) = verdict.findings
    assert (only.code, only.span.line) == (codes.TOO_LOW, 10)
    assert only.message == "handler `nic_intr` takes `mbufs` at IPL_NET, and the lock is declared at IPL_NONE"


# ---- how much was seen


def test_what_did_not_come_up_is_listed(watch):
    verdict = watch("""
nic = NIC("wm0", Periodic(s(1), offset=s(1)))
lock = Mutex("lock", IPL_NET)

@handler(nic, IPL_NET)
def nic_intr() -> None:
    with lock:
        nic.pop()

@thread("t")
def t() -> None:
    if mutex_tryenter(lock):
        mutex_exit(lock)
""", ms=1)  # fmt: skip
    assert verdict.unseen == ("`nic_intr` never ran",)


def test_a_handler_that_begins_with_work_has_run(watch):
    verdict = watch("""
nic = NIC("wm0", Periodic(us(50)), trigger=EDGE)

@handler(nic, IPL_NET)
def nic_intr() -> None:
    work(us(1))
    nic.pop()
""", ms=1)  # fmt: skip
    assert verdict.unseen == ()
    assert (verdict.complete, verdict.elapsed) == (True, UNITS["ms"])


def test_a_run_that_is_stopped_is_no_pass(monkeypatch, capsys):
    """Ctrl-C, the first time that progress is told."""

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("splx.cli.progress.Progress.__call__", interrupted)
    assert run(["lockdep", "demo", "--time", "10ms"]) == Exit.GAVE_UP
    assert capsys.readouterr().out.endswith("  found     nothing, before it was stopped\n")


def test_the_plain_engine_finds_the_same():
    case = next(each for each in goldens.cases() if each.stem == "D0003")
    assert goldens.verdict(case, "plain") == goldens.verdict(case)


# ---- the command


def golden(name):
    return str(goldens.FOLDER / f"{name}.py")


def test_nothing_found_is_exit_0_and_says_what_was_watched(capsys):
    assert run(["lockdep", "first", "--time", "2ms"]) == Exit.HOLDS
    out = capsys.readouterr().out
    assert "first under netbsd-5 on x86-2020, 1 CPU, seed 1\n" in out
    assert "\n  orders    none: no lock was taken with another held\n  found     nothing\n" in out


def test_something_found_is_exit_1(capsys):
    assert run(["lockdep", golden("D0003"), "--design", "netbsd-2006", "--time", "3ms"]) == Exit.FINDING
    out = capsys.readouterr().out
    assert out.startswith("finding[D0003]: thread `reader` holds `disk` when handler `nic_intr` comes in")
    assert out.endswith("  found     1\n")


#: One waits for a lock whose holder waits for a word that the first would set: no two locks, and a standstill.
STANDS_STILL = (
    HEAD
    + """
from splx.lang.kernel import spin_while

class Box(Struct):
    go: i64 = atomic()

box, a = Box(), Mutex("a", IPL_VM)

@thread(cpu=0)
def sets() -> None:
    work(us(10))
    with a:
        box.go = 1

@thread(cpu=1)
def waits() -> None:
    with a:
        spin_while(box.go == 0)
"""
)


def test_a_run_that_ends_in_a_standstill_has_that_as_its_finding(tmp_path, capsys):
    (tmp_path / "made.py").write_text(STANDS_STILL)
    assert run(["lockdep", str(tmp_path / "made.py"), "--time", "1ms"]) == Exit.FINDING
    out = capsys.readouterr().out
    assert out.startswith("finding[K0014]: nothing can move any more")
    assert "  watched   1 ms, in which a lock was taken once; the run ended in a deadlock\n" in out
    assert run(["lockdep", str(tmp_path / "made.py"), "--time", "1us"]) == Exit.HOLDS


def test_a_circle_that_closed_is_told_once(tmp_path, capsys):
    takes = "@thread(cpu={0})\ndef t{0}() -> None:\n    with {1}:\n        work(9000)\n"
    takes += "        with {2}:\n            pass\n"
    text = 'a, b = Mutex("a"), Mutex("b")\n' + takes.format(0, "a", "b") + takes.format(1, "b", "a")
    (tmp_path / "made.py").write_text(HEAD + text)
    assert run(["lockdep", str(tmp_path / "made.py"), "--time", "1ms", "--json"]) == Exit.FINDING
    assert [each["code"] for each in json.loads(capsys.readouterr().out)["findings"]] == [codes.ORDER]


def test_bad_input_is_exit_2(capsys):
    assert run(["lockdep", "nowhere.py"]) == Exit.BAD_INPUT
    assert "there is no scenario file `nowhere.py`" in capsys.readouterr().err


def test_a_run_that_came_to_a_broken_rule_says_so(capsys):
    assert run(["lockdep", golden("D0009"), "--json"]) == Exit.FINDING
    made = json.loads(capsys.readouterr().out)
    assert (made["stopped"], made["findings"][0]["code"]) == (True, codes.AGAIN)
    assert made["elapsed"] < made["asked"]


READ_OR_WRITTEN = """
table, m = RWLock("table"), Mutex("m")
ONE, TWO, WRITTEN = {ops}

@thread(cpu=0)
def one() -> None:
    rw_enter(table, ONE)
    with m:
        work(us(1))
    rw_exit(table)

@thread(cpu=0)
def two() -> None:
    with m:
        rw_enter(table, TWO)
        rw_exit(table)

@thread(cpu=0)
def three() -> None:
    if WRITTEN == 1:
        rw_enter(table, RW_WRITER)
        rw_exit(table)
"""
R, W = 0, 1


@pytest.mark.parametrize(
    ("name", "ops", "expected"),
    [
        ("netbsd-5", (R, W, 0), [codes.ORDER]),
        ("netbsd-5", (W, R, 0), [codes.ORDER]),
        ("netbsd-5", (R, R, 0), []),  # they do not wait for one another
        ("netbsd-5", (R, R, 1), [codes.ORDER]),  # but for a writer who has come between them
        ("linux-rt", (R, W, 0), [codes.ORDER]),
        ("linux-rt", (R, R, 0), []),
    ],
)
def test_readers_wait_for_writers_and_writers_for_readers(watch, name, ops, expected):
    assert codes_of(watch(READ_OR_WRITTEN.format(ops=ops), name, ms=1)) == expected


READ_TWICE = """
table = RWLock("table")
WRITTEN = {written}

@thread(cpu=0)
def one() -> None:
    rw_enter(table, RW_READER)
    rw_enter(table, RW_READER)
    rw_exit(table)
    rw_exit(table)

@thread(cpu=0)
def two() -> None:
    if WRITTEN == 1:
        rw_enter(table, RW_WRITER)
        rw_exit(table)
"""


@pytest.mark.parametrize(("written", "expected"), [(0, []), (1, [codes.AGAIN])])
def test_to_read_again_needs_no_waiting_but_for_a_writer_in_between(watch, written, expected):
    assert codes_of(watch(READ_TWICE.format(written=written), ms=1)) == expected


#: `keeper` writes; two come to read meanwhile, and are handed the lock. Each then takes `m`, which `other` takes first.
HANDED = """
table, m = RWLock("table"), Mutex("m")

@thread(cpu=0)
def keeper() -> None:
    rw_enter(table, RW_WRITER)
    work(us(100))
    if {downgrades} == 1:
        rw_downgrade(table)
    rw_exit(table)

@thread(cpu=1, count=2)
def reader() -> None:
    work(us(10))
    rw_enter(table, RW_READER)
    with m:
        work(us(1))
    rw_exit(table)

@thread(cpu=0)
def other() -> None:
    with m:
        if rw_tryenter(table, RW_WRITER):
            rw_exit(table)
"""


@pytest.mark.parametrize("downgrades", [0, 1])
def test_readers_to_whom_a_lock_is_handed_have_it_as_all_others(watch, downgrades):
    verdict = watch(HANDED.format(downgrades=downgrades), ms=1)
    assert codes_of(verdict) == []  # who tries waits for nothing
    assert verdict.orders == (("m", "table"), ("table", "m"))
    assert verdict.taken == 3 + 3 + 1 + downgrades


def test_a_soft_interrupt_may_take_an_rwlock_which_has_no_level(watch):
    verdict = watch("""
table = RWLock("table")
nic = NIC("nic", Periodic(us(50)))

@softint(IPL_SOFTNET, mpsafe=True)
def soft() -> None:
    rw_enter(table, RW_READER)
    rw_exit(table)

@handler(nic, IPL_NET, mpsafe=True)
def nic_intr() -> None:
    nic.pop()
    softint_schedule(soft)
""", ms=1)  # fmt: skip
    assert codes_of(verdict) == []
    assert verdict.taken > 10
