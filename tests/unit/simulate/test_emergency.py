"""Emergency polling under dragonfly: a card that never interrupts is served by the clock, and a livelocked one, too."""

import pytest

from splx.base.diagnostics import SplxError
from splx.base.units import UNITS
from splx.simulate.setup import Setup

QUIET = """
from splx.scenario import *

card = NIC("card", Periodic(us(300), offset=us(100)), ring=64)
clock = Clock("clock", Periodic(ms(1)))
never = Condvar("never")
own = Mutex("own", IPL_NET)

@handler(clock, IPL_CLOCK, mpsafe=True)
def tick() -> None:
    clock.ack()
    hardclock()

@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    while card.pop() != 0:
        work(us(2))

@thread()
def quiets() -> None:
    card.disable()
    while True:
        work(us(20))
"""


def run(tmp_path, text, design, ms, **more):
    (tmp_path / "driver.py").write_text(text)
    return Setup(str(tmp_path / "driver.py"), design, "x86-2020", time=ms * UNITS["ms"], **more).run().source("card")


@pytest.mark.parametrize(("emergency", "done"), [("off", 0), ("10", 64)])
def test_a_card_that_never_interrupts_is_polled(tmp_path, emergency, done):
    assert run(tmp_path, QUIET, f"dragonfly:emergency={emergency}", ms=21).done == done


def test_so_is_one_whose_line_is_livelocked(tmp_path):
    once = QUIET.replace("    while card.pop() != 0:\n        work(us(2))", "    card.pop()")
    once = once.replace("    card.disable()\n", "").replace("ring=64", "ring=1024").replace("us(300)", "us(5)")
    plain, polled = (run(tmp_path, once, f"dragonfly:livelock=1,emergency={each}", ms=4).done for each in ("off", "1"))
    assert polled > plain


def test_a_handler_that_is_polled_does_not_sleep(tmp_path):
    sleeps = QUIET.replace("        work(us(2))\n", "        pass\n    with own:\n        cv_wait(never, own)\n")
    sleeps = sleeps.replace("    card.disable()\n", "    card.disable()\n    work(ms(2))\n    card.enable()\n")
    with pytest.raises(SplxError) as stopped:
        run(tmp_path, sleeps, "dragonfly:emergency=1", ms=9)
    assert "a handler sleeps that is polled" in str(stopped.value)


def test_polling_needs_a_clock(tmp_path):
    with pytest.raises(SplxError) as refused:
        run(tmp_path, QUIET.replace("    hardclock()\n", ""), "dragonfly:emergency=1", ms=1)
    assert "`dragonfly:emergency` polls at ticks, and nobody calls `hardclock`" in str(refused.value)


#: A handler that waits for the lock of the thread it has interrupted, when the clock ticks.
IN_THE_MIDDLE = """
from splx.scenario import *

card = NIC("card", Periodic(us(300), offset=us(305)), limit=3)
clock = Clock("clock", Periodic(us(300), offset=us(300)))
own = Mutex("own", IPL_NET)

class Box(Struct):
    inside: i64

box = Box()

@handler(clock, IPL_CLOCK, mpsafe=True)
def tick() -> None:
    clock.ack()
    hardclock()

@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    assert box.inside == 0
    box.inside = 1
    with own:
        card.pop()
    box.inside = 0

@thread()
def holder() -> None:
    while True:
        with own:
            work(us(40))
"""


LEFT_OUT = "emergency-all"


def test_a_handler_that_waits_is_not_called_again(tmp_path):
    assert run(tmp_path, IN_THE_MIDDLE, "dragonfly:emergency=1", ms=1).done == 3
    with pytest.raises(SplxError) as found:
        run(tmp_path, IN_THE_MIDDLE, "dragonfly:emergency=1", ms=1, mutants=(LEFT_OUT,))
    assert "box.inside == 0" in str(found.value)
