"""Items have the numbers of a run where arrivals are bounded; where they are not, the answer says what it took."""

import pytest

from splx.base.diagnostics import SplxError
from splx.check.loading import Bounds
from splx.check.verdict import check
from splx.scenario.build import build
from splx.scenario.designs import design
from splx.scenario.load import load_scenario

TEXT = """
from splx.scenario import *


class Made(Struct):
    n: i64


made = Made()
card = NIC("card", Periodic(us(100)), cpu=0)


@handler(card, IPL_NET)
def intr() -> None:
    item = card.pop()
    while item != 0:
        {body}
        item = card.pop()
"""


@pytest.fixture(scope="module")
def searched(tmp_path_factory):
    def search(body, **budgets):
        file = tmp_path_factory.mktemp("numbered") / "items.py"
        file.write_text(TEXT.format(body=body))
        return check(build(load_scenario(file), design("netbsd-5"), cpus=1), Bounds(budgets=budgets, fuse=True))

    return search


def test_a_search_gives_items_the_numbers_of_a_run(searched):
    assert searched("assert item <= 2", card=2).holds
    assert searched("assert item <= 2", card=3).finding.why == "item <= 2, in intr"


def test_of_any_number_every_item_is_number_1_and_the_answer_says_so_if_somebody_looks(searched):
    says = "at most 1 waiting item per device, and where any number arrives every item is number 1"
    assert says in searched("assert item <= 2").assumptions
    assert says.partition(",")[0] in searched("pass").assumptions


REQUESTS = """
from splx.lang.kernel import spin_while
from splx.scenario import *


class Box(Struct):
    done: i64 = atomic()


box = Box()
disk = Disk("disk", ClosedLoop(us(10)), cpu=0, limit=1)


@handler(disk, IPL_BIO)
def intr() -> None:
    while disk.pop() != 0:
        box.done += 1


@thread(cpu=0)
def user() -> None:
    disk.submit()
    disk.submit()
    spin_while(box.done < 2)
"""


def test_what_is_submitted_is_done_whatever_the_limit_of_arrivals_as_in_a_run(tmp_path):
    file = tmp_path / "requests.py"
    file.write_text(REQUESTS)
    assert check(build(load_scenario(file), design("netbsd-5"), cpus=1), Bounds(fuse=True)).holds


def test_what_happens_only_if_every_item_is_number_1_is_refused(searched):
    first = "if item == 1:\n            made.n += 1\n            assert made.n < 2"
    with pytest.raises(SplxError, match="happens only if every item is number 1"):
        searched(first)
    assert searched(first, card=2).holds
    assert searched("made.n += 1; assert made.n < 2 or item == 0").finding.code == "R0001"
