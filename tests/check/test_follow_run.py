"""Law 1: a simulated run is a path of the search, to the same words and registers."""

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests.check.systems import system
from tests.laws.scenario_runs import DESIGNS as ANY
from tests.laws.scenario_runs import MACHINES
from tests.laws.scenarios import scenarios

from splx.api.followed import Follower, follow_run
from splx.api.happened import Executed, simulated
from splx.base.units import ms, us
from splx.scenario.build import build
from splx.scenario.designs import design as named
from splx.scenario.load import load_scenario

DESIGNS = ["netbsd-2006", "netbsd-2006-deferred", "doran-2006", "netbsd-5", "textbook"]
#: scenario, its parameters, designs; what a run has at least: steps, interrupts, changes from a CPU to another
RUNS = [
    ("twice", {}, DESIGNS, (400, 3, 0)),
    ("crossed", {"ORDER": 2}, DESIGNS, (300, 2, 40)),
    ("poked", {}, DESIGNS, (300, 2, 40)),
    ("asleep", {}, ["netbsd-2006"], (400, 3, 0)),
    ("disk", {}, ["netbsd-5"], (200, 1, 0)),
    ("polite", {}, ["netbsd-5", "textbook"], (300, 0, 40)),
]
EACH = [pytest.param(name, given, design, least, id=f"{name}-{design}") for name, given, designs, least in RUNS
        for design in designs]  # fmt: skip


@pytest.mark.parametrize(("name", "given", "design", "least"), EACH)
def test_a_run_is_a_path_of_the_search(name, given, design, least):
    done = follow_run(system(name, design, **given), "x86-2020", time=ms(3))
    assert done.steps >= least[0]
    assert done.accepted >= least[1]
    assert done.switches >= least[2]
    assert done.compared > 100


@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(built=scenarios(), machine=st.sampled_from(MACHINES), data=st.data())
def test_so_is_one_of_a_generated_scenario(tmp_path_factory, built, machine, data):
    legal = [each for each in ANY if built.legal(named(each))]
    assume(legal)
    file = tmp_path_factory.mktemp("generated") / "made.py"
    file.write_text(built.text)
    made = build(load_scenario(file), named(data.draw(st.sampled_from(legal))), cpus=built.cpus)
    assert follow_run(made, machine, time=us(400), most=600).steps > 20


@pytest.mark.parametrize("machine", ["ideal", "i486-8259", "sparc-1993"])
@pytest.mark.parametrize("name", ["twice", "crossed"])
def test_so_is_one_on_another_machine(name, machine):
    done = follow_run(system(name, **({"ORDER": 2} if name == "crossed" else {})), machine, time=ms(3))
    assert done.accepted >= 2
    assert done.compared > 100


@pytest.mark.parametrize("seed", range(1, 4))
def test_every_outcome_of_a_choice_is_a_way_to_go_on(seed):
    assert follow_run(system("choices"), "ideal", time=ms(1), seed=seed).steps > 100


@pytest.mark.parametrize("name", ["crossed", "dekker"])
def test_the_simulator_has_no_buffers_and_that_too_is_a_path_where_stores_may_wait(name):
    made = system(name, **({"ORDER": 2} if name == "crossed" else {}))
    assert follow_run(made, "x86-2020", time=us(100), tso=True).visible > 20


@pytest.mark.parametrize("first", [10_000, 11_000, 12_500])
def test_an_interrupt_in_the_midst_of_a_step_comes_after_it(first):
    """The card interrupts a CPU about when another pokes it: before, meanwhile, and on top of each other's handlers."""
    done = follow_run(system("poked", FIRST=first), "x86-2020", time=ms(1))
    assert (done.arrived, done.accepted) == (1, 2)


@pytest.mark.parametrize(
    ("design", "first"), [("netbsd-5", 11_800), ("doran-2006", 12_000), ("netbsd-2006-deferred", 12_200)]
)
def test_an_interrupt_that_comes_while_a_better_one_is_under_way_is_taken_first(design, first):
    """The poke has been sent and not yet arrived, so that the simulator takes the card's interrupt."""
    done = follow_run(system("poked", design, FIRST=first), "x86-2020", time=us(120))
    assert (done.accepted, done.overtaken) == (2, 1)


def test_a_line_that_moves_goes_the_same_way():
    """The card interrupts either CPU, while the other has it in service too."""
    done = follow_run(system("moving", "linux"), "x86-2020", time=us(30))
    assert done.accepted >= 3
    assert done.compared > 20


@pytest.mark.parametrize("looks", [600, 900])
def test_what_another_cpu_takes_before_is_not_interrupted_for(looks):
    """However short the time is: the line has fallen."""
    assert follow_run(system("polled", "netbsd-2006", LOOKS=looks), "x86-2020", time=us(30)).accepted == 0


def test_an_interrupt_is_taken_before_a_better_one_whose_line_another_cpu_has_just_opened():
    """That it may come is under way, so that the simulator takes the lesser one."""
    done = follow_run(system("opened", "netbsd-2006", LATER=900), "x86-2020", time=us(30))
    assert (done.accepted, done.overtaken) == (2, 1)


@pytest.mark.parametrize(
    ("design", "machine"), [("linux", "x86-2020"), ("netbsd-5", "pentium-apic"), ("textbook", "x86-2020")]
)
def test_two_cpus_meddle_with_each_others_lines(design, machine):
    done = follow_run(system("meddling", design), machine, time=us(150))
    assert done.accepted >= 3
    assert done.overtaken >= 1


def test_a_run_goes_on_where_another_cpu_could_break_a_rule():
    """The first CPU works before it looks, so that the other one moves where the first one's next step is broken."""
    done = follow_run(system("breaks_after_work"), "ideal", time=us(60))
    assert done.steps > 300
    assert done.switches >= 2


def test_and_where_an_interrupt_comes_before_the_rule_is_broken():
    done = follow_run(system("breaks_without_an_interrupt"), "ideal", time=us(60))
    assert (done.arrived, done.accepted) == (1, 1)


def test_who_spins_where_nothing_takes_time_lets_others_go_on():
    done = follow_run(system("waits_without_time"), "ideal")
    assert done.steps > 300
    assert done.switches >= 2
    assert "not followed" not in str(done)


def test_what_is_not_followed_is_told():
    """The first CPU is never through with an instant, so that the other one never comes to its first step."""
    done = follow_run(system("turns_without_time"), "ideal", most=1000)
    assert (done.steps, done.left) == (0, 1000)
    assert "not followed: its last 1,000 instructions" in str(done)


@pytest.mark.parametrize("left_out", [10, 100, 200])
def test_a_run_that_leaves_a_step_out_is_none(left_out):
    built = system("crossed", ORDER=2)
    follower = Follower(built)
    moves = simulated(built, "x86-2020", follower.klass, time=ms(3))
    steps = [number for number, told in enumerate(moves) if isinstance(told, Executed)]
    del moves[steps[left_out]]
    with pytest.raises(AssertionError, match=r"another instruction|differ|elsewhere|in the search"):
        follower.follow_all(moves)


def test_nor_is_one_that_ends_in_other_words():
    built = system("counter", HOW=2)
    follower = Follower(built)
    moves = simulated(built, "x86-2020", follower.klass, time=ms(3))
    at = next(number for number, _ in enumerate(moves[-1].memory) if number not in follower.ghosts)
    moves[-1].memory[at] += 1
    with pytest.raises(AssertionError, match=rf"move {len(moves) - 1}: .* words \[{at}\] differ"):
        follower.follow_all(moves)
