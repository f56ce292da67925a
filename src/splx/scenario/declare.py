"""How functions become handlers, softints and threads.

    @handler(nic, IPL_NET)
    def nic_intr() -> None: ...

    @softint(IPL_SOFTNET)
    def ip_input() -> None: ...          # ip_input is the softint: softint_schedule(ip_input)

    @poll(weight=64)
    def nic_poll(budget: int) -> int: ...    # nic_poll is what is polled: napi_schedule(nic_poll)

    @tasklet()
    def rx() -> None: ...                # rx is the tasklet: tasklet_schedule(rx)

    @thread("reader", priority=PRI_USER, cpu=1, count=2)
    def reader(n: int) -> None: ...      # called with 0 and with 1

    @periodic(ms(5), priority=PRI_USER_RT, cpu=0, deadline=ms(5))
    def control() -> None: ...           # one job

A function takes its `arg`, a number or a struct, or nothing. Python code that makes many of them calls the decorators:
`thread(f"t{n}", arg=task)(worker)`.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any, TypeVar

from splx.base.diagnostics import Diagnostic
from splx.base.units import Ps
from splx.kernel.interface.levels import IPL_CLOCK, IPL_SOFTNET, PRI_KTHREAD
from splx.lang.marks import decorator
from splx.scenario import codes
from splx.scenario.arrivals import Never, Periodic
from splx.scenario.checks import MOST_THREADS, SHORTEST, count, cpu_number, duration, flag, name_of, of_class
from splx.scenario.declared import HandlerDecl, ThreadDecl
from splx.scenario.devices import Device
from splx.scenario.distributions import Distribution
from splx.scenario.functions import Role, body_of
from splx.scenario.levels import HARD, TIMER, level_name
from splx.scenario.objects import Napi, Softint, Tasklet
from splx.scenario.periodic import Job, Timer, job_loop, job_release
from splx.scenario.priorities import check_priority
from splx.scenario.scene import current, report
from splx.scenario.sites import Site, here

F = TypeVar("F", bound=Callable[..., None])


@decorator
def handler(
    device: Device,
    level: int,
    *,
    arg: Any = 0,  # noqa: ANN401 - a number or a static
    mpsafe: bool = False,
    defer: bool = False,
    filter: Callable[..., bool] | None = None,  # noqa: A002 - it is called that
) -> Callable[[F], F]:
    """The function handles interrupts of `device` at `level`: intr_establish(9).

    Without `mpsafe` it runs with the big lock, in designs that have one; from NetBSD 5 on at IPL_VM and below alone, as
    a handler above that is MP-safe by definition. Without `defer` every item it popped is done when it returns.
    `filter` is a function of the same argument that is called first, and says whether this one is wanted: under xnu and
    freebsd in the interrupt itself, where it may take no lock that sleeps; elsewhere where this one runs. Where
    handlers share a line freebsd calls all of them as soon as one of them is wanted.
    """
    site = here()
    scenario = current("a handler", site)
    line = of_class(device, Device, _no_device(), site, "device", 0, "give the device itself, and not its name")
    name = level_name(level, HARD, site, 1, "a handler")
    safe, later = flag(mpsafe, site, "mpsafe"), flag(defer, site, "defer")

    def declare(func: F) -> F:
        body = body_of(func, Role.HANDLER if filter is None else Role.FILTERED, site, "func")
        looks = None if filter is None else body_of(filter, Role.FILTER, site, "filter")
        scenario.handlers.append(HandlerDecl(line, name, body, arg, safe, later, site, looks))
        return func

    return declare


def _no_device() -> Device:
    """Stands for a device that was refused."""
    device = object.__new__(Device)
    device.name, device.arrivals, device.number = "?", object.__new__(Never), -1
    return device


@decorator
def softint(
    level: int = IPL_SOFTNET,
    *,
    name: str = "",
    arg: Any = 0,  # noqa: ANN401 - a number or a static
    mpsafe: bool = False,
    finishes: Device | None = None,
) -> Callable[[Callable[..., None]], Softint]:
    """The function becomes a softint of that level, whose name it takes: `softint_schedule(function)`."""
    site = here()
    current("a softint", site)
    if _bare("softint", level, site):
        level = IPL_SOFTNET
    safe = flag(mpsafe, site, "mpsafe")
    return lambda func: Softint(func, level, name=name, arg=arg, mpsafe=safe, finishes=finishes)


@decorator
def poll(
    weight: int = 64,
    *,
    name: str = "",
    arg: Any = 0,  # noqa: ANN401 - a number or a static
    finishes: Device | None = None,
) -> Callable[[Callable[..., int]], Napi]:
    """The function polls a device, with a budget of `weight` items: see `Napi`, whose name it takes."""
    site = here()
    current("a poll", site)
    if _bare("poll", weight, site):
        weight = 64
    return lambda func: Napi(func, weight, name=name, arg=arg, finishes=finishes)


@decorator
def tasklet(
    *,
    name: str = "",
    arg: Any = 0,  # noqa: ANN401 - a number or a static
    finishes: Device | None = None,
) -> Callable[[Callable[..., None]], Tasklet]:
    """The function becomes a tasklet, whose name it takes: `tasklet_schedule(function)`. See `Tasklet`."""
    current("a tasklet", here())
    return lambda func: Tasklet(func, name=name, arg=arg, finishes=finishes)


@decorator
def thread(
    name: str = "",
    *,
    priority: int = PRI_KTHREAD,
    cpu: int | None = None,
    count: int = 1,
    arg: Any = None,  # noqa: ANN401 - a number or a static
) -> Callable[[F], F]:
    """The function is run by a thread of its own, or by `count` of them: kthread_create(9).

    Each is called with `arg` or, if that is not given, with its number from 0. With `cpu` it never leaves that CPU.
    Without, a CPU is chosen whenever it is woken; while it is ready there no other takes it over, not even an idle one,
    unless the kernel has one queue for all CPUs. It ends when the function returns.
    """
    site = here()
    scenario = current("a thread", site)
    if _bare("thread", name, site):
        name = ""
    given = of_class(name, str, "", site, "name", 0, 'a name is a text: `@thread("reader")`')
    given = given and name_of(given, site)
    rank = check_priority(priority, site)
    copies = _copies(count, site, len(scenario.threads))

    def declare(func: F) -> F:
        body = body_of(func, Role.THREAD, site, "func")
        chosen = given or func.__name__
        for n in range(copies):
            label = chosen if copies == 1 else f"{chosen}/{n}"
            scenario.take_name("source", label, "a thread", site)
            scenario.threads.append(ThreadDecl(label, body, n if arg is None else arg, rank, _cpu(cpu, site), site))
        return func

    return declare


def _bare(decorator_: str, given: object, site: Site) -> bool:
    """Whether the decorator got the function itself: S0109, because nothing would come of it."""
    if not isinstance(given, FunctionType):
        return False
    message = f"`@{decorator_}` stands above `{given.__name__}` without parentheses, and declares nothing"
    example = "periodic(ms(10))" if decorator_ == "periodic" else f"{decorator_}()"
    report(Diagnostic(codes.ARGUMENT, message, site.span, help=f"write `@{example}`"))
    return True


def _copies(value: int, site: Site, before: int) -> int:
    """How many threads to make after so many: 0 if they would be more than a machine has room for, which is S0105."""
    copies = count(value, site, "count")
    if before + copies <= MOST_THREADS:
        return copies
    message = f"`count` is {value:,}" if before == 0 else f"`count` is {value:,}, after {before:,} threads"
    message += f", and a machine has room for {MOST_THREADS:,}"
    help_ = "each thread has two contexts of 32,767 at most, and the kernel has its own: make fewer"
    report(Diagnostic(codes.COUNT, message, site.argument("count"), help=help_))
    return 0


def _cpu(cpu: int | None, site: Site) -> int | None:
    return None if cpu is None else cpu_number(cpu, site)


@decorator
def periodic(
    period: Ps,
    offset: Ps = 0,
    *,
    priority: int = PRI_KTHREAD,
    cpu: int | None = None,
    deadline: Ps | None = None,
    jitter: Distribution | Ps | None = None,
    level: int = IPL_CLOCK,
    name: str = "",
    arg: Any = 0,  # noqa: ANN401 - a number or a static
) -> Callable[[F], F]:
    """The function is a job that a timer releases every `period`, and a thread of its own runs.

    The timer interrupts `cpu` (0 if the thread is not bound) at `level`. The response is from the timer's assertion
    to the end of the job; its source has the job's name, and the thread's is `NAME.thread`. A response longer than
    `deadline` is counted as missed.
    """
    site = here()
    scenario = current("a periodic thread", site)
    if _bare("periodic", period, site):
        period = SHORTEST
    releases = Periodic(
        duration(period, site, "period", 0, least=SHORTEST), duration(offset, site, "offset", 1), jitter
    )
    rank = check_priority(priority, site)
    limit = 0 if deadline is None else duration(deadline, site, "deadline", least=1)
    line = level_name(level, TIMER, site, -1, "a timer")
    bound = _cpu(cpu, site)

    def declare(func: F) -> F:
        chosen = name or func.__name__
        timer = Timer(chosen, releases, cpu=bound or 0)
        timer.deadline = limit
        job = Job(jb_timer=timer, jb_func=body_of(func, Role.JOB, site, "func"), jb_arg=arg)
        scenario.take_name("source", f"{chosen}.thread", "a thread", site)
        scenario.handlers.append(HandlerDecl(timer, line, job_release, job, mpsafe=True, defer=True, site=site))
        label = f"{chosen}.thread"
        scenario.threads.append(ThreadDecl(label, job_loop, job, rank, bound, site, job))
        return func

    return declare
