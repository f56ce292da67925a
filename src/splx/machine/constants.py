"""Names for the small numbers of the machine."""

from __future__ import annotations

from enum import IntEnum

NOREG = 0xFFFF
F_IMM = 1  # the operand B is `imm`
F_SPIN = 2  # inside a spin block: no interrupt is sampled before this instruction
F_SHARED = 4  # touches what other CPUs can see: waits for its turn in time order
F_OWN = 8  # an address without a register counts from the block of this CPU
F_NUM = 16  # the operand N is b itself
ADDRESS_SHIFT = 3  # words to a cache line, as a shift

FREE = 0
IN_USE = 1


class Mode(IntEnum):
    """What a CPU is at between two slices."""

    RUN = 0
    WORK = 1
    PARKED = 2
    HALTED = 3


class Stop(IntEnum):
    """Why a slice ends."""

    NONE = 0
    REDO = 1  # a spinner has to catch up first: the instruction was not executed
    CHECK = 2  # something may have admitted an interrupt
    WORK = 3
    PARK = 4
    HALT = 5
    FINDING = 6
    SWITCHED = 7  # another context runs: reload and go on
    TIME = 8
    # how quick forms go on (see `splx.machine.forms`); none of these ends a slice
    TAKEN = 9
    JUMPED = 10
    AGAIN = 11
    LEFT = 12


class Status(IntEnum):
    """Why `run` returned."""

    DONE = 0
    FINDING = 1
    STEPS = 2
    TRACE = 3


class Finding(IntEnum):
    """What the machine itself holds to be wrong."""

    NONE = 0
    ASSERT = 1
    PANIC = 2
    BUSY_FRAME = 3
    BAD_ADDRESS = 4
    DIVIDE = 5
    RANGE = 6
    BAD_SWITCH = 7
    TRAP_REENTERED = 8
    STUCK = 9
    BAD_FUNCTION = 10
    IN_FLIGHT = 11
    BAD_OPERAND = 12
    NO_BELOW = 13


class Kind(IntEnum):
    """How a device's arrivals come about."""

    NONE = 0
    PERIODIC = 1
    POISSON = 2
    BURST = 3
    RECORDED = 4
    CLOSED = 5
    ONESHOT = 6


class DevReg(IntEnum):
    """Registers of a device."""

    COUNT = 0
    POP = 1
    ENABLE = 2
    SUBMIT = 3
    ACK = 4


class Mark(IntEnum):
    """Kinds of mark: moments for statistics and traces."""

    START = 1
    DONE = 2
    HELD = 3
    USER = 4
    WAKE = 5
    RUN = 6


class Event(IntEnum):
    """Kinds of trace record beyond the marks."""

    ARRIVE = 16
    ACCEPT = 17
    SWITCH = 18
    ENTER = 19
    LEAVE = 20
    HALT = 21
    MASK = 22
    UNMASK = 23
    EOI = 24
    IPI = 25
    DROP = 26
    LEVEL = 27
