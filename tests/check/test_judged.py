"""What a system is to be true of, judged in every state: no state is stepped over, and none is judged by another."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.check.systems import verdict

from splx.check.bare import Start, bare
from splx.check.checker import Checker
from splx.check.loading import Bounds
from splx.check.search import Truth, Want
from splx.check.story import story_of
from splx.check.verdict import check
from splx.lang.kernel import NULL, PerCpu, Struct, atomic, atomic_step, entry, i64, inline, spin_while
from splx.machine.intrinsics import cpu_number


class Pair(Struct):
    left: i64 = atomic()
    right: i64 = atomic()


class Link(Struct):
    to: Pair = atomic()


class Own(PerCpu):
    left: i64
    right: i64


class Count(Struct):
    n: i64 = atomic()


pair, other, nowhere = Pair(), Pair(), Pair()
link = Link(to=pair)
own = Own()
count = Count()


@inline
def end() -> None:
    """For ever."""
    spin_while(count.n == 0)


@entry
def both(n: int) -> None:
    """One after the other."""
    pair.left = 1
    pair.right = 1
    end()


@entry
def hidden(n: int) -> None:
    """The same where nobody else looks: interrupts are off from the start."""
    own.left = 1
    own.right = 1
    end()


@atomic_step
def together() -> None:
    """The same in one step."""
    pair.left = 1
    pair.right = 1


@atomic_step
def back() -> None:
    """A step that may belong to the one before."""
    pair.right = 1


@entry
def at_once(n: int) -> None:
    together()
    end()


@entry
def joined(n: int) -> None:
    pair.left = 1
    back()
    end()


@entry
def moves_on(n: int) -> None:
    """What the link leads to changes, then the link, then what it leads to then."""
    pair.left = 1
    link.to = other
    other.left = 2
    pair.left = 5
    other.left = 3
    end()


@entry
def lets_go(n: int) -> None:
    link.to = NULL
    end()


def half() -> bool:
    return pair.left != pair.right


def waits() -> bool:
    return count.n == 0


def half_own() -> bool:
    return own.left != own.right


def little() -> bool:
    return link.to.left < 3


def tiny() -> bool:
    return link.to.left < 4


def endless() -> bool:
    n = 0
    while pair.left == 1:
        n += 1
    return n >= 0


def first() -> bool:
    return own.left == 0 or cpu_number() == 0


def single(func, **properties):
    return bare("single", [Start(func, cpu=0, idle=True)], statics=[other], **properties)


def found(system, **bounds):
    return check(system, Bounds(**bounds)).finding


def test_the_state_between_two_writes_is_judged():
    assert found(single(both, never=[half])).why == (
        "`half` is never to be true, and is: pair.left is 1, pair.right is 0 "
        f"(test_judged.py:{half.__code__.co_firstlineno})"
    )


def test_words_of_a_cpu_are_seen_where_interrupts_are_off():
    assert found(single(hidden, never=[half_own])).code == "R0020"
    assert found(single(hidden)) is None


def test_an_atomic_step_is_one_step():
    assert found(single(at_once, never=[half])) is None


@pytest.mark.parametrize("joins", [(), ("back",)])
def test_a_step_that_writes_what_is_looked_at_is_not_joined(joins):
    assert found(single(joined, never=[half]), joins=joins).code == "R0020"


def test_a_step_is_joined_where_nobody_looks():
    counts = [check(single(joined), Bounds(joins=joins)).counts.states for joins in ((), ("back",))]
    assert counts[0] > counts[1]


def test_a_property_follows_a_reference_to_words_it_has_never_seen():
    assert found(single(moves_on, always=[tiny])) is None
    assert "link.to is other, other.left is 3" in found(single(moves_on, always=[little])).why


def test_a_property_of_each_cpu_names_the_one():
    starts = [Start(hidden, cpu=0, idle=True), Start(hidden, cpu=1, idle=True)]
    assert "`first` is to be true always, and is false on CPU 1" in found(bare("two", starts, always=[first])).why


@pytest.mark.parametrize(
    ("func", "property_", "why"),
    [(lets_go, tiny, "bad address: link.to is NULL"), (both, endless, "it does not end: pair.left is 1")],
)
def test_a_property_that_cannot_be_evaluated_is_a_finding(func, property_, why):
    assert f"`{property_.__name__}` cannot be judged: {why}" in found(single(func, always=[property_])).why


@pytest.mark.parametrize("engine", ["native", "plain"])
@pytest.mark.parametrize("memo", [True, False])
@pytest.mark.parametrize("property_", [little, half])
def test_the_first_state_in_which_it_is_broken_is_found_as_if_every_state_were_judged_alone(property_, memo, engine):
    starts = [Start(moves_on, cpu=0, idle=True), Start(both, cpu=1, idle=True)]
    system = bare("both", starts, statics=[other], always=[property_])
    judged = Checker(system, Bounds(memo=memo), engine)
    assert judged.explore() is Want.FINDING
    alone = Checker(system, Bounds(memo=memo), engine)
    alone.s.n_judges = 0
    assert alone.explore() is Want.NOTHING
    truths = [alone.run["truth_in"](alone.buffer, state, 0) for state in range(alone.counts.states)]
    assert judged.s.fail_state == truths.index(Truth.FALSE)


def test_nothing_of_a_search_changes_because_a_property_of_words_that_others_see_holds():
    plain, judged = (check(single(both, **properties)).counts for properties in ({}, {"always": [waits]}))
    assert plain == judged


def test_a_scenario_has_properties_and_the_story_ends_where_they_break():
    found = verdict("balance", CAREFUL=0)
    assert (
        found.finding.why == "`kept` is to be true always, and is false: box.given is 1, box.taken is 2 (balance.py:19)"
    )
    lines = [line.partition("  --")[0].strip() for line in story_of(found).splitlines()]
    assert lines[-2:] == ["reads box.taken: 1", "box.taken := 2"]
    assert verdict("balance", CAREFUL=1).holds


def test_a_finding_of_a_property_is_the_cheapest():
    assert verdict("balance", CAREFUL=0).finding.cost == 2


def test_a_property_under_store_buffers_is_of_what_all_see():
    starts = [Start(both, cpu=0, idle=True)]
    system = bare("tso", starts, never=[half])
    assert found(system, tso=True).code == "R0020"
    assert replace(system, properties=None).properties is None
