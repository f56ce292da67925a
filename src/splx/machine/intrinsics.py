"""The instructions as kernel code calls them: stubs for editors and type checkers, descriptions for the front end.

    if not cas(m.word, 0, addr(ci.curlwp)): ...

A place argument is a field access, `m.word` or `ring.slot[i]`: the operation is on the word, not on its value.
Each stub names its row; what the instruction does is said there and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from splx.lang.intrinsic import intrinsic
from splx.lang.types import BOOL, I64


class OnlyCompiledError(RuntimeError):
    """Kernel code was called as plain Python: it runs on the machine only."""


def _machine_only() -> Any:
    """What every stub does when Python itself calls it."""
    raise OnlyCompiledError("kernel Python runs on the machine: list it with `splx list`, run it with `splx run`")


# ---- memory


@intrinsic(params=("place", "value", "value"), result=BOOL)
def cas(place: Any, old: Any, new: Any) -> bool:
    """CAS: if the word is `old` it becomes `new`; whether it did. Locked: atomic against all CPUs."""
    return bool(_machine_only())


@intrinsic(params=("place", "value"), result="place")
def swap(place: Any, new: Any) -> Any:
    """SWAP: the word becomes `new`; what it was. Locked."""
    return _machine_only()


@intrinsic(params=("place", "int"), result=I64)
def fetch_add(place: int, by: int) -> int:
    """FADD: the word grows by `by`; what it was. Locked."""
    return int(_machine_only())


@intrinsic(params=("place", "value", "value"), result=BOOL)
def cas_local(place: Any, old: Any, new: Any) -> bool:
    """CASU, or CASP on a per-CPU word: as `cas`, atomic only against interrupts of this CPU. What another CPU has
    written between its read and its write is lost, also if it fails: then it writes back what it has read.
    """
    return bool(_machine_only())


@intrinsic(params=("place", "value"), result="place")
def swap_local(place: Any, new: Any) -> Any:
    """SWAPU or SWAPP: as `swap`, atomic only against interrupts of this CPU."""
    return _machine_only()


@intrinsic(params=("place", "int"), result=I64)
def fetch_add_local(place: int, by: int) -> int:
    """FADDU or FADDP: as `fetch_add`, atomic only against interrupts of this CPU."""
    return int(_machine_only())


@intrinsic(params=("place", "place", "int", "int", "int"), result=BOOL)
def cas_pair_local(place0: int, place1: int, old0: int, old1: int, new0: int) -> bool:
    """CAS2P: two neighbouring per-CPU words: if they are (old0, old1) the first becomes new0; whether it did."""
    return bool(_machine_only())


@intrinsic()
def fence() -> None:
    """FENCE: every store before is visible before any access after."""
    _machine_only()


# ---- time


@intrinsic(params=("dist", "int?", "handle?"))
def work(amount: Any, key: int = 0, device: Any = None) -> None:
    """WORK: occupy the CPU for a time (ps) or for a draw from a distribution; interruptible.

    With `key` and `device` the draw is that of the device's item `key` (as `dev_pop` gave it); with `key` alone that of
    the number; with neither, the next of the running thread, or in a handler of this place in the program.
    """
    _machine_only()


@intrinsic(params=("dist", "int?", "handle?"), result=I64)
def draw(dist: Any, key: int = 0, device: Any = None) -> int:
    """DRAW: a duration in ps, drawn as `work` draws."""
    return int(_machine_only())


@intrinsic(params=("int",))
def stamp(slot: int) -> None:
    """STAMP: remember this moment in slot `slot`, beside the state."""
    _machine_only()


@intrinsic(params=("int", "int"), result=BOOL)
def elapsed(slot: int, limit: int) -> bool:
    """ELAPSED: whether at least `limit` ps have passed since the stamp. Exact in a simulation, a choice in a check."""
    return bool(_machine_only())


# ---- the CPU


@intrinsic(result=I64)
def intr_disable() -> int:
    """IRQOFF: interrupts off; whether they were on."""
    return int(_machine_only())


@intrinsic()
def intr_enable() -> None:
    """IRQON: interrupts on."""
    _machine_only()


@intrinsic(params=("int",))
def intr_restore(was: int) -> None:
    """IRQSET: interrupts on if `was` is not zero."""
    _machine_only()


@intrinsic(params=("int",))
def set_hw_level(level: int) -> None:
    """SETLVL: irqs of this hardware priority or less are not accepted."""
    _machine_only()


@intrinsic()
def halt() -> None:
    """HALT: interrupts on, and wait until one is accepted, atomically."""
    _machine_only()


@intrinsic(result=I64, pure=True)
def cpu_number() -> int:
    """CPU: the number of the executing CPU."""
    return int(_machine_only())


# ---- contexts


@intrinsic(params=("int",))
def switch_to(ctx: int) -> None:
    """SWITCH: suspend this context and run `ctx`, which must be suspended."""
    _machine_only()


@intrinsic(params=("int",), leaves=True)
def switch_exit(ctx: int) -> None:
    """SWITCHX: free this context and run `ctx`."""
    _machine_only()


@intrinsic(params=("int", "func", "word"))
def enter(ctx: int, func: Callable[..., None], arg: Any) -> None:
    """ENTER: run `func(arg)` in the free context `ctx` on top of this one; go on here when it leaves or lets go."""
    _machine_only()


@intrinsic(params=("int", "func", "word"), leaves=True)
def become(ctx: int, func: Callable[..., None], arg: Any) -> None:
    """BECOME: run `func(arg)` in the free context `ctx` in place of this one, which is free then."""
    _machine_only()


@intrinsic(leaves=True)
def leave() -> None:
    """LEAVE: back to the context beneath, with the interrupt flag it had."""
    _machine_only()


@intrinsic(result=I64)
def detach() -> int:
    """DETACH: this context sits on nothing any more; what it sat on."""
    return int(_machine_only())


@intrinsic(result=I64)
def below() -> int:
    """BELOW: the context beneath this one, -1 none."""
    return int(_machine_only())


@intrinsic(result=I64)
def self_context() -> int:
    """SELF: this context."""
    return int(_machine_only())


@intrinsic(params=("int",), result=I64)
def frame_pc(ctx: int) -> int:
    """RDPC: where the suspended `ctx` will go on."""
    return int(_machine_only())


@intrinsic(params=("int", "int"))
def set_frame_pc(ctx: int, pc: int) -> None:
    """WRPC: let the suspended `ctx` go on at `pc`."""
    _machine_only()


# ---- the controller and devices


@intrinsic(params=("int", "int"))
def send_ipi(cpu: int, vector: int) -> None:
    """IPI: interrupt `cpu` with vector 0 to 7."""
    _machine_only()


@intrinsic(params=("int",))
def pic_mask(irq: int) -> None:
    """MASK: the controller does not deliver `irq`."""
    _machine_only()


@intrinsic(params=("int",))
def pic_unmask(irq: int) -> None:
    """UNMASK: the controller delivers `irq` again, at once if it waits."""
    _machine_only()


@intrinsic(params=("int",))
def pic_eoi(irq: int) -> None:
    """EOI: the service of `irq` is over."""
    _machine_only()


@intrinsic(params=("int", "int"))
def pic_route(irq: int, cpu: int) -> None:
    """ROUTE: `irq` is delivered to `cpu` from now on."""
    _machine_only()


@intrinsic(result=I64)
def intr_pending() -> int:
    """IRQPEND: whether an irq waits that this CPU would take if interrupts were on."""
    return int(_machine_only())


@intrinsic(params=("int",))
def pic_retrigger(irq: int) -> None:
    """RETRIG: an edge of `irq` is latched again, by software."""
    _machine_only()


@intrinsic(params=("word", "int"), result=I64)
def dev_read(device: Any, register: int) -> int:
    """DEVRD: a register: 0 items waiting, 1 pop an item (its number plus one, 0 none), 2 interrupts enabled."""
    return int(_machine_only())


@intrinsic(params=("word", "int", "int"))
def dev_write(device: Any, register: int, value: int) -> None:
    """DEVWR: a register of a device: 2 enable interrupts, 3 submit a request (or a time), 4 acknowledge."""
    _machine_only()


# ---- choices, marks, statistics


@intrinsic(params=("int",), result=I64)
def choose(n: int) -> int:
    """CHOOSE: one of 0..n-1: seeded in a simulation, every one in a check, where it may also be the same for ever."""
    return int(_machine_only())


@intrinsic(params=("int", "word", "word"))
def mark(kind: int, a: Any, b: Any) -> None:
    """MARK: a moment for statistics and traces; free."""
    _machine_only()


@intrinsic(params=("handle", "int"))
def count(statistic: Any, by: int) -> None:
    """STAT: the statistic grows by `by`; write-only, beside the state, free."""
    _machine_only()
