"""A run is its drawing: print it, read it back, perform it, and it is the same run. So is its outline.

The runs are random: which CPU goes on, when devices and interrupts come, which stores stay in their buffers.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from splx.scenario.build import build
from splx.scenario.designs import design
from splx.scenario.load import load_scenario
from splx.simulate.director import CannotHappen, Director, redraw
from splx.stage.stage import Stage
from splx.story.drawing import parse, render
from splx.story.language import read_event
from splx.story.outline import Outline

SCENARIOS = Path(__file__).parent.parent / "drawings" / "scenarios"
SYSTEMS = [
    ("crossed", "netbsd-5"),
    ("better", "netbsd-5"),
    ("softints_of_two", "netbsd-2006"),
    ("victim", "doran-2006"),
    ("heir", "textbook:lock=inherit"),
    ("parked", "netbsd-2006-deferred"),
]


@cache
def system(scenario, name):
    return build(load_scenario(SCENARIOS / f"{scenario}.py"), design(name), cpus=2)


CPU = st.integers(0, 1)
MOVES = st.lists(
    st.one_of(
        st.tuples(st.just("steps"), CPU, st.integers(1, 300)),
        st.tuples(st.just("arrival"), CPU, st.integers(0, 1)),
        st.tuples(st.sampled_from(["interrupt", "hold", "release", "visible"]), CPU, st.just(0)),
    ),
    min_size=4,
    max_size=30,
)


def arrival(stage, cpu, which):
    names = [each.name for each in stage.system.devices if stage.system.irqs[each.irq].cpu == cpu]
    if names:
        stage.arrive(cpu, names[which % len(names)])


def steps(stage, cpu, count):
    for _ in range(count):
        if stage.stopped:
            return
        if not stage.halted(cpu):
            stage.step(cpu)
        elif not (stage.due(cpu) and stage.interrupt(cpu, stage.due(cpu))):
            return


def run(stage, moves):
    for kind, cpu, count in moves:
        if kind == "steps":
            steps(stage, cpu, count)
        elif kind == "arrival":
            arrival(stage, cpu, count)
        elif kind == "hold":
            stage.holding.add(cpu)
        elif kind == "release":
            stage.holding.discard(cpu)
        elif kind == "visible":
            stage.see(cpu)
        elif stage.due(cpu):
            stage.interrupt(cpu, stage.due(cpu))
    return stage


def staged(which, engine="native"):
    return Stage(system(*which), design(which[1]).levels, engine)


@pytest.mark.parametrize("which", SYSTEMS, ids=str)
@settings(max_examples=12)
@given(moves=MOVES)
def test_a_run_is_its_drawing(which, moves):
    first = run(staged(which), moves)
    text = render(redraw(first.log, (0, 1)))
    assert render(parse(text)) == text
    director = Director(staged(which), strict=True)
    director.perform(parse(text))
    assert director.stage.log == first.log
    assert director.stage.words() == first.words()


@pytest.mark.parametrize("which", SYSTEMS, ids=str)
@settings(max_examples=12)
@given(moves=MOVES)
def test_an_outline_performs_to_itself(which, moves):
    first = run(staged(which), moves)
    outline = Outline(first.names.per_cpu)
    shown = outline.of(first.log)
    director = Director(staged(which))
    director.perform(redraw(shown, (0, 1)))
    assert outline.of(director.stage.log) == shown


@pytest.mark.parametrize("which", SYSTEMS, ids=str)
@settings(max_examples=8)
@given(moves=MOVES)
def test_the_compiled_stage_shows_what_the_plain_one_does(which, moves):
    assert run(staged(which), moves).log == run(staged(which, "plain"), moves).log


@settings(max_examples=20)
@given(moves=MOVES, at=st.integers(0, 10**6))
def test_a_drawing_that_leaves_something_out_is_not_the_run(moves, at):
    log = run(staged(SYSTEMS[0]), moves).log
    if not log:
        return
    # The last of several alike may be missing: the one before it is there.
    at %= len(log)
    left = log[:at] + log[at + 1 :]
    if [event for cpu, event in left if cpu == log[at][0]] == [event for cpu, event in log if cpu == log[at][0]][:-1]:
        return
    with pytest.raises(CannotHappen):
        Director(staged(SYSTEMS[0]), strict=True).perform(redraw(left, (0, 1)))


@given(moves=MOVES)
@settings(max_examples=10)
def test_what_happened_is_said_in_words_that_can_be_read(moves):
    for _, event in run(staged(SYSTEMS[2]), moves).log:
        assert str(read_event(str(event))) == str(event)
