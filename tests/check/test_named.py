"""What a broken rule is about, by the scenario's own names."""

import pytest
from tests.check.systems import verdict


@pytest.mark.parametrize(
    ("how", "about", "line"),
    [
        (0, ("the mutex is a",), 14),  # its assertion reads it
        (1, ("the mutex is a, which one has since unheld.py:16",), 17),  # its function was called with it
        (2, ("the rwlock is rw",), 20),  # it is the only one that was looked at
        (3, ("one has not given back v since unheld.py:24",), 24),
        (4, ("one has not given back rw since unheld.py:26",), 26),
        (5, ("the mutex is a",), 29),  # and not the one that is held
        (6, ("one has not undone `kpreempt_disable()` of unheld.py:33",), 33),  # and no lock that was given back
        (7, ("one has not undone `splvm()` of unheld.py:35",), 37),  # not what is undone; it ran on to the last line
    ],
)
def test_a_broken_rule_names_its_lock_and_a_thread_that_ends_what_it_has_not_given_back(how, about, line):
    found = verdict("unheld", HOW=how).finding
    assert (found.about, found.place.line) == (about, line)


def test_a_handler_that_has_returned_names_it_too_and_not_what_the_kernel_took_for_it():
    found = verdict("left_held", "netbsd-2006").finding
    assert (found.about, found.place.line) == (("interrupts of CPU 0 have not given back v since left_held.py:12",), 12)


@pytest.mark.parametrize("fuse", [False, True])
@pytest.mark.parametrize("design", ["linux", "netbsd-5"])
@pytest.mark.parametrize(("how", "line"), [(0, 20), (1, 32), (2, 27)])
def test_a_broken_rule_is_placed_where_it_is_broken_and_not_where_its_move_began(how, line, design, fuse):
    assert verdict("where", design, fuse=fuse, HOW=how).finding.place.line == line
