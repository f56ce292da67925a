"""Contracts of users' functions, asserted when they are called: `@level` and `@context`.

The words of a contract are the driver's, and mean the same in all designs: a handler runs in a hard interrupt, even
where an interrupt thread carries it, and a softint in a soft one. What tells is the level that the kernel calls it at,
which it keeps for its own assertions.
"""

# ruff: noqa: PLR1714, SIM109 - `x in (a, b)` is outside the language

from __future__ import annotations

from splx.kernel.interface.axes import spl_level
from splx.kernel.interface.levels import IPL_SOFTBIO, IPL_SOFTCLOCK, IPL_SOFTNET, IPL_SOFTSERIAL
from splx.kernel.interface.lwp import ci
from splx.lang.kernel import HARDINT, IDLE, SOFTINT, THREAD, inline

IN_THREAD = 1 << THREAD
IN_SOFTINT = 1 << SOFTINT
IN_HARDINT = 1 << HARDINT
IN_IDLE = 1 << IDLE


@inline
def level_check(level: int) -> None:
    """A function with a `@level` is called."""
    assert spl_level() >= level, "called below the level of its contract"


@inline
def context_check(allowed: int) -> None:
    """A function with a `@context` is called. No design has a soft and a hard level of one number."""
    assert ci.curlwp.l_splfloor != 0 or allowed & (IN_IDLE if ci.curlwp is ci.idlelwp else IN_THREAD) != 0, (
        "called in a thread, which its contract excludes"
    )
    assert not soft_level(ci.curlwp.l_splfloor) or allowed & IN_SOFTINT != 0, (
        "called in a soft interrupt, which its contract excludes"
    )
    assert ci.curlwp.l_splfloor == 0 or soft_level(ci.curlwp.l_splfloor) or allowed & IN_HARDINT != 0, (
        "called in a hard interrupt, which its contract excludes"
    )


@inline
def soft_level(level: int) -> bool:
    """Whether it is a level of soft interrupts."""
    return level == IPL_SOFTCLOCK or level == IPL_SOFTBIO or level == IPL_SOFTNET or level == IPL_SOFTSERIAL
