"""napi(9): a device that is polled while there is much to do, and interrupts while there is little.

A driver declares a poll routine with a weight. Its handler keeps the device from interrupting and calls
`napi_schedule`; soon afterwards the routine is called, in a soft interrupt, with a budget. It takes at most so many
items, and returns how many. If those are fewer than the budget nothing is left: it calls `napi_complete`, and lets
the device interrupt again if that says so.

What the builder of a system fills:

    Napi.n_softint            poll routines that are soft interrupts: that of this one, whose argument it is
    Napi.n_lwp                those that are threads: the thread, whose argument it is
    netrx.softint             poll lists: the softint at IPL_SOFTNET whose function is `napi_action`
"""

from __future__ import annotations

from collections.abc import Callable

from splx.kernel.interface.levels import NODEV
from splx.kernel.interface.lines import Softint
from splx.kernel.interface.lwp import Lwp
from splx.lang.kernel import Struct, atomic, i16, i64, slot, u8

# n_state
NAPI_SCHED = 1  # it is polled, or will be, by whoever set this
NAPI_MISSED = 2  # it was asked for meanwhile


class Napi(Struct):
    """napi_struct."""

    # set when declared
    n_func: Callable[[int, int], int]  # called with its argument and the budget
    n_arg: i64
    n_weight: i16
    n_dev: i16 = NODEV  # whose popped items are done when a poll returns
    n_softint: Softint
    n_lwp: Lwp
    # atomic: who asks, and who polls
    n_state: u8 = atomic()
    # who polls; while it is on a list, its CPU, interrupts off
    n_next: Napi


class NetRx(Struct):
    """The soft interrupt that polls."""

    softint: Softint


netrx = NetRx()


@slot
def napi_schedule(n: Napi) -> None:
    """Have `n` polled soon, on this CPU if nobody polls it yet. Any context; the device does not interrupt by now."""


@slot
def napi_complete(n: Napi) -> bool:
    """In a poll that has found less than its budget: `n` is polled no more. False if it is asked for again already."""


@slot
def napi_action(where: int) -> None:
    """The soft interrupt: poll what is on the list, or the one at address `where`."""


@slot
def napi_loop(where: int) -> None:
    """What the thread of the one at address `where` does for ever; it is parked at first."""
