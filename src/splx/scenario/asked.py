"""Mutants of how soft work or a thread is asked for: case C8, and the queue of DPCs that two CPUs share."""

from __future__ import annotations

from splx.scenario.mutation import Edit, Mutant

ASKED = (
    Mutant(
        "c8",
        "a softint counts as pending until it returns",
        "what comes after it has looked schedules nothing",
        (
            Edit(
                "softint",
                "        softq_remove(k, node)\n        sq.pending[node - SOFTS] = 0\n",
                "        softq_remove(k, node)\n",
            ),
            Edit(
                "softint",
                "        softint_call(softints.softint[node - SOFTS])\n",
                "        softint_call(softints.softint[node - SOFTS])\n        sq.pending[node - SOFTS] = 0\n",
            ),
        ),
    ),
    Mutant(
        "c8-dpc",
        "a DPC counts as queued until it returns",
        "what comes after it has looked queues nothing",
        (
            Edit("dpc", "    dpcs.queued[si.si_index] = 0\n", ""),
            Edit("dpc", "    dpc_call(si, level)\n", "    dpc_call(si, level)\n    dpcs.queued[si.si_index] = 0\n"),
        ),
        design="windows",
    ),
    Mutant(
        "c8-late",
        "an interrupt thread is needed no more when it has run its handlers",
        "what comes after they have looked is forgotten",
        (
            Edit(
                "intr_event",
                """\
        while cas(s.is_need, 1, 0):
            ithread_execute_handlers(s)
""",
                """\
        while s.is_need != 0:
            ithread_execute_handlers(s)
            s.is_need = 0
""",
            ),
        ),
        design="freebsd",
    ),
    Mutant(
        "c8-wait",
        "an interrupt thread does not look again, under its lock, whether it is needed",
        "an interrupt that comes just before finds that it does not wait yet",
        (
            Edit(
                "intr_event",
                """\
    if s.is_need != 0:
        lwp_unlock(l)
        return
""",
                "",
            ),
        ),
        design="freebsd",
    ),
    Mutant(
        "c8-look",
        "an interrupt looks whether the thread of its line waits before it says that the thread is needed",
        "the thread has seen that it is not needed, and waits when that is said",
        (
            Edit("intr_event", "    s.is_need = 1\n    l = s.is_lwp\n", "    l = s.is_lwp\n"),
            Edit("intr_event", "    mutex_spin_exit(lock)\n", "    mutex_spin_exit(lock)\n    s.is_need = 1\n"),
        ),
        design="freebsd",
    ),
    Mutant(
        "c8-relaxed",
        "an interrupt thread says by a plain store that it is needed no more",
        "the store waits in a buffer while the handler looks, and wipes out what an interrupt says meanwhile",
        (
            Edit(
                "intr_event",
                """\
        while cas(s.is_need, 1, 0):
            ithread_execute_handlers(s)
""",
                """\
        while s.is_need != 0:
            s.is_need = 0
            ithread_execute_handlers(s)
""",
            ),
        ),
        memory="tso",
        design="freebsd",
    ),
    Mutant(
        "dpc-look",
        "a CPU looks at its queue of DPCs again without a fence after it has said that it is not at it",
        "who puts a call there sees it at the queue still, and it does not see the call",
        (Edit("dpc", "        if DPC_TARGETS != 0:\n            fence()\n", ""),),
        memory="tso",
        design="windows",
    ),
    Mutant(
        "dpc-sent",
        "who puts a DPC on another CPU's queue looks without a fence whether that CPU is at it",
        "that CPU has looked before the call is seen to be there",
        (Edit("dpc_target", "        fence()\n", ""),),
        memory="tso",
        design="windows",
    ),
)
