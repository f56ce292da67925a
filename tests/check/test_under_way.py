"""What one CPU sends another comes sooner or later: other interrupts may be taken first, and two may be one."""

import random

import pytest

from splx.check.bare import Source, Start, Symmetry, bare
from splx.check.checker import Checker
from splx.check.loading import Bounds
from splx.check.path import make_ready, perform
from splx.check.search import Move, Want
from splx.check.story import story_of
from splx.check.verdict import check
from splx.check.verify import verify
from splx.lang.kernel import PerCpu, Struct, atomic, atomic_step, entry, i64, spin_while
from splx.machine.intrinsics import (
    cpu_number,
    halt,
    intr_enable,
    leave,
    pic_eoi,
    pic_mask,
    pic_unmask,
    send_ipi,
    set_hw_level,
)
from splx.machine.state import VECTORS
from splx.stage.stage import Stage


class Flag(Struct):
    n: i64 = atomic()


class Log(PerCpu):
    """The vectors that a CPU has taken, the first one on the left: each as its number plus one."""

    taken: i64 = atomic()


flag = Flag()
own = Log()


@entry
@atomic_step
def vector(irq: int) -> None:
    """Takes an interrupt."""
    pic_eoi(irq)
    own.taken = own.taken * 10 + irq % VECTORS + 1
    leave()


@entry
def sends_two(_: int) -> None:
    send_ipi(1, 0)
    send_ipi(1, 1)
    halt()


@entry
def sends_twice(times: int) -> None:
    """Vector 0, so many times; then it says so."""
    while times > 0:
        send_ipi(1, 0)
        times -= 1
    flag.n = 1
    halt()


@entry
def listens(_: int) -> None:
    intr_enable()
    while True:
        halt()


@entry
def listens_late(_: int) -> None:
    """When all has been sent."""
    spin_while(flag.n == 0)
    intr_enable()
    while True:
        halt()


@entry
def sends_itself_too(_: int) -> None:
    """The same vector and the next, when the other has sent the first."""
    spin_while(flag.n == 0)
    send_ipi(1, 0)
    send_ipi(1, 1)
    intr_enable()
    while True:
        halt()


@atomic_step
def send_other(vector: int) -> None:
    send_ipi(1 - cpu_number(), vector)


@entry
def sends_each_other(_: int) -> None:
    send_other(0)
    send_other(1)
    intr_enable()
    while True:
        halt()


def two(first, second, argument=0, **more):
    starts = [Start(first, argument, 0, "first/0"), Start(second, 0, 1, "first/1")]
    return bare("two", starts, vector=vector, statics=[own, flag], **more)


def taken(system, **how):
    """What CPU 1 may have taken when everything has come to rest."""
    checker = Checker(system, Bounds(**how))
    want = checker.explore()
    while checker.s.raised:  # somebody uses a word that was thought to be another's
        checker = Checker(system, Bounds(**how), hands=checker.hands)
        want = checker.explore()
    assert want is Want.NOTHING
    assert not checker.s.strange
    states = range(checker.counts.states)
    checker.connect()
    moved = set(checker.edges("edge_from")[: checker.s.n_edges])
    at = system.image.address_of(own, "taken", cpu=1)
    found = set()
    for state in states:
        if state not in moved:
            checker.show(state)
            found.add(checker.s.machine.state.mem[at])
    return found


HOW = [{}, {"single": True}, {"fuse": True}, {"tso": True}, {"memo": False}]


@pytest.mark.parametrize("how", HOW, ids=str)
def test_of_two_that_are_sent_either_comes_first(how):
    assert taken(two(sends_two, listens), **how) == {12, 21}


@pytest.mark.parametrize("how", HOW, ids=str)
@pytest.mark.parametrize("times", [2, 3])
def test_what_is_sent_twice_may_come_once_or_twice(how, times):
    """One may have come when the next is sent, and be taken before that comes; a third one is always with another."""
    assert taken(two(sends_twice, listens_late, times), **how) == {1, 11}


def test_what_a_cpu_sends_itself_is_there():
    """The first vector is, whenever that of the other comes: so it is taken before the next one, and may come again."""
    assert taken(two(sends_twice, sends_itself_too, 1)) == {12, 112, 121}


@entry
def asks_itself(_: int) -> None:
    """With its flag off, at a level that lets nothing in, and with neither."""
    send_ipi(cpu_number(), 0)
    assert own.taken == 0
    intr_enable()
    assert own.taken == 1
    set_hw_level(1)
    send_ipi(cpu_number(), 1)
    assert own.taken == 1
    set_hw_level(0)
    assert own.taken == 12
    send_ipi(cpu_number(), 2)
    assert own.taken == 123
    halt()


