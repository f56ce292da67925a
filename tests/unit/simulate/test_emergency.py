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


def run(tmp_path, text, design, ms):
    (tmp_path / "driver.py").write_text(text)
    return Setup(str(tmp_path / "driver.py"), design, "x86-2020", time=ms * UNITS["ms"]).run().source("card")


@pytest.mark.parametrize(("emergency", "done"), [("off", 0), ("10", 64), ("1", 67)])
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
