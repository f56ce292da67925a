"""Events as text."""

from array import array

from splx.machine.constants import Event, Mark
from splx.trace.events import HEADER, Recorder, lines

NAMES = {"source": ["nic,0", "reader"], "irq": ["line"], "context": ["idle"]}


def text(*records):
    recorder = Recorder()
    recorder(memoryview(array("q", [word for record in records for word in record])))
    return list(lines(recorder.events(), NAMES))


def test_events_come_in_time_order_with_names():
    assert text((20, 0, Event.ACCEPT, 0, 0), (10, -1, Event.ARRIVE, 1, 5)) == [
        HEADER, "10,-1,arrive,reader,5\n", "20,0,accept,line,idle\n"
    ]  # fmt: skip


def test_a_name_with_a_comma_is_quoted():
    assert text((10, -1, Event.DROP, 0, 5))[1] == '10,-1,drop,"nic,0",5\n'


def test_an_item_is_done_once():
    assert text((10, 0, Mark.DONE, 1, 3), (10, -1, Mark.DONE, 1, 2))[1:] == ["10,-1,done,reader,2\n"]


def test_what_has_no_name_is_a_number():
    assert text((10, 0, Mark.USER, 3, 4), (11, 0, Event.HALT, 9, 0), (12, 0, 99, 1, 2))[1:] == [
        "10,0,user,3,4\n", "11,0,halt,9,0\n", "12,0,99,1,2\n"
    ]  # fmt: skip
