"""Threads that begin together: whoever checks what they do is not shown how each CPU started beside it."""

from __future__ import annotations

from splx.lang.kernel import Struct, atomic, i64, spin_while
from splx.machine.intrinsics import fetch_add


class Meeting(Struct):
    """How many have come."""

    here: i64 = atomic()


meeting = Meeting()


def meet(n: int) -> None:
    """Wait until `n` threads have come here, each on a CPU of its own: it is waited for by spinning."""
    fetch_add(meeting.here, 1)
    spin_while(meeting.here < n)
