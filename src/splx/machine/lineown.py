"""Who has a cache line, what it costs to get it, and how a spinner learns that its line changed.

`share[line]` has a bit for every CPU that holds a copy; a single bit is an owner whose copy may be dirty. A read of
a line not held fetches it; a write by anybody but the sole holder takes it away from all others.

A spinning CPU that found nothing to do is *parked*: it holds every line it reads, so only a write to one of them
can change its mind. Parked must equal unparked to the picosecond, so before such a write takes effect every spinner
is set forward to the iteration it would be in, and the writer waits for it if that iteration began earlier.
"""

from __future__ import annotations

from splx.lang.kernel import inline
from splx.lang.wide import bit, ctz, popcount
from splx.machine.constants import Mode, Stop
from splx.machine.costs import ACCOUNTS, Account, Transfer
from splx.machine.state import WATCH, Cpu, Exec, Machine


@inline
def read_line(m: Machine, x: Exec, line: int) -> int:
    """Cost on top of a hit of reading from `line`; 0 when this CPU has a copy."""
    return 0 if (m.beside.share[line] & x.mine) != 0 else fetch_line(m, x.mine, line)


def fetch_line(m: Machine, mine: int, line: int) -> int:
    """Get a copy: from memory or a clean copy, or from the CPU that owns it."""
    share = m.beside.share[line]
    m.beside.share[line] = share | mine
    return m.tables.transfer[Transfer.REMOTE] if popcount(share) == 1 else m.tables.transfer[Transfer.SHARED]


@inline
def write_line(m: Machine, x: Exec, line: int) -> int:
    """Cost on top of a hit of writing to `line`; -1 when a spinner must be heard first.

    A spinner that is woken runs from now on: this slice did not reckon with it, and ends.
    """
    cost = 0
    if m.beside.share[line] != x.mine:
        if (m.beside.watched[line] & ~x.mine) != 0:
            x.stop = Stop.TIME
        cost = take_line(m, x.cpu, x.mine, x.clock, line)
    return cost


def take_line(m: Machine, cpu: int, mine: int, clock: int, line: int) -> int:
    """Take the line for writing: all other copies go."""
    watchers = m.beside.watched[line] & ~mine
    if watchers != 0 and not wake_watchers(m, watchers, cpu, clock):
        return -1
    share = m.beside.share[line]
    m.beside.share[line] = mine
    if (share & mine) != 0:
        return m.tables.transfer[Transfer.UPGRADE]
    return m.tables.transfer[Transfer.REMOTE] if popcount(share) == 1 else m.tables.transfer[Transfer.SHARED]


def wake_watchers(m: Machine, watchers: int, cpu: int, clock: int) -> bool:
    """Unpark all watchers of a line about to change. False when one of them has to run first."""
    ready = True
    left = watchers
    while left != 0:
        w = ctz(left)
        left = left & ~bit(w)
        spinner = m.beside.cpus[w]
        if spinner.period == 0:
            unpark(m, w, max(spinner.clock, clock))
        else:
            # the last iteration that begins before (clock, cpu), ties by CPU number
            last = clock if w < cpu else clock - 1
            rounds = max(0, last - spinner.clock) // spinner.period
            if spinner.clock <= last:
                ready = False
            unpark(m, w, spinner.clock + rounds * spinner.period)
    return ready


def unpark(m: Machine, w: int, clock: int) -> None:
    """Let a parked CPU run again at `clock`, an iteration boundary; book the iterations it was spared."""
    cpu = m.beside.cpus[w]
    for k in range(cpu.n_watch):
        line = cpu.watch[k]
        m.beside.watched[line] = m.beside.watched[line] & ~bit(w)
    book_spin(m, w, cpu, clock)
    cpu.n_watch = 0
    cpu.mode = Mode.RUN


def book_spin(m: Machine, w: int, cpu: Cpu, clock: int) -> None:
    """Account the iterations between the spinner's clock and `clock`."""
    spent = clock - cpu.clock
    if cpu.period > 0:
        cpu.insns = cpu.insns + spent // cpu.period * cpu.spin_len
    m.beside.acct[w * ACCOUNTS + Account.SPIN] = m.beside.acct[w * ACCOUNTS + Account.SPIN] + spent
    cpu.clock = clock


def watch_line(m: Machine, cpu: int, line: int) -> None:
    """Note a line that the present spin iteration read. One too many makes `n_watch` exceed WATCH: no parking."""
    c = m.beside.cpus[cpu]
    known = c.n_watch > WATCH
    for k in range(min(c.n_watch, WATCH)):
        known = known or c.watch[k] == line
    if not known:
        if c.n_watch < WATCH:
            c.watch[c.n_watch] = line
        c.n_watch = c.n_watch + 1


def park(m: Machine, w: int, period: int, length: int, due: bool) -> bool:
    """At the end of a spin iteration that found nothing: park if the next ones would be the same. Its clock is up to
    date. With an interrupt due the next one will not even begin. True when parked.
    """
    cpu = m.beside.cpus[w]
    same = m.tables.park != 0 and not due and cpu.n_watch <= WATCH and cpu.clock - cpu.begin == period
    for k in range(min(cpu.n_watch, WATCH)):
        same = same and (m.beside.share[cpu.watch[k]] & bit(w)) != 0
    cpu.begin = cpu.clock
    if not same:
        cpu.n_watch = 0
        return False
    for k in range(cpu.n_watch):
        line = cpu.watch[k]
        m.beside.watched[line] = m.beside.watched[line] | bit(w)
    cpu.period = period
    cpu.spin_len = length
    cpu.mode = Mode.PARKED
    return True
