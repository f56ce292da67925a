"""What `splx run` says about a user's mistakes: `NAME.py` is the user's text, `NAME.txt` what is printed.

`python tools/run_goldens.py` writes the texts anew.
"""

import re

import pytest

from splx.cli.main import run
from splx.scenario.designs import designs
from tools import run_goldens as goldens

CASES = {case.stem: case for case in goldens.cases()}
BAD_INPUT = {
    "unknown_design": ["S0301"],
    "unreadable_recording": ["S0107"],
    "zero_period": ["S0101"],
}
BROKEN_RULE = {
    "lock_left_held": ["holding a spin mutex", "holding a simple lock", "left a mutex held"],
    "waiting_allocation": ["pool is IPL_NONE but called from"],
    "recursion": ["locking against myself"],
    "level_lowered": ["splx below the level that the handler was called at"],
}
#: An interrupt thread that the scheduler runs has no level that it could lower; and QNX's may wait for an item.
HARMLESS = {
    ("level_lowered", "freebsd"),
    ("level_lowered", "qnx"),
    ("level_lowered", "xnu"),
    ("level_lowered", "sel4"),
    ("waiting_allocation", "qnx"),
    ("waiting_allocation", "solaris"),
    ("waiting_allocation", "dragonfly"),
}
KERNELS = [
    *designs(),
    "netbsd-2006-deferred:family=threshold",
    "netbsd-2006-deferred:family=stop",
    "doran-2006:line_at=IPL_NET",
    "textbook:lock=inherit",
    "textbook:queues=global",
]


def kept(name):
    return CASES[name].with_suffix(".txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", CASES)
def test_a_mistake_is_answered_with(name):
    assert goldens.said(CASES[name]) == (2 if name in BAD_INPUT else 1, kept(name))


@pytest.mark.parametrize("name", [*BAD_INPUT, *BROKEN_RULE])
@pytest.mark.parametrize("design", KERNELS)
def test_every_kernel_finds_it_in_the_same_line(name, design, monkeypatch, capfd):
    monkeypatch.chdir(goldens.FOLDER)
    if name == "unknown_design":
        design = f"my-{design}"
    code = run(goldens.words(CASES[name], design))
    out, err = capfd.readouterr()
    if (name, design) in HARMLESS:
        assert code == 0
        return
    if name in BAD_INPUT:
        assert (code, out) == (2, "")
        assert re.findall(r"^error\[(\w+)\]", err, re.MULTILINE) == BAD_INPUT[name]
    else:
        assert (code, err) == (1, "")
        assert out.startswith("finding[K0001]: ")
        assert any(said in out.splitlines()[0] for said in BROKEN_RULE[name])
        assert all(re.search(rf"^  cpu{n}  (runs|is halted), in ", out, re.MULTILINE) for n in range(2))
    where = re.compile(r"--> (\S+:\d+:\d+)")
    assert where.findall(out + err) == where.findall(kept(name))


def test_every_case_is_one_of_them():
    assert set(CASES) == set(BAD_INPUT) | set(BROKEN_RULE)