@entry
def asks_number_0(cpu: int) -> None:
    """By a number that is given, and by one that stands there."""
    intr_enable()
    send_ipi(cpu, 0)
    assert own.taken == 1
    send_ipi(0, 1)
    assert own.taken == 12
    halt()


@pytest.mark.parametrize("how", HOW, ids=str)
@pytest.mark.parametrize("asks", [asks_itself, asks_number_0], ids=["itself", "number 0"])
def test_what_a_cpu_asks_of_itself_is_taken_as_soon_as_it_may_be(asks, how):
    """Before the next instruction: it is nowhere under way, and a level that falls lets it in."""
    system = bare("itself", [Start(asks, cpu=0)], vector=vector, statics=[own])
    assert check(system, Bounds(**how), only=("rules", "standstill")).holds


@entry
def asks(_: int) -> None:
    """Interrupts the other, and waits until that has been noticed."""
    send_ipi(1, 0)
    spin_while(flag.n == 0)
    halt()


@entry
@atomic_step
def notices(irq: int) -> None:
    """Takes an interrupt; of the first vector it says so."""
    pic_eoi(irq)
    if irq % VECTORS == 0:
        flag.n = 1
    leave()


@entry
def busy(_: int) -> None:
    """Interrupts itself for ever."""
    intr_enable()
    while True:
        send_ipi(1, 1)


def test_it_comes_for_certain_however_much_else_is_taken_meanwhile():
    system = bare("asked", [Start(asks, 0, 0), Start(busy, 0, 1, idle=True)], vector=notices, statics=[flag])
    assert check(system, only=("livelock", "starvation")).holds


def never_the_other_first() -> bool:
    return own.taken == 2


def never_twice() -> bool:
    return own.taken == 11


@pytest.mark.parametrize("fuse", [False, True])
def test_a_story_tells_what_is_taken_and_a_replay_takes_it(fuse):
    verdict = check(two(sends_two, listens, never=[never_the_other_first]), Bounds(fuse=fuse))
    assert Move.OVERTAKE in [move >> 24 for move in verdict.finding.moves]
    assert "interrupt vector1" in story_of(verdict)
    assert "interrupt vector0" not in story_of(verdict)
    twice = check(two(sends_twice, listens_late, 2, never=[never_twice]), Bounds(fuse=fuse))
    assert story_of(twice).count("interrupt vector0") == 2


def walk(system, seed, **budgets):
    """Along a random path, on which interrupts overtake where they can, the machine moved by hand is where the search
    says. What kinds of moves there were.
    """
    checker, stage, state, chance = Checker(system, Bounds(budgets=budgets)), Stage(system), 0, random.Random(seed)
    make_ready(stage, checker.klass)
    checker.show(0)
    kinds = []
    while edges := checker.look_round(state)[1]:
        move, state = chance.choice([each for each in edges if each[0] >> 24 == Move.OVERTAKE] or edges)
        perform(stage, move, checker.klass)
        kinds.append(move >> 24)
        checker.show(state)
        for each in ("mem", "latch", "masked", "service", "cur", "iflag", "halted"):
            mine, its = stage.buffer.array(f"state.{each}"), checker.buffer.array(f"machine.state.{each}")
            assert mine[: len(its)].tolist() == its.tolist(), each
    return kinds


@pytest.mark.parametrize("seed", range(3))
def test_a_walk_is_a_run_of_the_machine(seed):
    assert {Move.ACCEPT, Move.OVERTAKE} <= set(walk(two(sends_twice, sends_each_other, 3), seed))


@entry
def opens_again(times: int) -> None:
    """The better line of the other CPU."""
    while times > 0:
        pic_mask(1)
        pic_unmask(1)
        times -= 1
    flag.n = 1
    halt()


CARDS = [Source("disk", 1, 5), Source("card", 1, 9)]


@pytest.mark.parametrize("seed", range(3))
def test_so_is_one_where_a_lesser_interrupt_is_taken_before_the_line_is_known_to_be_open(seed):
    assert Move.OVERTAKE in walk(two(opens_again, listens_late, 20, sources=CARDS), seed, disk=2, card=2)


def test_cpus_that_send_each_other_are_alike():
    system = two(sends_each_other, sends_each_other, symmetries=[Symmetry((1, 0))])
    found = verify(system, Bounds(symmetry=True))
    assert found.agrees
    assert (found.full.dead, found.reduced.dead) == (4, 3)


def test_compiled_and_plain_find_the_same():
    found = []
    for engine in ("native", "plain"):
        checker = Checker(two(sends_twice, sends_itself_too, 2), Bounds(), engine)
        assert checker.explore() is Want.NOTHING
        found.append((checker.counts, list(checker.came[: checker.counts.states])))
    assert found[0] == found[1]
