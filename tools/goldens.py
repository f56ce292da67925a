"""Golden diagnostics: what the compiler says about small wrong programs.

    python tools/goldens.py             write tests/goldens/diagnostics/*.txt anew, and the examples of the pages
    python tools/goldens.py L0101 ...   only these

Beside `L0101.py`, a user's text, lies `L0101.txt`, everything that is said about it. The text is kernel code if it
imports `splx.lang.kernel`, else engine code. All functions it defines are compiled; `# front: name` names one object to
compile instead.
"""

from __future__ import annotations

import linecache
import re
import sys
import warnings
from pathlib import Path
from types import FunctionType
from typing import Any

from splx.base.diagnostics import Diagnostic, SplxError
from splx.base.render import render
from splx.lang.front.closure import front_all
from splx.lang.front.work import Dialect
from splx.lang.intrinsic import spec_of

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "tests" / "goldens" / "diagnostics"
PAGES = ROOT / "src" / "splx" / "lang" / "pages"


def cases() -> list[Path]:
    """The users' texts, in order."""
    return sorted(FOLDER.glob("*.py"))


def diagnostics(case: Path) -> list[Diagnostic]:
    """What is said about a text, in the order of its lines. Files are called by their names, without folders."""
    text = case.read_text(encoding="utf-8")
    linecache.cache[case.name] = (len(text), None, text.splitlines(keepends=True), case.name)
    dialect = Dialect.KERNEL if "splx.lang.kernel" in text else Dialect.ENGINE
    try:
        front_all(_roots(text, case.name), dialect)
    except SplxError as error:
        return sorted(error.diagnostics, key=lambda each: (each.span is not None, each.span or 0, each.message))
    return []


def _roots(text: str, filename: str) -> list[Any]:
    space: dict[str, Any] = {"__name__": "user"}
    with warnings.catch_warnings():
        # Python warns of some of what the compiler refuses.
        warnings.simplefilter("ignore", SyntaxWarning)
        # `dont_inherit`: the user's text has its own `from __future__`.
        exec(compile(text, filename, "exec", dont_inherit=True), space)
    named = re.findall(r"^# front: (\w+)$", text, flags=re.MULTILINE)
    if named:
        return [space[name] for name in named]
    return [
        each
        for each in space.values()
        if isinstance(each, FunctionType) and each.__code__.co_filename == filename and spec_of(each) is None
    ]


def rendered(case: Path) -> str:
    """Everything said about a text, as printed."""
    return "\n".join(render(each) for each in diagnostics(case))


def example(case: Path) -> str:
    """The first thing said about a text, as the page of the code shows it."""
    lines = render(diagnostics(case)[0]).splitlines()
    return "\n".join(line for line in lines if "= more: " not in line)


def page(case: Path) -> Path:
    """The page of the code that a text is about."""
    return PAGES / f"{case.stem}.md"


def main(names: list[str]) -> None:
    """Write what is said about the named texts, or about all; then review the diff."""
    for case in cases():
        if names and case.stem not in names:
            continue
        case.with_suffix(".txt").write_text(rendered(case), encoding="utf-8")
        if page(case).exists():
            before, _, rest = page(case).read_text(encoding="utf-8").partition("```\n")
            after = rest.partition("\n```")[2]
            page(case).write_text(f"{before}```\n{example(case)}\n```{after}", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
