"""What the terminal says of a finding."""

import io
from dataclasses import replace

from splx.base.diagnostics import Span
from splx.check.finding import Finding
from splx.check.waits import Graph, Wait
from splx.report.check import _show_place
from splx.report.console import console_for

FOUND = Finding("R0001", "locking against myself, in mutex_enter", (), 0, place=Span("there/driver.py", 12, 0, 12, 4))


def shown(found):
    text = io.StringIO()
    _show_place(found, console_for(text))
    return text.getvalue()


def test_the_line_of_the_users_is_told_where_nothing_else_says_it():
    assert shown(FOUND) == "where: driver.py:12\n\n"
    assert shown(replace(FOUND, about=("the mutex is a",))) == "the mutex is a\nwhere: driver.py:12\n\n"
    assert shown(replace(FOUND, why="it is false (driver.py:12)")) == ""
    assert shown(replace(FOUND, graph=Graph((Wait("one", "spins"),)))) == ""
    assert shown(replace(FOUND, place=None)) == ""
