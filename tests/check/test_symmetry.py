"""CPUs that are alike are not told apart: one state stands for all that differ in what CPUs are called."""

from __future__ import annotations

import random
from collections import Counter
from math import comb

import pytest

from bench.models.tiny_kernel import CALM, JOINS, m4
from splx.base.diagnostics import SplxError
from splx.check import codes
from splx.check.bare import Start, Symmetry, bare
from splx.check.checker import Checker
from splx.check.groups import groups_of
from splx.check.keep import Keeper, subject
from splx.check.limits import Limits
from splx.check.loading import Bounds
from splx.check.path import ImpossibleError, make_ready, perform, standing
from splx.check.properties import Answer, properties
from splx.check.races import look_for_none
from splx.check.search import GROUPS, Want
from splx.check.stuck import tell_groups
from splx.check.verdict import check
from splx.check.verify import verify
from splx.lang.kernel import PerCpu, Struct, atomic_step, entry, i64
from splx.machine.constants import IN_USE
from splx.machine.intrinsics import cpu_number, halt
from splx.stage.stage import Stage

ALIKE = Bounds(coupled=True, symmetry=True)
FUSED = Bounds(coupled=True, joins=JOINS, calm=CALM, symmetry=True)
TURNED = tuple(each.name for each in properties() if each.turned and not each.on_demand)


def counts(system, bounds, engine="native"):
    checker = Checker(system, bounds, engine)
    assert checker.explore() is Want.NOTHING
    return checker.counts


# ---- the tiny kernel


def test_m4_with_padding_is_half_and_a_twentieth_with_statements_fused():
    assert counts(m4(0, 3), ALIKE).states == 688_865  # of 1,376,481
    assert counts(m4(0, 3), FUSED).states == 70_670  # of 140,916


