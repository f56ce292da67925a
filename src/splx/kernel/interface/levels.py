"""Interrupt priority levels, and the constants that a design sets.

Levels are names whose numbers the design supplies, so that one driver text runs under all: in netbsd-2006 each
of BIO, NET and TTY is a level of its own; in netbsd-5 they are other names for VM. A level that a design does
not have has the number of the nearest one above it.
"""

from __future__ import annotations

from splx.lang.kernel import Const

# spl(9), low to high in the order of netbsd-5. IPL_PREEMPT keeps kernel preemption from preempting itself.
IPL_NONE = Const("IPL_NONE")
IPL_PREEMPT = Const("IPL_PREEMPT")
IPL_SOFTCLOCK = Const("IPL_SOFTCLOCK")
IPL_SOFTBIO = Const("IPL_SOFTBIO")
IPL_SOFTNET = Const("IPL_SOFTNET")
IPL_SOFTSERIAL = Const("IPL_SOFTSERIAL")
IPL_BIO = Const("IPL_BIO")
IPL_NET = Const("IPL_NET")
IPL_TTY = Const("IPL_TTY")
IPL_VM = Const("IPL_VM")
IPL_AUDIO = Const("IPL_AUDIO")
IPL_CLOCK = Const("IPL_CLOCK")
IPL_SCHED = Const("IPL_SCHED")
IPL_SERIAL = Const("IPL_SERIAL")
IPL_IPI = Const("IPL_IPI")
IPL_HIGH = Const("IPL_HIGH")

#: Lines at this level and above run their handlers directly; below it an interrupt thread runs them, if there are any.
IPL_DIRECT = Const("IPL_DIRECT")

#: Deferred SPL by threshold: 1 if the first interrupt that comes too early shuts out all, not only what it may not.
SPL_STOP = Const("SPL_STOP")

#: Where the only mask is the CPU's flag, the lowest level at which it is off; NO_FLAG in designs with levels.
IPL_FLAG = Const("IPL_FLAG")

#: The level of kernel_lock: interrupts up to it may take the big lock (2006: below IPL_SCHED; later: exactly IPL_VM).
IPL_BIGLOCK = Const("IPL_BIGLOCK")

#: biglock_2006: which interrupts take the big lock. HIGH: lines at IPL_SCHED and above too, the clock's excepted.
#: MPSAFE: each handler for itself that is below IPL_SCHED and not mpsafe.
BIGLOCK_RULE = Const("BIGLOCK_RULE")
BIGLOCK_LINE, BIGLOCK_HIGH, BIGLOCK_MPSAFE = range(3)
#: kernel_lock_2006: 1 if who waits stays at IPL_HIGH meanwhile.
KLOCK_SHUT = Const("KLOCK_SHUT")

#: Textbook: 1 if an inheriting lock goes to its waiters in order of arrival, 0 if in order of priority.
INHERIT_FIFO = Const("INHERIT_FIFO")

#: Textbook: 1 if CPUs may share a run queue, 0 if each has one of its own.
SHARED_QUEUES = Const("SHARED_QUEUES")

