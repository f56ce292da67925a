"""What levels a scenario may name, and for what."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from splx.base.diagnostics import Diagnostic
from splx.lang.links import LinkConst
from splx.scenario import codes
from splx.scenario.scene import report

if TYPE_CHECKING:
    from splx.scenario.sites import Site

#: Soft levels and the numbers by which the kernel's tables know them.
SOFT = {"IPL_SOFTCLOCK": 0, "IPL_SOFTBIO": 1, "IPL_SOFTNET": 2, "IPL_SOFTSERIAL": 3}

#: Levels at which a device may interrupt, low to high in the order of netbsd-5.
HARD = (
    "IPL_BIO",
    "IPL_NET",
    "IPL_TTY",
    "IPL_VM",
    "IPL_AUDIO",
    "IPL_CLOCK",
    "IPL_SCHED",
    "IPL_SERIAL",
    "IPL_HIGH",
)

#: Levels at which a timer may release a thread: waking takes the scheduler's locks, which handlers above them may not.
TIMER = HARD[: HARD.index("IPL_SCHED") + 1]

#: Levels that a lock may be declared with.
LOCK = ("IPL_NONE", *SOFT, *HARD)


def level_name(level: object, known: tuple[str, ...], site: Site, position: int, what: str) -> str:
    """The name of `level`, which must be one of `known`; else S0102, and the first of them."""
    name = level.name if isinstance(level, LinkConst) else ""
    if name in known:
        return name
    shown = name or repr(level)
    near = difflib.get_close_matches(shown, known, 1)
    help_ = f"did you mean `{near[0]}`?" if near else f"{what} has one of {', '.join(known)}"
    message = f"`{shown}` is no level of {what}"
    report(Diagnostic(codes.LEVEL, message, site.argument("level", position), help=help_))
    return known[0]
