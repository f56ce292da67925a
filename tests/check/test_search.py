"""The search itself: two engines, one graph, and every path in it is a run of the machine."""

import random

import pytest
from tests.check.systems import system

from splx.check.bare import Source, Start, bare
from splx.check.checker import Checker
from splx.check.loading import Bounds, begin_search
from splx.check.path import make_ready, perform, standing
from splx.check.search import Want
from splx.check.verdict import check
from splx.check.verify import verify
from splx.lang.kernel import Struct, atomic, atomic_step, entry, i64
from splx.machine.intrinsics import cas_local, dev_read, dev_write, fetch_add_local, halt, leave, pic_eoi, swap_local
from splx.stage.stage import Stage

SMALL = [("counter", "netbsd-5"), ("asleep", "netbsd-2006"), ("crossed", "netbsd-5")]


def searched(built, bounds, engine="native"):
    checker = Checker(built, bounds, engine)
    checker.s.pause = bounds.states
    return checker, checker.explore()


@pytest.mark.parametrize("tso", [False, True])
@pytest.mark.parametrize(("name", "design"), SMALL)
def test_compiled_and_plain_find_the_same_states_and_moves(name, design, tso):
    bounds = Bounds(states=150, tso=tso)
    found = []
    for engine in ("native", "plain"):
        checker, want = searched(system(name, design), bounds, engine)
        rows = [checker.row(state) for state in range(checker.counts.states)]
        found.append((want, checker.counts, rows, list(checker.came[: len(rows)])))
    assert found[0] == found[1]


@pytest.mark.parametrize(("name", "design"), SMALL)
def test_the_graph_has_the_states_and_edges_of_the_search(name, design):
    built = system(name, design, **({"ORDER": 2} if name == "crossed" else {"HOW": 2} if name == "counter" else {}))
    checker, want = searched(built, Bounds(budgets={"tick": 0}))
    assert want is Want.NOTHING
    before = checker.counts
    checker.connect()
    assert (checker.counts.states, checker.s.n_edges) == (before.states, before.edges)


@pytest.mark.parametrize(("name", "design"), SMALL)
def test_single_steps_reach_the_same_ends(name, design):
    """Fusing steps that nobody can tell apart loses no state in which everything has come to rest."""
    built = system(name, design, **({"ORDER": 2} if name == "crossed" else {"HOW": 2} if name == "counter" else {}))
    ends = []
    for single in (False, True):
        checker, want = searched(built, Bounds(single=single, budgets={"tick": 0}))
        assert want is Want.NOTHING
        ends.append(checker.counts.dead)
    assert ends[0] == ends[1]


@pytest.mark.parametrize("tso", [False, True])
@pytest.mark.parametrize(("name", "design"), SMALL)
def test_a_walk_through_the_search_is_a_run_of_the_machine(name, design, tso):
    """The machine, moved by hand along a random path of moves, is in the states that the search says."""
    built = system(name, design)
    checker, chance = Checker(built, Bounds(tso=tso)), random.Random(name)
    stage, state = Stage(built), 0
    make_ready(stage, checker.klass)
    for _ in range(150):
        edges = checker.look_round(state)[1]
        if not edges:
            break
        move, state = chance.choice(edges)
        perform(stage, move, checker.klass, tso=tso)
        checker.show(state)
        words = len(built.image.memory)
        assert stage.words()[:words] == checker.buffer.array("machine.state.mem")[:words].tolist()
        for each in ("pc", "cur", "below", "status", "halted", "iflag", "level"):
            mine, its = (
                stage.buffer.array(f"state.{each}").tolist(),
                checker.buffer.array(f"machine.state.{each}").tolist(),
            )
            used = stage.buffer.array("state.status").tolist()
            if each == "pc":  # a context that runs nowhere has already done what it can do there
                used = [int(cpu >= 0) for cpu in stage.buffer.array("state.runs_on").tolist()]
            if each in ("pc", "below"):
                mine = [value for value, status in zip(mine, used, strict=False) if status == 1]
                its = [value for value, status in zip(its, used, strict=False) if status == 1]
            assert mine == its[: len(mine)], each


@pytest.mark.parametrize("bounds", [Bounds(), Bounds(tso=True), Bounds(single=True, tso=True)])
@pytest.mark.parametrize(("name", "design"), [*SMALL, ("dekker", "netbsd-5"), ("computed", "netbsd-5")])
def test_a_stage_that_says_nothing_does_the_same(name, design, bounds):
    built = system(name, design)
    checker, chance, state = Checker(built, bounds), random.Random(name), 0
    stages = [Stage(built, silent=silent) for silent in (False, True)]
    for stage in stages:
        make_ready(stage, checker.klass)
    for _ in range(100):
        edges = checker.look_round(state)[1]
        if not edges:
            break
        move, state = chance.choice(edges)
        for stage in stages:
            perform(stage, move, checker.klass, tso=bounds.tso)
        assert standing(stages[0]) == standing(stages[1])
    assert stages[0].log
    assert not stages[1].log


