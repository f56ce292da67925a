"""What a function that a thread of the kernel has called may not leave behind when it returns.

Linux looks at the same in process_one_work of kernel/workqueue.c ("workqueue leaked lock or atomic").
"""

from __future__ import annotations

from splx.kernel.interface.axes import spl_level
from splx.kernel.interface.levels import IPL_NONE
from splx.kernel.interface.lines import IntrSource
from splx.kernel.interface.lwp import Lwp, ci
from splx.lang.kernel import inline


@inline
def ithread_left(l: Lwp, locks: int) -> None:
    """The thread of an interrupt, which has `locks` mutexes of its own, has called a handler."""
    assert ci.mtx_count == 0, "interrupt thread left a spin mutex held"
    assert l.l_locks == locks, "interrupt thread left a mutex held"
    assert l.l_nopreempt == 0, "interrupt thread left preemption disabled"


@inline
def ithread_level() -> None:
    """It has taken the next spin mutex since: nothing changes what this looks at."""
    assert ci.mtx_oldspl == IPL_NONE, "interrupt thread returned at another level"


@inline
def work_left() -> None:
    """A thread that does what others have put off has called a function, at IPL_NONE and without any lock."""
    assert ci.mtx_count == 0, "work left a spin mutex held"
    assert ci.simple_locks == 0, "work left a simple lock held"
    assert ci.curlwp.l_locks == 0, "work left a mutex held"
    assert ci.curlwp.l_nopreempt == 0, "work left preemption disabled"
    assert ci.curlwp.l_blcnt == 0, "work left kernel_lock held"
    assert spl_level() == IPL_NONE, "work returned at another level"


@inline
def nopreempt_enter(level: int) -> None:
    """On the thread that runs, functions are about to be called at `level`, on top of what it does. Interrupts off."""
    ci.nopreempt_under[level] = ci.curlwp.l_nopreempt


@inline
def nopreempt_check(level: int) -> None:
    """That soft work has returned. With interrupts off nobody touches the count between this look and the next."""
    assert ci.curlwp.l_nopreempt == ci.nopreempt_under[level], "softint left preemption disabled"


@inline
def nopreempt_exit(level: int) -> None:
    """Nothing is on top any more."""
    ci.nopreempt_under[level] = 0


# The same of a line. A field that is handed to an inlined function is loaded, which costs; what is read here is free.


@inline
def line_enter(s: IntrSource) -> None:
    """Functions of the line `s` are about to be called on top of the thread that runs. Interrupts off."""
    ci.nopreempt_under[s.is_level] = ci.curlwp.l_nopreempt


@inline
def line_check(s: IntrSource) -> None:
    """They have returned. Interrupts off again."""
    assert ci.curlwp.l_nopreempt == ci.nopreempt_under[s.is_level], "handler left preemption disabled"


@inline
def line_exit(s: IntrSource) -> None:
    """Nothing of `s` is on top any more."""
    ci.nopreempt_under[s.is_level] = 0


@inline
def filter_left(s: IntrSource) -> None:
    """A filter of `s` has returned."""
    assert ci.curlwp.l_nopreempt == ci.nopreempt_under[s.is_level], "filter left preemption disabled"
    assert spl_level() == s.is_level, "filter returned at another level"
