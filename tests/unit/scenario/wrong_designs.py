"""For each rule of the validator a design of ours with one mechanism or one code changed, so that it breaks it."""

from dataclasses import replace

from splx.scenario.designs import design
from splx.scenario.load import load_module

NETBSD_2006, NETBSD_5, SOLARIS = design("netbsd-2006"), design("netbsd-5"), design("solaris")
INHERITING = design("textbook:lock=inherit")

HEAD = """
from splx.kernel.interface.axes import flow_end, splraise
from splx.kernel.interface.lines import IntrSource
from splx.kernel.interface.locks import Mutex
from splx.kernel.interface.lwp import LSONPROC, LSSLEEP, Lwp, ci
from splx.kernel.interface.sched import lwp_lock, mi_switch
from splx.kernel.spl_deferred import spl
from splx.lang.kernel import Struct, addr, at, atomic, i64, inline, spin_while
from splx.machine.intrinsics import cas
"""

#: rule -> (design, a mechanism of one's own)
WRITTEN = {
    "V4": (NETBSD_5, '''
def mutex_spin_enter(m: Mutex) -> None:
    """Without a level."""
    while not cas(m.word, 0, 1):
        spin_while(m.word != 0)
'''),
    "V7": (NETBSD_5, '''
class Big(Struct):
    word: i64 = atomic()

big = Big()

def kernel_lock() -> None:
    """At the level of all interrupts."""
    splraise(7)
    while not cas(big.word, 0, 1):
        spin_while(big.word != 0)
'''),
    "V8": (INHERITING, '''
def mutex_sleep_exit(m: Mutex) -> None:
    """To whoever is next, with nothing lent."""
    m.word = 0
'''),
    "V11": (NETBSD_5, '''
@inline
def mask_hold(s: IntrSource) -> None:
    """Forget it."""
'''),
    "V12": (design("freebsd"), '''
def ithread_loop(where: int) -> None:
    """Without a second look."""
    s = at(IntrSource, where)
    l = ci.curlwp
    while True:
        while cas(s.is_need, 1, 0):
            flow_end(s)
        lose(s, l)

def lose(s: IntrSource, l: Lwp) -> None:
    lwp_lock(l)
    l.l_stat = LSSLEEP
    l.l_wchan = addr(s)
    mi_switch()
'''),
    "V13": (SOLARIS, '''
def lwp_onproc(l: Lwp) -> bool:
    """Also of one that is pinned."""
    return l.l_stat == LSONPROC
'''),
    "V14": (NETBSD_5, '''
@inline
def splraise(level: int) -> int:
    """With the level in the thread."""
    old = spl.ilevel
    spl.ilevel = max(old, level)
    ci.curlwp.l_arg = level
    return old
'''),
}  # fmt: skip


def swapped(which, old, new):
    """A design with one mechanism in place of another."""
    return replace(which, mechanisms=tuple(new if each == old else each for each in which.mechanisms))


def linked(which, slot, function):
    """A design with a slot linked to a function of ours."""
    return replace(which, exceptions={**which.exceptions, slot: function})


CHANGED = {
    "V1": linked(SOLARIS, "mask_clamp", "carrier_direct.mask_clamp"),
    "V2": swapped(design("freebsd"), "flow_event", "flow_eoi_last"),
    "V3": linked(NETBSD_5, "flow_leave", "flow_eoi_first.flow_leave"),
    "V5": replace(NETBSD_5, spin_from="IPL_NONE"),
    "V6": linked(NETBSD_5, "lwp_onproc", "textbook_sched.lwp_onproc"),
    "V9": replace(NETBSD_2006, vector={**NETBSD_2006.vector, "priority": "P0 chain all"}),
    "V10": replace(NETBSD_5, accepted={}),
}


def wrong_designs(folder):
    """All of them, in order; the mechanisms are written to `folder`."""
    found = dict(CHANGED)
    for rule, (which, text) in WRITTEN.items():
        file = folder / f"{rule.lower()}.py"
        file.write_text(HEAD + text)
        found[rule] = which.replace(load_module(file, "mechanism"))
    return {rule: found[rule] for rule in sorted(found, key=lambda name: int(name[1:]))}
