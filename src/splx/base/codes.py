"""The one list of diagnostic codes, and the page behind each.

A code is a letter and four digits. The letter says who has something to change:

    L  language: the user's Python is outside the subset         error
    S  scenario: the user's input cannot be used                 error
    M  machine: a cost model or a machine description            error
    K  kernel: running code broke a rule of the kernel           finding
    R  race or property: an interleaving breaks a property       finding
    T  timing: a deadline or a bound is not kept                 finding
    D  deadlock: one run shows that another can have one         finding
    W  doubt: it is used as it stands, and hardly meant so       warning
    X  ours: a bug of splx                                       error

Each floor with codes of its own has a module `codes` and a folder `pages` in its package:

    codes.add_folder("splx.lang")
    SLEEPS = codes.register("L0301", "a sleeping lock in a hard interrupt handler")

and a page `pages/L0301.md`, whose heading is `# L0301: a sleeping lock ...` and whose sections are those in `SECTIONS`.
`problems()` compares the two lists; a test keeps it empty.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable

SECTIONS = ("What it says", "Why", "Example", "Instead")

_SHAPE = re.compile(r"[LSMKRTDWX][0-9]{4}")
_titles: dict[str, str] = {}
_folders: list[str] = []


@dataclass(frozen=True)
class Page:
    """What `splx explain CODE` shows. `text` is Markdown, its first line the heading."""

    code: str
    title: str
    text: str


def register(code: str, title: str) -> str:
    """Enter `code` in the list and return it, so that a module can name it.

    `title` is a noun phrase in lower case without a full stop. A malformed code, or one that already has another title,
    is a mistake of ours: ValueError.
    """
    if not _SHAPE.fullmatch(code):
        raise ValueError(f"{code!r} is not a letter of LSMKRTDWX and four digits")
    if _titles.setdefault(code, title) != title:
        raise ValueError(f"{code} is registered twice: {_titles[code]!r} and {title!r}")
    return code


def add_folder(package: str) -> None:
    """Let the folder `pages` of `package` hold pages. Twice is once."""
    if package not in _folders:
        _folders.append(package)


def registered() -> dict[str, str]:
    """Every code and its title, ordered by code."""
    return dict(sorted(_titles.items()))


def title(code: str) -> str | None:
    """The title of `code`, or None if nobody registered it."""
    return _titles.get(code)


def page(code: str) -> Page | None:
    """The page of `code` (in any case: `l0301` will do), or None if there is no such code or no page."""
    code = code.upper()
    found = _titles.get(code)
    if found is None:
        return None
    for name, file in _page_files():
        if name == code:
            return Page(code, found, file.read_text(encoding="utf-8"))
    return None


def near(code: str) -> list[str]:
    """Registered codes of the same letter, for a message about an unknown one."""
    return [known for known in registered() if known[0] == code[:1].upper()]


def problems() -> list[str]:
    """What is wrong between list and pages, one sentence each; empty when all is well."""
    texts = {name: file.read_text(encoding="utf-8") for name, file in _page_files()}
    found = [f"{code}: no page" for code in registered() if code not in texts]
    for name, text in sorted(texts.items()):
        if name not in _titles:
            found.append(f"{name}: a page without a code")
        else:
            found += _page_problems(name, _titles[name], text)
    return found


def _page_problems(code: str, its_title: str, text: str) -> list[str]:
    found = []
    heading = f"# {code}: {its_title}"
    first = text.split("\n", 1)[0]
    if first != heading:
        found.append(f"{code}: the heading is {first!r} and not {heading!r}")
    sections = tuple(re.findall(r"^## (.+)$", text, flags=re.MULTILINE))
    if sections != SECTIONS:
        found.append(f"{code}: the sections are {sections} and not {SECTIONS}")
    return found


def _page_files() -> Iterator[tuple[str, Traversable]]:
    for package in _folders:
        folder = files(package) / "pages"
        if folder.is_dir():
            for file in folder.iterdir():
                if file.name.endswith(".md"):
                    yield file.name.removesuffix(".md"), file


add_folder("splx.base")
BUG = register("X0001", "a bug in splx")
DURATION = register("S0001", "a duration that cannot be read")
WRITE = register("S0002", "a file that cannot be written")
