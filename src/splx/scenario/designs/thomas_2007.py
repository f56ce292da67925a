"""thomas-2007: what Matt Thomas held against interrupt threads on 21 February 2007: handlers that schedule the rest.

A hard interrupt below IPL_AUDIO does no more than quiet its line. The handler of the driver is a continuation: it runs
in the pinned thread of a soft level, which may block on a lock but not sleep, and the line is opened when it has run.
Levels of software are thread priorities below the scheduler's level, and spin mutexes from there on; so a lock is
adaptive up to IPL_VM. Everything else is netbsd-5, which was built of the same parts in the same year.
"""

from __future__ import annotations

from dataclasses import replace

from splx.scenario.designs.doran_2006 import DORAN_2006
from splx.scenario.designs.netbsd_5 import NETBSD_5

THOMAS_2007 = replace(
    NETBSD_5,
    name="thomas-2007",
    title="Thomas's answer: handlers that quiet the line and schedule a continuation",
    choices={
        **NETBSD_5.choices,
        "flow": "mask + eoi, unmask when the continuation has run",
        "top half": "quiet and schedule; whole handler from IPL_AUDIO on",
        "carrier": "continuation in a borrowed pinned thread, one per soft level per CPU; interrupted context above",
        "lock": "level-raising spin from IPL_AUDIO, adaptive below; big lock around handlers that are not mpsafe",
        "overload": "masked until a continuation ran",
    },
    vector={**NETBSD_5.vector, "top half": "T0 T2", "carrier": "K1 K0", "overload": "O7"},
    published={},
    mechanisms=(*NETBSD_5.mechanisms, "carrier_continue"),
    spin_from="IPL_AUDIO",
    direct_from="IPL_AUDIO",
    options=(),
    apply=None,
    forbidden=DORAN_2006.configured({}).forbidden,
)
