"""Why none of the nine axes can be dropped: designs, or settings of one, that differ in it, and what a run shows.

for pair in PAIRS:
    pair.axis, [(side.name, shown(pair, side)) for side in pair.sides]

Each run is of a few simulated milliseconds on the machine `ideal`, where nothing costs anything, unless it is counted
what one uncontended interrupt takes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from splx.base.units import UNITS
from splx.scenario.designs import design
from splx.simulate.setup import Setup
from splx.simulate.uncontended import operations

if TYPE_CHECKING:
    from splx.base.units import Ps
    from splx.simulate.result import Result
    from splx.simulate.uncontended import Operations


@dataclass(frozen=True)
class Side:
    """A design, with what is set in the scenario."""

    design: str
    settings: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """As it is printed: `netbsd-5, safe=1`."""
        return ", ".join([self.design, *(f"{name}={value}" for name, value in self.settings)])


#: How a figure is taken from a run: a number, or a duration in ps if the pair says so.
Measure = Callable[["Result"], int]


@dataclass(frozen=True)
class Pair:
    """Sides that differ in `axis`. `varied` says in what, `figure` what is measured of each, by `measure` in a run of
    `scenario`, or by `counted` of one uncontended interrupt in the situation that `scenario` names.
    """

    axis: str
    varied: str
    figure: str
    scenario: str
    sides: tuple[Side, ...]
    measure: Measure | None = None
    counted: Callable[[Operations], int] | None = None
    time: Ps = 2 * UNITS["ms"]
    machine: str = "ideal"
    is_time: bool = False

    def setup(self, side: Side) -> Setup:
        """The run of one side, as the command line says it."""
        return Setup(
            f"pairs/{self.scenario}", design=side.design, machine=self.machine, time=self.time, settings=side.settings
        )


def shown(pair: Pair, side: Side) -> int:
    """The figure of one side."""
    if pair.counted is not None:
        return pair.counted(operations(design(side.design))[pair.scenario])
    assert pair.measure is not None
    return pair.measure(pair.setup(side).run())


# ---- measures


def done(source: str) -> Measure:
    """Items of a source that are through."""
    return lambda result: result.source(source).done


def latest(source: str) -> Measure:
    """The longest time to completion, ps."""

    def measure(result: Result) -> int:
        finish = result.source(source).finish
        return 0 if finish is None else finish.most

    return measure


def statistic(name: str) -> Measure:
    """A statistic of the scenario, or of the kernel."""
    return lambda result: result.statistics[name]


def accesses(found: Operations) -> int:
    """To the controller and to the level of the CPU, before and after the handler looks at its device."""
    return len(found.entry) + len(found.exit)


def levels(found: Operations) -> int:
    """Writes of the level's register."""
    return (found.entry + found.exit).count("level")


def wakes(found: Operations) -> int:
    """Threads made runnable."""
    return found.wakes


# ---- the pairs


def _of(*designs: str) -> tuple[Side, ...]:
    return tuple(Side(each) for each in designs)


def _set(design_: str, name: str, *values: str) -> tuple[Side, ...]:
    return tuple(Side(design_, ((name, value),)) for value in values)


SOON = (*_set("linux", "tasklet", "1", "0"), *_set("linux:tasklets=bh", "tasklet", "1"))

