"""NetBSD's fast paths in kernel Python, line by line after the x86 stubs, for counting."""

from __future__ import annotations

from splx.lang.kernel import Array as Words
from splx.lang.kernel import PerCpu, Struct, array, atomic, i8, i16, i64, noinline, u8
from splx.machine.intrinsics import (
    cas,
    cas_local,
    cas_pair_local,
    fetch_add_local,
    intr_disable,
    intr_restore,
    set_hw_level,
)


class Lwp(Struct):
    l_nopreempt: i16
    l_dopreempt: u8 = atomic()


class CpuInfo(PerCpu):
    ilevel: u8
    ipending: i64
    iunmask: Words[i64] = array(16)
    mtx_count: i8
    mtx_oldspl: u8
    curlwp: i64
    lwp: Lwp


class Mutex(Struct):
    word: i64 = atomic()
    ipl: u8


ci = CpuInfo()


# ---- the level


def splraise(n: int) -> int:
    old = ci.ilevel
    ci.ilevel = max(old, n)
    return old


@noinline
def spllower(n: int) -> None:
    pass


def splx(n: int) -> None:
    old = ci.ilevel
    if n >= old:
        return
    while True:
        pending = ci.ipending
        if pending & ci.iunmask[n] != 0:
            spllower(n)
            return
        if cas_pair_local(ci.ilevel, ci.ipending, old, pending, n):
            return


def splx_cli(n: int) -> None:
    if n >= ci.ilevel:
        return
    flag = intr_disable()
    if ci.ipending & ci.iunmask[n] != 0:
        spllower(n)
    else:
        ci.ilevel = n
        intr_restore(flag)


def splx_eager(n: int) -> None:
    if n < ci.ilevel:
        ci.ilevel = n
        set_hw_level(n)


# ---- mutexes


@noinline
def mutex_wait(m: Mutex) -> None:
    pass


def adaptive_enter(m: Mutex) -> None:
    if not cas(m.word, 0, ci.curlwp):
        mutex_wait(m)


def adaptive_exit(m: Mutex) -> None:
    if not cas_local(m.word, ci.curlwp, 0):
        mutex_wait(m)


def spin_enter(m: Mutex) -> None:
    s = splraise(m.ipl)
    count = fetch_add_local(ci.mtx_count, -1)
    ci.mtx_oldspl = s if count == 0 else ci.mtx_oldspl
    if not cas(m.word, 0, 1):
        mutex_wait(m)


def spin_exit(m: Mutex) -> None:
    m.word = 0
    s = ci.mtx_oldspl
    count = fetch_add_local(ci.mtx_count, 1)
    old = ci.ilevel
    n = s if count == -1 else old
    if n >= old:
        return
    while True:
        pending = ci.ipending
        if pending & ci.iunmask[n] != 0:
            spllower(n)
            return
        if cas_pair_local(ci.ilevel, ci.ipending, old, pending, n):
            return


# ---- preemption


@noinline
def kpreempt() -> None:
    pass


def kpreempt_disable() -> None:
    fetch_add_local(ci.lwp.l_nopreempt, 1)


def kpreempt_enable() -> None:
    lwp = ci.lwp
    if fetch_add_local(lwp.l_nopreempt, -1) == 1 and lwp.l_dopreempt != 0:
        kpreempt()
