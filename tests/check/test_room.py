"""A table that grows keeps what stands in it, and one that cannot grow any more is left as it was."""

import pytest
from tests.check.systems import system

from splx.check.checker import Checker
from splx.check.room import LARGE, OutOfRoom, longer, zeros


@pytest.mark.parametrize("length", [1, 1 << 10, LARGE])
def test_what_stands_in_a_table_stands_in_the_longer_one(length):
    table = zeros(length)
    table[length - 1] = 7
    grown = longer(table, 4 * length)
    assert len(grown) == 4 * length
    assert (grown[length - 1], grown[length], grown[-1]) == (7, 0, 0)


def test_a_table_that_cannot_grow_is_as_it_was():
    checker = Checker(system("choices"))
    before = checker.slice("came").tolist()
    with pytest.raises(OutOfRoom):
        checker._longer("came", 1 << 50)
    assert checker.slice("came").tolist() == before
