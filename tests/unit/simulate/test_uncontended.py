"""What an uncontended interrupt costs, counted on each kernel as it runs, and held to what is published."""

from dataclasses import replace

import pytest

from splx.scenario.designs import design, designs
from splx.scenario.operations import COLUMNS, within
from splx.scenario.variants import variants
from splx.simulate.uncontended import operations

PUBLISHED = {name: each for name, each in variants().items() if each.published}


@pytest.mark.parametrize("name", PUBLISHED)
def test_counts_are_as_published_or_it_is_said_why_not(name):
    each = PUBLISHED[name]
    counts = operations(each)
    for situation, figures in each.published.items():
        given = {column for column in COLUMNS if getattr(figures, column) is not None}
        other = {c for c in given if not within(getattr(figures, c), counts[situation].figure(c))}
        assert other == set(figures.differs), situation
        assert figures.source
        assert all(figures.differs.values())


def test_published_are_the_figures_that_were_counted_on_the_kernels_of_these_names():
    def figures(name, situation):
        each = design(name).published[situation]
        return each.entry, each.exit, each.atomics, each.stacks, each.wakes, each.switches

    assert figures("freebsd", "high") == ("eoi", "", "2", "0", "0", "0")
    assert figures("solaris:psm=apix", "line") == ("eoi", "", "0", "2", "0", "0")
    assert figures("solaris", "line") == ("level eoi", "level", "0", "2", "0", "0")
    assert figures("dragonfly", "line") == ("mask eoi", "unmask", "0-1", "0", "1", "2")
    assert figures("xnu", "line") == ("eoi", "(unmask)", "2-4", "0", "1", "2")


@pytest.mark.parametrize(("name", "situation"), [("xnu", "edge"), ("linux", "napi"), ("linux-napi-threaded", "napi")])
def test_what_was_counted_of_some_mechanisms_alone_is_so_here(name, situation):
    each = design(name)
    figures = each.published[situation]
    assert within(figures.atomics, operations(each)[situation].figure("atomics", figures.own))


def test_every_kernel_of_which_counts_are_published_has_them():
    ours = {"doran-2006", "thomas-2007", "textbook"}  # nobody has built these and counted
    eager = {"netbsd-2006"}  # counted is x86, whose level is in memory
    assert {each.name for each in PUBLISHED.values()} >= set(designs()) - ours - eager


def test_a_line_masked_once_more_is_counted():
    mask, level = operations(design("netbsd-2006-deferred")), operations(design("netbsd-2006-deferred:line=level"))
    assert (mask["line"].entry, mask["line"].exit) == (("mask", "eoi"), ("unmask",))
    assert (level["line"].entry, level["line"].exit) == ((), ("eoi",))
    assert mask["line"].kept == ("mask",)
    assert level["line"].kept == ("service",)


def test_compiled_and_plain_count_the_same():
    assert operations(design("linux"), "plain") == operations(design("linux"))


def test_a_big_lock_costs_what_it_costs():
    unlocked = replace(
        design("netbsd-5"), mechanisms=(*design("netbsd-5").mechanisms, "kernel_lock_none", "biglock_none")
    )
    assert operations(design("netbsd-5"))["line"].atomics - operations(unlocked)["line"].atomics == 1


def test_what_a_lock_does_is_of_the_mechanism_that_takes_it():
    edge = operations(design("xnu"))["edge"]
    own = edge.figure("atomics", ("workloop",))  # that it is active, the gate, and the lock of the thread twice
    assert own == 4
    assert own < edge.atomics
    assert edge.figure("atomics", ("workloop", "sched", "switch", "lwp")) == edge.atomics
    assert edge.figure("atomics", ("napi",)) == 0


def test_of_a_soft_interrupt_there_is_left_what_it_adds():
    soft = operations(design("netbsd-5"))["soft"]
    assert len(soft.locked_by) == soft.atomics == 1


@pytest.mark.parametrize(
    ("published", "measured", "holds"),
    [("2", 2, True), ("2", 1, False), ("0-2", 2, True), ("0-2", 3, False), ("4+", 11, True), ("4+", 3, False),
     ("level eoi", "eoi level", False), ("eoi", "eoi eoi", False), ("", "", True), ("", "eoi", False),
     ("(unmask)", "", True), ("(unmask)", "unmask", True), ("(unmask)", "unmask unmask", False)],
)  # fmt: skip
def test_a_figure_is_a_number_a_range_or_a_list_of_accesses(published, measured, holds):
    assert within(published, measured) == holds
