"""Draw docs/picture.svg: what `make demo` prints, shortened to one source and the ends.

python tools/picture.py
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.text import Text

from splx.base.atomic import write_text

ROOT = Path(__file__).resolve().parent.parent
COMMAND = ["compare", "demo", "--time", "500ms"]
WIDTH = 126
SECOND = "sd0"  # of the sources; only the first is shown


def lines_of_demo() -> list[str]:
    """What the demonstration prints, with its colours."""
    env = os.environ | {"COLUMNS": str(WIDTH), "FORCE_COLOR": "1", "TERM": "xterm-256color"}
    env.pop("NO_COLOR", None)
    splx = Path(sys.executable).parent / "splx"
    done = subprocess.run([splx, *COMMAND], env=env, text=True, stdout=subprocess.PIPE, check=True)
    return done.stdout.splitlines()


def shortened(lines: list[str]) -> list[str]:
    """Without the sources after the first."""
    plain = [Text.from_ansi(line).plain for line in lines]
    sources = plain.index("Sources")
    first = next(k for k, line in enumerate(plain) if k > sources and line.lstrip().startswith(SECOND))
    last = next(k for k, line in enumerate(plain) if line.startswith("Where the time"))
    return [*lines[:first], " ...", "", *lines[last:]]


def self_contained(svg: str) -> str:
    """Without the fonts that a viewer would fetch from elsewhere: it has a monospaced one."""
    return re.sub(r"\s*@font-face \{.*?\}", "", svg, flags=re.DOTALL)


def main() -> int:
    """Draw."""
    console = Console(record=True, width=WIDTH, file=StringIO(), force_terminal=True, color_system="truecolor")
    for line in [f"$ splx {' '.join(COMMAND)}", *shortened(lines_of_demo())]:
        console.print(Text.from_ansi(line), no_wrap=True, crop=True)
    write_text(ROOT / "docs" / "picture.svg", self_contained(console.export_svg(title="splx")))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
