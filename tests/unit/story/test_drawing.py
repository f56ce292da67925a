"""The format: columns by position, one event a line, notes behind two dashes, titles above."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from splx.story.drawing import Column, DrawingError, Step, draw, drawings_in, parse, render

RACE = """\
without the second look:
cpu0: owner                         cpu1: waiter
cas_local m.word := 0, buffered     -- it has seen no waiters
                                    cas m.word := owner | 1
-- a thought
m.word visible    -- the bit is gone
"""


def test_lines_belong_to_the_column_at_which_they_begin():
    drawing = parse(RACE)
    assert drawing.title == "without the second look"
    assert drawing.columns == (Column(0, "owner"), Column(1, "waiter"))
    assert drawing.lines == (
        (0, Step("cas_local m.word := 0, buffered", "it has seen no waiters")),
        (1, Step("cas m.word := owner | 1")),
        (0, Step("", "a thought")),
        (0, Step("m.word visible", "the bit is gone")),
    )


def test_a_note_alone_is_no_event():
    assert [cpu for cpu, _ in parse(RACE).events] == [0, 1, 0]


def test_it_is_printed_as_it_was_written():
    assert render(parse(RACE)) == RACE
    assert str(parse(RACE)) == RACE


def test_indentation_of_the_whole_does_not_matter():
    indented = "".join(f"    {line}\n" for line in RACE.splitlines())
    assert parse(indented) == parse(RACE)


def test_columns_may_stand_in_any_order_and_leave_cpus_out():
    drawing = parse("cpu3      cpu1\n          a\nb\n")
    assert drawing.cpus == (3, 1)
    assert drawing.lines == ((1, Step("a")), (3, Step("b")))


def test_a_column_is_as_wide_as_what_stands_in_it():
    long = "a" * 40
    assert render(draw([(0, Step(long)), (1, Step("b"))], (0, 1), {1: "other"})) == (
        f"cpu0{' ' * 38}cpu1: other\n{long}\n{' ' * 42}b\n"
    )


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a\nb\n", 2, "no heads of columns"),
        ("", 2, "no heads of columns"),
        ("a title\ncpu0\n", 1, "a title ends with a colon"),
        ("cpu0      cpu1\n   a\n", 2, "begins at 3, and the columns at 0, 10"),
        ("cpu0      cpu1\na         b\n", 2, "two events in one line"),
        ("cpu0      cpu0\na\n", 2, "no heads of columns"),
    ],
)
def test_what_is_no_drawing_is_refused_with_its_line(text, line, message):
    with pytest.raises(DrawingError, match=message) as refused:
        parse(text)
    assert refused.value.line == line


def test_drawings_are_found_in_essays():
    essay = f"""\
The race
--------
So it goes:

{"".join(f"    {line}{chr(10)}" for line in RACE.splitlines())}
And another:

    cpu0
    a
    b
The end.
"""
    one, other = drawings_in(essay)
    assert (one.line, one.drawing, one.text) == (5, parse(RACE), RACE.rstrip("\n"))
    assert (other.line, other.text) == (14, "cpu0\na\nb")


def test_a_broken_drawing_in_an_essay_is_told_with_the_line_of_the_essay():
    with pytest.raises(DrawingError, match="line 4: begins at 2"):
        list(drawings_in("So it goes:\n\n    cpu0      cpu1\n      a\n"))


WORDS = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=8)
EVENTS = st.lists(WORDS, min_size=1, max_size=6).map(" ".join)
STEPS = st.builds(Step, EVENTS, st.one_of(st.just(""), EVENTS), st.integers(1, 12))


@given(st.lists(st.tuples(st.integers(0, 2), STEPS), max_size=12), st.one_of(st.just(""), EVENTS))
def test_printing_and_reading_are_inverse(lines, title):
    drawing = draw(lines, (0, 1, 2), {1: "other"}, title)
    text = render(drawing)
    assert parse(text) == drawing
    assert render(parse(text)) == text
