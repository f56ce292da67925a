"""The catalogue of bugs: which files there are, the knobs that make each bug, and what is found then.

A case is a scenario of the library, `cases/a9`. A *trial* is a way to check it; one that finds nothing is the cure.
Where the rule is about time the trial is a run, and the rule is the deadlines that the scenario declares.
"""

from __future__ import annotations

import ast
import difflib
from dataclasses import dataclass, field
from pathlib import Path

from splx.base.diagnostics import Diagnostic, SplxError
from splx.scenario import codes
from splx.scenario.load import LIBRARY

DESIGN = "netbsd-5"
MISSED = "missed"
SHORT = "5ms"
INHERIT = "textbook:lock=inherit"


@dataclass(frozen=True)
class Trial:
    """A check of a case: under which kernel, with which parameters and mutants, under which memory model.

    `finds` is the code of the finding, and `why` is in its sentence; without one it holds. With a `time` it is a run of
    that length, on the usual machine with seed 1: `finds` is MISSED, and `why` the source that misses its deadline;
    without one nobody misses any. Of a check `seen` is the code of what `splx run` says of it in SHORT on the usual
    machine, "" if it does not come to that.
    """

    design: str = DESIGN
    settings: tuple[tuple[str, str], ...] = ()
    mutants: tuple[str, ...] = ()
    memory: str = "sc"
    finds: str = ""
    why: str = ""
    time: str = ""
    seen: str = ""

    def knob(self) -> str:
        """The options that say it, those left out that are as usual."""
        words = [f"--design {self.design}"] if self.design != DESIGN else []
        words += [f"--set {name}={value}" for name, value in self.settings]
        words += [f"--mutant {each}" for each in self.mutants]
        words += [f"--time {self.time}"] if self.time else []
        return " ".join(words + ([f"--memory {self.memory}"] if self.memory != "sc" else []))

    def outcome(self) -> str:
        """What comes of it, in words."""
        if self.time:
            return f"in a run {self.why or 'nobody'} misses {'its' if self.why else 'a'} deadline"
        shown = f"; a run shows it: {self.seen}" if self.seen else ""
        return f"{self.finds}: {self.why}{shown}" if self.finds else "holds"


@dataclass(frozen=True)
class Case:
    """A bug: the name of its file, whose guard it is about, and the trials. What is wrong comes first."""

    name: str
    mechanism: str
    trials: tuple[Trial, ...] = field(default=())

    @property
    def file(self) -> Path:
        """Where it is."""
        return LIBRARY / "cases" / f"{self.name}.py"

    @property
    def essay(self) -> str:
        """What its file says of itself."""
        return ast.get_docstring(ast.parse(self.file.read_text(encoding="utf-8"))) or ""

    @property
    def title(self) -> str:
        """Its first sentence, without the name."""
        return self.essay.splitlines()[0].partition(": ")[2]

    def command(self, trial: Trial) -> str:
        """How to make a trial."""
        return " ".join(["splx", "run" if trial.time else "check", f"cases/{self.name}", *filter(None, [trial.knob()])])


def _set(**values: object) -> tuple[tuple[str, str], ...]:
    return tuple((name, str(value)) for name, value in values.items())


TWO_EACH = "doran-2006:threads=2"
OLD = "netbsd-2006"
RT = "linux-rt"
POOLS = "linux"
ITSELF = "locking against myself"

