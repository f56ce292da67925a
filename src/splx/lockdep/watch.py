"""Engine code: run a machine, one instruction at a time, to the next that somebody wants to see.

It is the simulator's own step, and so the simulator's run. The machine's log, which it does not write without tracing,
holds for each program counter what is wanted of it.
"""

from __future__ import annotations

from splx.machine.constants import Mode, Status
from splx.machine.run import run
from splx.machine.state import Machine

BEFORE = 1  # control has come here
AFTER = 2  # this was executed
LEVEL = 4  # this was executed, and may have changed the level of its CPU, or turned its interrupts on
PC_BITS = 32


def watch(m: Machine, most: int, wanted: int) -> int:
    """Run on for at most `most` instructions.

    The CPU that moved << PC_BITS | what it executed, if that or what comes next on that CPU is marked in a way that is
    `wanted`; else -1 - Status.
    """
    left = most
    while left > 0:
        left = left - 1
        m.beside.steps_left = 1
        status = run(m)
        if status != Status.STEPS:
            return -1 - status
        cpu = m.beside.cpus[m.beside.ran]
        to = m.state.pc[m.state.cur[m.beside.ran]]
        if cpu.mode == Mode.WORK:  # stays where it is until the work is done
            to = to + 1
        if m.log[cpu.last] & wanted != 0 or m.log[to] & BEFORE != 0:
            return m.beside.ran << PC_BITS | cpu.last
    return -1 - Status.STEPS
