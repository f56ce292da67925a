"""Who waits for whom by the words of threads and locks, in the machine at hand: for priority inversion."""

from __future__ import annotations

from splx.check.explore import load_state
from splx.check.fair import ALIVE, WANTED
from splx.check.groups import MOST_GROUPS
from splx.check.search import Search
from splx.kernel.interface.lwp import LSRUN, LSSLEEP
from splx.lang.wide import bit
from splx.machine.constants import ADDRESS_SHIFT

FLAGS = 7  # the low bits of a reference


def inverted(s: Search, high: int, groups: int) -> None:
    """The states in which thread `high`, which may yet come to move, waits for a lock whose owner, or the owner of what
    that one waits for, is ready and does not run. WANTED are those in which a thread worse than `high` runs there.
    """
    for state in range(s.n_states):
        s.flag[state] = 0
        if (s.mark[state] & bit(high)) != 0:
            load_state(s, state)
            low = last_of(s, high, groups)
            if low >= 0:
                s.flag[state] = ALIVE + WANTED * int(worse_runs(s, high, low))


def last_of(s: Search, high: int, groups: int) -> int:
    """The thread at the end of the chain of owners that `high` waits for, if it is ready; -1 else."""
    low = high
    for _ in range(groups):
        after = owner(s, low, groups)
        if after < 0:
            break
        low = after
    return low if low != high and status(s, low) == LSRUN else -1


def owner(s: Search, thread: int, groups: int) -> int:
    """The thread that owns the lock for which a thread sleeps; -1 if it does not, or that is no thread."""
    if s.status_at[thread] == 0 or status(s, thread) != LSSLEEP:
        return -1
    channel = s.machine.state.mem[s.status_at[thread] + s.wchan_after]
    at = s.lock_lines[channel >> ADDRESS_SHIFT]
    if at == 0:
        return -1
    held = s.machine.state.mem[at]
    held = held - (held & FLAGS)
    found = -1
    for each in range(groups):
        if s.status_at[each] != 0 and s.status_at[each] == held + s.status_offset:
            found = each
    return found


def status(s: Search, thread: int) -> int:
    """Of a thread."""
    return s.machine.state.mem[s.status_at[thread]]


def priority(s: Search, thread: int) -> int:
    """Its own."""
    return s.machine.state.mem[s.status_at[thread] + s.prio_after]


def worse_runs(s: Search, high: int, low: int) -> bool:
    """Whether on the CPU of `low` there runs, perhaps beneath an interrupt, a thread of lower priority than `high`."""
    st = s.machine.state
    ctx = st.cur[st.mem[s.status_at[low] + s.cpu_after]]
    while ctx >= 0:
        thread = s.group[ctx]
        if thread < MOST_GROUPS and s.status_at[thread] != 0:
            return thread != low and priority(s, thread) < priority(s, high)
        ctx = st.below[ctx]
    return False