#: softirq: the lowest soft level in use, by which all of them are asked for; how many rounds, and for how long (ps),
#: before ksoftirqd goes on; 1 if interrupts leave it all to ksoftirqd once that is runnable, as before v6.5.
SOFT_FIRST = Const("SOFT_FIRST")
SOFTIRQ_ROUNDS = Const("SOFTIRQ_ROUNDS")
SOFTIRQ_TIME = Const("SOFTIRQ_TIME")
KSOFTIRQD_WAITS = Const("KSOFTIRQD_WAITS")
#: softirq: 1 if there are tasklets, whose list HI comes first.
TASKLETS = Const("TASKLETS")
#: bh_workqueue: pools, two for each CPU; how many requests one runs, and for how long (ps), until others have a turn.
NBHPOOLS = Const("NBHPOOLS")
BH_WORKER_RESTARTS = Const("BH_WORKER_RESTARTS")
BH_WORKER_TIME = Const("BH_WORKER_TIME")
#: softirq: 1 if every way out does what was left at a limit as well, though ksoftirqd was woken for it.
SOFTIRQ_LOOKS = Const("SOFTIRQ_LOOKS")
#: intr_event: how often a line may interrupt without a rest before it pauses; 0: never.
INTR_STORM_THRESHOLD = Const("INTR_STORM_THRESHOLD")
#: spurious: of how many interrupts of a line how many may be nobody's.
IRQ_DEBUG_COUNT = Const("IRQ_DEBUG_COUNT")
IRQ_DEBUG_UNHANDLED = Const("IRQ_DEBUG_UNHANDLED")
STAMP_SOFTIRQ = 16  # the first of the CPUs' stamps; poll lists have as many again, and lines follow
#: lwkt_livelock: how many rounds of a line's thread in how long (ps) are too many; and then, of how many wakings by the
#: clock fewer than how many must have found something to do.
LIVELOCK_LIMIT = Const("LIVELOCK_LIMIT")
LIVELOCK_SECOND = Const("LIVELOCK_SECOND")
LIVELOCK_WAKES = Const("LIVELOCK_WAKES")
LIVELOCK_LOWATER = Const("LIVELOCK_LOWATER")
#: lwkt_emergency: after so many ticks all handlers of a CPU are polled; 0: never.
EMERGENCY_TICKS = Const("EMERGENCY_TICKS")
#: workloop, intr_event: 1 if a handler of the scenario has a filter that runs by itself.
FILTERS = Const("FILTERS")
#: dpc: how many ticks one call may take, and calls in a row; 0: nobody counts. How many must be queued until one that
#: does not ask for an interrupt by itself is worth one. 1 if the soft level is the importance. 1 if some call is for a
#: CPU that the driver names.
DPC_WATCHDOG = Const("DPC_WATCHDOG")
DPC_WATCHDOG_PERIOD = Const("DPC_WATCHDOG_PERIOD")
DPC_DEPTH = Const("DPC_DEPTH")
DPC_LEVELS = Const("DPC_LEVELS")
DPC_TARGETS = Const("DPC_TARGETS")
#: dpc_rate: of how many calls in a tick each is worth an interrupt; fewer than how many make the greatest depth less;
#: and after how many ticks without need of it that is one more again.
DPC_RATE = Const("DPC_RATE")
DPC_IDEAL = Const("DPC_IDEAL")
DPC_ADJUST = Const("DPC_ADJUST")

#: Poll lists: how many items, and for how long (ps), before the soft interrupt asks for itself.
NETDEV_BUDGET = Const("NETDEV_BUDGET")
NETDEV_TIME = Const("NETDEV_TIME")

#: Whether some line may be sent to another CPU while the system runs.
IRQ_MOVES = Const("IRQ_MOVES")

#: FreeBSD: whether some handler may be removed while the system runs.
INTR_REMOVES = Const("INTR_REMOVES")

#: Linux: whether some line may be disabled while the system runs.
IRQ_DISABLES = Const("IRQ_DISABLES")

#: Linux: what becomes of an edge that comes to another CPU than the one where its handlers are in progress.
EDGE_FLOW = Const("EDGE_FLOW")
EDGE_RESEND = 0
EDGE_PEND = 1
EDGE_WAIT = 2

#: Linux: 1 if a level-triggered line is masked while its handlers run, as its controller wants it (handle_level_irq).
LEVEL_MASKS = Const("LEVEL_MASKS")

#: Interrupt threads by handler: 1 if a handler that does not know that it is a thread runs with interrupts off.
IRQ_FORCED_OFF = Const("IRQ_FORCED_OFF")

#: 1 if workqueues hand their requests to pools, which are told when a worker sleeps.
WQ_POOLS = Const("WQ_POOLS")

#: Worker pools: one for each CPU, as many again if some workqueue is of high priority, and two if some is of no CPU.
NPOOLS = Const("NPOOLS")

#: 1 if worker pools make workers on demand.
WQ_GROWS = Const("WQ_GROWS")

#: Whether some workqueue is of no CPU.
WQ_ANYWHERE = Const("WQ_ANYWHERE")

#: Workqueues times CPUs, if one of them has a limit of requests at work; else 0.
NPOOLQ = Const("NPOOLQ")

#: PREEMPT_RT: 1 if a section without soft interrupts takes a lock of its CPU.
RT_BH_LOCK = Const("RT_BH_LOCK")

LEVELS = 16  # more than any design has
NO_FLAG = LEVELS

