"""Results made by hand."""

from splx.machine.costs import Account
from splx.simulate.latency import Latency
from splx.simulate.result import CpuResult, Result, SourceResult


def latency(*values):
    from splx.machine.latency import bucket

    buckets = {}
    for value in values:
        buckets[bucket(value)] = buckets.get(bucket(value), 0) + 1
    return Latency(len(values), sum(values), min(values), max(values), tuple(sorted(buckets.items())))


def result(design="netbsd-5", seed=1, late=2_000_000, spin=10, cpus=1, **changes):
    names = [account.name.lower() for account in Account if account is not Account.CONTEXT]
    accounts = dict.fromkeys(names, 0) | {"thread": 10**9 - spin * 10**6, "spin": spin * 10**6}
    nic = SourceResult("nic", "device", latency(late, 2 * late), latency(3 * late), 3, 2, 1, 1, 0, 2)
    reader = SourceResult("reader", "thread", latency(5_000))
    given = {
        "scenario": "it", "design": design, "machine": "ideal", "seed": seed, "ties": 0, "asked": 10**9,
        "elapsed": 10**9, "complete": True, "cpus": tuple(CpuResult(accounts, 4_200) for _ in range(cpus)),
        "sources": (nic, reader), "statistics": {"switches": 7, "never": 0}, "notes": {"title": "A kernel"},
    }  # fmt: skip
    return Result(**{**given, **changes})
