"""Random scenarios as text that is always right: whatever kernel runs them, no rule is broken and all work ends.

What makes them right:

- locks are numbered by level and taken in that order; a handler takes none below its own level
- nobody sleeps with a lock but the one it waits with, nor above IPL_NONE
- what is woken for is counted under the lock; every loop over items ends when there is none
- every device ends after some arrivals, every thread after some rounds or in a wait
- what a design cannot have excludes that design alone: `legal`. It may be a lock below the level at which a design puts
  its user, a thread bound to a CPU where all share a queue, a spin lock below an interrupt that waits for the big lock,
  or more levels than there are vectors where lines are handed over
"""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import strategies as st

from splx.machine.state import VECTORS
from splx.scenario.calls import How, answer

#: Levels of locks, low to high in every design, but for the soft ones of 2006.
SOFT = ("IPL_SOFTCLOCK", "IPL_SOFTBIO", "IPL_SOFTNET", "IPL_SOFTSERIAL")
HARD = ("IPL_BIO", "IPL_NET", "IPL_TTY", "IPL_VM", "IPL_AUDIO", "IPL_CLOCK", "IPL_SERIAL")
ORDER = ("IPL_NONE", *SOFT, *HARD)
WAKING = ORDER[: ORDER.index("IPL_CLOCK") + 1]  # a handler above IPL_SCHED wakes nobody

TIMES = (
    "Constant(ns(800))",
    "Constant(us(3))",
    "Exponential(us(2))",
    "Uniform(us(1), us(4))",
    "Constant(us(12))",
    "Constant(0)",
)
PRIORITIES = ("20", "PRI_USER", "PRI_KERNEL + 3", "PRI_KTHREAD", "PRI_USER_RT", "PRI_KERNEL_RT + 5")
HEAD = '''"""Generated."""
from splx.scenario import *

optional(kernel_lock, splraise)


class Shared(Struct):
    """Words of all."""

    asked: Array[i64] = array(8)
    queued: Array[i64] = array(16)
    ready: Array[i64] = array(64)
    head: Array[i64] = array(8)
    tail: Array[i64] = array(8)
    item: Array[i64] = array(512)


shared = Shared()


def later(n: int) -> None:
    shared.queued[n] = 0
    work(ns(700))


pool = Pool("pool", 2, ceiling=PRI_KERNEL_RT + 20)
'''


@dataclass
class Built:
    """A scenario; prints as its text. `uses` are (level of a user, number of a lock)."""

    text: str
    cpus: int
    ties: int
    locks: list[str]
    uses: list[tuple[str, int]]
    handlers: list[tuple[str, bool]]
    softs: list[str]
    #: Every item is worth the same work, whoever comes first: nothing coalesces, nothing is tried.
    steady: bool = True
    #: Comes to rest by itself.
    ends: bool = True
    closed: list[str] = field(default_factory=list)
    #: Some thread is bound to a CPU.
    bound: bool = False
    #: Some line is sent to another CPU.
    moves: bool = False

    def __repr__(self):
        return f"cpus {self.cpus}, ties {self.ties}\n{self.text}"

    def _repr_pretty_(self, printer, cycle):
        """How Hypothesis shows it."""
        printer.text(repr(self))

    def legal(self, design):
        """Whether a kernel of this design may be given the scenario."""
        level = design.level
        if any(level(user) > level(self.locks[lock]) for user, lock in self.uses):
            return False
        if self.bound and design.global_queue:
            return False
        if self.moves and answer(design, "interrupt_distribute").how is How.REFUSED:
            return False
        if design.has("biglock_forward") and self._vectors(design) > VECTORS:
            return False
        if design.has("giant") and any(
            level(design.direct_from) <= level(each) <= level("IPL_VM") and not mpsafe for each, mpsafe in self.handlers
        ):
            return False
        return not any(
            level(taker) > level(lock)
            for taker in self._big_lockers(design)
            for lock in self.locks
            if level(lock) >= level(design.spin_from)
        )

    def _vectors(self, design):
        """At most so many are wanted where lines are handed over: for their levels, soft ones, preemption, the poke."""
        handed = {design.level(each) for each, _ in self.handlers if design.level(each) < design.level("IPL_SCHED")}
        return len(handed) + len({"IPL_SOFTCLOCK", *self.softs}) + 2

    def _big_lockers(self, design):
        """Levels at which an interrupt may wait for the big lock: no spin lock may be held below them."""
        if design.has("biglock_2006") and self.cpus > 1:
            below = [each for each, _ in self.handlers if design.level(each) < design.level("IPL_SCHED")]
            return self.softs if design.has("biglock_defer", "biglock_forward") else [*below, *self.softs]
        if design.has("biglock_handler"):
            top = design.level("IPL_VM")
            return [each for each, mpsafe in self.handlers if not mpsafe and design.level(each) <= top]
        return []