# Soft levels, as they index tables.
SOFT_CLOCK = 0
SOFT_BIO = 1
SOFT_NET = 2
SOFT_SERIAL = 3
SOFT_PREEMPT = 4  # not a soft interrupt; it travels the same way
SOFTS = 5
SOFT_HI = SOFT_PREEMPT  # softirq: the place of the class HI among the queues, where preemption has none
KSOFTIRQD = SOFT_PREEMPT  # PREEMPT_RT: the place of that thread among those of the soft levels

#: How many ticks a thread runs before its equals have their turn, where something ticks.
SCHED_SLICE = Const("SCHED_SLICE")

#: Irqs of this number and above are inter-processor vectors, so many for each CPU.
IPI_BASE = Const("IPI_BASE")
VEC_POKE = 0  # "look at your queues", at IPL_IPI. The others are those of `lines.soft.vector`.

#: A thread of this priority or better preempts the kernel; others wait for user mode, yield and sleep.
KPREEMPT_PRI = Const("KPREEMPT_PRI")

#: The kernel's own threads of this priority or better have no time slices.
FIFO_PRI = Const("FIFO_PRI")

#: When an interrupt thread is stopped that sleeps for a condition: 0 on every call from which it may, 1 when it does,
#: 2 never.
INTR_SLEEP = Const("INTR_SLEEP")

#: How far a waiter lends its priority: 0 not at all, 1 to the owner of what it waits for, 2 along the chain of owners.
TS_LEND = Const("TS_LEND")

#: What the release of an adaptive mutex does: 0 wakes all who wait, 1 makes the best of them the owner, 2 wakes it.
MTX_HANDOFF = Const("MTX_HANDOFF")

#: Whether a thread may sleep for a condition or for memory while it holds a mutex of threads other than the interlock.
LOCKED_SLEEP = Const("LOCKED_SLEEP")

#: Whether a thread may sleep, or take a lock for which it might, that is not to be preempted.
UNPREEMPTED_SLEEP = Const("UNPREEMPTED_SLEEP")
#: The same of one that keeps soft interrupts or more out by its level.
RAISED_SLEEP = Const("RAISED_SLEEP")

# Bands of thread priority; higher runs first.
PRI_IDLE = -1
PRI_USER = 0
PRI_KERNEL = 64
PRI_KTHREAD = 96
PRI_USER_RT = 128
PRI_KERNEL_RT = 192
PRI_SOFTCLOCK = 220
PRI_SOFTBIO = 221
PRI_SOFTNET = 222
PRI_SOFTSERIAL = 223
PRI_COUNT = 256

# Kinds of mark, as the machine counts them.
MARK_START = 1  # a: device
MARK_DONE = 2  # a: device, b: item number + 1, or, written as 0, all that were popped
MARK_HELD = 3  # a: irq
MARK_USER = 4  # a: number, b: value
MARK_WAKE = 5  # a: thread
MARK_RUN = 6  # a: thread

NODEV = -1

# Sizes of the interrupt side.
NIRQ = Const("NIRQ")  # inputs of the controller, inter-processor ones of all CPUs among them
NBITS = Const("NBITS")  # bits of the log of deferred SPL, and of the lines that wait for a thread: at most 63

# Sizes of the thread side. Small in systems that are checked, where every word of state counts.
NCPU = Const("NCPU")  # CPUs of the system
NLWP = Const("NLWP")  # numbers of threads, devices among them
NTHREADS = Const("NTHREADS")  # threads that may sleep for a time, and those numbered between them
RQ_SHIFT = Const("RQ_SHIFT")  # a run queue is a row of RQ_COUNT lists, list `priority >> RQ_SHIFT`, each in order:
RQ_COUNT = Const("RQ_COUNT")  # PRI_COUNT >> RQ_SHIFT, at most 64
POINT_UNITS = Const("POINT_UNITS")  # units of work of the kernel between two looks for an interrupt; 0: it never looks
ANY_START = Const("ANY_START")  # 1: threads of equal priority start on a CPU in any order, a choice; 0: as declared
TS_CHAINS = Const("TS_CHAINS")  # turnstile chains, a power of two; NetBSD has 64
SLEEP_HASHES = Const("SLEEP_HASHES")  # locks of sleep queues, a power of two