@pytest.mark.parametrize("tso", [False, True])
@pytest.mark.parametrize(("name", "design"), [*SMALL, ("dekker", "netbsd-5")])
def test_moves_that_are_remembered_are_those_that_are_made_again(name, design, tso):
    """Among the first is a CPU whose full buffer lets its next instruction happen, or not, by what that is."""
    found = []
    for memo in (False, True):
        checker, _ = searched(system(name, design), Bounds(states=8000, tso=tso, memo=memo))
        rows = [checker.contents(state) for state in range(0, checker.counts.states, 50)]
        found.append((checker.counts, rows, list(checker.came[: checker.counts.states])))
    assert found[0] == found[1]


@pytest.mark.parametrize("how", [0, 1, 2], ids=["constant", "exponential", "quantiles"])
def test_a_request_is_served_however_long_that_may_take(how):
    made = system("disk_request", HOW=how)
    finding = check(made).finding
    assert finding.why == "it is served, in disk_intr"
    tables = begin_search(made, Bounds()).view().machine.tables
    assert [tables.dist_first[0], tables.dist_len[0], tables.dist_mean[0]] == [0, 0, 0]  # nothing is looked up


class One(Struct):
    n: i64 = atomic()


left, right, seen = One(), One(), One()


@entry
@atomic_step
def takes(irq: int) -> None:
    pic_eoi(irq)
    dev_write(irq, 4, 0)
    leave()


@atomic_step
def reads_one() -> None:
    """Which word it reads is for the device to say."""
    if dev_read(0, 0) != 0:
        seen.n = left.n
    else:
        seen.n = right.n


@entry
def reads(_: int) -> None:
    while True:
        reads_one()


@entry
def writes(_: int) -> None:
    while True:
        left.n = 1 - left.n
        right.n = 1 - right.n


def test_what_a_device_answers_is_remembered_with_the_move_that_asked():
    starts = [Start(reads, 0, 0), Start(writes, 0, 1)]
    built = bare("asks", starts, sources=[Source("card", 0, 1)], vector=takes, statics=[left, right, seen])
    found = [searched(built, Bounds(memo=memo)) for memo in (True, False)]
    assert [want for _, want in found] == [Want.NOTHING, Want.NOTHING]
    assert found[0][0].counts == found[1][0].counts
    assert found[0][0].s.made < found[1][0].s.made


def test_another_search_of_the_same_need_not_be_made_anew():
    first = Checker(system("choices"))
    ended = first.explore()
    second = Checker(system("choices"), begun=first.begun)
    assert second.buffer.values() == Checker(system("choices")).buffer.values()
    assert second.explore() is ended
    assert second.counts == first.counts


class Flag(Struct):
    word: i64 = atomic(1)
    cleared: i64 = atomic()
    set_again: i64 = atomic()


flag = Flag()


@entry
def clears(_: int) -> None:
    flag.word = 0
    flag.cleared = 1
    halt()


@entry
def swaps(_: int) -> None:
    was = swap_local(flag.word, 1)
    looks_whether_lost(was)


@entry
def adds_nothing(_: int) -> None:
    was = fetch_add_local(flag.word, 0)
    looks_whether_lost(was)


@entry
def compares_in_vain(_: int) -> None:
    cas_local(flag.word, 2, 3)
    looks_whether_lost(1)


def looks_whether_lost(was: int) -> None:
    """Whether the 0 that was stored meanwhile is written over."""
    if was == 1 and flag.cleared == 1:
        assert flag.word == 0, "written over"
    halt()


@pytest.mark.parametrize("tso", [False, True])
@pytest.mark.parametrize("changes", [swaps, adds_nothing, compares_in_vain])
def test_an_unlocked_change_that_writes_what_it_has_read_writes_over_what_came_between(changes, tso):
    """Also a compare-and-swap that fails: it writes back what was there."""
    built = bare("flag", [Start(clears, 0, 0), Start(changes, 0, 1)], statics=[flag])
    for fuse in (False, True):
        found = check(built, Bounds(tso=tso, fuse=fuse)).finding
        assert found is not None
        assert "written over" in found.why
    plain, native = (searched(built, Bounds(tso=tso), engine) for engine in ("plain", "native"))
    assert plain[1] is native[1] is Want.FINDING
    assert plain[0].counts == native[0].counts
    assert verify(built, Bounds(tso=tso)).agrees
