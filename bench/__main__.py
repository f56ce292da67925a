"""Measure splx and its peers, and print how they compare.

python -m bench [--repetitions N] [--json] [events] [engines] [interrupts] [check] [start] [check4]
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from bench.check import KERNEL, asked, hunts, over, reductions, searches
from bench.check4 import MEMORY, MOST_COST, SECONDS, limits, reaches
from bench.engine_c import compiler
from bench.engines import duels
from bench.events import races, simpy_there
from bench.interrupts import interrupts
from bench.orbits import ALIKE, orbits
from bench.peer_harmony import harmony_there
from bench.peer_spin import spin_there
from bench.start import start

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bench.check import Beside, Hunt, Over, Reduced, Search
    from bench.check4 import Reach
    from bench.engines import Duel
    from bench.events import Race
    from bench.interrupts import Interrupt
    from bench.orbits import Orbits
    from bench.start import Start

AIMS = {
    "heap loop": 1.0,
    "SimPy": 13.0,
    "C": 1.5,
    "help": 0.3,
    "first": 5.0,
    "later": 1.0,
    "SPIN": 3.0,
    "bytes": 60,
    "bytes over kernels": 100,
    "reduced": 10,
}


def main(arguments: list[str] | None = None) -> int:
    """Run the sections asked for, all by default."""
    options = parser().parse_args(arguments)
    data: dict[str, Any] = {"machine": f"{platform.machine()}, Python {platform.python_version()}"}
    lines = [f"on {data['machine']}; medians of {options.repetitions} runs in turn"]
    for name in options.sections or USUAL:
        found, text = SECTIONS[name](options.repetitions)
        data[name] = found
        lines += ["", *text]
    print(json.dumps(data, indent=1) if options.json else "\n".join(lines))
    return 0


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(prog="python -m bench", description="Measure splx beside its peers.")
    made.add_argument(
        "sections", nargs="*", metavar="SECTION", help="events, engines, interrupts, check, start by default; check4"
    )
    made.add_argument("--repetitions", type=int, default=5, help="runs of each subject (default 5)")
    made.add_argument("--json", action="store_true", help="numbers instead of a table")
    return made


def events(repetitions: int) -> tuple[Any, list[str]]:
    """Events per CPU second beside the heap loop and SimPy."""
    found = races(repetitions)
    return [each.to_json() for each in found], list(event_lines(found))


def event_lines(found: list[Race]) -> Iterator[str]:
    """The table of `events`."""
    yield "events of the workload (release, preemption, completion) per CPU second, one simulated second"
    yield f"{'':16}{'events':>9}{'splx':>12}{'heap loop':>12}{'SimPy':>12}{'instructions':>15}{'latencies':>11}"
    for each in found:
        rates = [f"{each.rate(name):12,.0f}" if name in each.timings else f"{'-':>12}" for name in PEERS]
        per_event = each.instructions / each.events
        yield f"{each.name:16}{each.events:9,}{''.join(rates)}{per_event:9.0f} /event{each.samples:11,}"
    for peer in PEERS[1:]:
        if all(peer in each.timings for each in found):
            ratios = ", ".join(f"{each.rate('splx') / each.rate(peer):.2f}" for each in found)
            yield f"  times the {peer}: {ratios} (aim {AIMS[peer]:g})"
    if not simpy_there():
        yield "  SimPy is not installed: pip install simpy"


PEERS = ("splx", "heap loop", "SimPy")


def engines(repetitions: int) -> tuple[Any, list[str]]:
    """Nanoseconds per instruction beside C."""
    if compiler() is None:
        return None, ["the engine beside C: skipped, there is no C compiler (cc, gcc or clang)"]
    found = duels(repetitions)
    return [each.to_json() for each in found], list(engine_lines(found))


def engine_lines(found: list[Duel]) -> Iterator[str]:
    """The table of `engines`."""
    yield "nanoseconds per instruction of the machine, the same bytes at the end"
    yield f"{'':44}{'instructions':>14}{'splx':>7}{'C':>7}{'ratio':>7}  final state"
    for each in found:
        ours, theirs = each.per_instruction("splx"), each.per_instruction("C")
        yield f"{each.name:44}{each.instructions:14,}{ours:7.2f}{theirs:7.2f}{each.ratio:7.2f}  {each.state}"
    yield f"  aim: at most {AIMS['C']} times C"


def checking(repetitions: int) -> tuple[Any, list[str]]:
    """Exhaustive searches beside SPIN and Harmony, and over a kernel."""
    whole, wrong, less, beside, above = searches(repetitions), hunts(), reductions(repetitions), asked(), over()
    alike = [orbits(*each) for each in ALIKE]
    found: dict[str, list[Any]] = {
        "searches": whole, "hunts": wrong, "reductions": less, "Harmony": beside, "over kernels": above, "alike": alike,
    }  # fmt: skip
    data = {name: [each.to_json() for each in rows] for name, rows in found.items()}
    texts = search_lines(whole), hunt_lines(wrong), beside_lines(beside), reduction_lines(less), over_lines(above)
    texts = *texts, alike_lines(alike)
    return data, [line for text in texts for line in ("", *text)][1:]


def search_lines(found: list[Search]) -> Iterator[str]:
    """The table of searches."""
    yield "states per CPU second, every state of the model, the same count from both"
    yield f"{'':28}{'states':>11}{'splx':>12}{'SPIN':>12}{'ratio':>7}{'bytes':>7}{'memo':>6}"
    for each in found:
        rates = each.rates
        peer = (
            f"{rates['SPIN']:12,.0f}{rates['splx'] / rates['SPIN']:7.2f}" if "SPIN" in rates else f"{'-':>12}{'-':>7}"
        )
        yield f"{each.name:28}{each.states:11,}{rates['splx']:12,.0f}{peer}{each.bytes_each:7.0f}{each.memo_each:6.1f}"
    yield f"  aim: {AIMS['SPIN']:g} times SPIN, at most {AIMS['bytes']:g} bytes per state with parent links"
    if not spin_there():
        yield "  SPIN is not installed: apt install spin gcc"


def hunt_lines(found: list[Hunt]) -> Iterator[str]:
    """The table of counterexamples."""
    yield "CPU seconds to a counterexample, and its length (SPIN: breadth first; its verifier is compiled first)"
    yield f"{'':38}{'splx':>7}{'moves':>7}{'switches':>10}{'SPIN':>7}{'compile':>9}{'steps':>7}"
    for each in found:
        peer = f"{each.spin_seconds:7.2f}{each.spin_making:9.2f}{each.spin_length:7}" if each.spin_length else ""
        yield f"{each.name:38}{each.seconds:7.2f}{each.moves:7}{each.cost:10}{peer}"


def beside_lines(found: list[Beside]) -> Iterator[str]:
    """The table of questions put to Harmony."""
    if not harmony_there():
        yield "beside Harmony: skipped, it is not installed: pip install harmony"
        return
    yield "the same questions to Harmony, which counts other states: CPU seconds to the answer, compiling apart"
    head = f"{'states':>11}{'seconds':>9}{'per second':>12}{'moves':>7}{'switches':>10}"
    yield f"{'':38}{head} | {'states':>11}{'seconds':>9}{'per second':>12}{'compile':>9}{'blocks':>8}"
    for each in found:
        ours = f"{each.states:11,}{each.seconds:9.2f}{rate(each.states, each.seconds)}"
        ours += f"{each.moves:7}{each.cost:10}" if each.moves else " " * 17
        theirs = f"{each.their_states:11,}{each.their_seconds:9.2f}{rate(each.their_states, each.their_seconds)}"
        blocks = f"{each.their_blocks:8}  {each.their_issue}" if each.their_issue else ""
        yield f"{each.name:38}{ours} | {theirs}{each.their_making:9.2f}{blocks}"


def rate(states: int, seconds: float) -> str:
    """States per CPU second, where that is long enough to be measured."""
    return f"{states / seconds:12,.0f}" if seconds > LEAST_SECONDS else f"{'-':>12}"


LEAST_SECONDS = 0.3


def over_lines(found: list[Over]) -> Iterator[str]:
    """The table of models over a kernel."""
    yield f"the models over {KERNEL}: every state, without and with fusion, which learns first who uses what"
    yield f"{'':28}{'states':>11}{'bytes':>7}{'CPU s':>7}{'fused':>11}{'fewer':>7}{'bytes':>7}{'CPU s':>7}"
    for each in found:
        (whole, less), (wide, narrow), (slow, fast) = each.states, each.bytes_each, each.seconds
        yield f"{each.name:28}{whole:11,}{wide:7.0f}{slow:7.2f}{less:11,}{whole / less:7.1f}{narrow:7.0f}{fast:7.2f}"
    yield f"  aim: at most {AIMS['bytes over kernels']:g} bytes per state with parent links"


def alike_lines(found: list[Orbits]) -> Iterator[str]:
    """The table of states that differ only in what CPUs are called."""
    yield "a thread on each CPU, over kernels: states that would be left if CPUs that are alike were not told apart"
    yield f"{'':28}{'CPUs':>6}{'states':>11}{'states turned':>15}{'left':>11}{'fewer':>7}"
    for each in found:
        name = f"{each.kernel}, a lock that {'spins' if each.spins else 'sleeps'}"
        yield f"{name:28}{each.cpus:6}{each.states:11,}{each.there:15.1%}{each.classes:11,}{each.worth:7.2f}"
    yield "  over kernels a search tells them apart: docs/checking.md says why"


def reduction_lines(found: list[Reduced]) -> Iterator[str]:
    """The table of reductions."""
    yield "M4 tiny kernel, pad 3, the same verdict with less to look at"
    yield f"{'reduced':28}{'states':>11}{'fewer':>8}{'CPU s':>8}"
    for each in found:
        yield f"{each.name:28}{each.states:11,}{found[0].states / each.states:8.1f}{each.seconds:8.3f}"
    yield f"  aim: {AIMS['reduced']:g} times fewer with both, where SPIN's own reduction gives none"


def four_cpus(repetitions: int) -> tuple[Any, list[str]]:
    """A search by cost in a scenario of four CPUs."""
    found = list(reaches())
    return [each.to_json() for each in found], list(reach_lines(found))


def reach_lines(found: list[Reach]) -> Iterator[str]:
    """The table of `check4`."""
    yield "4 CPUs, 8 threads, 6 locks, 6 sources under netbsd-5: every run with at most so many switches and arrivals"
    yield f"{'cost':>6}{'states':>14}{'seconds':>10}{'CPU':>8}{'GB of tables':>14}  came through"
    for each in (one for one in found if one.fused):
        came = "yes" if each.through >= each.asked else f"no, through {each.through}: {each.end}"
        gigabytes = each.memory / 1e9
        yield f"{each.asked:6}{each.states:14,}{each.seconds:10.1f}{each.cpu:8.1f}{gigabytes:14.2f}  {came}{each.found}"
    yield f"  aim: through cost {MOST_COST} within {SECONDS / 60:g} minutes and {MEMORY}"
    yield from limits(found)


def interrupting(repetitions: int) -> tuple[Any, list[str]]:
    """An uncontended interrupt of each design."""
    found = interrupts(repetitions)
    return [each.to_json() for each in found], list(interrupt_lines(found))


def interrupt_lines(found: list[Interrupt]) -> Iterator[str]:
    """The table of `interrupts`."""
    yield "one uncontended interrupt: instructions of the machine, simulated ns on x86-2020, ns of ours"
    yield f"{'':24}{'instructions':>14}{'simulated':>12}{'ns':>9}{'ns each':>9}"
    for each in found:
        nanoseconds = each.seconds * 1e9
        each_one = nanoseconds / each.instructions
        yield f"{each.design:24}{each.instructions:14,}{each.simulated:12,.0f}{nanoseconds:9,.0f}{each_one:9.2f}"


def starting(repetitions: int) -> tuple[Any, list[str]]:
    """What a user waits for."""
    try:
        found = start(repetitions)
    except (subprocess.CalledProcessError, FileNotFoundError) as error:
        return None, [f"starting: skipped, {error}"]
    return found.to_json(), list(start_lines(found))


def start_lines(found: Start) -> Iterator[str]:
    """The table of `start`."""
    yield f"{'starting':34}{'seconds':>8}{'CPU':>7}"
    rows = {"help": "splx --help", "first": "first run, compiling the engine", "later": "a run after that"}
    for name, title in rows.items():
        wall, cpu = getattr(found, name)
        yield f"  {title:32}{wall:8.2f}{cpu:7.2f}  (aim {AIMS[name]:g})"


SECTIONS: dict[str, Callable[[int], tuple[Any, list[str]]]] = {
    "events": events,
    "engines": engines,
    "check": checking,
    "interrupts": interrupting,
    "start": starting,
    "check4": four_cpus,
}
USUAL = ("events", "engines", "interrupts", "check", "start")  # check4 takes minutes, and gigabytes

if __name__ == "__main__":
    sys.exit(main())
