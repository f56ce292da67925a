"""Golden diagnostics of cost models: what is said about small ones that contradict themselves, or are hardly meant so.

    python tools/model_goldens.py       write tests/goldens/models/*.txt anew, and the examples of the pages

Beside `M0008.toml` lies `M0008.txt`, everything that is said about it.
"""

from __future__ import annotations

from contextlib import chdir
from pathlib import Path

from splx.base.diagnostics import Diagnostic, SplxError
from splx.base.render import render
from splx.machine.models import load

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "tests" / "goldens" / "models"
PAGES = ROOT / "src" / "splx" / "machine" / "pages"


def cases() -> list[Path]:
    """The models, in order."""
    return sorted(FOLDER.glob("*.toml"))


def diagnostics(case: Path) -> list[Diagnostic]:
    """What is said about a model: that it is refused, or warnings. Files are called by their names, without folders."""
    with chdir(FOLDER):
        try:
            return list(load(case.name).doubts)
        except SplxError as error:
            return list(error.diagnostics)


def rendered(case: Path) -> str:
    """Everything said about a model, as printed."""
    found = diagnostics(case)
    with chdir(FOLDER):
        return "\n".join(render(each) for each in found)


def example(case: Path) -> str:
    """The first thing said about a model, as the page of the code shows it."""
    with chdir(FOLDER):
        lines = render(diagnostics(case)[0]).splitlines()
    return "\n".join(line for line in lines if "= more: " not in line)


def page(case: Path) -> Path:
    """The page of the code that a model is about."""
    return PAGES / f"{case.stem}.md"


def main() -> None:
    """Write what is said about all; then review the diff."""
    for case in cases():
        case.with_suffix(".txt").write_text(rendered(case), encoding="utf-8")
        if page(case).exists():
            before, _, rest = page(case).read_text(encoding="utf-8").partition("```\n")
            after = rest.partition("\n```")[2]
            page(case).write_text(f"{before}```\n{example(case)}\n```{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
