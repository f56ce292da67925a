"""Kernel code in typed form: what only kernel code has."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import dedent

from splx.lang.front.frontend import Dialect, front
from splx.lang.intrinsic import intrinsic
from splx.lang.kernel import (
    NULL,
    THREAD,
    Array,
    Const,
    Func,
    Handle,
    PerCpu,
    Struct,
    account,
    addr,
    array,
    at,
    atomic,
    atomic_step,
    context,
    cycles,
    embedded,
    entry,
    i64,
    level,
    on_cpu,
    panic,
    slot,
    spin_while,
    stat,
    u8,
    us,
)
from splx.lang.links import CycleCount
from splx.lang.show import show
from splx.lang.types import BOOL, I64
from splx.lang.types import Func as FuncType

__account__ = "lock"
IPL_VM = Const("IPL_VM")


@intrinsic(("place", "value", "value"), BOOL)
def cas(place: object, old: object, new: object) -> bool: ...


@intrinsic(("place", "value"), "place")
def swap(place: object, new: object) -> object: ...


@intrinsic(("dist", "int?"))
def work(time: object, key: int = 0) -> None: ...


@intrinsic(("int", "func", "word"))
def enter(ctx: int, fn: object, arg: object) -> None: ...


@slot
@context(THREAD)
def mutex_enter(m: Mutex) -> None:
    """Take the lock."""


@slot
def mutex_exit(m: Mutex) -> None: ...


class Mutex(Struct):
    word: i64 = atomic()
    owner: Thread
    enter_with = mutex_enter
    exit_with = mutex_exit

    def held(self) -> bool:
        return self.word != 0


class Stamp(Struct):
    time: i64


class Thread(Struct):
    next: Thread
    stamp: Stamp = embedded()
    locks: Array[Mutex] = array(2)


class Softc(Struct):
    func: Func
    claim: Callable[[Thread], bool]
    arg: i64
    dev: Device
    drops: i64 = stat()


class SplCpu(PerCpu):
    ilevel: u8
    wanted: i64 = atomic()


class Device(Handle):
    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line

    def start(self, n: int) -> None:
        work(us(2.5))


spl = SplCpu()
stats = Mutex()
idle = Thread()
nic = Device(9)


def shown(func):
    return show(front(func, Dialect.KERNEL))


def text(lines):
    return '@account("lock")'.replace('"', "'") + "\n" + dedent(lines).strip()


def walk(t: Thread) -> Thread:
    last = NULL
    while t is not NULL and t != idle:
        last = t
        t = t.next
    return last


def test_references_are_words_and_a_parameter_may_walk():
    assert shown(walk) == text("""
        def walk(t: Thread) -> Thread
            last = NULL
            while (t != NULL) and (t != <Thread>)
                last = t
                t = [t.next]
            return last
    """)


def nested(t: Thread) -> None:
    t.next.stamp.time += 1
    t.locks[1].word = 3


def test_a_field_of_struct_type_is_a_reference_unless_embedded():
    assert shown(nested) == text("""
        def nested(t: Thread) -> None
            %1 = [t.next]
            %1.stamp.time = [%1.stamp.time] + 1
            [t.locks[1]].word = 3
    """)


def per_cpu(cpu: int) -> None:
    spl.ilevel = IPL_VM
    on_cpu(spl, cpu).wanted += 1


def test_a_per_cpu_static_is_that_of_this_cpu_unless_another_is_named():
    assert shown(per_cpu) == text("""
        def per_cpu(cpu: i64) -> None
            <SplCpu>.ilevel = IPL_VM
            on_cpu(<SplCpu>, cpu).wanted = [on_cpu(<SplCpu>, cpu).wanted] + 1
    """)


def machine(m: Mutex, t: Thread) -> int:
    if cas(m.word, 0, addr(t)):
        work(us(3))
    old = swap(m.owner, t)
    spin_while(m.word != 0 and spl.ilevel > 0)
    enter(3, handler, t)
    return at(Thread, m.word & -8).stamp.time if old is NULL else 0


def handler(n: int) -> None:
    pass


def test_operations_of_the_machine_take_places_values_functions_and_classes():
    assert shown(machine) == text("""
        def machine(m: Mutex, t: Thread) -> i64
            if %cas(m.word, 0, %addr(t))
                %work(3000000)
            old = %swap(m.owner, t)
            spin_while ([m.word] != 0) and ([<SplCpu>.ilevel] > 0)
            %enter(3, function handler, t)
            return [%at{Thread}([m.word] & -8).stamp.time] if (old == NULL) else 0
    """)


def dispatch(sc: Softc, t: Thread) -> bool:
    sc.func(sc.arg, t)
    sc.dev.start(nic.line)
    nic.start(2)
    if t.locks[0].held():
        return False
    return sc.claim(t)


def test_calls_through_fields_and_methods():
    assert shown(dispatch) == text("""
        def dispatch(sc: Softc, t: Thread) -> bool
            ([sc.func])([sc.arg], t)
            Device.start([sc.dev], 9)
            Device.start(nic, 2)
            if Mutex.held([t.locks[0]])
                return False
            return ([sc.claim])(t)
    """).replace("(nic, 2)", f"({nic}, 2)")


def count(sc: Softc, n: int) -> None:
    sc.drops += n
    sc.drops -= 1


def test_a_statistic_is_added_to_beside_the_state():
    assert shown(count) == text("""
        def count(sc: Softc, n: i64) -> None
            %stat_add(sc.drops, n)
            %stat_add(sc.drops, -1)
    """)


def locked(t: Thread, n: int) -> int:
    for i in range(n):
        with stats, t.locks[0]:
            if i == 2:
                break
            if i == 3:
                continue
            if i == 4:
                return t.stamp.time
            if i == 5:
                return n
    return 0


def test_with_gives_back_on_every_way_out_and_computes_what_is_returned_before():
    assert shown(locked) == text("""
        def locked(t: Thread, n: i64) -> i64
            for i in 0 .. n
                mutex_enter(<Mutex>)
                %1 = [t.locks[0]]
                mutex_enter(%1)
                if i == 2
                    mutex_exit(%1)
                    mutex_exit(<Mutex>)
                    break
                if i == 3
                    mutex_exit(%1)
                    mutex_exit(<Mutex>)
                    continue
                if i == 4
                    %2 = [t.stamp.time]
                    mutex_exit(%1)
                    mutex_exit(<Mutex>)
                    return %2
                if i == 5
                    mutex_exit(%1)
                    mutex_exit(<Mutex>)
                    return n
                mutex_exit(%1)
                mutex_exit(<Mutex>)
            return 0
    """)


def hopeless(n: int) -> int:  # noqa: RET503 - panic does not come back
    if n > 0:
        return n
    panic("lost", n)


def test_panic_ends_a_way():
    assert shown(hopeless) == text("""
        def hopeless(n: i64) -> i64
            if n > 0
                return n
            %panic{lost}(n)
    """)


def timed() -> None:
    work(cycles(12))
    work(us(0.5), 3)


def test_cycles_are_known_when_the_system_is_linked():
    made = front(timed, Dialect.KERNEL)
    assert made.body[0].value.args[0].value == CycleCount("cycles(12)", 12)
    assert made.body[1].value.args[0].value == 500_000


def function_values(sc: Softc) -> bool:
    sc.func = handler
    f = sc.func
    f(3)
    return f is NULL


def test_functions_are_values():
    made = front(function_values, Dialect.KERNEL)
    assert made.body[0].value.type == FuncType((I64,), front(handler, Dialect.KERNEL).result)
    assert made.locals["f"] == FuncType(None, I64)


@entry
@level(IPL_VM)
@account("handler")
@atomic_step
def marked() -> None:
    pass


def test_marks_are_the_decorators_and_the_account_of_the_module():
    assert front(marked, Dialect.KERNEL).marks == {
        "account": "handler",
        "atomic": True,
        "entry": True,
        "level": IPL_VM,
    }
    assert front(mutex_enter, Dialect.KERNEL).marks == {
        "account": "lock",
        "context": frozenset({THREAD}),
        "slot": True,
    }
