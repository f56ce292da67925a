"""The timer of a CPU: one interrupt for each time it is set, and setting it again moves what has not fired."""

from __future__ import annotations

from splx.base.units import ms, us
from splx.lang.kernel import Struct
from splx.scenario import IPL_CLOCK, OneShot, Scenario, handler, thread, work
from splx.scenario.build import build
from splx.scenario.designs import design
from splx.simulate import simulate


class Line(Struct):
    timer: OneShot


def run(hardclock, starter, time):
    with Scenario("timer") as made:
        timer = OneShot("timer")
        line = Line(timer=timer)
        handler(timer, IPL_CLOCK, arg=line)(hardclock)
        thread("starter", arg=line)(starter)
    result = simulate(build(made, design("netbsd-5")), "ideal", time=time)
    return next(each for each in result.sources if each.name == "timer")


def again(line: Line) -> None:
    line.timer.ack()
    line.timer.arm(us(10))


def once(line: Line) -> None:
    line.timer.ack()


def start(line: Line) -> None:
    line.timer.arm(us(5))


def move(line: Line) -> None:
    for _ in range(5):
        line.timer.arm(us(30))
        work(us(20))


def test_a_timer_fires_once_for_each_time_it_is_set():
    timer = run(again, start, us(100))
    assert timer.arrived == 10  # at 5, 15, ..., 95 us
    assert timer.start.most == 0


def test_setting_it_again_moves_it():
    assert run(once, move, us(105)).arrived == 0  # at 80 us it was set to 110 us
    assert run(once, move, ms(1)).arrived == 1