@pytest.mark.parametrize("bounds", [ALIKE, FUSED])
@pytest.mark.parametrize(("bug", "dead"), [(0, 0), (1, 0), (2, 524)])
def test_m4_has_the_same_dead_states_of_which_one_in_two_stands_for_both(bug, dead, bounds):
    found = verify(m4(bug), bounds)
    assert found.agrees
    assert (found.full.dead, found.reduced.dead) == (dead, dead // 2)


@pytest.mark.parametrize("only", [TURNED, ("standstill", "stuck")])
@pytest.mark.parametrize("bug", [0, 1, 2])
def test_m4_has_the_same_verdict_and_a_story_that_costs_the_same(bug, only):
    turned, full = (check(m4(bug), each, only=only) for each in (ALIKE, Bounds(coupled=True)))
    assert turned.holds == full.holds == (bug == 0)
    if bug:
        assert turned.finding.code == full.finding.code
        assert turned.finding.cost == full.finding.cost


def test_by_cost_it_comes_to_the_same_finding_at_the_same_cost():
    found = [check(m4(2), each, only=TURNED, limits=Limits(cost=9)) for each in (ALIKE, Bounds(coupled=True))]
    stories = [(each.finding.code, each.finding.cost, each.through) for each in found]
    assert stories == [(codes.STANDSTILL, 5, 4)] * 2
    assert found[0].counts.states < found[1].counts.states * 0.6


def test_a_verdict_says_what_was_not_told_apart_and_what_is_not_decided():
    found = check(m4(0), ALIKE)
    assert found.assumptions[-1] == "2 CPUs, those that are said to be alike not told apart"
    undecided = {name for name, answer in found.answers.items() if answer is Answer.OPEN}
    assert undecided == {"livelock", "eventually", "inversion", "masked", "order", "storm"}
    assert found.complete
    assert not found.holds


def test_whoever_can_never_move_again_is_the_same_in_the_states_that_one_stands_for():
    """Also the interrupts of a CPU, which are those of the other one where CPUs are called otherwise."""
    stuck = []
    for bounds in (Bounds(coupled=True), ALIKE):
        system = m4(1)
        checker, groups = Checker(system, bounds), groups_of(system)
        tell_groups(checker, groups)
        checker.explore()
        checker.connect()
        checker.mark_movers(len(groups))
        marks = checker.table("mark")[: checker.counts.states].tolist()
        unlike = [state for state, mark in enumerate(marks) if mark != marks[0]]  # at first everybody can move
        marks = Counter(marks[state] for state in unlike)
        if bounds.symmetry:
            both = Counter(checker.mark(each) for each in unlike if not is_its_own(checker, each))
            marks.update(other(checker, groups, both))
        names = [each.name for each in groups]
        stuck.append({name: sum(marks[mark] for mark in marks if not mark >> n & 1) for n, name in enumerate(names)})
    assert stuck[0] == stuck[1]
    assert stuck[0]["thread0"] == 12_363
    assert stuck[0]["low/0"] == stuck[0]["low/1"] > 0


def other(checker, groups, marks):
    """The marks of the states in which the CPUs are called otherwise."""
    called = checker.table("to_group")[GROUPS : GROUPS + len(groups)].tolist()
    return {sum((mark >> n & 1) << to for n, to in enumerate(called)): many for mark, many in marks.items()}


def is_its_own(checker, state):
    """Whether a state is itself when the CPUs are called otherwise."""
    own, image, to = numbers(checker, state), checker.table("image"), checker.table("to_part")
    s = checker.s
    return all(image[s.images_room + s.place[part] + n] == own[to[s.n_parts + part]] for part, n in own.items())


def numbers(checker, state):
    """The numbers of the contents of parts, those that have had several."""
    s, row = checker.s, checker.row(state)
    active = [s.active[k] for k in range(s.n_active)]
    return {part: row[s.word[part]] >> s.shift[part] & ((1 << s.bits[part]) - 1) for part in active}


@pytest.mark.parametrize("bounds", [ALIKE, FUSED])
def test_a_way_is_a_run_of_the_machine_to_that_very_state(bounds):
    system = m4(2)
    checker, chance = Checker(system, bounds), random.Random(3)
    checker.explore()
    memory = checker.buffer.array("machine.state.mem")
    for state in chance.sample(range(checker.counts.states), 20):
        stage = Stage(system)
        make_ready(stage, checker.klass)
        for move in checker.moves_to(state):
            perform(stage, move, checker.klass, coupled=True)
        checker.show(state)
        words = len(system.image.memory)
        assert stage.words()[:words] == memory[:words].tolist()
        assert each_context(system, checker.s.machine.state) == each_context(system, stage.machine.state)


def each_context(system, state):
    """Where each context that runs stands, what each is on, and what each CPU runs."""
    used = [k for k in range(len(system.contexts)) if state.status[k] == IN_USE]
    stand = [(k, state.pc[k] if state.runs_on[k] >= 0 else 0, state.below[k], state.runs_on[k]) for k in used]
    return stand, [(state.cur[cpu], state.iflag[cpu], state.level[cpu]) for cpu in range(system.cpus)]


def test_the_cheapest_way_is_a_run_of_the_machine_too():
    system = m4(2)
    found = check(system, ALIKE).finding
    stage = Stage(system)
    klass = Checker(system, ALIKE).klass
    make_ready(stage, klass)
    for move in found.moves:
        perform(stage, move, klass, coupled=True)
    before = standing(stage)
    assert {each.group.name for each in found.stuck} >= {"thread0", "thread2"}
    for cpu in range(system.cpus):
        with pytest.raises(ImpossibleError, match="no such interrupt"):
            perform(stage, 1 << 24 | cpu << 16, klass, coupled=True)
    assert standing(stage) == before


def test_a_search_goes_on_from_a_folder(tmp_path):
    bounds = FUSED
    whole = counts(m4(0), bounds)
    first = Checker(m4(0), bounds)
    first.s.pause = 5000
    assert first.explore() is Want.PAUSE
    about = subject(first, bounds, ())
    keeper = Keeper(tmp_path / "kept", about)
    keeper.save(first)
    keeper.close()
    second, keeper = Checker(m4(0), bounds), Keeper(tmp_path / "kept", about)
    keeper.load(second)
    keeper.close()
    second.s.pause = 1 << 60
    assert second.explore() is Want.NOTHING
    assert second.counts == whole


# ---- three that count


class Own(PerCpu):
    """Of a CPU."""

    count: i64 = 0


class Last(Struct):
    """Who counted last: 1 + a CPU."""

    cpu: i64


own = Own()
last = Last()


@atomic_step
def count_one() -> None:
    own.count = own.count + 1


@atomic_step
def sign() -> None:
    last.cpu = 1 + cpu_number()


@entry
def counts_to_three(unused: int) -> None:
    count_one()
    count_one()
    count_one()
    halt()


@entry
def signs(unused: int) -> None:
    count_one()
    sign()
    halt()


def three(function=counts_to_three, symmetries=((1, 0, 2), (0, 2, 1)), words=None, **more):
    said = [Symmetry(each, words or {}) for each in symmetries]
    starts = [Start(function, cpu=cpu, name=f"counter/{cpu}") for cpu in range(3)]
    return bare("three", starts, statics=[last, own], symmetries=said, **more)


@pytest.mark.parametrize("engine", ["native", "plain"])
def test_of_three_who_are_alike_only_how_many_are_where_matters(engine):
    """Each stands in one of 5 places: before each of three steps, before it halts, and halted."""
    assert counts(three(), Bounds(), engine).states == 5**3
    assert counts(three(), Bounds(symmetry=True), engine).states == comb(5 + 2, 3)
    two = counts(three(symmetries=[(1, 0, 2)]), Bounds(symmetry=True), engine)
    assert two.states == 5 * comb(5 + 1, 2)


def test_words_that_name_a_cpu_are_called_otherwise_with_it():
    """Whoever signs last is named. Of 3 who can be: 1 of 3 states stands for all, where one of them has signed last."""
    named = {(Last, "cpu"): {1: 2, 2: 1}}, {(Last, "cpu"): {2: 3, 3: 2}}
    said = [Symmetry(cpus, words) for cpus, words in zip(((1, 0, 2), (0, 2, 1)), named, strict=True)]
    starts = [Start(signs, cpu=cpu, name=f"counter/{cpu}") for cpu in range(3)]
    system = bare("three", starts, statics=[last, own], symmetries=said)
    found = verify(system, Bounds(symmetry=True))
    assert found.agrees
    assert (found.full.dead, found.reduced.dead) == (3, 1)


@entry
def stores(unused: int) -> None:
    own.count = 1
    last.cpu = 7
    own.count = last.cpu
    halt()


@pytest.mark.parametrize("memo", [False, True])
@pytest.mark.parametrize("tso", [False, True])
def test_the_states_that_stand_for_others_stand_for_all_there_are(tso, memo):
    """Also where stores wait in buffers: of a CPU's own words, and of words of all."""
    full, turned = (Checker(three(stores), Bounds(symmetry=each, tso=tso, memo=memo)) for each in (False, True))
    for checker in (full, turned):
        look_for_none(checker)
        assert checker.explore() is Want.NOTHING
    stand = [turned.contents(state) for state in range(turned.counts.states)]
    there = {full.contents(state) for state in range(full.counts.states)}
    assert {each for one in stand for each in turned.alike.all_of(one)} == there
    assert sum(len(set(turned.alike.all_of(one))) for one in stand) == len(there)


# ---- what is refused


def refused(system, bounds=Bounds(symmetry=True), **how):  # noqa: B008 - never changed
    with pytest.raises(SplxError) as error:
        check(system, bounds, **how)
    (diagnostic,) = error.value.diagnostics
    assert diagnostic.code == codes.BOUNDS
    return diagnostic.message


def test_a_program_of_which_nobody_says_that_cpus_are_alike():
    assert "nobody says" in refused(three(symmetries=()))


def test_with_steps_fused():
    assert "not fused" in refused(three(), Bounds(symmetry=True, fuse=True))


def test_a_word_that_names_a_cpu_and_is_not_said_to():
    assert "in some state" in refused(three(signs))


def test_cpus_that_do_different_things():
    starts = [Start(function, cpu=cpu, name=f"counter/{cpu}") for cpu, function in enumerate((signs, counts_to_three))]
    system = bare("two", starts, statics=[last, own], symmetries=[Symmetry((1, 0))])
    assert "at first" in refused(system)


def second_signs_never() -> bool:
    return last.cpu == 2


def first_signs_never() -> bool:
    return last.cpu == 1


def of_two(never):
    words = {(Last, "cpu"): {1: 2, 2: 1}}
    starts = [Start(signs, cpu=cpu, name=f"counter/{cpu}") for cpu in range(2)]
    return bare("two", starts, statics=[last, own], symmetries=[Symmetry((1, 0), words)], never=[never])


def test_a_property_of_one_of_them_alone():
    """In the state that stands for both CPU 1 has signed: what is said of CPU 0 would never be seen to be broken."""
    assert "in some state" in refused(of_two(first_signs_never))
    assert check(of_two(second_signs_never), Bounds(symmetry=True)).finding.code == codes.BROKEN


@pytest.mark.parametrize(
    ("cpus", "names", "words", "message"),
    [
        ((1, 1), ("a/0", "a/1"), {}, "each of the 2 once"),
        ((1, 0), ("a/0", "b/1"), {}, "there is `a/0` and no `a/1`"),
        ((1, 0), ("a/0", "a/1"), {(Last, "gpu"): {1: 2, 2: 1}}, "no word `Last.gpu`"),
        ((1, 0), ("a/0", "a/1"), {(Last, "cpu"): {1: 2}}, "two values that become one"),
    ],
)
def test_what_cannot_be(cpus, names, words, message):
    starts = [Start(counts_to_three, cpu=cpu, name=name) for cpu, name in enumerate(names)]
    system = bare("two", starts, statics=[last, own], symmetries=[Symmetry(cpus, words)])
    assert message in refused(system)
