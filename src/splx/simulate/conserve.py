"""The books of a run: every arrival and every picosecond is somewhere, once. Checked in every run.

A difference is a bug of ours, whatever the user's program does, and is said so: X0001.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from splx.base.diagnostics import SplxError, bug

if TYPE_CHECKING:
    from collections.abc import Iterator

    from splx.lang.buffer import Buffer
    from splx.machine.state import Machine
    from splx.simulate.result import Result


def check_books(buffer: Buffer[Machine], result: Result) -> None:
    """SplxError with X0001 unless time and arrivals are conserved."""
    wrong = [*_time(result), *_arrivals(buffer, result)]
    if wrong:
        run = f"{result.scenario}, {result.design}, {result.machine}, seed {result.seed}, {result.elapsed} ps"
        raise SplxError(bug("the books of a run do not balance", *wrong, f"the run: {run}"))


def _time(result: Result) -> Iterator[str]:
    """Every picosecond of a CPU is in one account."""
    for number, cpu in enumerate(result.cpus):
        spent = sum(cpu.accounts.values())
        if spent != result.elapsed:
            yield f"CPU {number}: accounts sum to {spent} ps of {result.elapsed}"
        for account, time in cpu.accounts.items():
            if time < 0:
                yield f"CPU {number}: {time} ps in account {account}"


def _arrivals(buffer: Buffer[Machine], result: Result) -> Iterator[str]:
    """Every arrival was accepted or dropped; what was accepted is done or outstanding."""
    times = buffer.array("beside.item_time")
    items = buffer.sizes["ITEMS"]
    devices = [each for each in result.sources if each.kind == "device"]
    for number, device in enumerate(devices):
        if device.arrived != device.accepted + device.dropped:
            yield f"{device.name}: {device.arrived} arrived, {device.accepted} accepted, {device.dropped} dropped"
        timed = sum(time >= 0 for time in times[number * items : (number + 1) * items].tolist())
        outstanding = timed + buffer.view().beside.devices[number].untimed
        if device.pending != outstanding:
            yield f"{device.name}: {device.pending} of {device.accepted} not done, and {outstanding} outstanding"
        if buffer.view().state.dev_count[number] > outstanding:
            yield f"{device.name}: more items in the ring than outstanding"
