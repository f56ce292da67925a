"""Golden runs: what `splx run` says about users' mistakes.

    python tools/run_goldens.py               write tests/goldens/runs/*.txt anew; then review the diff
    python tools/run_goldens.py recursion     only these

Beside `recursion.py`, a scenario, lies `recursion.txt`: what is printed when it is run. Lines of the kernel's files are
hidden (`intr.py:###`): only the user's own are part of the promise.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "tests" / "goldens" / "runs"
#: case -> the design under which it is run; the others under the first that there was.
DESIGNS = {"unknown_design": "netbsd-7", "waiting_allocation": "doran-2006"}


def cases() -> list[Path]:
    """The scenarios, in order."""
    return sorted(FOLDER.glob("*.py"))


def words(case: Path, design: str) -> list[str]:
    """The command line of a case, to be run in FOLDER."""
    how = ["--machine", "ideal", "--cpus", "2", "--time", "1ms", "--engine", "plain"]
    return ["run", case.name, "--design", design, *how]


def design(case: Path) -> str:
    """The design whose words are kept."""
    return DESIGNS.get(case.stem, "netbsd-2006")


def shown(case: Path, text: str) -> str:
    """What was printed, without the lines of the kernel's files."""
    ours = re.compile(r"\b(?!" + re.escape(case.name) + r")(\w+\.py):(\d+)")
    return ours.sub(lambda found: f"{found[1]}:{'#' * len(found[2])}", text)


def said(case: Path) -> tuple[int, str]:
    """The exit code of a case, and everything that it prints."""
    command = [sys.executable, "-m", "splx", *words(case, design(case))]
    env = os.environ | {"NO_COLOR": "1"}
    done = subprocess.run(command, cwd=FOLDER, env=env, capture_output=True, text=True, check=False)
    return done.returncode, shown(case, done.stdout + done.stderr)


def main(names: list[str]) -> None:
    """Write what is said about the named cases, or about all."""
    for case in cases():
        if not names or case.stem in names:
            case.with_suffix(".txt").write_text(said(case)[1], encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
