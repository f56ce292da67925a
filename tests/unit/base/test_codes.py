"""Each code has a page and each page a code."""

import importlib
import importlib.util
import pkgutil
import sys

import pytest

import splx
from splx.base import codes


@pytest.fixture
def floor(tmp_path, monkeypatch):
    """A package `upper` outside splx that brings its own pages; call it with a name and a text to add one."""
    package = tmp_path / "upper"
    (package / "pages").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(codes, "_folders", list(codes._folders))
    monkeypatch.setattr(codes, "_titles", dict(codes._titles))
    codes.add_folder("upper")
    yield lambda name, text: (package / "pages" / name).write_text(text)
    sys.modules.pop("upper", None)


def page_text(heading, sections=codes.SECTIONS):
    return f"# {heading}\n" + "".join(f"\n## {each}\n\ntext\n" for each in sections)


def test_every_code_of_every_floor_has_a_page_and_every_page_a_code():
    for package in pkgutil.iter_modules(splx.__path__, "splx."):
        if package.ispkg and importlib.util.find_spec(f"{package.name}.codes"):
            importlib.import_module(f"{package.name}.codes")
    assert codes.problems() == []


def test_our_own_pages_are_found_in_any_case():
    page = codes.page("x0001")
    assert (page.code, page.title) == ("X0001", "a bug in splx")
    assert page.text.startswith("# X0001: a bug in splx\n")


def test_another_floor_brings_its_own_pages(floor):
    assert codes.register("K0998", "a lock held at return") == "K0998"
    floor("K0998.md", page_text("K0998: a lock held at return"))
    codes.add_folder("upper")
    assert codes.page("K0998").title == "a lock held at return"
    assert codes.problems() == []


def test_an_unknown_code_has_no_page_but_neighbours():
    assert codes.page("S9999") is None
    assert codes.near("s9999")[:2] == ["S0001", "S0002"]


def test_what_is_missing_is_listed(floor):
    codes.register("K0996", "without a page")
    codes.register("K0997", "with another heading")
    floor("K0997.md", page_text("K0997: other", ("Why",)))
    floor("K0998.md", page_text("K0998: nobody"))
    floor("notes.txt", "not a page")
    codes.add_folder("unittest")  # has no folder `pages`
    assert codes.page("K0996") is None
    assert codes.problems() == [
        "K0996: no page",
        "K0997: the heading is '# K0997: other' and not '# K0997: with another heading'",
        f"K0997: the sections are ('Why',) and not {codes.SECTIONS}",
        "K0998: a page without a code",
    ]


@pytest.mark.parametrize("code", ["Q0001", "L301", "L03011", "l0301", ""])
def test_a_malformed_code_is_our_mistake(code):
    with pytest.raises(ValueError, match="four digits"):
        codes.register(code, "t")


def test_a_code_has_one_title(floor):
    codes.register("K0996", "one")
    codes.register("K0996", "one")
    with pytest.raises(ValueError, match="registered twice"):
        codes.register("K0996", "two")
