"""Items have the numbers of a run where arrivals are bounded; where they are not, who looks at them gets no answer."""

import pytest

from splx.check.limits import End
from splx.check.loading import Bounds
from splx.check.properties import Answer
from splx.check.verdict import check
from splx.report.check import seen
from splx.scenario.build import build
from splx.scenario.designs import design
from splx.scenario.load import load_scenario

TEXT = """
from splx.machine.intrinsics import cas, fetch_add, swap
from splx.scenario import *


class Made(Struct):
    n: i64
    last: i64 = atomic()
    seen: Array[i64] = array(4)


def twice(n: int) -> int:
    return 2 * n


made = Made()
done = Statistic("done")
card = NIC("card", Periodic(us(100)), cpu=0)
other = NIC("other", Periodic(us(100)), cpu=0, limit=2)


@handler(card, IPL_NET)
def intr() -> None:
    item = card.pop()
    while item != 0:
        {body}
        item = card.pop()


@handler(other, IPL_NET)
def other_intr() -> None:
    made.n = other.pop()
    assert made.n <= 2


@always
def fine() -> bool:
    return {fine}
"""


@pytest.fixture(scope="module")
def searched(tmp_path_factory):
    def search(body, fine="made.n >= 0", **budgets):
        file = tmp_path_factory.mktemp("numbered") / "items.py"
        file.write_text(TEXT.format(body=body, fine=fine))
        return check(build(load_scenario(file), design("netbsd-5"), cpus=1), Bounds(budgets=budgets, fuse=True))

    return search


def test_a_search_gives_items_the_numbers_of_a_run(searched):
    assert searched("assert item <= 2", card=2).holds
    assert searched("assert item <= 2", card=3).finding.why == "item <= 2, in intr"


#: What is done with an item's number, and the property, if that is not the usual one.
LOOKS = {
    "compared": ("assert item <= 3",),
    "compared with a number": ("if item == 1: assert made.last == 0",),
    "compared with another": ("if item == made.last: made.n = 1",),
    "computed": ("assert item % 4 != 0",),
    "an index": ("made.seen[item & 3] = 1",),
    "by way of a call": ("assert twice(item) < 8",),
    "by way of a word": ("made.seen[0] = item; assert made.seen[1] < 2",),
    "exchanged": ("cas(made.last, item, 0)",),
    "counted with": ("fetch_add(made.last, item); assert made.last < 9",),
    "so often": ("for n in range(item): made.seen[n] = 1",),
    "in a property": ("made.last = item", "made.last < 4"),
}


@pytest.mark.parametrize("case", LOOKS)
def test_of_any_number_three_stand_for_all_if_somebody_looks_at_an_items_number_and_nothing_found_is_no_answer(
    searched, case
):
    found = searched(*LOOKS[case])
    assert found.finding is None
    assert not found.holds
    assert set(found.answers.values()) == {Answer.OPEN}
    line = TEXT.count("\n") if case == "in a property" else TEXT.partition("{body}")[0].count("\n") + 1
    says = f"a few arrivals stood for any number, as items.py:{line} looks at the numbers of items"
    assert f"{says}: `--budget card=N` says how many arrive" in seen(found)


def test_what_is_found_within_three_is_so(searched):
    found = searched("assert item <= 2")
    assert found.finding.why == "item <= 2, in intr"
    assert searched("assert item <= 3").finding is None


def test_within_three_nobody_is_stuck_who_waits_for_a_fourth(tmp_path):
    file = tmp_path / "fourth.py"
    file.write_text(FOURTH)
    found = check(build(load_scenario(file), design("netbsd-5"), cpus=1), Bounds(fuse=True))
    assert (found.finding, found.end) == (None, End.NUMBERS)


FOURTH = """
from splx.lang.kernel import spin_while
from splx.scenario import *


class Box(Struct):
    last: i64 = atomic()


box = Box()
card = NIC("card", Poisson(us(10)), cpu=0)


@handler(card, IPL_NET)
def intr() -> None:
    box.last = max(box.last, card.pop())


@thread(cpu=0)
def user() -> None:
    spin_while(box.last < 4)
"""


#: What may be done, since it is the same with every number.
KEEPS = {
    "asked for": "assert item > 0 and not item == 0",
    "kept and given": "made.last = item; card.done(made.last); swap(made.last, item)",
    "counted": "made.n += 1; assert made.n < 2 or item == 0",
    "chosen": "made.last = item if made.n > 0 else 0; assert made.last >= 0",
}


@pytest.mark.parametrize("case", KEEPS)
def test_who_asks_only_whether_there_is_an_item_and_hands_it_on_is_searched(searched, case):
    found = searched(KEEPS[case])
    assert found.holds or (case, found.finding.code) == ("counted", "R0001")


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
