"""Who may take what, and who may sleep where: each design's table, cell by cell, on the running kernel, uncontended."""

from itertools import product

import pytest

from splx.base.diagnostics import Findings
from splx.report.rules import allowed
from splx.scenario import load_scenario, us
from splx.scenario.build import build
from splx.scenario.designs import design, designs
from splx.scenario.legality import ACTS, PLACES
from splx.scenario.refusals import NOTHING, OWN
from splx.simulate import simulate
from splx.stage.stage import Stage

TABLES = designs()
#: Options that change what is allowed; only the cells that they change are asked.
OPTIONS = [
    "doran-2006:line_at=IPL_BIO",
    "doran-2006:sleeping=never",
    "freebsd:witness=on",
    "freebsd:filter_at=IPL_BIO",
    "qnx:attach=isr",
    "linux:preempt=none",
    "linux:preempt=voluntary",
]
PLACE, ACT = list(PLACES), [*ACTS, "rw_enter", "cv_timedwait"]

SCENARIO = """
from splx.scenario import *

optional(kernel_lock, splraise)
card = NIC("card", Never())
top = NIC("top", Never())
inner = Mutex("inner", IPL_SERIAL)
outer = Mutex("outer", IPL_SERIAL)
low = Mutex("low", IPL_VM)
mutex = Mutex("mutex", IPL_NONE)
other = Mutex("other", IPL_NONE)
cv = Condvar("cv")
pool = Pool("pool", 2)

class Asked(Struct):
    place: i64
    act: i64
    done: i64

asked = Asked(place=-1)

def act(place: int) -> None:
    if asked.place == place:
        asked.place = -1
        if asked.act == 0:
            mutex_enter(inner)
            mutex_exit(inner)
        elif asked.act == 1:
            mutex_enter(low)
            mutex_exit(low)
        elif asked.act == 2:
            mutex_enter(mutex)
            mutex_exit(mutex)
        elif asked.act == 3:
            mutex_enter(inner)
            cv_wait(cv, inner)
            mutex_exit(inner)
        elif asked.act == 4:
            pool_put(pool, pool_get(pool, PR_WAITOK))
        else:
            kernel_lock()
            kernel_unlock()
        asked.done = 1

@softint(IPL_SOFTNET, mpsafe=True)
def soft() -> None:
    act(2)

@handler(top, IPL_SERIAL, mpsafe=True)
def top_intr() -> None:
    top.pop()
    act(0)

@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    card.pop()
    act(1)
    softint_schedule(soft)

@thread("waker", priority=PRI_USER)
def waker() -> None:
    while True:
        mutex_enter(inner)
        cv_broadcast(cv)
        mutex_exit(inner)
        yield_()

@thread("holder", priority=PRI_USER)
def holder() -> None:
    while True:
        mutex_enter(outer)
        act(3)
        mutex_exit(outer)
        mutex_enter(other)
        act(4)
        mutex_exit(other)
        kpreempt_disable()
        act(5)
        kpreempt_enable()
        s = splraise(IPL_VM)
        act(6)
        splx(s)
        yield_()
"""


#: The same with two calls more, which kernels allow and refuse as another.
ALIKE = {"rw_enter": "mutex", "cv_timedwait": "wait"}
MORE = (
    SCENARIO.replace(
        "        else:\n",
        """\
        elif asked.act == 6:
            rw_enter(rw, RW_READER)
            rw_exit(rw)
        elif asked.act == 7:
            mutex_enter(inner)
            cv_timedwait(cv, inner, 1)
            mutex_exit(inner)
        else:
""",
    ).replace('pool = Pool("pool", 2)\n', 'pool = Pool("pool", 2)\nrw = RWLock("rw")\n')
    + """
clock = Clock("clock", Never())

@handler(clock, IPL_CLOCK, mpsafe=True)
def tick() -> None:
    clock.ack()
    hardclock()
"""
)


def begun(system):
    """A CPU on which all have begun and nobody spins, and where the words are by which it is asked."""
    stage = Stage(system)
    stage.observer.events = lambda before, stage: []  # nobody reads what else happens
    word = {name: stage.find(0, f"asked.{name}")[0] for name in ("place", "act", "done")}
    settle(stage, 300, word)
    count = stage.find(0, "ci.mtx_count")[0]
    while stage.word(count) != 0:
        stage.step(0)
    return stage, word


def answer(stage, word, place, act):
    """What the kernel says to an act in a place; "" if it lets it be done."""
    stage._memory[word["place"]], stage._memory[word["act"]] = PLACE.index(place), ACT.index(act)
    for device in ("top", "card"):
        stage.arrive(0, device)
    settle(stage, 6000, word)
    if stage.stopped:
        return str(stage.log[-1][1].message)
    assert stage.word(word["done"]), "it was neither done nor refused"
    return ""


def settle(stage, steps, word):
    """Let the CPU run, and take every interrupt, until it is done or refused."""
    for _ in range(steps):
        if stage.stopped or stage.word(word["done"]):
            return
        due = stage.due(0)
        if not (due and stage.interrupt(0, due)) and not stage.halted(0):
            stage.step(0)


