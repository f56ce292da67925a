"""Run the commands of a page and compare, or renew, what they print.

    python tools/tour.py README.md docs/*.md            exit 1 if an output differs
    python tools/tour.py --write README.md docs/*.md    put today's outputs into the pages

A block that opens with ```python NAME or ```toml NAME is written to the file NAME; a ```console block is run line by
line: `$ command`, then what it prints (both streams) until the next `$`. A line `...` stands for any number of lines,
and `[...]` for the rest of a line. A page has a directory of its own, so its blocks may build on one another. With
--write the outputs of a block that has such marks are left alone: they were chosen by hand.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from splx.base.atomic import write_text

FENCE = re.compile(r"^```(\w+)(?: +(\S+))?$")
#: what is said while something takes long: it depends on how busy the computer is.
PROGRESS = re.compile(
    r"(comparing|simulating|compiling|debating)\b.*(%|\.\.\.)|[\d,]+ states( of \w+, \w+)?(, [\d,]+ a second)?(; .*)?$"
)
BIN = Path(sys.executable).parent


@dataclass
class Block:
    """A fenced block of a page: its kind, the file it names, its first and last line (fences excluded)."""

    kind: str
    name: str
    first: int
    last: int
    text: list[str]


def blocks_of(lines: list[str]) -> list[Block]:
    """The fenced blocks of a page."""
    found: list[Block] = []
    open_: Block | None = None
    for at, line in enumerate(lines):
        if open_ is None:
            match = FENCE.match(line)
            if match:
                open_ = Block(match[1], match[2] or "", at + 1, at + 1, [])
        elif line == "```":
            open_.last = at
            found.append(open_)
            open_ = None
        else:
            open_.text.append(line)
    return found


def commands_of(block: Block) -> list[tuple[str, list[str]]]:
    """The commands of a console block, each with what it is expected to print."""
    found: list[tuple[str, list[str]]] = []
    for line in block.text:
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif found:
            found[-1][1].append(line)
    return found


def output_of(command: str, where: Path) -> list[str]:
    """What a command prints, in the directory of its page, without colour and 100 columns wide."""
    env = os.environ | {"NO_COLOR": "1", "COLUMNS": "100", "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        command, shell=True, cwd=where, env=env, text=True, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    return [line.rstrip() for line in done.stdout.splitlines() if not PROGRESS.match(line)]


def agrees(expected: list[str], got: list[str]) -> bool:
    """Whether an output is as the page says, `...` standing for lines and `[...]` for the rest of one."""
    parts = [
        r"(?:.*\n)*?" if e.strip() == "..." else re.escape(e).replace(r"\[\.\.\.\]", ".*") + r"\n" for e in expected
    ]
    return re.fullmatch("".join(parts), "".join(f"{line}\n" for line in got)) is not None


def chosen(expected: list[str]) -> bool:
    """Whether an expected output has marks that stand for something."""
    return any(line.strip() == "..." or "[...]" in line for line in expected)


def run_page(page: Path, *, write: bool) -> list[str]:
    """Run a page; the differences, as text. With `write` they go into the page instead."""
    lines = page.read_text().split("\n")
    problems: list[str] = []
    renewed: list[tuple[Block, list[str]]] = []
    with tempfile.TemporaryDirectory() as folder:
        for block in blocks_of(lines):
            if block.name:
                (Path(folder) / block.name).write_text("\n".join(block.text) + "\n")
            elif block.kind == "console":
                renewed.append((block, _run_block(page, block, Path(folder), problems)))
    if write:
        for block, text in reversed(renewed):
            lines[block.first : block.last] = text
        write_text(page, "\n".join(lines))
        return []
    return problems


def _run_block(page: Path, block: Block, folder: Path, problems: list[str]) -> list[str]:
    """Run one console block: note what differs, return what the block should say."""
    text: list[str] = []
    for command, expected in commands_of(block):
        got = output_of(command, folder)
        if not agrees(expected, got):
            shown = "\n".join(f"    {line}" for line in got)
            problems.append(f"{page}:{block.first}: `{command}` prints\n{shown}")
        text += [f"$ {command}", *(expected if chosen(expected) else got)]
    return text


def main(words: list[str]) -> int:
    """Check or write the pages named."""
    write = words[:1] == ["--write"]
    problems = [p for name in words[write:] for p in run_page(Path(name), write=write)]
    print("\n\n".join(problems), end="\n" if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