class Writer:
    """Writes a scenario, asking `below(n)` for every choice."""

    def __init__(self, below):
        self.below = below
        self.out = [HEAD]
        self.steady, self.ends, self.moves = True, True, False
        self.uses, self.handlers, self.softs, self.closed = [], [], [], []
        self.tokens = {}  # lock -> numbers of what is counted under it
        self.dists = 0
        self.works = 0
        self.queue_level = None

    def one_of(self, items):
        return items[self.below(len(items))]

    def maybe(self, of=2):
        return self.below(of) == 0

    def dist(self):
        self.out.append(f"D{self.dists} = {self.one_of(TIMES)}")
        self.dists += 1
        return f"D{self.dists - 1}"

    # ---- the whole

    def scenario(self):
        self.cpus = cpus = 1 + self.below(4)
        self.binding, self.bound = self.maybe(), False
        devices = 1 + self.below(4)
        self.levels = [self.one_of(HARD) for _ in range(devices)]
        self.make_locks()
        self.make_soft()
        self.make_workqueue()
        for number in range(devices):
            self.device(number)
        for number in range(1 + self.below(4)):
            self.thread(number)
        self.servers()
        if self.maybe(6):
            self.periodic()
        return Built("\n".join(self.out) + "\n", cpus, self.below(3), self.locks, self.uses, self.handlers, self.softs,
                     self.steady, self.ends, self.closed, self.bound, self.moves)  # fmt: skip

    def make_locks(self):
        """Usually of levels that every design allows on several CPUs: none, or that of the highest handler."""
        highest = max(ORDER.index(each) for each in self.levels)
        usual = ("IPL_NONE", *ORDER[highest:]) if self.cpus > 1 and not self.maybe(4) else ORDER
        levels = sorted((self.one_of(usual) for _ in range(1 + self.below(3))), key=ORDER.index)
        self.locks = levels
        for number, level in enumerate(levels):
            self.out.append(f'm{number} = Mutex("m{number}", {level}, ceiling=PRI_KERNEL_RT + 20)')

    def usable(self, level, *, waking=False):
        """Locks that somebody at `level` may take."""
        at = ORDER.index(level)
        return [
            n for n, its in enumerate(self.locks) if ORDER.index(its) >= at and (not waking or its in WAKING)
        ]  # fmt: skip

    def use(self, level, lock):
        self.uses.append((level, lock))
        return f"m{lock}"

    # ---- pieces of code: lists of lines

    def under(self, level, inner, among=None):
        """`inner` with none, one or more of the locks that `level` may take."""
        locks = self.usable(level) if among is None else among
        chosen = [n for n in locks if self.maybe()][:2]
        lines = list(inner)
        for lock in reversed(chosen):
            lines = [f"with {self.use(level, lock)}:", *(f"    {line}" for line in lines)]
        return lines

    def wake(self, level):
        """Count a token and wake who waits for one; nothing if `level` may not."""
        locks = self.usable(level, waking=True)
        if not locks or level not in WAKING:
            return []
        lock = self.one_of(locks)
        tokens = self.tokens.setdefault(lock, [])
        if not tokens or self.maybe():
            tokens.append(sum(map(len, self.tokens.values())))
            self.out.append(f'c{tokens[-1]} = Condvar("c{tokens[-1]}")')
        token, call = self.one_of(tokens), self.one_of(["cv_signal", "cv_broadcast"])
        return [f"with {self.use(level, lock)}:", f"    shared.ready[{token}] += 1", f"    {call}(c{token})"]

    def schedule(self):
        """Ask for a softint, which must then run."""
        if not self.softs:
            return []
        self.steady = False
        n = self.below(len(self.softs))
        return [f"shared.asked[{n}] = 1", f"softint_schedule(s{n})"]

    def enqueue(self, level):
        """Have the worker do something, unless it has yet to: a request for each place in the text."""
        if self.queue_level is None or ORDER.index(self.queue_level) < ORDER.index(level) or self.works == 16:
            return []
        self.steady = False
        n, self.works = self.works, self.works + 1
        self.out.append(f"w{n} = Work()")
        self.uses.append((level, len(self.locks) - 1))
        return [
            f"if shared.queued[{n}] == 0:",
            f"    shared.queued[{n}] = 1",
            f"    workqueue_enqueue(queue, w{n}, {n})",
        ]

    def raised(self, level, inner):
        """`inner` at a higher level, or as it is."""
        higher = ORDER[ORDER.index(level) + 1 :]
        if not higher or not self.maybe(4):
            return inner
        return [f"was = splraise({self.one_of(higher)})", *inner, "splx(was)"]

    # ---- softints and the workqueue

    def make_workqueue(self):
        """At the level of the highest lock, so that it is legal where that is."""
        level = self.locks[-1]
        if level in WAKING and self.maybe(3):
            self.queue_level = level
            self.out.append(
                f'queue = Workqueue("queue", later, ipl={level}, cpu={self.bind()}, ceiling=PRI_KERNEL_RT + 20)'
            )

    def make_soft(self):
        for number in range(self.below(3)):
            level = self.one_of(SOFT)
            body = self.under(level, [f"work({self.dist()})"])
            body += self.wake(level) if self.maybe(3) else []
            self.function(
                f"@softint({level}, mpsafe={self.maybe()})",
                f"s{number}",
                [f"shared.asked[{number}] = 0", *body],
            )
            self.softs.append(level)

    def function(self, decorator, name, lines):
        text = "\n".join(f"    {line}" for line in lines)
        self.out.append(f"\n{decorator}\ndef {name}() -> None:\n{text}\n")

    # ---- devices

    def device(self, number):
        name, level = f"d{number}", self.levels[number]
        kind = self.one_of(["NIC", "NIC", "Disk", "Serial", "Audio", "Clock"])
        trigger = self.one_of(["EDGE", "LEVEL"])
        arrivals = self.arrivals(kind, name)
        ring = 1 if kind == "Clock" else self.one_of([16, 3])
        self.out.append(
            f'{name} = {kind}("{name}", {arrivals}, cpu={self.below(self.cpus)}, trigger={trigger}, '
            f"ring={ring}, limit={1 + self.below(12)}, priority={self.below(2)})"
        )
        mpsafe = self.maybe()
        self.handlers.append((level, mpsafe))
        if kind == "Clock":
            inner = self.raised(level, [f"work({self.dist()})"])
            lines, defer = [f"{name}.ack()", *self.under(level, inner)], False
        else:
            lines, defer = self.serve(number, name, level, trigger)
        lines += self.schedule() if self.maybe() else []
        lines += self.enqueue(level) if self.maybe(4) else []
        self.function(f"@handler({name}, {level}, mpsafe={mpsafe}, defer={defer})", f"{name}_intr", lines)

    def arrivals(self, kind, name):
        if kind == "Disk" and self.maybe():
            self.closed.append(name)
            return "ClosedLoop(Uniform(us(5), us(30)))"
        return self.one_of(
            [
                f"Periodic(us({self.one_of([20, 7])}), offset=us({self.below(30)}))",
                "Periodic(us(15), offset=us(10), jitter=us(9))",
                f"Poisson(mean=us({self.one_of([10, 40])}))",
                f"Bursts({1 + self.below(4)}, us(1), us(35), offset=us(10))",
                'Recorded(shipped("nic-e1000.csv"), speedup=500)',
            ]
        )

    def serve(self, number, name, level, trigger):
        """The body of a handler, and whether it leaves items to be done later."""
        cost = self.dist()
        if len(self.softs) < 4 and self.maybe(6):
            return self.poll(number, name, cost), True
        locks = self.usable(level)
        if locks and len(self.softs) < 4 and self.maybe(4):
            return self.defer(number, name, level, cost), True
        each = [*self.under(level, [f"{name}.work(item, {cost})"]), *(self.wake(level) if self.maybe() else [])]
        if trigger == "LEVEL" and self.maybe(4):
            return [f"item = {name}.pop()", "if item != 0:", *(f"    {line}" for line in each)], False
        return [f"item = {name}.pop()", "while item != 0:", *(f"    {line}" for line in each),
                f"    item = {name}.pop()"], False  # fmt: skip

    def poll(self, number, name, cost):
        """The handler quiets the device, and a softint of its own empties the ring and lets it interrupt again."""
        soft = len(self.softs)
        body = [f"shared.asked[{soft}] = 0", f"item = {name}.pop()", "while item != 0:",
                f"    {name}.work(item, {cost})", f"    {name}.done(item)", f"    item = {name}.pop()",
                f"{name}.enable()"]  # fmt: skip
        below = self.one_of(SOFT)
        self.function(f"@softint({below}, mpsafe={self.maybe()})", f"s{soft}", body)
        self.softs.append(below)
        return [f"{name}.disable()", f"shared.asked[{soft}] = 1", f"softint_schedule(s{soft})"]

    def defer(self, number, name, level, cost):
        """The handler queues its items, under a lock, and a softint of its own deals with them."""
        lock = self.one_of(self.usable(level))
        soft = len(self.softs)
        queue = self.use(level, lock)
        at, room = f"shared.item[{64 * number} + shared", f"[{number}] % 64]"
        take = [f"with {queue}:", f"    if shared.head[{number}] != shared.tail[{number}]:",
                f"        item = {at}.head{room}", f"        shared.head[{number}] += 1"]  # fmt: skip
        body = [f"shared.asked[{soft}] = 0", "item = 0", *take, "while item != 0:", f"    {name}.work(item, {cost})",
                f"    {name}.done(item)", "    item = 0", *(f"    {line}" for line in take)]  # fmt: skip
        below = self.one_of(SOFT)
        self.function(f"@softint({below}, mpsafe={self.maybe()})", f"s{soft}", body)
        self.softs.append(below)
        self.uses.append((below, lock))
        return [
            f"item = {name}.pop()",
            "while item != 0:",
            f"    with {queue}:",
            f"        {at}.tail{room} = item",
            f"        shared.tail[{number}] += 1",
            f"    item = {name}.pop()",
            f"shared.asked[{soft}] = 1",
            f"softint_schedule(s{soft})",
        ]

    # ---- threads

    def thread(self, number):
        rounds = 1 + self.below(8)
        lines = [line for _ in range(1 + self.below(4)) for line in self.piece()]
        body = [f"for n in range({rounds}):", f"    work({self.dist()})", *(f"    {line}" for line in lines)]
        self.function(self.decorator(f"t{number}"), f"t{number}_main", body)

    def decorator(self, name):
        return f'@thread("{name}", priority={self.one_of(PRIORITIES)}, cpu={self.bind()})'

    def bind(self):
        """A CPU for a thread, or none."""
        if not self.binding or self.maybe():
            return None
        self.bound = True
        return self.below(self.cpus)

    def piece(self):
        """Something that a thread does at IPL_NONE, holding nothing."""
        dist = self.dist()
        kinds = {
            "locks": lambda: self.under("IPL_NONE", [f"work({dist})"]),
            "user": lambda: [f"user_work({dist})"],
            "level": lambda: self.section(dist),
            "stay": lambda: ["kpreempt_disable()", f"work({dist})", *self.schedule(), "kpreempt_enable()"],
            "big": lambda: ["kernel_lock()", f"work({dist})", *self.under("IPL_NONE", [f"work({dist})"]),
                            "kernel_unlock()"],
            "yield": lambda: ["yield_()"],
            "pool": lambda: ["got = pool_get(pool, PR_WAITOK)", f"work({dist})", "pool_put(pool, got)"],
            "enqueue": lambda: self.enqueue("IPL_NONE"),
            "wake": lambda: self.wake("IPL_NONE"),
            "try": lambda: self.attempt(dist),
            "move": self.move,
            "request": lambda: [f"{self.one_of(self.closed)}.submit()"] if self.closed else [],
        }  # fmt: skip
        return kinds[self.one_of(sorted(kinds))]()

    def move(self):
        """A line goes to another CPU."""
        self.moves = True
        return [f"interrupt_distribute(d{self.below(len(self.levels))}, {self.below(self.cpus)})"]

    def section(self, dist):
        """A raised level, within which only locks that spin everywhere may be taken."""
        high = [n for n, its in enumerate(self.locks) if its in ("IPL_CLOCK", "IPL_SERIAL")]
        inner = self.under("IPL_NONE", [f"work({dist})"], high)
        return [f"was = splraise({self.one_of(ORDER[1:])})", *inner, *self.schedule(), "splx(was)"]

    def attempt(self, dist):
        self.steady = False
        lock = self.use("IPL_NONE", self.below(len(self.locks)))
        return [f"if mutex_tryenter({lock}):", f"    work({dist})", f"    mutex_exit({lock})"]

    def servers(self):
        """For whatever is counted, somebody who waits for it."""
        for lock, tokens in self.tokens.items():
            for token in tokens:
                name, big = f"server{token}", self.maybe(4)
                wait = [
                    f"with m{lock}:",
                    f"    while shared.ready[{token}] == 0:",
                    f"        cv_wait(c{token}, m{lock})",
                    f"    shared.ready[{token}] -= 1",
                ]
                body = [*(["kernel_lock()"] if big else []), *wait, *(["kernel_unlock()"] if big else []),
                        f"work({self.dist()})"]  # fmt: skip
                self.function(self.decorator(name), f"{name}_main", ["while True:", *(f"    {x}" for x in body)])

    def periodic(self):
        self.ends = False
        lines = [f"work({self.dist()})", *self.under("IPL_NONE", [f"work({self.dist()})"])]
        self.function(
            f"@periodic(us(300), us(50), priority={self.one_of(PRIORITIES)}, cpu={self.bind()})", "job", lines
        )
        self.handlers.append(("IPL_CLOCK", True))


@st.composite
def scenarios(draw):
    """A scenario."""
    return Writer(lambda n: draw(st.integers(0, n - 1))).scenario()
