"""Design vectors: every design has one, in words that there are, and no two have the same."""

from itertools import combinations

import pytest

from splx.scenario.designs import design, designs
from splx.scenario.variants import variants
from splx.scenario.vectors import AXES, VALUES, differs, unknown, words

#: Options that move a line, change an order or the moment of an assertion, or leave out what one CPU does not need, and
#: so none of the nine choices.
SAME_CHOICES = {
    *((name, option) for name in ("netbsd-2006", "netbsd-2006-deferred") for option in ("entry", "wait")),
    ("doran-2006", "line_at"),
    ("doran-2006", "clamp"),
    ("doran-2006", "threads"),
    ("doran-2006", "sleeping"),
    ("netbsd-5", "build"),
    ("freebsd", "filter_at"),
    ("freebsd", "witness"),
    ("linux", "edges"),
    ("linux-napi-threaded", "edges"),
    ("textbook", "order"),
}


@pytest.mark.parametrize("each", variants().values(), ids=variants())
def test_a_vector_says_something_on_each_axis(each):
    assert unknown(each.vector) == []
    assert tuple(each.vector) == AXES
    assert all(words(each.vector, axis) for axis in AXES)


def test_no_two_designs_are_equal_on_all_nine_axes():
    equal = [
        (a, b) for (a, one), (b, two) in combinations(variants().items(), 2) if not differs(one.vector, two.vector)
    ]
    assert equal == []


def test_an_option_is_a_choice_on_an_axis_or_known_not_to_be():
    for each in designs().values():
        for option in each.options:
            others = [design(f"{each.name}:{option.name}={choice}") for choice in option.choices]
            changes = any(differs(each.vector, other.vector) for other in others)
            assert changes != ((each.name, option.name) in SAME_CHOICES), option.name


def test_words_that_there_are_not_are_told():
    assert unknown({"flow": "F3 F9", "colour": "red"}) == [
        "there is no axis `colour`",
        "`F9` is no choice on the axis `flow`",
    ]
    assert tuple(VALUES) == AXES
