"""Starting: what a user waits for before anything is simulated, in seconds of the clock and of the CPU."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

from bench.measure import say

SCENARIO = """
from splx.scenario import IPL_NET, NIC, Poisson, handler, us, work
nic = NIC("wm0", Poisson(mean=us(50)))
@handler(nic, IPL_NET)
def nic_intr() -> None:
    item = nic.pop()
    while item != 0:
        work(us(3))
        item = nic.pop()
"""


class Seconds(NamedTuple):
    """Of a process: what the clock says, and the CPU time it used."""

    wall: float
    cpu: float


@dataclass(frozen=True)
class Start:
    """`splx --help`; the first run on a fresh install, which compiles the engine; a run after that."""

    help: Seconds
    first: Seconds
    later: Seconds

    def to_json(self) -> dict[str, dict[str, float]]:
        """Plain numbers."""
        return {name: each._asdict() for name, each in vars(self).items()}


def start(repetitions: int) -> Start:
    """Measure all three."""
    with tempfile.TemporaryDirectory() as place:
        scenario = Path(place) / "nic.py"
        scenario.write_text(SCENARIO)
        run = ["run", str(scenario), "--design", "netbsd-5", "--machine", "x86-2020", "--time", "1ms"]
        first = [process(run, Path(place) / f"cache{n}") for n in range(max(2, repetitions // 2))]
        later = [process(run, Path(place) / "cache0") for _ in range(repetitions)]
        helps = [process(["--help"], Path(place) / "cache0") for _ in range(repetitions)]
    say("")
    return Start(median(helps), median(first), median(later))


def median(found: list[Seconds]) -> Seconds:
    """The medians of both."""
    return Seconds(*(statistics.median(each) for each in zip(*found, strict=True)))


def process(arguments: list[str], cache: Path) -> Seconds:
    """One `splx` process that keeps compiled code in `cache`. CalledProcessError if it fails."""
    say(f"splx {arguments[0]}")
    command = [str(Path(sys.executable).parent / "splx"), *arguments]
    began, before = perf_counter(), children_cpu()
    subprocess.run(command, env=os.environ | {"SPLX_CACHE": str(cache)}, check=True, capture_output=True)
    return Seconds(perf_counter() - began, children_cpu() - before)


def children_cpu() -> float:
    """CPU seconds of all processes we waited for."""
    times = os.times()
    return times.children_user + times.children_system
