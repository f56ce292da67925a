"""How diagnostics look: each screen is a golden text."""

import io
from textwrap import dedent

import pytest

from splx.base import codes
from splx.base.diagnostics import Diagnostic, Span
from splx.base.render import Style, render, show, style_for

BAD_INTR = """\
# a driver that sleeps where it may not




def setup():
def nic_intr():
    mutex_enter(stats)

\tπ = f("日本", x)
"""


@pytest.fixture
def source(tmp_path, monkeypatch):
    """A function that writes a source file into the current directory and returns its absolute name."""
    monkeypatch.chdir(tmp_path)

    def write(name, text):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return str(tmp_path / name)

    return write


@pytest.fixture
def sleeps(source, monkeypatch):
    """The diagnostic of the style guide, its code registered."""
    monkeypatch.setitem(codes._titles, "L0301", "a sleeping lock in a hard interrupt handler")
    file = source("bad_intr.py", BAD_INTR)
    return Diagnostic(
        "L0301",
        "`mutex_enter` in a hard interrupt handler",
        Span(file, 8, 4, 8, 22),
        "may sleep",
        notes=("mutex(9): an adaptive mutex needs thread context",),
        help="give `stats` an IPL of IPL_VM or more, or do this in a softint",
        related=((Span(file, 7, 4, 7, 12), "a hard interrupt: no thread to put to sleep"),),
    )


def golden(text):
    return dedent(text).lstrip("\n")


def test_an_error_shows_the_users_own_lines(sleeps):
    assert render(sleeps) == golden("""
        error[L0301]: `mutex_enter` in a hard interrupt handler
         --> bad_intr.py:8:5
          |
        7 | def nic_intr():
          |     -------- a hard interrupt: no thread to put to sleep
        8 |     mutex_enter(stats)
          |     ^^^^^^^^^^^^^^^^^^ may sleep
          |
          = help: give `stats` an IPL of IPL_VM or more, or do this in a softint
          = note: mutex(9): an adaptive mutex needs thread context
          = more: splx explain L0301
    """)


def test_a_finding_has_a_body_and_a_way_to_see_it_again(source):
    file = source("a.py", "x = 1\n")
    finding = Diagnostic("K0999", "`ring` is held at return", Span(file, 1, 0, 1, 5), body="cpu0  cpu1\n\nLOAD  -",
                         again="splx replay a.json")  # fmt: skip
    assert render(finding) == golden("""
        finding[K0999]: `ring` is held at return
         --> a.py:1:1
          |
        1 | x = 1
          | ^^^^^

          cpu0  cpu1

          LOAD  -

          = again: splx replay a.json
    """)


def test_gaps_other_files_wide_characters_and_tabs(source):
    file, other = source("bad_intr.py", BAD_INTR), source("other.py", "import spl\n")
    wide = BAD_INTR.splitlines()[9]
    diagnostic = Diagnostic(
        "L0999",
        "a tuple of places",
        Span.of_chars(file, 10, wide, 7, 11),
        "wide",
        related=(
            (Span(file, 1, 2, 1, 10), "first"),
            (Span(file, 8, 4, 8, 15), "second"),
            (Span(file, 8, 16, 8, 21), "on the same line"),
            (Span(other, 1, 7, 1, 10), "elsewhere"),
            (Span("/nowhere/gone.py", 3, 4, 3, 5), "unreadable"),
        ),
        help="one\ntwo",
    )
    assert render(diagnostic) == golden("""
        error[L0999]: a tuple of places
          --> bad_intr.py:10:8
           |
         1 | # a driver that sleeps where it may not
           |   -------- first
        ...
         8 |     mutex_enter(stats)
           |     ----------- second
           |                 ----- on the same line
         9 |
        10 |     π = f("日本", x)
           |           ^^^^^^ wide
          ::: other.py:1:8
           |
         1 | import spl
           |        --- elsewhere
          ::: /nowhere/gone.py:3:5  unreadable
           |
           = help: one
                   two
    """)


def test_a_place_over_several_lines_is_underlined_on_its_first(source):
    file = source("a.py", "x = f(\n    1,\n)\n")
    assert render(Diagnostic("L0999", "m", Span(file, 1, 4, 3, 1), "here")) == golden("""
        error[L0999]: m
         --> a.py:1:5
          |
        1 | x = f(
          |     ^^ here
    """)


def test_an_empty_place_still_gets_a_caret(source):
    file = source("a.py", "x = \n")
    assert render(Diagnostic("L0999", "m", Span(file, 1, 4, 1, 4))).endswith("1 | x =\n  |     ^\n")


def test_a_very_long_line_is_cut_around_the_place(source):
    file = source("a.json", "[" + "1, " * 10_000 + "oops, " + "1, " * 10_000)
    lines = render(Diagnostic("S0999", "m", Span(file, 1, 30_001, 1, 30_005), "here")).splitlines()
    text, under = lines[3], lines[4]
    assert len(text) < 180
    assert text[under.index("^") :][:4] == "oops"


def test_without_a_place_only_the_text_remains():
    assert render(Diagnostic("S0999", "no design `foo`", help="see `splx designs`")) == golden("""
        error[S0999]: no design `foo`
          = help: see `splx designs`
    """)


def test_a_changed_file_is_read_again(source):
    span = Span(source("a.py", "old\n"), 1, 0, 1, 3)
    assert "old" in render(Diagnostic("L0999", "m", span))
    source("a.py", "newer\n")
    assert "newer" in render(Diagnostic("L0999", "m", span))


def test_colour_adds_only_colour(sleeps):
    import re

    coloured = render(sleeps, Style.COLOUR)
    assert coloured.startswith("\x1b[1;31merror[L0301]\x1b[0m\x1b[1m: `mutex_enter`")
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == render(sleeps)


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(("stream", "environment", "style"), [
    (Terminal, {}, Style.COLOUR),
    (io.StringIO, {}, Style.PLAIN),
    (Terminal, {"NO_COLOR": "1"}, Style.PLAIN),
    (Terminal, {"NO_COLOR": ""}, Style.COLOUR),
    (Terminal, {"TERM": "dumb"}, Style.PLAIN),
])  # fmt: skip
def test_colour_is_for_terminals_that_want_it(stream, environment, style, monkeypatch):
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert style_for(stream()) is style


def test_what_an_exception_of_a_users_says_stands_on_one_line():
    text = render(Diagnostic("S0203", "ValueError: bad\n::error::x", Span("it.py", 1, 0, 1, 4)))
    assert text.splitlines()[0] == "error[S0203]: ValueError: bad ::error::x"


def test_no_control_character_of_a_users_is_passed_on(tmp_path):
    odd = "\x1b[31m\x9b"
    (tmp_path / "odd.py").write_text(f"x = '{odd}'\n")
    span = Span(str(tmp_path / "odd.py"), 1, 0, 1, 5)
    found = Diagnostic("R0004", odd, span, odd, (odd,), odd, ((span, odd),), again=odd)
    text = render(found)
    assert text.count("?[31m?") == 7
    assert not set(text) & set(odd[0] + odd[-1])


def test_several_are_shown_with_a_blank_line_between():
    stream = io.StringIO()
    show([Diagnostic("S0999", "one"), Diagnostic("S0999", "two")], stream)
    assert stream.getvalue() == "error[S0999]: one\n\nerror[S0999]: two\n"
