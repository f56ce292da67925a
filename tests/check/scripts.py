"""Two CPUs whose threads and handlers do what a script says, right or wrong: for laws of reductions."""

from __future__ import annotations

from splx.check.bare import Source, Start, bare
from splx.lang.kernel import Array, Const, Struct, array, atomic, entry, i64, spin_while
from splx.machine.intrinsics import become, cas, dev_write, halt, intr_disable, intr_enable, leave, pic_eoi

CPUS = 2
LENGTH = 3  # operations of a thread, and of a handler
ACK = 4  # register of a device
FRAME = Const("FRAME")

MINE, ALL, UNDER, TAKE, GIVE, OFF, ON, SAME, SEEN = range(9)
OPERATIONS = ("mine", "all", "under", "take", "give", "off", "on", "same", "seen")


class Script(Struct):
    """Operations: of the thread of CPU 0, of its handler, of the thread of CPU 1, of its handler."""

    op: Array[i64] = array(4 * LENGTH)


class Words(Struct):
    """`mine` by CPU; `all` anybody's; `one` and `two` are equal where nobody is between their updates."""

    lock: i64 = atomic()
    all: i64 = atomic()
    one: i64 = atomic()
    two: i64 = atomic()
    seen: i64 = atomic()
    mine: Array[i64] = array(CPUS)


script = Script()
words = Words()


def do(op: int, cpu: int) -> None:
    """One operation."""
    if op == MINE:
        words.mine[cpu] += 1
    elif op == ALL:
        words.all += 1
    elif op == UNDER:
        words.one += 1
        words.two += 1
    elif op == TAKE:
        while not cas(words.lock, 0, cpu + 1):
            spin_while(words.lock != 0)
    elif op == GIVE:
        words.lock = 0
    elif op == OFF:
        intr_disable()
    elif op == ON:
        intr_enable()
    elif op == SAME:
        assert words.one == words.two, "between two updates"
    else:
        words.seen = words.all


@entry
def thread(cpu: int) -> None:
    """The script of a thread."""
    intr_enable()
    for k in range(LENGTH):
        do(script.op[2 * cpu * LENGTH + k], cpu)
    intr_enable()
    while True:
        halt()


@entry
def vector(irq: int) -> None:
    """Takes an interrupt; the handler runs with interrupts off."""
    pic_eoi(irq)
    dev_write(irq, ACK, 0)
    become(FRAME + irq, handler, irq)


@entry
def handler(cpu: int) -> None:
    """The script of a handler."""
    for k in range(LENGTH):
        do(script.op[(2 * cpu + 1) * LENGTH + k], cpu)
    leave()


def scripted(operations):
    """The system that does `operations`, as Script orders them."""
    script.op = list(operations)
    for word in ("lock", "all", "one", "two", "seen"):
        setattr(words, word, 0)
    starts = [Start(thread, cpu, cpu, f"thread {cpu}") for cpu in range(CPUS)]
    sources = [Source(f"irq/{cpu}", cpu, 8) for cpu in range(CPUS)]
    frames = [each.name for each in sources]
    return bare("scripts", starts, sources=sources, vector=vector, frames=frames, consts={"FRAME": len(starts)})
