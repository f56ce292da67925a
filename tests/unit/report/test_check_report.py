"""What the terminal says of a finding."""

import io
from dataclasses import replace

from tests.check.systems import system

from splx.base.diagnostics import Span
from splx.check.clients import CLIENTS, Explored
from splx.check.finding import Finding
from splx.check.growing import Growing
from splx.check.limits import End, Limits
from splx.check.loading import Bounds
from splx.check.verdict import not_begun
from splx.check.waits import Graph, Wait
from splx.report.check import _show_place, in_a_line, others
from splx.report.clients import show_clients
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


def test_in_one_line_stands_which_lock_it_is_about_as_well():
    assert in_a_line(replace(FOUND, about=("the mutex is a",))) == f"R0001: {FOUND.why}; the mutex is a"


def test_a_search_by_cost_that_did_not_see_all_says_what_it_did_not_look_for():
    wanted = ("rules", "standstill", "asleep", "masked")
    left = replace(not_begun(system("crossed"), Bounds(), wanted, Limits(cost=1)), end=End.COST)
    assert others(left) == "not looked for, as that takes all states: asleep, masked"
    assert others(replace(left, complete=True)) == ""
    assert others(replace(left, limits=Limits())) == ""


def test_of_a_client_that_gave_up_it_is_told_what_grew():
    left = not_begun(system("crossed"), Bounds())
    grows = replace(left, end=End.STATES, growing=(Growing("m.n", 100),))
    text = io.StringIO()
    explored = [Explored(CLIENTS[0], "sc", (), "", each) for each in (left, grows)]
    show_clients("textbook", explored, console_for(text))
    assert text.getvalue().count("growing:") == 1
    assert "levels, sc: growing: m.n had 100 values or more, and new ones to the last." in text.getvalue()
