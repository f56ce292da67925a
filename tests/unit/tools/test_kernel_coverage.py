"""tools/kernel_coverage.py: what is demanded, what is not, and what it says."""

import pytest

from tools import kernel_coverage as tool

TEXT = """\
def linked(a, b):
    if a == 1 and b == 2:
        return 3
    return 4


def stranger(a):
    while not (a > 1 or a < 0):
        a += 1
    return a


def slot(a):
    '''No body here.'''
"""
LINKED = """\
lock.py line 2 built
lock.py line 2 ran
lock.py line 3 built
lock.py line 4 built
lock.py line 4 ran
lock.py test 2:7 2:13 built
lock.py test 2:7 2:13 true
lock.py test 2:7 2:13 false
lock.py test 2:18 2:24 built
lock.py test 2:18 2:24 false
"""


@pytest.fixture
def kernel(tmp_path):
    """A kernel of one file, and the facts about it."""
    folder = tmp_path / "kernel"
    folder.mkdir()

    def make(text, facts):
        (folder / "lock.py").write_text(text)
        (tmp_path / "facts").write_text(facts)
        return list(tool.report(tool.read(tmp_path / "facts", folder), folder))

    return make


def test_a_function_in_a_program_has_the_branches_of_its_programs(kernel):
    assert kernel(TEXT[: TEXT.index("def stranger")], LINKED) == [
        "kernel                             lines      branches",
        "lock.py                              2/3           3/4   75.0 %",
        "all: 66.7 % of lines, 75.0 % of branches",
        "  lock.py:2:19: never true: if a == 1 and b == 2:",
    ]


def test_a_function_in_no_program_has_the_branches_of_its_text(kernel):
    assert kernel(TEXT, LINKED)[1:] == [
        "lock.py                              2/3           3/8   37.5 %",
        "all: 66.7 % of lines, 37.5 % of branches",
        "  lock.py:2:19: never true: if a == 1 and b == 2:",
        "  lock.py:8:16: in no program: while not (a > 1 or a < 0):",
        "  lock.py:8:25: in no program: while not (a > 1 or a < 0):",
    ]


def test_a_decision_that_only_constants_make_is_no_branch(kernel):
    assert kernel("def f(a):\n    if WIDE:\n        return 1\n    return a\n", "lock.py line 4 built\n")[-1] == (
        "all: 0.0 % of lines, 100.0 % of branches"
    )


@pytest.mark.parametrize(("floor", "code"), [("0", 0), ("100", 1)])
def test_below_the_floor_it_fails(tmp_path, capsys, floor, code):
    facts = tmp_path / "facts"
    facts.write_text("mutex.py test 1:0 1:1 built\n")
    assert tool.main([str(facts), "--floor", floor]) == code
    assert ("below the floor of 100 %" in capsys.readouterr().out) == bool(code)


def test_what_a_mechanism_states_of_itself_is_no_part_of_a_kernel(kernel):
    stated = "@invariant(admitting=True)\n" + TEXT[TEXT.index("def stranger") : TEXT.index("def slot")]
    found = kernel(TEXT[: TEXT.index("def stranger")] + stated, LINKED)
    assert found == kernel(TEXT[: TEXT.index("def stranger")], LINKED)


def test_nor_is_what_only_that_calls(kernel):
    begin, end = TEXT.index("def stranger"), TEXT.index("def slot")
    stated = "@invariant()\ndef said(a: int) -> bool:\n    return stranger(a)\n\n\n" + TEXT[begin:end]
    assert kernel(TEXT[:begin] + stated, LINKED) == kernel(TEXT[:begin], LINKED)
