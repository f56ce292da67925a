"""The tiny kernel is the model that it stands for: each state is one of the definition's, with the same ways out."""

import random

from tests.check.m4_definition import ACT, CUR, FLAG, INIT, OWN, SPL, STATUS, successors

from bench.models.tiny_kernel import CALM, JOINS, ci, kernel, m4
from splx.check.checker import Checker
from splx.check.loading import Bounds
from splx.check.path import make_ready, perform
from splx.stage.stage import Stage

CPUS, THREADS, LOCKS = 2, 3, 3


def visible(system, memory):
    """Of a state of the definition all but where contexts stand."""
    at = system.image.address_of
    found = [memory[at(ci, "running", cpu=cpu)] for cpu in range(CPUS)]
    active = [memory[at(ci, "active", cpu=cpu)] for cpu in range(CPUS)]
    found += [bits >> level & 1 for bits in active for level in range(2)]
    found += [memory[at(ci, "spl", cpu=cpu)] for cpu in range(CPUS)]
    found += [memory[at(kernel, "thread", t, "status")] for t in range(THREADS)]
    found += [memory[at(kernel, "lock", k, "owner")] for k in range(LOCKS)]
    return (*found, *(memory[at(kernel, "flag", k)] for k in range(2)))


def of_definition(s):
    return (*s[CUR : CUR + 2], *s[ACT : ACT + 4], *s[SPL : SPL + 2], *s[STATUS : STATUS + 3], *s[OWN : OWN + 3],
            *s[FLAG : FLAG + 2])  # fmt: skip


def test_from_every_state_the_same_steps_lead_to_the_same_states():
    """State by state, breadth first: each of ours is paired with one of the definition's, and so are the ways out."""
    system = m4(0)
    checker = Checker(system, Bounds(coupled=True))
    pair, queue = {0: INIT}, [0]
    memory = checker.buffer.array("machine.state.mem")
    for state in queue[:1]:
        checker.show(state)
        assert visible(system, memory) == of_definition(INIT)
    for state in queue:
        if state > 1500:
            break
        ours = [to for _, to in checker.look_round(state)[1]]
        theirs = successors(pair[state])
        assert len(ours) == len(theirs)
        for to in ours:
            checker.show(to)
            look = visible(system, memory)
            fits = [each for each in theirs if of_definition(each) == look]
            assert fits
            # Steps on nothing but a program counter look alike: they are told apart by whose they are, in order.
            match = pair.get(to) or fits[0]
            assert match in fits
            theirs.remove(match)
            if to not in pair:
                pair[to] = match
                queue.append(to)
    assert len(set(pair.values())) == len(pair)


def test_a_walk_is_a_run_of_the_machine():
    system = m4(0)
    for bounds in (Bounds(coupled=True), Bounds(coupled=True, joins=JOINS, calm=CALM)):
        checker, chance = Checker(system, bounds), random.Random(5)
        stage, state = Stage(system), 0
        make_ready(stage, checker.klass)
        for _ in range(200):
            move, state = chance.choice(checker.look_round(state)[1])
            perform(stage, move, checker.klass, coupled=True)
            checker.show(state)
            words = len(system.image.memory)
            assert stage.words()[:words] == checker.buffer.array("machine.state.mem")[:words].tolist()
