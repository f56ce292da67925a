"""Who may take what, and who may sleep where: each design's table, cell by cell, on the running kernel, uncontended."""

import pytest

from splx.base.diagnostics import Findings
from splx.scenario import load_scenario, us
from splx.scenario.build import build
from splx.scenario.designs import design, designs
from splx.scenario.legality import ACTS, PLACES
from splx.simulate import simulate
from splx.stage.stage import Stage

TABLES = {**designs(), "freebsd:witness=on": design("freebsd:witness=on")}
PLACE, ACT = list(PLACES), list(ACTS)

SCENARIO = """
from splx.scenario import *

optional(kernel_lock)
card = NIC("card", Never())
top = NIC("top", Never())
inner = Mutex("inner", IPL_SERIAL)
outer = Mutex("outer", IPL_SERIAL)
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
            mutex_enter(mutex)
            mutex_exit(mutex)
        elif asked.act == 2:
            mutex_enter(inner)
            cv_wait(cv, inner)
            mutex_exit(inner)
        elif asked.act == 3:
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
        yield_()
"""


def begun(system):
    """A CPU on which all have begun and nobody spins, and where the words are by which it is asked."""
    stage = Stage(system)
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


@pytest.mark.parametrize("name", [name for name, each in TABLES.items() if each.forbidden])
def test_each_cell_is_answered_as_the_design_says(scenario, name):
    each = TABLES[name]
    system = build(load_scenario(scenario), each, cpus=1)
    stage, word = begun(system)
    before = stage.buffer.snapshot()
    for place in PLACES:
        for act in ACTS:
            stage.buffer.restore(before)
            stage.log.clear()
            stage.whose.clear()
            says = each.forbidden.get(place, {}).get(act, "")
            theirs = each.words.get(says)
            assert answer(stage, word, place, act) == (f"{theirs} ({says})" if theirs else says), (place, act)


def test_kernels_refuse_in_words_of_their_own():
    linux, freebsd = TABLES["linux"], TABLES["freebsd"]
    assert linux.words[linux.forbidden["hard"]["mutex"]].startswith("BUG: sleeping function")
    assert linux.words[linux.forbidden["spin"]["wait"]] == "BUG: scheduling while atomic"
    assert freebsd.words[TABLES["freebsd:witness=on"].forbidden["mutex"]["wait"]].startswith(
        "Sleeping with the following"
    )


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