PAIRS = (
    Pair(
        "flow", "one driver, two chips", "accesses to the controller for an interrupt", "line",
        _of("linux:chip=fasteoi", "linux:chip=level"), counted=accesses,
    ),
    Pair(
        "flow", "a line is masked while its handler runs, or its level keeps it away", "accesses to the controller",
        "line", _of("netbsd-2006-deferred:line=mask", "netbsd-2006-deferred:line=level"), counted=accesses,
    ),
    Pair(
        "mask", "the level is a register, or a word; at an edge, of which the flow is one",
        "writes of the register for an interrupt", "edge",
        _of("solaris:psm=pcplusmp", "solaris:psm=apix"), counted=levels,
    ),
    Pair(
        "mask", "the same, with the old soft interrupts", "writes of the register for an interrupt", "line",
        _of("netbsd-2006", "netbsd-2006-deferred"), counted=levels,
    ),
    Pair(
        "top half", "a filter and a thread, or a thread alone", "switches for 101 interrupts", "filtered",
        _set("freebsd", "filter", "1", "0"), statistic("Lwp.l_ncsw"),
    ),
    Pair(
        "top half", "InterruptAttach, or InterruptAttachEvent", "threads woken for an interrupt", "line",
        _of("qnx:attach=isr", "qnx:attach=event"), counted=wakes,
    ),
    Pair(
        "queue", "a tasklet, a softirq of its own, or a request of a BH workqueue",
        "times that it runs on two CPUs at once", "soon", SOON, statistic("runs at the same time"), machine="x86-2020",
    ),
    Pair(
        "queue", "the same, asked for on a CPU while another one runs it", "laps of a thread there, of 200", "soon",
        SOON, statistic("laps"), machine="x86-2020",
    ),
    Pair(
        "queue", "what is left to ksoftirqd: done by interrupts as before, or not, 2016 to 2023", "items done of 20",
        "soft_work", _of("linux:ksoftirqd=inline", "linux:ksoftirqd=waits"), done("nic"),
    ),
    Pair(
        "carrier", "handlers interrupt, or are threads", "items done of 21, below a busy thread", "above_the_threads",
        _of("linux", "linux-threadirqs"), done("nic"),
    ),
    Pair(
        "carrier", "NAPI on the way out, or in threads", "items done of 20, below a busy thread", "polled",
        _of("linux", "linux-napi-threaded"), done("card"),
    ),
    Pair(
        "lock", "soft sections of a CPU take a lock, or none",
        "longest until short soft work is done beside a long one",
        "soft_sections", _of("linux-rt:bh=lock", "linux-rt:bh=none"), latest("card"), is_time=True,
    ),
    Pair(
        "lock", "a handler takes the big lock, or is mpsafe", "longest until it is through", "big_lock",
        _set("netbsd-5", "safe", "0", "1"), latest("nic"), is_time=True,
    ),
    Pair(
        "priority", "a mutex, or an rt_mutex", "longest wait of the best for the worst", "inversion",
        _of("linux", "linux:lend=chain", "linux-rt"), latest("high"), is_time=True,
    ),
    Pair(
        "priority", "who waits lends, or not", "longest wait of the best for the worst", "inversion",
        _of("textbook:lock=fifo", "textbook:lock=inherit"), latest("high"), is_time=True,
    ),
    Pair(
        "priority", "a release wakes all, or one", "switches, of three that want it at once", "crowd",
        _of("xnu:wake=all", "xnu:wake=one"), statistic("Lwp.l_ncsw"), time=10 * UNITS["ms"],
    ),
    Pair(
        "priority", "a release wakes, or hands over", "turns of who waits while another takes it again", "again",
        _of("netbsd-5:wake=all", "netbsd-5:wake=handoff"), statistic("turns of who waits"), time=UNITS["ms"],
    ),
    Pair(
        "preempt", "full, voluntary, none", "longest until a better thread has run", "better",
        _of("linux:preempt=full", "linux:preempt=voluntary", "linux:preempt=none"), latest("control"), is_time=True,
    ),
    Pair(
        "overload", "a threshold of 0 (off) or 1000", "laps of a thread beneath a storm", "storm",
        _of("freebsd:storm=0", "freebsd:storm=1000"), statistic("laps"), time=4 * UNITS["ms"],
    ),
    Pair(
        "overload", "a limit of the rate, or none", "laps of a thread beneath a storm", "storm",
        _of("dragonfly:livelock=off", "dragonfly:livelock=50"), statistic("laps"),
    ),
    Pair(
        "overload", "a line that is nobody's is shut, or not", "laps of a thread beneath it", "nobodys",
        _of("linux:irqdebug=off", "linux:irqdebug=3", "linux:irqdebug=3,chip=level"), statistic("laps"),
    ),
)  # fmt: skip
