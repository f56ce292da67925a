"""Priorities of threads: higher runs first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splx.base.diagnostics import Diagnostic
from splx.kernel.interface.levels import PRI_SOFTCLOCK
from splx.scenario import codes
from splx.scenario.checks import is_int
from splx.scenario.scene import report

if TYPE_CHECKING:
    from splx.scenario.sites import Site


def check_priority(priority: object, site: Site, name: str = "priority", position: int = -1) -> int:
    """A priority that a thread may have; else S0110, and 0. Those of soft interrupts and above are the kernel's."""
    if is_int(priority) and isinstance(priority, int) and 0 <= priority < PRI_SOFTCLOCK:
        return priority
    message = f"`{name}` is {priority!r}, and priorities of threads are 0 to {PRI_SOFTCLOCK - 1}"
    report(Diagnostic(codes.PRIORITY, message, site.argument(name, position), help="higher runs first"))
    return 0
