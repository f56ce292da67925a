"""Numbers that are taken off a run, for experiments to share."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from splx.debate.experiment import Measure

if TYPE_CHECKING:
    from splx.simulate.latency import Latency
    from splx.simulate.result import Result

#: What the kernel takes for itself: all accounts but those of the scenario's own work, and none at all.
KERNEL = ("intr", "line", "level", "lock", "spin", "switch", "sched", "kernel")


def spent(result: Result, *accounts: str) -> float:
    """Time of all CPUs in these accounts, ns."""
    return sum(cpu.accounts.get(each, 0) for cpu in result.cpus for each in accounts) / 1000


def per_count(what: str, statistic: str, *accounts: str) -> Measure:
    """The time in these accounts for each of what a statistic counts."""
    return Measure(what, "ns", lambda result: spent(result, *accounts) / max(1, result.statistics[statistic]))


def per_item(what: str, device: str, *accounts: str) -> Measure:
    """The time in these accounts for each item of a device that was done."""
    return Measure(what, "ns", lambda result: spent(result, *accounts) / max(1, result.source(device).done))


def per_item_alone(what: str, device: str, own: str, undisturbed: str, *accounts: str, work: float = 0.0) -> Measure:
    """As `per_item`, of the first CPU, without what its thread takes for itself. The second CPU has a thread that does
    the same and no device; `own` and `undisturbed` count how often they did it. `work`, ns, is an item's
    own, on average: it is the same for all sides under one seed, and left out.
    """

    def of(result: Result) -> float:
        first, second = (sum(cpu.accounts.get(each, 0) for each in accounts) / 1000 for cpu in result.cpus)
        share = result.statistics[own] / max(1, result.statistics[undisturbed])
        return (first - second * share) / max(1, result.source(device).done) - work

    return Measure(what, "ns", of)


def to_start(what: str, source: str, share: str = "0.99") -> Measure:
    """The time to the start of a device's handler, or from wakeup to running of a thread: a percentile, or the mean."""
    return Measure(what, "us", lambda result: _us(result.source(source).start, share))


def to_end(what: str, source: str, share: str = "0.99") -> Measure:
    """The time to completion: a percentile, or the mean."""
    return Measure(what, "us", lambda result: _us(result.source(source).finish, share))


def _us(latency: Latency | None, share: str) -> float:
    if latency is None:
        raise ValueError("nothing to measure: no item got as far")
    return float(latency.mean if share == "mean" else latency.percentile(Fraction(share))) / 10**6


def kept_out(what: str, device: str) -> Measure:
    """The part of a device's interrupts that came while the level kept them out. Of a device that interrupts seldom, at
    random times, that is the part of the time for which the level is raised so high.
    """

    def of(result: Result) -> float:
        found = result.source(device)
        return 100 * found.held / max(1, found.irqs)

    return Measure(what, "%", of)


def spun(what: str) -> Measure:
    """The part of the time of all CPUs that was spun away."""

    def of(result: Result) -> float:
        return 100 * spent(result, "spin") * 1000 / max(1, sum(sum(cpu.accounts.values()) for cpu in result.cpus))

    return Measure(what, "%", of)


def late(what: str, source: str) -> Measure:
    """The part of a device's items that missed their deadline: those that can no longer keep it are among them."""

    def of(result: Result) -> float:
        found = result.source(source)
        return 100 * found.missed / max(1, found.arrived)

    return Measure(what, "%", of)