CASES = (
    Case("a1", "level of a lock", (
        Trial(settings=_set(MASKS=0), finds="R0001", why="spin mutex of a level below its handler's", seen="K0001"),
        Trial(OLD, _set(MASKS=0), finds="R0001", why=ITSELF),
        Trial(), Trial(OLD),
    )),
    Case("a2", "level of a lock", (
        Trial("textbook", _set(MASKS=0), finds="R0002", why="interrupts of CPU 1 spin on entry.word for ever"),
        Trial("textbook"),
    )),
    Case("a2_order", "level of a lock", (
        Trial("textbook", _set(MASKS=0), finds="R0037", why="one holds table when interrupts of CPU 1 come in, which"),
        Trial("textbook"),
    )),
    Case("a4", "disabling of preemption", (
        Trial(settings=_set(PREEMPT_OFF=0), finds="R0003", why="high spins on lock.word for ever"),
        Trial(),
    )),
    Case("a6", "mutex_spin; simplelock_2006", (
        Trial(OLD, finds="R0001", why=ITSELF),
        Trial(),
    )),
    Case("a7", "irq_chip", (
        Trial("linux:edges=wait", finds="R0003", why="interrupts of CPU 1 spin on irqs.of[0].busy for ever"),
        Trial("linux"),
    )),
    Case("a9", "biglock_2006; level of a lock", (
        Trial(OLD, finds="R0002", why="interrupts of CPU 0 spin on klock.lk_flags for ever"),
        Trial(OLD, _set(HELD="sched")), Trial(),
    )),
    Case("a12", "kernel_lock, mutex_adaptive", (
        Trial(mutants=("m7",), finds="R0003", why="owner spins on biglock.word for ever", seen="K0014"),
        Trial(),
    )),
    Case("b1", "mutex_adaptive, switch: assertions", (
        Trial(finds="R0001", why="adaptive mutex while a spin mutex is held", seen="K0001"),
        Trial(mutants=("b1",), finds="R0001", why="blocked while holding a spin mutex", seen="K0001"),
        Trial(settings=_set(NESTED=0)),
    )),
    Case("b4", "condvar: assertion", (
        Trial(mutants=("m17",), finds="R0003", why="softnet/0 sleeps on ready and nobody can wake it", seen="K0014"),
        Trial(finds="R0001", why="cv_wait in a softint or interrupt thread", seen="K0001"),
        Trial(settings=_set(WAITS=0)),
    )),
    Case("b5", "ithread", (
        Trial("doran-2006", mutants=("b5",), finds="R0001", why="busy frame"),
        Trial("doran-2006"),
    )),
    Case("b5_again", "ithread_pool", (
        Trial(TWO_EACH, mutants=("pool-again",), finds="R0001", why="the handler is in the middle of itself"),
        Trial(TWO_EACH),
    )),
    Case("b5_out", "ithread; ithread_pool", (
        Trial("doran-2006", finds="R0003", why="an item of disk is never taken"),
        Trial(TWO_EACH, _set(BOTH=1), finds="R0003", why="intr7/0.2 sleeps on lock and nobody can wake it"),
        Trial(TWO_EACH),
    )),
    Case("c1", "mutex_adaptive", (
        Trial(mutants=("exit-split",), finds="R0004", why="waiter sleeps on lock and nobody can wake it"),
        Trial(),
    )),
    Case("c2", "condvar", (
        Trial(settings=_set(CAREFUL=0), finds="R0004", why="taker sleeps on filled and nobody can wake it"),
        Trial(mutants=("c2",), finds="R0022", why="a data race on filled.cv_waiters"),
        Trial(),
    )),
    Case("c2_mask", "condvar: level", (
        Trial(settings=_set(MASK="none"), finds="R0004", why="taker sleeps on filled and nobody can wake it"),
        Trial(settings=_set(MASK="preempt"), finds="R0004", why="taker sleeps on filled and nobody can wake it"),
        Trial(),
    )),
    Case("c4", "irq_thread", (
        Trial("linux-threadirqs", mutants=("c4",), finds="R0022", why="a data race on shared.id_oneshot"),
        Trial("linux-threadirqs"),
    )),
    Case("c5", "irq_chip", (
        Trial("linux", mutants=("c5",), finds="R0005", why="an item of card is never taken"),
        Trial("linux"), Trial("linux-threadirqs"),
    )),
    Case("c8", "softint; intr_event; dpc", (
        Trial(mutants=("c8",), finds="R0002", why="user spins on box.taken for ever"),
        Trial("windows", mutants=("c8-dpc",), finds="R0002", why="user spins on box.taken for ever"),
        Trial("freebsd", _set(ITEMS=2), ("c8-late",), finds="R0002", why="an item of card is never taken"),
        Trial("freebsd", _set(ITEMS=2), ("c8-wait",), finds="R0002", why="an item of card is never taken"),
        Trial(), Trial("windows"), Trial("freebsd", _set(ITEMS=2)),
    )),
    Case("c8_moved", "intr_event", (
        Trial("freebsd", mutants=("c8-look",), finds="R0003", why="balancer spins on box.taken for ever"),
        Trial("freebsd", mutants=("c8-relaxed",), memory="tso", finds="R0003", why="balancer spins on box.taken"),
        Trial("freebsd", memory="tso"),
    )),
    Case("c11", "order of two stores", (
        Trial(settings=_set(ACK_FIRST=0), finds="R0003", why="receiver spins on bell.rings for ever"),
        Trial(),
    )),
    Case("c14", "level, or lock", (
        Trial(settings=_set(LOCKED=0), finds="R0001", why="an update is lost", seen="K0001"),
        Trial(),
    )),
    Case("c15", "callout", (
        Trial("freebsd", _set(HALTS=0), finds="R0001", why="used after it was freed"),
        Trial("freebsd", _set(AGAIN=1), ("callout-moves",), finds="R0001", why="used after it was freed"),
        Trial("freebsd", _set(ITSELF=1), ("callout-itself",), finds="R0001", why="used after it was freed"),
        Trial("freebsd", _set(AGAIN=1)), Trial("freebsd", _set(ITSELF=1)),
    )),
    Case("d1", "textbook_lock; kmutex; rtmutex", (
        Trial("textbook", finds="R0002", why="high sleeps on lock and nobody can wake it", seen="K0014"),
        Trial("windows", finds="R0002", why="high sleeps on lock and nobody can wake it", seen="K0014"),
        Trial(RT, mutants=("d1",), finds="R0002", why="high sleeps on lock and nobody can wake it", seen="K0014"),
        Trial(INHERIT), Trial(RT),
    )),
    Case("d3", "pool; textbook_lock", (
        Trial(INHERIT, _set(OWNED=0), finds="R0002", why="high sleeps on pool and nobody can wake it", seen="K0014"),
        Trial(INHERIT),
    )),
    Case("d3_readers", "rwlock, rwlock_rt", (
        Trial(settings=_set(WRITES=0), finds="R0002", why="high sleeps on table and nobody can wake it", seen="K0014"),
        Trial(RT, _set(WRITES=0), finds="R0002", why="high sleeps on table and nobody can wake it", seen="K0014"),
        Trial(), Trial(RT),
    )),
    Case("d4", "spin_while; textbook_lock, rtmutex", (
        Trial(INHERIT, _set(SLEEPS=0), finds="R0002", why="high spins on box.busy for ever", seen="K0014"),
        Trial(RT, _set(SLEEPS=0), finds="R0002", why="high spins on box.busy for ever", seen="K0014"),
        Trial(INHERIT), Trial(RT),
    )),
    Case("d5", "disabling of preemption; softirq_rt", (
        Trial(settings=_set(PREEMPT_OFF=0), finds="R0022", why="a data race on queue.length"),
        Trial("linux-rt:bh=none", _set(PREEMPT_OFF=0, SOFT=1), finds="R0022", why="a data race on queue.length"),
        Trial(), Trial(RT, _set(PREEMPT_OFF=0, SOFT=1)),
    )),
    Case("d6", "ithread: the clamp", (
        Trial("solaris", _set(ASKS=1), finds="R0005", why="an item of disk is never taken", seen="K0014"),
        Trial("solaris", finds=MISSED, why="disk", time="2ms"),
        Trial("freebsd", time="2ms"), Trial("freebsd", _set(ASKS=1)),
    )),
    Case("d7", "ist; intr_event; workloop", (
        Trial("qnx", _set(ASKS=1), finds="R0002", why="an item of card is never taken", seen="K0014"),
        Trial("qnx", finds=MISSED, why="card", time="2ms"), Trial("freebsd", finds=MISSED, why="card", time="2ms"),
        Trial("xnu", finds=MISSED, why="card", time="2ms"),
        Trial("qnx", _set(SHARED=0), time="2ms"), Trial("freebsd", _set(SHARED=0), time="2ms"),
        Trial("xnu", _set(SHARED=0), time="2ms"), Trial("qnx", _set(ASKS=1, SHARED=0)),
    )),
    Case("e1", "the driver; napi, napi_softint", (
        Trial("linux", _set(POLLS=0), finds=MISSED, why="card", time="5ms"),
        Trial(settings=_set(POLLS=0), finds=MISSED, why="card", time="5ms"),
        Trial("linux", time="5ms"), Trial(time="5ms"),
    )),
    Case("e3", "the driver; spurious", (
        Trial(settings=_set(HANDLED=0), finds="R0038", why="takes the interrupt of card again and again", seen="W0402"),
        Trial("linux:irqdebug=3", _set(HANDLED=0), finds="R0005", why="an item of card is never taken", seen="W0402"),
        Trial(),
    )),
    Case("e4", "flow_mask; flow_event; irq_thread", (
        Trial("doran-2006", mutants=("e4",), finds="R0001", why="a line that is held interrupts again", seen="K0001"),
        Trial("dragonfly", mutants=("e4",), finds="R0001", why="a line that is held interrupts again", seen="K0001"),
        Trial("qnx", mutants=("e4-ist",), finds="R0038", why="takes the interrupt of card again", seen="W0401"),
        Trial("freebsd", mutants=("e4-event",), finds="R0038", why="takes the interrupt of card again", seen="W0401"),
        Trial("linux-threadirqs", mutants=("e4-oneshot",), finds="R0038", why="interrupt of card", seen="W0401"),
        Trial("doran-2006"), Trial("dragonfly"), Trial("qnx"), Trial("freebsd"), Trial("linux-threadirqs"),
    )),
    Case("e5", "softirq", (
        Trial("linux", mutants=("e5",), finds="R0003", why="user is ready and no CPU can ever run it"),
        Trial("linux"),
    )),
    Case("e6", "softirq; napi_thread", (
        Trial("linux:ksoftirqd=waits", _set(ASKS=1), finds="R0003", why="job spins on box.expired", seen="W0401"),
        Trial("linux:ksoftirqd=waits", finds=MISSED, why="timer", time="10ms"),
        Trial("linux", finds=MISSED, why="job", time="10ms"),
        Trial("linux-napi-threaded", time="10ms"), Trial("linux", _set(ASKS=1)),
    )),
    Case("e7", "irq_chip", (
        Trial("linux:edges=pend", finds="R0032", why="`user_is_through` is to be true eventually, and is not"),
        Trial("linux:edges=wait"),
    )),
    Case("e8", "tasklet", (
        Trial("linux", _set(OFF=1), finds="R0005", why="an item of card is never taken"),
        Trial("linux"), Trial("linux:tasklets=bh", _set(OFF=1)),
    )),
    Case("e9", "softint; dpc", (
        Trial(settings=_set(AGAIN=1), finds="R0003", why="user is ready and no CPU can ever run it"),
        Trial("windows", _set(AGAIN=1), finds="R0003", why="user is ready and no CPU can ever run it"),
        Trial(),
    )),
    Case("e13", "intr_disestablish", (
        Trial("freebsd", mutants=("e13",), finds="R0001", why="an interrupt is at a handler that was freed"),
        Trial("freebsd", mutants=("e13-fence",), memory="tso", finds="R0001", why="at a handler that was freed"),
        Trial("freebsd", mutants=("e13-phase",), finds="R0003", why="driver spins on a word for ever"),
        Trial("freebsd", _set(TWO=1), finds="R0001", why="idle phase has activity"),
        Trial("freebsd", memory="tso"),
    )),
    Case("e10", "workqueue; kworker", (
        Trial(
            "linux:workqueue=thread", _set(BEFORE=1), finds="R0004", why="user sleeps on done and nobody can wake it",
        ),
        Trial(POOLS, mutants=("e10",), finds="R0004", why="user sleeps on done and nobody can wake it"),
        Trial(POOLS),
    )),
    Case("e12", "intr_event; lwkt_livelock", (
        Trial("freebsd", finds=MISSED, why="job", time="3ms"),
        Trial("dragonfly", finds=MISSED, why="job", time="3ms"),
        Trial("freebsd:storm=3", time="3ms"),
        Trial("dragonfly:livelock=50", time="3ms"),
    )),
)  # fmt: skip


def case(name: str) -> Case:
    """The case of that name. SplxError S0307 if there is none."""
    for each in CASES:
        if each.name == name.lower():
            return each
    near = difflib.get_close_matches(name, [each.name for each in CASES], 1)
    advice = f"did you mean `{near[0]}`?" if near else "`splx cases` lists them"
    raise SplxError(Diagnostic(codes.CASE, f"there is no case `{name}`", help=advice))
