"""What linking says about small wrong programs: `L0501.py` is the user's text, `L0501.txt` what is printed.
A code of the language, which is said here too (`L0011_through.py`), has its page and its example there.

    python -m tests.unit.program.refusals        write the texts anew, and the examples of the pages

Every function of the text is a root. `# slot: name = body` links a slot, `# frame: n` is the limit of frames.
"""

from __future__ import annotations

import linecache
import re
from pathlib import Path
from types import FunctionType

from splx.base.diagnostics import SplxError
from splx.base.render import render
from splx.lang.marks import marks_of
from splx.program.link import Options, link

FOLDER = Path(__file__).resolve().parent / "refused"
PAGES = Path(__file__).resolve().parents[3] / "src" / "splx" / "program" / "pages"


def cases():
    return sorted(FOLDER.glob("*.py"))


def diagnostics(case):
    """What is said about a text; files are called by their names."""
    text = case.read_text(encoding="utf-8")
    linecache.cache[case.name] = (len(text), None, text.splitlines(keepends=True), case.name)
    space = {"__name__": "user"}
    exec(compile(text, case.name, "exec", dont_inherit=True), space)
    functions = [
        each for each in space.values() if isinstance(each, FunctionType) and each.__code__.co_filename == case.name
    ]
    slots = {space[name]: space[body] for name, body in re.findall(r"^# slot: (\w+) = (\w+)$", text, re.MULTILINE)}
    frame = re.findall(r"^# frame: (\d+)$", text, re.MULTILINE)
    options = Options(frame_limit=int(frame[0])) if frame else Options()
    try:
        link([each for each in functions if "slot" not in marks_of(each)], slots, options=options)
    except SplxError as error:
        return list(error.diagnostics)
    return []


def rendered(case):
    return "\n".join(render(each) for each in diagnostics(case))


def example(case):
    """The first thing said about a text, as the page of the code shows it."""
    return "\n".join(line for line in render(diagnostics(case)[0]).splitlines() if "= more: " not in line)


def main():
    for case in cases():
        case.with_suffix(".txt").write_text(rendered(case), encoding="utf-8")
        page = PAGES / f"{case.stem}.md"
        if not page.exists():
            continue
        before, _, rest = page.read_text(encoding="utf-8").partition("```\n")
        after = rest.partition("\n```")[2]
        page.write_text(f"{before}```\n{example(case)}\n```{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
