"""The knobs of the catalogue of bugs, entry by entry, and what turns each of them here: a reason where nothing does.

An entry is a bug that real kernels had; a knob is what of a kernel, or of what runs on it, makes it. Where more than
one is known each has a line. What turns it is a case and the words of one of its trials that finds the bug.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Knob:
    """`case` and `turned` are of a trial that finds it; where there is none `instead` says why, or where it is seen."""

    entry: str
    what: str
    case: str = ""
    turned: str = ""
    instead: str = ""


KNOBS = (
    Knob("a1", "what a lock masks is less than the levels of those who take it", "a1", "--set MASKS=0"),
    Knob("a2", "the second lock masks nothing", "a2", "--design textbook --set MASKS=0"),
    Knob("a4", "a spin lock does not stop preemption", "a4", "--set PREEMPT_OFF=0"),
    Knob("a6", "a level is restored as it was saved, not at the outermost release", "a6", "--design netbsd-2006"),
    Knob("a7", "an edge whose handler is in progress is waited for", "a7", "--design linux:edges=wait"),
    Knob("a9", "the big lock is taken below IPL_SCHED", "a9", "--design netbsd-2006"),
    Knob("a9", "the big lock is taken whatever was interrupted",
         instead="the same here as the line above: only another CPU interrupts IPL_SCHED there, and takes no lock"),
    Knob("a9", "no interrupt takes the big lock", instead="a cure: no handler may be without mpsafe (biglock_none)"),
    Knob("a12", "who wants the big lock counts as running", "a12", "--mutant m7"),
    Knob("a12", "no store fence before that is published", instead="makes no difference under TSO: test_wanted"),
    Knob("b1", "nobody minds a lock that may sleep under one that spins", "b1", "--mutant b1"),
    Knob("b4", "an interrupt thread may wait for a condition", "b4", "--mutant m17"),
    Knob("b5", "the level of a blocked thread stays open", "b5", "--design doran-2006 --mutant b5"),
    Knob("b5", "there are fewer threads than handlers that block", "b5_out", "--design doran-2006"),
    Knob("c1", "a release in two steps that nothing restarts", "c1", "--mutant exit-split"),
    Knob("c1", "each of five guards of a release without a locked operation", instead="a program: test_mutex_exit"),
    Knob("c2", "the look comes before the lock", "c2", "--set CAREFUL=0"),
    Knob("c2", "the lock is let go of before the queue", "c2", "--mutant c2"),
    Knob("c2", "nothing is masked from the look to the sleep", "c2_mask", "--set MASK=none"),
    Knob("c2", "preemption is, and interrupts are not", "c2_mask", "--set MASK=preempt"),
    Knob("c4", "the thread does not wait for the interrupt", "c4", "--design linux-threadirqs --mutant c4"),
    Knob("c5", "a line that comes while it is in progress is forgotten", "c5", "--design linux --mutant c5"),
    Knob("c8", "the flag is cleared after the handlers", "c8", "--design freebsd --set ITEMS=2 --mutant c8-late"),
    Knob("c8", "there is no second look", "c8", "--design freebsd --set ITEMS=2 --mutant c8-wait"),
    Knob("c8", "the state is looked at before the flag is set", "c8_moved", "--design freebsd --mutant c8-look"),
    Knob("c8", "the flag is cleared by a plain store", "c8_moved", "--design freebsd --mutant c8-relaxed --memory tso"),
    Knob("c11", "the acknowledgement comes after the look", "c11", "--set ACK_FIRST=0"),
    Knob("c14", "the level alone excludes", "c14", "--set LOCKED=0"),
    Knob("c15", "nobody waits for a callout's function", "c15", "--design freebsd --set HALTS=0"),
    Knob("d1", "a lock lends nothing", "d1", "--design linux-rt --mutant d1"),
    Knob("d3", "what is waited for has no owner", "d3", "--design textbook:lock=inherit --set OWNED=0"),
    Knob("d4", "who waits for a thread spins", "d4", "--design textbook:lock=inherit --set SLEEPS=0"),
    Knob("d5", "a soft section has no lock of its CPU",
         "d5", "--design linux-rt:bh=none --set PREEMPT_OFF=0 --set SOFT=1"),
    Knob("d5", "it has one, which is an inversion", instead="d1's, of a lock; how long it lasts is a matter of a run"),
    Knob("d6", "a blocked thread shuts what is below it", "d6", "--design solaris --set ASKS=1"),
    Knob("d7", "a line is opened when all are through", "d7", "--design qnx --set ASKS=1"),
    Knob("d7", "a line is opened when one is",
         instead="as e4: a level-triggered line whose other device is not quiet yet interrupts again and again"),
    Knob("e1", "packets are taken in the interrupt", "e1", "--set POLLS=0 --time 5ms"),
    Knob("e3", "nobody quiets the line", "e3", "--set HANDLED=0"),
    Knob("e4", "a line is not masked until its thread has run", "e4", "--design linux-threadirqs --mutant e4-oneshot"),
    Knob("e5", "rounds of soft interrupts have no limit", "e5", "--design linux --mutant e5"),
    Knob("e6", "soft work waits for a thread that runs", "e6", "--design linux:ksoftirqd=waits --set ASKS=1"),
    Knob("e7", "an edge whose handler is in progress is noted", "e7", "--design linux:edges=pend"),
    Knob("e9", "DPCs have no quota", "e9", "--design windows --set AGAIN=1"),
    Knob("e12", "nobody counts how often a line interrupts", "e12", "--design freebsd --time 3ms"),
)  # fmt: skip
