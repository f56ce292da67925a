"""The interface of the kernel: what its mechanisms know of one another, and what a driver knows of them all.

No mechanism imports another. Each imports this package, and the design links every *slot* (a function with a
signature, a contract and no body) to the function of the chosen mechanism: the one of the same name, unless the
design says otherwise.

    levels    interrupt priority levels and constants that a design sets
    lwp       Lwp, the threads; CpuInfo, what a CPU knows of itself
    lines     IntrSource, IntrHandler, Softint: interrupts and what handles them
    softq     the queues of soft interrupts
    forward   lines that are handed to the owner of the big lock
    locks     Mutex and its kinds, the big lock
    sync      KCondvar, Pool, Workqueue: what threads meet at
    axes      slots of the interrupt side: mask, flow, top half, carrier, big lock, preemption
    sched     slots of the thread side: switching, waking, priorities, turnstiles, sleep queues
    driver    the slots a driver calls, under their section 9 names

What the builder of a system fills
----------------------------------
Mechanisms hold no tables of the wired machine. These are statics and per-CPU words, filled before the system
starts:

    lines.intr.line[irq]      the IntrSource of each irq of the controller. Inter-processor vectors are irqs too, one
                              for each CPU and vector, from IPI_BASE up; all CPUs may share the source of a vector.
                              NULL: nobody expects it.
    IntrSource                see the class: irq, levels, trigger, bit, chain of handlers falling by level, and
                              `is_run`, what the frame starts: `intr_run` for devices, `softint_run` for soft levels,
                              `preempt_run` for SOFT_PREEMPT, `ipi_run` for VEC_POKE, `forward_run` for forwards.
    lines.soft.source[k]      the IntrSource of soft level k (clock, bio, net, serial: 0..3) and of preemption (4)
    lines.soft.vector[k]      eager SPL: the inter-processor vector by which a CPU asks itself for soft level k
    forward.forwards          biglock_forward: `vector[n]` by which a CPU is handed lines of level n
    lines.held.source[bit]    per CPU: the source of each bit. The highest bit is replayed first: pokes, clock, soft
                              serial, net, bio, clock, preemption, then devices.
    lines.held.unmasked[n]    per CPU: the bits that may be delivered at level n, those of sources all of whose
                              handlers are above n
    lines.held.softbit[k]     per CPU: 1 << the bit of soft level k
    lines.intrcpu.frame[n]    per CPU: the context for interrupts of level n; -1 for IPL_PREEMPT
    lines.softcpu.lwp[k]      threads of soft interrupts, per CPU: that of soft level k, l_arg = k. Pinned: LW_INTR |
                              LW_NOSLEEP | LW_SYSTEM | LW_BOUND, LSIDL. Scheduled: LW_SYSTEM | LW_BOUND, parked
    lines.ithreadcpu.lwp[n]   interrupt threads, per CPU: the thread of hard level n < IPL_DIRECT, l_arg = n. LW_INTR |
                              LW_NOSLEEP | LW_SYSTEM | LW_BOUND, LSIDL. ithread_pool: the first, the others by l_next
    IntrSource.is_lwp         interrupt threads by source: LW_SYSTEM, l_arg = the source, asleep on it
    lines.softints.softint[i] the Softint whose si_index is i
    lwp.ci                    per CPU: curlwp, running, onproc and idlelwp are the idle thread
    Lwp                       l_main and l_preempt, two contexts of its own; l_cpu, l_prio, l_func, l_arg, l_id, l_ts
    priorities of irqs        eager SPL: the level of the source, for vectors too. Deferred SPL: any above zero.
    levels of a line          eager SPL, SPL by threshold, lines of interrupt threads: all handlers of a line have one
                              level
    order of mechanisms       spl_threshold after the flow, whose `flow_hold` it replaces
"""
