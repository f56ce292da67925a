"""Design vectors: what a design chose on each of nine axes, in codes.

A choice is a word or several, as `F3`, or `Q1 Q4`; what each word means stands here. Two designs are the same design if
they are equal on all nine axes, and a rule about designs (see `couplings`) is a rule about these words. Nine axes are
as few as will do: for each there are two kernels, or two settings of one, that differ in it and in nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping

AXES = ("flow", "mask", "top half", "queue", "carrier", "lock", "priority", "preempt", "overload")

#: axis -> code -> what it means
VALUES: Mapping[str, Mapping[str, str]] = {
    "flow": {
        "F1": "end of interrupt first; a level or the CPU's flag keeps the line away",
        "F2": "end of interrupt last; in service till then",
        "F3": "mask and end at entry, unmask when the handlers have run",
        "F4": "by handler: as F3 for one that runs in a thread, ended at once for one that does not",
        "F5": "acknowledged first; what comes meanwhile is noted and replayed",
        "F6": "masked at the device, by its driver",
        "F7": "as F3, and it is the driver who says when to unmask",
        "z": "lazily: masked only if it interrupts while disabled",
    },
    "mask": {
        "M0": "the CPU's interrupt flag",
        "M1": "a level, written to hardware at each change",
        "M2": "a level in memory; what comes too early is held and replayed",
        "M3": "a count that keeps one class of soft interrupts out",
        "M4": "none: locks only",
        "line": "what comes too early has its own line masked",
        "level": "what comes too early has its level kept away by the CPU's register",
        "all": "what comes too early has everything kept away",
    },
    "top half": {
        "T0": "quiet the line and wake",
        "T1": "a filter: look at the device and decide",
        "T2": "the whole handler",
    },
    "queue": {
        "Q0": "nothing is deferred",
        "Q1": "a bitmap of levels for each CPU",
        "Q2": "a flag or count for each source",
        "Q3": "a bitmap of classes and a list for each",
        "Q4": "a first-in first-out list of callbacks",
        "Q5": "a pool of work",
        "Q6": "a poll list with a budget",
        "Q7": "a notification word or queue of pulses",
        "important": "what is important goes first, what is not waits for company",
        "yields": "a drain thread that is runnable keeps interrupts from draining",
    },
    "carrier": {
        "K0": "the interrupted context",
        "K1": "a borrowed thread, pinned on what it interrupts, one for each level of each CPU",
        "K2": "a thread for each source that preempts and returns",
        "K3": "a thread for each source or handler, which the scheduler runs",
        "K4": "a thread for each domain that is serialised",
        "K5": "a user's thread",
        "K6": "a shared pool of threads",
        "K7": "a drain thread for each CPU",
    },
    "lock": {
        "spin-level": "a spin lock that raises the level",
        "spin-flag": "a spin lock with the CPU's flag off",
        "spin-preempt": "a spin lock with preemption off",
        "sleep": "a lock that sleeps at once when it is held",
        "adaptive": "a lock that spins while its owner runs, and sleeps otherwise",
        "sleeping-spin": "a lock called a spin lock, which sleeps",
        "ceiling": "a lock whose holder has the priority of its highest user",
        "token": "a token, given up when its holder sleeps",
        "gate": "the gate of a domain that is serialised",
        "bh": "a lock of each CPU, which sleeps, around its sections without soft interrupts",
        "B1": "a big lock that spins, and is dropped when its holder sleeps",
        "B2": "a mutex around the handlers that are not mpsafe",
        "B3": "a big lock at each entry of the kernel, first come first served",
        "B4": "a big lock that is a token",
        "by-line": "the big lock is entered by level: for all handlers of what interrupted less than IPL_SCHED",
        "by-handler": "the big lock is entered for each handler that is not mpsafe",
        "restored": "while a lock is waited for, the level or flag is as it was",
    },
    "priority": {
        "P0": "the order of the hardware's levels, and threads after all of them",
        "P1": "a level is a priority of threads",
        "P2": "fixed for each thread",
        "shares": "among threads of one priority, who has run least",
        "chain": "whoever waits lends its priority, along the chain of owners",
        "step": "whoever waits lends its priority to the owner, and not to whom that one waits for",
        "none": "nobody lends",
        "immediate": "the ceiling of a lock is lent when it is taken",
        "donation": "whoever waits lends its budget of the CPU",
        "all": "a release wakes all who wait",
        "one": "a release wakes one",
        "handoff": "a release hands over to one",
        "global": "one queue of threads for all CPUs",
    },
    "preempt": {
        "R0": "never",
        "R1": "by carriers of interrupts only",
        "R2": "whenever no count forbids it",
        "R3": "nearly everywhere, in sections of locks too",
        "R4": "at points that are written for it",
        "real-time": "only for threads of real-time priority",
        "unlocked": "not while the big lock is held",
    },
    "overload": {
        "O0": "nothing",
        "O1": "so many in a row, and a pause",
        "O2": "a rate with hysteresis",
        "O3": "off if nearly all were nobody's",
        "O4": "a quota, and a thread for the rest",
        "O5": "a watchdog that tells",
        "O6": "a budget of the carrier",
        "O7": "the source stays masked until a thread has run",
        "O8": "all handlers are called at a low rate, unasked",
    },
}  # fmt: skip


def words(vector: Mapping[str, str], axis: str) -> frozenset[str]:
    """The codes of a vector on one axis."""
    return frozenset(vector.get(axis, "").split())


def unknown(vector: Mapping[str, str]) -> list[str]:
    """What is wrong with how a vector is written: axes and words that there are not."""
    wrong = [f"there is no axis `{axis}`" for axis in vector if axis not in VALUES]
    for axis in vector.keys() & VALUES.keys():
        wrong += [
            f"`{word}` is no choice on the axis `{axis}`" for word in vector[axis].split() if word not in VALUES[axis]
        ]
    return wrong


def differs(one: Mapping[str, str], other: Mapping[str, str]) -> tuple[str, ...]:
    """The axes on which two vectors differ."""
    return tuple(axis for axis in AXES if words(one, axis) != words(other, axis))
