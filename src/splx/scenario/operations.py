"""What one uncontended interrupt costs in operations, as published: the figures to which measured ones are held.

A situation is one of those of `splx.simulate.uncontended`:

    line     a level-triggered line at IPL_NET; its handler is not mpsafe
    edge     an edge-triggered one (MSI); its handler is mpsafe
    high     a level-triggered line at IPL_SERIAL, above whatever has a thread
    soft     what a soft interrupt that its handler asks for adds to `line`
    napi     a burst of one item at a line like `edge` whose handler has it polled, where the kernel has NAPI

A figure is a number or a range: `2`, `0-2`, `4+`; or accesses in their order, those in brackets if they are needed:
`mask eoi`, `(unmask)`. Columns that a source says nothing about are left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

SITUATIONS = {
    "line": "a level-triggered line at IPL_NET, handler not mpsafe",
    "edge": "an edge-triggered line at IPL_NET, handler mpsafe",
    "high": "a level-triggered line at IPL_SERIAL, handler mpsafe",
    "soft": "what a soft interrupt, scheduled by the handler of `line`, adds",
    "napi": "an edge-triggered line at IPL_NET, quieted and polled: one burst of one item",
}

COLUMNS = ("entry", "exit", "atomics", "stacks", "wakes", "switches")


@dataclass(frozen=True)
class Published:
    """Figures of one situation. `entry` and `exit` are accesses to the controller and the CPU's level before and after
    the handler looks at its device, such as `mask eoi`; `atomics` locked read-modify-writes; `stacks` switches of stack
    without the scheduler, `wakes` threads made runnable, `switches` switches of context through it.

    `source` is where they are from, as they can be looked up. `differs` says, column by column, why ours is another.

    Where a source has counted the `atomics` of some mechanisms alone, `own` names them, and `whose` says whose they
    are: how many of ours are those of their functions, and of the locks that these take, is told beside the reason.
    """

    source: str
    entry: str | None = None
    exit: str | None = None
    atomics: str | None = None
    stacks: str | None = None
    wakes: str | None = None
    switches: str | None = None
    differs: Mapping[str, str] = field(default_factory=dict)
    own: tuple[str, ...] = ()
    whose: str = ""


def within(published: str, measured: str | int) -> bool:
    """Whether a measured figure is the published one, or in its range."""
    if isinstance(measured, str):
        words = [re.escape(each.strip("()")) + " " for each in published.split()]
        wanted = [f"(?:{word})?" if "(" in each else word for word, each in zip(words, published.split(), strict=True)]
        return re.fullmatch("".join(wanted), "".join(f"{each} " for each in measured.split())) is not None
    least, dash, most = published.partition("-")
    if published.endswith("+"):
        return measured >= int(published[:-1])
    return int(least) <= measured <= int(most if dash else least)