@pytest.fixture(scope="module")
def scenario(tmp_path_factory):
    file = tmp_path_factory.mktemp("legality") / "legal.py"
    file.write_text(SCENARIO)
    return file


def asked(scenario, each, cells):
    """What the running kernel of a design says in each of these cells."""
    stage, word = begun(build(load_scenario(scenario), each, cpus=1))
    before = stage.buffer.snapshot()
    for place, act in cells:
        stage.buffer.restore(before)
        stage.log.clear()
        stage.whose.clear()
        yield (place, act), answer(stage, word, place, act)


def told(each, place, act):
    """What the table of a design says, led by what its kernel says of that."""
    says = each.forbidden.get(place, {}).get(act, "")
    theirs = each.words.get(says, OWN).text
    return f"{theirs} ({says})" if theirs else says


@pytest.mark.parametrize("name", TABLES)
def test_each_cell_is_answered_as_the_design_says(scenario, name):
    each, cells = TABLES[name], list(product(PLACES, ACTS))
    for cell, said in asked(scenario, each, cells):
        assert said == told(each, *cell), cell


@pytest.mark.parametrize("name", [name for name in TABLES if name not in {"sel4", "textbook"}])
def test_rwlocks_are_refused_as_mutexes_and_waits_in_time_as_others_in_words_of_the_kernel(tmp_path, name):
    """Those two have neither."""
    (tmp_path / "more.py").write_text(MORE)
    each = TABLES[name]
    known = {f"{theirs.text} ({says})" if theirs.text else says for says, theirs in each.words.items()}
    for (place, act), said in asked(tmp_path / "more.py", each, list(product(PLACES, ALIKE))):
        assert bool(said) == bool(told(each, place, ALIKE[act])), (place, act)
        assert not said or said in known, (place, act)


@pytest.mark.parametrize("name", OPTIONS)
def test_a_cell_that_an_option_changes_is_answered_so(scenario, name):
    each, plain = design(name), TABLES[name.partition(":")[0]]
    cells = [cell for cell in product(PLACES, ACTS) if told(each, *cell) != told(plain, *cell)]
    assert cells
    for cell, said in asked(scenario, each, cells):
        assert said == told(each, *cell), cell


def test_other_options_change_nothing():
    """Of what is allowed."""
    changing = {each.rpartition("=")[0] for each in OPTIONS}
    for each in TABLES.values():
        for option in each.options:
            if f"{each.name}:{option.name}" not in changing:
                others = [design(f"{each.name}:{option.name}={choice}") for choice in option.choices]
                assert all(other.forbidden == each.forbidden for other in others), (each.name, option.name)


def test_a_kernel_has_words_of_its_own_for_each_refusal_or_is_said_to_look_for_nothing():
    """A design that is nobody's kernel has none."""
    for each in (*TABLES.values(), *map(design, OPTIONS)):
        refused = {says for acts in each.forbidden.values() for says in acts.values()}
        assert (refused <= set(each.words)) != (each.name == "textbook"), each.name
        assert all(theirs.text or theirs == NOTHING for theirs in each.words.values())


def test_what_a_design_has_no_call_for_is_neither_allowed_nor_refused_there():
    assert {allowed(TABLES["linux"], place, "big") for place in PLACES} == {"-"}
    assert {allowed(design("linux-rt:bh=none"), "raised", act) for act in ACTS} == {"-"}
    assert [allowed(TABLES["netbsd-5"], "hard", act) for act in ("spin", "mutex", "big")] == ["yes", "no", "no"]


def test_what_kernels_say():
    """One that is asserted on every call there, and one that is not looked for at all."""
    dragonfly, sel4 = TABLES["dragonfly"], TABLES["sel4"]
    assert dragonfly.words[dragonfly.forbidden["hard"]["mutex"]].text.startswith("Attempt to acquire token not already")
    assert set(sel4.words.values()) == {NOTHING}


TRIES = """from splx.scenario import *

card = NIC("card", Periodic(us(20)))
mutex = Mutex("mutex")
had = Statistic("had")

def attempt() -> None:
    if mutex_tryenter(mutex):
        mutex_exit(mutex)
        count(had, 1)

@softint(mpsafe=True)
def soft() -> None:
    {soft}

@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    card.pop()
    softint_schedule(soft)
    {hard}
"""


def test_a_dpc_may_try_for_a_mutex_and_a_service_routine_may_not(tmp_path):
    """KeWaitForSingleObject with a time limit of zero."""

    def run(**where):
        (tmp_path / "tries.py").write_text(TRIES.format(**where))
        return simulate(build(load_scenario(tmp_path / "tries.py"), TABLES["windows"]), time=us(200))

    assert run(soft="attempt()", hard="pass").statistics["had"] > 5
    with pytest.raises(Findings, match="IRQL_NOT_LESS_OR_EQUAL"):
        run(soft="pass", hard="attempt()")
