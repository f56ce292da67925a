"""Golden diagnostics of scenarios: what is said about small scenarios that cannot be used.

    python tools/scenario_goldens.py            write tests/goldens/scenarios/*.txt anew, and the examples of the pages
    python tools/scenario_goldens.py S0101 ...  only these

Beside `S0101.py` lies `S0101.txt`, everything that is said about it. Lines at its top say how it is used:
`# design: NAME`, `# cpus: N`, `# set: PARAMETER=VALUE`.
"""

from __future__ import annotations

import os
import re
import sys
from contextlib import chdir
from pathlib import Path

from splx.base.diagnostics import Diagnostic, SplxError
from splx.base.render import render
from splx.scenario import load_scenario
from splx.scenario.build import build
from splx.scenario.designs import design

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "tests" / "goldens" / "scenarios"
PAGES = ROOT / "src" / "splx" / "scenario" / "pages"


def cases() -> list[Path]:
    """The scenarios, in order."""
    return sorted(each for each in FOLDER.glob("S*.py"))


def diagnostics(case: Path) -> list[Diagnostic]:
    """What is said about a scenario. Files are called by their names, without folders."""
    text = case.read_text(encoding="utf-8")
    settings = dict(re.findall(r"^# set: (\w+)=(\w+)$", text, flags=re.MULTILINE))
    cpus = re.findall(r"^# cpus: (\d+)$", text, flags=re.MULTILINE) or ["4"]
    designs = re.findall(r"^# design: (\S+)$", text, flags=re.MULTILINE) or ["netbsd-5"]
    with chdir(FOLDER):
        try:
            build(load_scenario(case.name, settings), design(designs[0]), cpus=int(cpus[0]))
        except SplxError as error:
            return list(error.diagnostics)
    return []


def rendered(case: Path) -> str:
    """Everything said about a scenario, as printed."""
    found = diagnostics(case)
    with chdir(FOLDER):
        return "\n".join(render(each) for each in found)


def example(case: Path) -> str:
    """The first thing said about a scenario, as the page of the code shows it."""
    found = diagnostics(case)
    with chdir(FOLDER):
        lines = render(found[0]).splitlines()
    return "\n".join(line for line in lines if "= more: " not in line)


def page(case: Path) -> Path:
    """The page of the code that a scenario is about."""
    return PAGES / f"{case.stem}.md"


def main(names: list[str]) -> None:
    """Write what is said about the named scenarios, or about all; then review the diff."""
    os.environ["NO_COLOR"] = "1"
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
