"""tools/sizes.py: what is within budget, what is not, and what it says."""

import pytest

from tools import sizes


@pytest.fixture
def house(tmp_path, monkeypatch):
    """An empty project; call it with a name and a text to add a file."""
    monkeypatch.chdir(tmp_path)

    def add(name, text):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    return add


def function(lines, name="f", doc=""):
    return f"def {name}():\n{doc}" + "    x = 1\n" * lines


def test_an_empty_house_is_within_budget(house, capsys):
    assert sizes.main([]) == 0
    assert capsys.readouterr().out == "sizes: 0 files, 0 functions, p95 0 lines: all within budget\n"


@pytest.mark.parametrize(("lines", "head", "code"), [
    (400, "", 0),
    (401, "", 1),
    (600, "# size: one table, read as a table\n", 0),
    (601, "# size: one table, read as a table\n", 1),
    (401, "# size:\n", 1),
    (401, "\n" * 15 + "# size: said too late\n", 1),
])  # fmt: skip
def test_a_file_has_400_lines_or_with_a_reason_600(house, lines, head, code):
    house("src/a.py", head + "x = 1\n" * (lines - head.count("\n")))
    assert sizes.main([]) == code


@pytest.mark.parametrize(("lines", "code"), [(60, 0), (61, 1)])
def test_no_body_is_over_60_lines(house, lines, code):
    house("src/a.py", function(lines) + "".join(function(1, f"g{n}") for n in range(99)))
    assert sizes.main([]) == code


def test_the_docstring_does_not_count(house):
    house("src/a.py", function(25, doc='    """Says\n' + "    more\n" * 60 + '    """\n'))
    assert sizes.main([]) == 0


@pytest.mark.parametrize(("longer", "code"), [(5, 0), (6, 1)])
def test_five_in_a_hundred_bodies_may_be_over_25_lines(house, longer, code):
    bodies = [function(26 if n < longer else 25, f"f{n}") for n in range(100)]
    for n in range(10):
        house(f"src/{n}.py", "".join(bodies[10 * n : 10 * n + 10]))
    assert sizes.main([]) == code


def test_methods_and_nested_functions_are_functions(house, capsys):
    house("src/a.py", "class C:\n    def m(self):\n        def n():\n            return 1\n        return n\n")
    assert sizes.main([]) == 0
    assert "1 files, 2 functions, p95 3 lines" in capsys.readouterr().out


def test_the_listing_names_file_line_and_budget(house, capsys):
    house("src/a.py", function(70))
    assert sizes.main(["src"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "src/a.py:1: f has 70 lines, the budget is 60",
        "sizes: 1 files, 1 functions, p95 70 lines: 1 over budget",
    ]
