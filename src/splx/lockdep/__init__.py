"""Lockdep: what can deadlock, and which rules of contexts are broken, from one run that went well.

    watch      the simulator's step, stopped where something of interest happens
    points     which places those are
    observe    who holds what, who waits for what, at which level
    order      interrupts that could come in elsewhere; circles are told from them by `splx.story.circles`
    findings   each as a diagnostic, with the places of all who take part

A finding is possible and not actual: nothing in the run went wrong. What the run did not do is not looked at, and the
verdict lists what was declared and never came up.
"""

from __future__ import annotations

from splx.lockdep.run import Run, Verdict, lockdep

__all__ = ["Run", "Verdict", "lockdep"]
