"""More items under way than a device has records of: the old ones are done too, and timed where that can be."""

from array import array

import pytest
from tests.bench.machines import ITEMS, SIZES

from splx.lang.buffer import Buffer
from splx.lang.plain import plain
from splx.machine.constants import Kind
from splx.machine.devices import arrive, finished, submit, take
from splx.machine.state import Machine

MANY = ITEMS + 4
COMPLETION = 1


def call(function, *args):
    return plain(function, SIZES)(*args)


@pytest.fixture
def buffer():
    made = Buffer(Machine, SIZES)
    made.array("beside.item_time")[:] = array("q", [-1]) * len(made.array("beside.item_time"))
    made.array("beside.ev_time")[:] = array("q", [-1]) * len(made.array("beside.ev_time"))
    made.set_slice("times", array("q", [7 * n for n in range(MANY)]))
    device = made.view().beside.devices[0]
    device.irq, device.dist, device.limit, device.ring = -1, -1, MANY, MANY
    device.period, device.offset, device.burst, device.gap, device.length = 10, 5, 2, 1, MANY
    return made


def popped(buffer, kind):
    """All of MANY items have come and been taken, none is done."""
    buffer.view().beside.devices[0].kind = kind
    for n in range(MANY):
        call(arrive, buffer, 0, 100 + n)
        assert call(take, buffer, 0, 0, 100 + n) == n + 1


@pytest.mark.parametrize(
    ("kind", "came"), [(Kind.PERIODIC, 5), (Kind.BURST, 5), (Kind.RECORDED, 5)], ids=["periodic", "burst", "recorded"]
)
def test_when_a_regular_item_came_follows_from_its_number(buffer, kind, came):
    popped(buffer, kind)
    assert call(finished, buffer, 0, 1, 1000)
    machine = buffer.view()
    assert machine.beside.sources[0].most[COMPLETION] == 1000 - came
    assert (machine.beside.devices[0].done, machine.beside.devices[0].unmeasured) == (1, 0)


def test_when_one_that_was_drawn_came_is_forgotten(buffer):
    popped(buffer, Kind.NONE)
    assert call(finished, buffer, 0, 1, 1000)
    machine = buffer.view()
    assert (machine.beside.devices[0].done, machine.beside.devices[0].unmeasured) == (1, 1)
    assert machine.beside.sources[0].count[COMPLETION] == 0


def test_after_a_drop_numbers_say_nothing(buffer):
    popped(buffer, Kind.PERIODIC)
    buffer.view().beside.devices[0].dropped = 1
    assert call(finished, buffer, 0, 1, 1000)
    assert buffer.view().beside.devices[0].unmeasured == 1


def test_no_more_old_ones_are_done_than_there_are(buffer):
    popped(buffer, Kind.PERIODIC)
    assert [call(finished, buffer, 0, 1 + n % 4, 1000) for n in range(5)] == [True, True, True, True, False]


def test_a_request_waits_for_the_one_before_it(buffer):
    device = buffer.view().beside.devices[0]
    device.kind, device.dist = Kind.CLOSED, 0
    tables = buffer.view().tables
    tables.dist_len[0], tables.dist_first[0] = 0, 1
    for _ in range(2):
        call(submit, buffer, 0, 0, 50)
    assert (device.waiting, buffer.view().beside.ev_time[0]) == (2, 57)
    call(arrive, buffer, 0, 57)
    assert (device.waiting, device.accepted) == (1, 1)
