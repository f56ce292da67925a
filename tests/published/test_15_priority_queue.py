"""Three interrupt classes as an M/D/1 priority queue: Cobham 1954, Kleinrock vol. 2.

One level for all is the non-preemptive queue, a level for each the preemptive one. The mean response of each class
lies within a confidence interval around the theory, and the interval shrinks as the run grows.
"""

from __future__ import annotations

from statistics import fmean, stdev

import pytest
from tests.published.lab import mean_responses, published

from splx.base.units import us
from splx.lang.kernel import Struct, i64
from splx.scenario import IPL_BIO, IPL_NET, IPL_TTY, NIC, Poisson, Scenario, handler, work

CASE = published("15-priority-queue-md1")
UNIT = us(1000)  # one second of the source
REPLICATIONS = 24
T_99_9 = 3.768  # two-sided 99.9 % quantile of Student's t with 23 degrees of freedom


class Line(Struct):
    """An interrupt class and what one interrupt costs."""

    dev: NIC
    cost: i64


def serve(line: Line) -> None:
    """One item for each interrupt: the line stays asserted while others wait."""
    item = line.dev.pop()
    work(line.cost)
    line.dev.done(item)


def scenario(levels):
    with Scenario("three classes") as made:
        for k in range(3):
            arrivals = Poisson(mean=round(CASE["interarrival_s"][k] * UNIT))
            dev = NIC(f"class{k}", arrivals, ring=8192, priority=3 - k)
            handler(dev, levels[k], arg=Line(dev=dev, cost=round(CASE["service_s"][k] * UNIT)), defer=True)(serve)
    return made


def replicate(levels, units):
    """Mean responses of each class in units of the source, one row per seed."""
    made = scenario(levels)
    return [[x / UNIT for x in mean_responses(made, units * UNIT, seed=seed)] for seed in range(REPLICATIONS)]


def interval(samples):
    """Mean and half width."""
    return fmean(samples), T_99_9 * stdev(samples) / len(samples) ** 0.5


@pytest.mark.parametrize(
    ("theory", "levels"),
    [
        ("nonpreemptive_T", (IPL_NET, IPL_NET, IPL_NET)),
        ("preemptive_resume_T", (IPL_TTY, IPL_NET, IPL_BIO)),
    ],
)
def test_mean_responses_agree_with_theory(theory, levels):
    short, long = replicate(levels, 10_000), replicate(levels, 90_000)
    for k, expected in enumerate(CASE["theory"][theory]):
        mean, half = interval([row[k] for row in long])
        _, wide = interval([row[k] for row in short])
        assert abs(mean - expected) <= half
        assert half < wide / 2  # nine times the run: a third of the width, up to chance
        assert half < (0.005, 0.005, 0.05)[k] * expected
