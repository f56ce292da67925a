"""A story says beside what happens in which line of the user's own text it does."""

import pytest
from tests.check.systems import verdict

from splx.api import check
from splx.check.story import story_of
from splx.story.drawing import parse, render

PAIR = """from splx.scenario import *


class Pair(Struct):
    a: i64 = atomic()
    b: i64 = atomic()


pair = Pair()


@thread(cpu=0)
def writer() -> None:
    pair.a = 1
    pair.b = 1


@thread(cpu=1)
def reader() -> None:
    a = pair.a
    b = pair.b
    assert a == b, "both or none, and this is said at such length that nothing is left at the margin"
"""

LONG = ", and this is said at such length that nothing is left at the margin"
STORY = """cpu0                                cpu1
writer(0)
pair.a := 1                                                             -- pair.py:14  pair.a = 1
                                    reader(0)
                                    reads pair.a: 1                     -- pair.py:20  a = pair.a
                                    reads pair.b: 0                     -- pair.py:21  b = pair.b
                                    stops: both or none                 -- pair.py:22  assert a == b, "both or none"
"""


@pytest.fixture
def story(tmp_path, monkeypatch):
    """The story of a file with that text."""
    monkeypatch.chdir(tmp_path)

    def of(text, design="textbook"):
        (tmp_path / "pair.py").write_text(text)
        return check("pair.py", design=design).story

    return of


def test_what_decided_is_read_in_the_story_and_every_line_stands_at_the_margin(story):
    assert story(PAIR.replace(LONG, "")) == STORY


def test_where_there_is_no_room_for_a_line_its_number_stands_and_it_is_a_drawing_still(story):
    told = story(PAIR)
    assert told.split("\n")[-2].endswith(f"both or none{LONG}  -- pair.py:22")
    assert render(parse(told)) == told


def test_what_the_assertion_that_failed_has_read_stands_before_it():
    story = story_of(verdict("asserted", "textbook", fuse=True))
    told = [line.partition("  --")[0].strip() for line in story.splitlines()]
    stop = told.index("stops: it is used after it is gone")
    assert told.index("box.gone := 1") < told.index("reads box.gone: 1") == stop - 1


ALONE = """from splx.scenario import *


class Box(Struct):
    z: i64 = atomic()


box = Box()


@thread(cpu=0)
def one() -> None:
    box.z = 1
    assert box.z == 0
"""


def test_the_store_that_an_assertion_has_found_is_drawn_though_nobody_else_uses_that_word(story):
    said = [line.partition("  --")[0].strip() for line in story(ALONE).splitlines()]
    assert said[1:] == ["one(0)", "box.z := 1", "reads box.z: 1", "stops: box.z == 0"]


QUIET = """from splx.scenario import *


class Chip(Struct):
    hits: i64 = atomic()


chip = Chip()
nic = NIC("nic", Poisson(us(50)))


@handler(nic, IPL_NET, mpsafe=True)
def intr() -> None:
    chip.hits = 1
"""


def test_what_a_kernel_as_it_comes_did_last_before_an_interrupt_is_not_in_the_story(story):
    told = [line.partition("  --")[0] for line in story(QUIET, "netbsd-5").splitlines()]
    assert told[1:5] == ["nic arrives", "interrupt nic", "intr(0)", "intr returns"]
    assert told[6:] == ["interrupt nic", "intr(0)", "intr returns"]  # the round


def test_what_the_kernel_did_last_in_a_call_of_the_users_stands_beside_the_call():
    lines = check("cases/d4", design="textbook:lock=inherit", settings={"SLEEPS": 0}).story.splitlines()
    assert lines[lines.index("interrupt preempt") - 1].endswith("-- d4.py:30  with gate:")


SEIZED = """from splx.lang.kernel import spin_while
from splx.machine.intrinsics import cas
from splx.scenario import *


class Chip(Struct):
    bit: i64 = atomic()


chip = Chip()
uart = Serial("uart", Poisson(us(50)))


def seize() -> None:
    while not cas(chip.bit, 0, 1):
        spin_while(chip.bit != 0)


@handler(uart, IPL_SERIAL, mpsafe=True)
def intr() -> None:
    if uart.pop() != 0:
        seize()
        chip.bit = 0


@thread(cpu=0)
def ioctl() -> None:
    seize()
    chip.bit = 0
"""


def test_a_handler_on_the_line_of_the_thread_beneath_it_has_it_at_the_margin_as_well(story):
    lines = [" ".join(line.split()) for line in story(SEIZED, "netbsd-5").splitlines()]
    assert "cas chip.bit := 1 -- pair.py:15 while not cas(chip.bit, 0, 1):" in lines
    assert lines[-1] == "cas chip.bit fails -- pair.py:15 while not cas(chip.bit, 0, 1):"
