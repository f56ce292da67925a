"""Who goes on for ever and gets nowhere: the judge of moves without progress, and of starvation.

Moves without progress: somebody moves for ever, and nobody at all gets round; or others do, but those who move get
nowhere even if nothing arrives, or cannot get round whatever happens. Here arrivals are fair too: whoever polls a
device waits for something that does come. Starvation: somebody who is there, and does not just sleep for an event,
never gets round, whatever the others do. Here arrivals need not come, but for those of devices said to be fair.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from splx.check import properties
from splx.check.cheapest import AIM
from splx.check.finding import Finding, Suspect
from splx.check.groups import sentence
from splx.check.path import make_ready, perform
from splx.check.runs import Runs
from splx.check.search import Move
from splx.stage.stage import Stage
from splx.story.language import Returns

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from splx.check.checker import Checker
    from splx.check.groups import Group
    from splx.check.properties import Property
    from splx.check.runs import Way


def judge(checker: Checker, groups: tuple[Group, ...], wanted: Collection[Property]) -> Iterator[Suspect]:
    """The properties among `wanted` that some state breaks; the graph is there, and who can come to move from where."""
    asked = {properties.LIVELOCK, properties.STARVATION, properties.INVERSION, properties.STORM} & set(wanted)
    if not asked or not checker.s.n_edges:
        return
    runs = Runs(checker, groups)
    runs.know_locks()
    if properties.INVERSION in asked:
        threads = [n for n, each in enumerate(groups) if each.lwp]
        firsts = {n: found for n in threads if (found := runs.inverted(n))}
        if firsts:
            first = min(firsts, key=lambda n: firsts[n][0])
            yield Suspect(properties.INVERSION, (firsts[first][0], 0), partial(_tell_inversion, runs, first))
    if properties.STORM in asked:
        yield from _storms(runs)
    if properties.LIVELOCK in asked:
        states = runs.livelocked()
        if states:
            yield Suspect(properties.LIVELOCK, (states[0], AIM), partial(_tell_livelock, runs, states))
        else:
            yield from _some_get_nowhere(runs)
    if properties.STARVATION in asked:
        firsts = {n: found for n in range(len(groups)) if (found := runs.starved(n))}
        if firsts:
            first = min(firsts, key=lambda n: firsts[n][0])
            yield Suspect(properties.STARVATION, (firsts[first][0], AIM), partial(_tell_starved, runs, first))


def _some_get_nowhere(runs: Runs) -> Iterator[Suspect]:
    """Moves without progress of some, while others get round."""
    groups, states = runs.locked_in()
    beside = not states
    if beside:
        groups, states = runs.beside_others()
    if states:
        tell = partial(_tell_locked_in, runs, groups, states, beside=beside)
        yield Suspect(properties.LIVELOCK, (states[0], AIM), tell)
        return
    able = [n for n, each in enumerate(runs.groups) if each.device < 0]
    firsts = {n: found for n in able if (found := runs.hopeless(n))}
    if firsts:
        first = min(firsts, key=lambda n: firsts[n][0])
        yield Suspect(properties.LIVELOCK, (firsts[first][0], AIM), partial(_tell_hopeless, runs, firsts, first))


def _storms(runs: Runs) -> Iterator[Suspect]:
    """The first storm that there can be, told before what follows from it, such as an item that is never taken."""
    system = runs.checker.system
    routes = any(each.op == "ROUTE" for each in system.image.insns)  # else a line goes to one CPU for ever
    pairs = [
        (n, cpu)
        for n, each in enumerate(system.devices)
        if each.irq >= 0
        for cpu in (range(system.cpus) if routes else [system.irqs[each.irq].cpu])
    ]
    firsts = {pair: found[0] for pair in pairs if (found := runs.stormed(*pair))}
    if firsts:
        first = min(firsts, key=lambda pair: firsts[pair])
        yield Suspect(properties.STORM, (-1, firsts[first]), partial(_tell_storm, runs, *first), state=firsts[first])


def _tell_storm(runs: Runs, device: int, cpu: int) -> Finding:
    """A CPU takes one interrupt again and again."""
    way = runs.way(runs.stormed(device, cpu))
    found = runs.finding(properties.STORM, "", way, runs.stand(way))
    asserting, returned = _heard(runs.checker, found, device)
    culprits = [each for n, each in enumerate(runs.checker.system.devices) if n in asserting]
    blamed = [each for each in culprits if each.handler_name in returned]
    names = list(dict.fromkeys(each.handler_name for each in blamed))
    cause = f"{' and '.join(names)} {'return' if len(names) > 1 else 'returns'} with the line asserted"
    of = " and ".join(each.name for each in culprits)
    why = f"a storm: cpu{cpu} takes the interrupt of {of} again and again, for "
    place = blamed[0].handler if blamed else found.place
    stuck = tuple(sorted(found.stuck, key=lambda each: each.group.device not in asserting))
    return replace(found, why=why + (cause if blamed else "nobody makes its line quiet"), place=place, stuck=stuck)


def _heard(checker: Checker, found: Finding, device: int) -> tuple[set[int], set[str]]:
    """In the round of a storm: the devices on the line of one of them that assert it when an interrupt is taken,
    and the functions that return. An edge is that of the one device on its line.
    """
    s, stage, devices = checker.s, Stage(checker.system), checker.system.devices
    make_ready(stage, checker.klass)
    irq = devices[device].irq
    pins = 0
    for number, move in enumerate((*found.moves, *found.cycle)):
        if number == len(found.moves):
            stage.log.clear()
        if number >= len(found.moves) and move >> 24 == Move.ACCEPT:
            pins |= stage.machine.state.wire[irq]
        perform(stage, move, checker.klass, tso=bool(s.tso), coupled=bool(s.coupled))
    asserting = {n for n, each in enumerate(devices) if each.irq == irq and pins >> each.pin & 1}
    return asserting or {device}, {event.name for _, event in stage.log if isinstance(event, Returns)}


def _tell_livelock(runs: Runs, states: Sequence[int]) -> Finding:
    """Moves without progress."""
    runs.livelocked()
    way = runs.way(states)
    who, stuck = runs.bits("edge_who", way.edges), runs.stand(way)
    names = " and ".join(each.name for n, each in enumerate(runs.groups) if who >> n & 1 and each.device < 0)
    several = " and " in names or names.startswith("interrupts")
    why = f"{names} {'go' if several else 'goes'} on for ever, and nobody gets anywhere"
    return runs.finding(properties.LIVELOCK, why, way, stuck)


def _tell_hopeless(runs: Runs, firsts: dict[int, list[int]], first: int) -> Finding:
    """Moves without progress of some."""
    way = runs.way(runs.hopeless(first))
    names = [runs.groups[n].name for n, states in firsts.items() if n == first or way.state in states]
    return _nowhere(runs, way, names, "can never get round again, whatever the others do")


def _tell_locked_in(runs: Runs, groups: int, states: Sequence[int], *, beside: bool) -> Finding:
    """Moves without progress of some whom nobody else keeps from it."""
    runs.look_again(groups, beside=beside)
    way = runs.way(states)
    names = [each.name for n, each in enumerate(runs.groups) if groups >> n & 1]
    get = "get" if _several(names) else "gets"
    return _nowhere(runs, way, names, f"{get} nowhere, though nobody else is in the way")


def _several(names: Sequence[str]) -> bool:
    return len(names) > 1 or names[0].startswith("interrupts")


def _nowhere(runs: Runs, way: Way, names: Sequence[str], more: str) -> Finding:
    why = f"{' and '.join(names)} {'go' if _several(names) else 'goes'} on for ever, and {more}"
    stuck = tuple(sorted(runs.stand(way), key=lambda each: each.group.name not in names))
    return runs.finding(properties.LIVELOCK, why, way, stuck)


def _tell_starved(runs: Runs, group: int) -> Finding:
    """A group gets nowhere."""
    way = runs.way(runs.starved(group))
    stuck = runs.stand(way)
    mine = next((each for each in stuck if each.group is runs.groups[group]), None)
    stuck = tuple(sorted(stuck, key=lambda each: each is not mine))
    others = runs.bits("edge_round", way.edges)
    names = [each.name for n, each in enumerate(runs.groups) if others >> n & 1]
    meanwhile = f" while {' and '.join(names)} {'go' if len(names) > 1 else 'goes'} on" if names else ""
    how = sentence(_HOW[mine.how if mine else "waits"], runs.groups[group].name, mine.on if mine else "")
    return runs.finding(properties.STARVATION, how + meanwhile, way, stuck)


def _tell_inversion(runs: Runs, high: int) -> Finding:
    """A thread waits for one that is kept from running by worse ones."""
    name = runs.groups[high].name
    way = runs.way(runs.inverted(high))
    stuck = tuple(sorted(runs.stand(way), key=lambda each: each.group.name != name))
    moving = runs.bits("edge_who", way.edges)
    busy = [each.name for n, each in enumerate(runs.groups) if moving >> n & 1 and each.lwp]
    on = next((each.on for each in stuck if each.group.name == name), "a lock")
    ready = " and ".join(each.group.name for each in stuck if each.how == "ready")
    why = f"{name} waits for {on} as long as {' and '.join(busy)} {'like' if len(busy) > 1 else 'likes'}"
    why += f": {ready} holds it and is kept from running, and nothing is lent to it"
    return runs.finding(properties.INVERSION, why, way, stuck)


_HOW = {
    "loops": "{name} goes round and round in {on} and gets no further",
    "spins": "{name} spins on {on} for ever",
    "sleeps": "{name} sleeps on {on} for ever",
    "ready": "{name} is ready and never runs",
    "beneath": "{name} lies beneath others for ever",
    "waits": "{name} never goes on",
    "unheard": "an item of {name} is never taken",
}
