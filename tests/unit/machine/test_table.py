"""The instruction table: a machine for any kernel, so no row knows what kernels are made of."""

from __future__ import annotations

import inspect
import re

import pytest

from splx.machine.state import State
from splx.machine.table import ROWS

#: What belongs to kernels: a mutex, a thread, its priority, a queue, a level in software.
KERNELS = re.compile(r"mutex|thread|lwp|prio|queue|soft|\bi?pl\b|spl[a-z]*\b(?<!splx)", re.IGNORECASE)


def text(row):
    """All that a row says: name, operands, sentence, cost, what it touches; and its clause, comments included."""
    return "\n".join([row.name, *row.operands, row.says, row.cost.name, *row.touches, inspect.getsource(row.clause)])


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_no_row_mentions_a_mutex_a_thread_a_priority_a_queue_or_a_software_level(row):
    assert not KERNELS.findall(text(row))
    assert not re.findall(r"(?<!hardware )\blevels?\b", f"{row.says}\n{row.clause.__doc__}")


@pytest.mark.parametrize("field", inspect.get_annotations(State))
def test_nor_does_a_field_of_the_machines_state(field):
    assert not KERNELS.findall(field)


@pytest.mark.parametrize(
    "said", ["takes the mutex", "the thread", "PRIORITY", "a run queue", "splraise(IPL_VM)", "the ipl"]
)
def test_it_would_be_seen(said):
    assert KERNELS.search(said)
