"""Golden findings of lockdep: what is said about small scenarios in which something can go wrong.

    python tools/lockdep_goldens.py            write tests/goldens/lockdep/*.txt anew, and the examples of the pages
    python tools/lockdep_goldens.py D0001 ...  only these

Lines at the top of a scenario say how it is used: `# design: NAME`, `# cpus: N`.
"""

from __future__ import annotations

import os
import re
import sys
from contextlib import chdir
from pathlib import Path

from splx.base.render import render
from splx.base.units import UNITS
from splx.lockdep import Run, Verdict, lockdep
from splx.machine.models import load as load_model
from splx.scenario import load_scenario
from splx.scenario.build import build
from splx.scenario.designs import design

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "tests" / "goldens" / "lockdep"
PAGES = ROOT / "src" / "splx" / "lockdep" / "pages"


def cases() -> list[Path]:
    """The scenarios, in order."""
    return sorted(FOLDER.glob("D*.py"))


def verdict(case: Path, engine: str = "native") -> Verdict:
    """What 3 ms of a scenario show. Files are called by their names, without folders."""
    text = case.read_text(encoding="utf-8")
    cpus = re.findall(r"^# cpus: (\d+)$", text, flags=re.MULTILINE)
    designs = re.findall(r"^# design: (\S+)$", text, flags=re.MULTILINE) or ["netbsd-5"]
    model = load_model("x86-2020")
    with chdir(FOLDER):
        scenario, chosen = load_scenario(case.name), design(designs[0])
        system = build(scenario, chosen, cpus=int(cpus[0]) if cpus else 1, also="spl_level")
        return lockdep(system, scenario, chosen, model, Run(3 * UNITS["ms"], engine=engine))


def rendered(case: Path) -> str:
    """Everything said about a scenario, as printed."""
    found = verdict(case).findings
    with chdir(FOLDER):
        return "\n".join(render(each) for each in found)


def example(case: Path) -> str:
    """What is said about a scenario, as the page of the code shows it."""
    return "\n".join(line for line in rendered(case).splitlines() if "= more: " not in line)


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
            after = rest.partition("```")[2]
            page(case).write_text(f"{before}```\n{example(case)}\n```{after}", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
