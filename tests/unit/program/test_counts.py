"""Counted operations of fast paths: the table of costs, row by row."""

from __future__ import annotations

import pytest
from tests.unit.program import replicas
from tests.unit.program.replicas import Lwp

from splx.program.counts import fast_path_counts
from splx.program.link import Options, link

ROOTS = [
    replicas.splraise, replicas.splx, replicas.splx_cli, replicas.splx_eager,
    replicas.adaptive_enter, replicas.adaptive_exit, replicas.spin_enter, replicas.spin_exit,
    replicas.kpreempt_disable, replicas.kpreempt_enable,
]  # fmt: skip


@pytest.fixture(scope="module")
def image():
    return link(ROOTS)


#: operation: locked, plain read-modify-writes, shared lines, private reads and writes, branches, selects, hardware.
#: Reads and writes leave out those of read-modify-writes. The table on paper counts mtx_count among the 3R 3W of
#: spin enter, and leaves the count and the level out of the 4R of spin exit.
TABLE = {
    "splraise": (0, 0, 0, 1, 1, 0, 1, 0),
    "splx": (0, 1, 0, 3, 0, 3, 0, 0),
    "splx_cli": (0, 0, 0, 3, 1, 2, 0, 2),
    "splx_eager": (0, 0, 0, 1, 1, 1, 0, 1),
    "adaptive_enter": (1, 0, 1, 1, 0, 1, 0, 0),
    "adaptive_exit": (0, 1, 1, 1, 0, 1, 0, 0),
    "spin_enter": (1, 1, 1, 2, 2, 1, 2, 0),
    "spin_exit": (0, 2, 1, 4, 0, 3, 1, 0),
    "kpreempt_disable": (0, 1, 0, 1, 0, 0, 0, 0),
    "kpreempt_enable": (0, 1, 0, 2, 0, 2, 0, 0),
}


@pytest.mark.parametrize("name", TABLE)
def test_the_fast_path_of(image, name):
    found = fast_path_counts(image, name, own=[Lwp])
    counted = (found.locked, found.plain_rmw, found.shared_lines, found.reads, found.writes, found.branches,
               found.selects, found.hardware)  # fmt: skip
    assert counted == TABLE[name]


def test_spin_enter_is_3_reads_and_3_writes_with_its_read_modify_write(image):
    found = fast_path_counts(image, "spin_enter")
    assert (found.reads_with_rmw, found.writes_with_rmw) == (3, 3)


def test_a_read_modify_write_of_a_shared_word_is_not_private(image):
    found = fast_path_counts(image, "adaptive_exit")
    assert (found.plain_rmw, found.private_rmw, found.reads_with_rmw) == (1, 0, 1)


def test_the_lines_of_the_running_thread_are_shared_unless_it_is_said_that_they_are_its_own(image):
    assert fast_path_counts(image, "kpreempt_disable").shared_lines == 1
    assert fast_path_counts(image, "kpreempt_disable", own=[Lwp]).shared_lines == 0


def test_a_test_can_be_decided_by_its_text(image):
    found = fast_path_counts(image, "splx", assume={"n >= old": True})
    assert (found.reads, found.plain_rmw, found.branches) == (1, 0, 1)


def test_a_text_that_is_no_test_is_refused(image):
    with pytest.raises(LookupError, match="`splx` does not test `n == 3`"):
        fast_path_counts(image, "splx", assume={"n == 3": True})


def test_a_path_never_leads_into_what_is_off_it(image):
    with pytest.raises(LookupError, match="every path through `splx`"):
        fast_path_counts(image, "splx", assume={"n >= old": False, "pending & ci.iunmask[n] != 0": True})


def test_splraise_is_one_load_one_select_one_store(image):
    path = fast_path_counts(image, "splraise").path
    assert [image.insns[pc].op for pc in path] == ["LDP", "MAX", "STP", "MOV", "RET"]


def test_inlined_and_called_cost_the_same_operations(image):
    called = link([replicas.spin_enter], options=Options(inline_limit=0))
    inlined, apart = (fast_path_counts(each, "spin_enter") for each in (image, called))
    assert (inlined.reads, inlined.writes, inlined.branches) == (apart.reads, apart.writes, apart.branches)
    assert (inlined.calls, apart.calls) == (0, 1)


def test_assertions_do_not_count():
    found = fast_path_counts(link([checked]), "checked")
    assert (found.reads, found.branches, found.instructions) == (0, 0, 1)


def checked() -> None:
    assert replicas.ci.ilevel == 0 or replicas.ci.mtx_count == 0, "level"
