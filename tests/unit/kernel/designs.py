"""The smallest designs: slots linked by name to mechanisms, with a big lock that is not there."""

from __future__ import annotations

import importlib
import inspect

from splx.kernel.interface import axes, callout, locks, sched, sync
from splx.kernel.interface.lines import IntrHandler, IntrSource
from splx.lang.kernel import inline
from splx.lang.marks import marks_of

LEVELS = {
    "IPL_NONE": 0, "IPL_PREEMPT": 1, "IPL_SOFTCLOCK": 2, "IPL_SOFTBIO": 3, "IPL_SOFTNET": 4, "IPL_SOFTSERIAL": 5,
    "IPL_BIO": 6, "IPL_NET": 7, "IPL_TTY": 8, "IPL_VM": 9, "IPL_AUDIO": 10, "IPL_CLOCK": 11, "IPL_SCHED": 11,
    "IPL_SERIAL": 12, "IPL_IPI": 13, "IPL_HIGH": 14, "IPL_BIGLOCK": 9, "IPL_FLAG": 16,
}  # fmt: skip
CONSTS = LEVELS | {
    "IPL_DIRECT": 0, "IPI_BASE": 8, "KPREEMPT_PRI": 128, "NCPU": 2, "NIRQ": 64, "NBITS": 32, "RQ_SHIFT": 5,
    "RQ_COUNT": 8, "TS_CHAINS": 1, "SLEEP_HASHES": 1, "SPL_STOP": 0, "INTR_SLEEP": 0,
    "SCHED_SLICE": 10, "FIFO_PRI": 256, "ANY_START": 0, "IRQ_MOVES": 0,
    "TS_LEND": 2, "MTX_HANDOFF": 0, "LOCKED_SLEEP": 1, "UNPREEMPTED_SLEEP": 1, "RAISED_SLEEP": 1,
    "WQ_POOLS": 0, "BIGLOCK_RULE": 0,
    "KLOCK_SHUT": 0, "LEVEL_MASKS": 0,
}  # fmt: skip


def functions(module):
    return {name: f for name, f in vars(module).items() if inspect.isfunction(f) and f.__module__ == module.__name__}


SLOTS = {
    name
    for module in (axes, locks, sched, sync, callout)
    for name, f in functions(module).items()
    if "slot" in marks_of(f)
}  # fmt: skip


def slots(*mechanisms, **others):
    """Bodies by slot: those of the mechanisms, by name; later ones and `others` take the place of earlier ones."""
    found = dict(NO_BIG_LOCK)
    for name in mechanisms:
        module = importlib.import_module(f"splx.kernel.{name}")
        found |= {each: f for each, f in functions(module).items() if each in SLOTS}
    return found | others


@inline
def biglock_line_enter(s: IntrSource, old: int) -> bool:
    return False


@inline
def biglock_line_exit(s: IntrSource) -> None:
    return


@inline
def biglock_handler_enter(ih: IntrHandler) -> bool:
    return False


@inline
def biglock_handler_exit(ih: IntrHandler) -> None:
    return


@inline
def kernel_lock() -> None:
    return


@inline
def kernel_unlock() -> None:
    return


@inline
def kernel_unlock_all() -> int:
    return 0


@inline
def kernel_unlock_block() -> int:
    return 0


@inline
def kernel_relock(holds: int) -> None:
    return


@inline
def kernel_relock_block(holds: int) -> None:
    return


@inline
def kernel_locked_p() -> bool:
    return False


NO_BIG_LOCK = {
    each.__name__: each
    for each in (
        biglock_line_enter, biglock_line_exit, biglock_handler_enter, biglock_handler_exit, kernel_lock, kernel_unlock,
        kernel_unlock_all, kernel_unlock_block, kernel_relock_block, kernel_relock, kernel_locked_p,
    )
}  # fmt: skip
