"""The designs: one file each.

design("doran-2006")                    by name
design("doran-2006:line_at=IPL_NET")    with options
designs()                               all of them
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from splx.base.diagnostics import Diagnostic, SplxError
from splx.scenario import codes
from splx.scenario.designs.doran_2006 import DORAN_2006
from splx.scenario.designs.dragonfly import DRAGONFLY
from splx.scenario.designs.freebsd import FREEBSD
from splx.scenario.designs.linux import LINUX
from splx.scenario.designs.linux_napi_threaded import LINUX_NAPI_THREADED
from splx.scenario.designs.linux_rt import LINUX_RT
from splx.scenario.designs.linux_threadirqs import LINUX_THREADIRQS
from splx.scenario.designs.netbsd_5 import NETBSD_5
from splx.scenario.designs.netbsd_2006 import NETBSD_2006
from splx.scenario.designs.netbsd_2006_deferred import NETBSD_2006_DEFERRED
from splx.scenario.designs.qnx import QNX
from splx.scenario.designs.sel4 import SEL4
from splx.scenario.designs.solaris import SOLARIS
from splx.scenario.designs.textbook import TEXTBOOK
from splx.scenario.designs.thomas_2007 import THOMAS_2007
from splx.scenario.designs.windows import WINDOWS
from splx.scenario.designs.xnu import XNU

if TYPE_CHECKING:
    from collections.abc import Mapping

    from splx.scenario.design import Design

_DESIGNS = (
    NETBSD_2006,
    NETBSD_2006_DEFERRED,
    DORAN_2006,
    NETBSD_5,
    SOLARIS,
    FREEBSD,
    LINUX,
    LINUX_THREADIRQS,
    LINUX_NAPI_THREADED,
    LINUX_RT,
    THOMAS_2007,
    WINDOWS,
    DRAGONFLY,
    QNX,
    XNU,
    SEL4,
    TEXTBOOK,
)


def designs() -> dict[str, Design]:
    """Every design by name, with the defaults of its options."""
    return {each.name: each.configured({}) for each in _DESIGNS}


def design(text: str, options: Mapping[str, str] | None = None) -> Design:
    """The design of a name, perhaps with options behind it: `NAME:OPTION=CHOICE,...`.

    `options` come on top. SplxError S0301 for an unknown name, S0302 for an option it does not take.
    """
    name, _, rest = text.partition(":")
    found = {each.name: each for each in _DESIGNS}.get(name)
    if found is None:
        known = [each.name for each in _DESIGNS]
        near = difflib.get_close_matches(name, known, 1) or [each for each in known if name in each.split("-")]
        help_ = f"did you mean `{near[0]}`?" if near else f"there are {', '.join(known)}"
        raise SplxError(Diagnostic(codes.DESIGN, f"there is no design `{name}`", help=help_))
    given = dict(_option(each, text) for each in rest.split(",") if each)
    return found.configured({**given, **(options or {})})


def _option(text: str, whole: str) -> tuple[str, str]:
    name, equals, choice = text.partition("=")
    if not equals:
        message = f"the option `{text}` in `{whole}` has no value"
        raise SplxError(Diagnostic(codes.OPTION, message, help=f"write `{name}=CHOICE`"))
    return name.strip().replace("-", "_"), choice.strip()
