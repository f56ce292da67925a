"""Cost classes: what an instruction can cost, as names that rows, listings and cost models share.

A cost model (`machines/*.toml`) gives a number of cycles or nanoseconds for each class; the loader bakes the base
cost into every instruction, and the line model adds the transfer of a cache line where it happens.
"""

from __future__ import annotations

from enum import IntEnum


class Cost(IntEnum):
    """The classes. `FREE` is always zero: marks, statistics, assertions."""

    FREE = 0
    ALU = 1
    MUL = 2
    DIV = 3
    BRANCH = 4
    CALL = 5
    PRIVATE = 6  # a per-CPU word
    LOAD = 7  # a shared word whose line this CPU has
    STORE = 8
    LOCKED = 9  # a locked read-modify-write on a line this CPU owns
    UNLOCKED = 10  # its unlocked form
    FENCE = 11
    PAUSE = 12  # the hint in a spin loop
    IRQ_FLAG = 13  # interrupts off, on
    LEVEL = 14  # a write of the hardware priority level
    SWITCH = 15  # the register part of a context switch
    TRAP = 16  # acceptance of an interrupt by the CPU
    LEAVE = 17  # return from an interrupt frame
    ENTER = 18  # a frame fabricated by software
    HALT = 19
    IPI_SEND = 20
    MASK = 21
    UNMASK = 22
    EOI = 23
    DEV_READ = 24
    DEV_WRITE = 25
    ASSERT = 26


class Transfer(IntEnum):
    """What it costs on top to get a cache line, by who has it; and the one latency between CPUs."""

    SHARED = 0  # a clean copy elsewhere, or memory
    REMOTE = 1  # dirty in another CPU's cache
    UPGRADE = 2  # here already, but others have copies
    IPI = 3  # from sending an interrupt to its arrival; the least time in which one CPU can affect another's interrupts


class Account(IntEnum):
    """Where a CPU's time goes. `CONTEXT` stands for the account of the context that is running."""

    CONTEXT = 0
    THREAD = 1
    HANDLER = 2
    DEFERRED = 3  # soft interrupts, bodies of interrupt threads
    INTR = 4  # interrupt entry and exit
    LINE = 5  # mask, unmask, end of interrupt
    LEVEL = 6
    LOCK = 7
    SPIN = 8
    SWITCH = 9
    SCHED = 10
    IDLE = 11
    KERNEL = 12


ACCOUNTS = 16  # room per CPU, a power of two
