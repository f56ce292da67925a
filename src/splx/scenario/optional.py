"""Calls of which a scenario says that where a kernel has none, what comes in its place will do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from splx.base.diagnostics import Diagnostic
from splx.scenario import codes
from splx.scenario.calls import HEADS
from splx.scenario.scene import current, report
from splx.scenario.sites import here


def optional(*calls: Callable[..., Any]) -> None:
    """Where a kernel has no such call it may do what comes nearest, or nothing: a warning then, where it was refused.

    `optional(kernel_lock)` in a driver whose locks are its own as well, and which takes the big lock for old kernels.
    What goes with a call, as `kernel_unlock` does with that one, goes with it here, too. SplxError S0109 for what is no
    call of the kernel.
    """
    site = here()
    scenario = current("what is optional", site)
    for number, call in enumerate(calls):
        name = getattr(call, "__name__", "")
        if name in HEADS:
            scenario.optional.add(HEADS[name])
        else:
            message = f"`{name or call}` is no call of the kernel, which alone can be optional"
            where = site.argument("", number)
            report(Diagnostic(codes.ARGUMENT, message, where, help="give the function itself: `optional(kernel_lock)`"))
