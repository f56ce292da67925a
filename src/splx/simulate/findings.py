"""A finding of the machine as a diagnostic: the user's own line, the rule, the calls, the last steps of every CPU.

The place is the innermost call in the user's own text. Where the kernel notices only after the user's code has
returned (a handler that left a lock held), it is the last line of the user's that ran there.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

import splx
from splx.base.diagnostics import Diagnostic, Span, source_line
from splx.base.units import show_duration
from splx.machine.constants import Finding
from splx.scenario.mutants import is_mutants
from splx.simulate import codes
from splx.simulate.held import Held
from splx.simulate.trail import drawing, retrace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from splx.lang.buffer import Buffer
    from splx.machine.state import Machine
    from splx.program.image import Image
    from splx.scenario.system import System
    from splx.simulate.engine import Engine
    from splx.simulate.trail import Step

_HIGHEST = "declare it with the level of its highest user: `Mutex(name, IPL_NET)`"
_WITH = "take it with `with`, which gives it back on every way out"
_LEVEL = "go back to the level that `splraise` returned: `splx(s)`"
_UNHELD = "give back what was taken, once: `with` does"
_WAIT = "wait in a thread, which the handler wakes: `cv_signal`"
_OURS = Path(splx.__file__).resolve().parent

#: finding -> its code, what is wrong ({a}, {b} as the clause gave them, named), and a way out.
_KINDS: dict[Finding, tuple[str, str, str | None]] = {
    Finding.ASSERT: (codes.ASSERTION, "{message}", None),
    Finding.PANIC: (codes.PANIC, "{message}", None),
    Finding.BUSY_FRAME: (codes.BUSY_FRAME, "{context} is entered while it is in use", None),
    Finding.BAD_ADDRESS: (codes.ADDRESS, "an access to {address}", "check that the reference is not NULL"),
    Finding.DIVIDE: (codes.DIVISION, "a division by zero", "test the divisor first"),
    Finding.RANGE: (codes.RANGE, "{a} does not fit a field of {width}", "give the field a wider type"),
    Finding.BAD_SWITCH: (codes.SWITCH, "a switch to {context}, which is free or runs elsewhere", None),
    Finding.TRAP_REENTERED: (codes.NESTED, "{irq} is accepted while the one before it is not dealt with", None),
    Finding.STUCK: (codes.STUCK, "a million instructions without any time passing", "let the loop wait or work"),
    Finding.BAD_FUNCTION: (codes.FUNCTION, "a call through {a}, which is not a function", None),
    Finding.IN_FLIGHT: (codes.ITEM, "item {b} of {device} is done without having been taken", None),
    Finding.BAD_OPERAND: (
        codes.OPERAND,
        "{a} is nothing that this instruction can take",
        "times are not negative; CPUs, devices and what `choose` is given lie within their numbers",
    ),
    Finding.NO_BELOW: (codes.NOTHING_BELOW, "a return from a context that sits on nothing", None),
}


#: what a kernel says -> what its caller may do about it
ADVICE = {
    "adaptive mutex in an interrupt that may not sleep": _HIGHEST,
    "sleeping lock in a hard interrupt": _HIGHEST,
    "sleeping lock in an interrupt": _HIGHEST,
    "locking against myself": "a mutex is not recursive: give it back first, or take it in one of the two only",
    "handler returned holding a spin mutex": _WITH,
    "handler returned holding a simple lock": _WITH,
    "thread ended holding a mutex or an rwlock": _WITH,
    "handler returned holding kernel_lock": "call `kernel_unlock` once for each `kernel_lock`",
    "thread ended holding kernel_lock": "call `kernel_unlock` once for each `kernel_lock`",
    "kernel_unlock without kernel_lock": "call `kernel_unlock` once for each `kernel_lock`",
    "handler returned at another level": _LEVEL,
    "thread ended at a raised level": _LEVEL,
    "splx below the level that the handler was called at": _LEVEL,
    "thread ended with a preempt count that is not 0": "call `kpreempt_enable` once for each `kpreempt_disable`",
    "exiting unheld mutex": _UNHELD,
    "exiting unheld spin mutex": _UNHELD,
    "releasing a lock that is not held": _UNHELD,
    "simple_unlock: lock not held": _UNHELD,
    "cv_wait in a hard interrupt": _WAIT,
    "cv_wait in a softint": _WAIT,
    "cv_wait in a softint or interrupt thread": _WAIT,
    "pool is IPL_NONE but called from interrupt context": "declare it with the level of its highest user: "
    "`Pool(name, items, IPL_NET)`",
    "work queued twice": "take a `Work` for each request that may be under way",
}


def explain(
    buffer: Buffer[Machine], system: System, fresh: Callable[[], Buffer[Machine]], engine: Engine, steps: int
) -> Diagnostic:
    """The diagnostic of a run that ended in a finding after `steps`. `fresh` loads the same run again."""
    beside = buffer.view().beside
    trail = retrace(fresh, engine, steps, image=system.image)
    code, text, way_out = _KINDS[Finding(beside.finding)]
    calls = list(_calls(buffer, system.image))
    asked = _contract(calls)
    contract = () if asked is None else ((calls[asked][1], "its contract"),)
    calls = calls if asked is None else calls[asked + 1 :]
    span, label = _place(calls, system, trail, beside.find_cpu)
    message = text.format(**_words(buffer, system))
    users = any(is_users(each) for _, each in calls)
    about = Held(buffer, system).about(message, _touched(system, trail, beside.find_cpu), users=users)
    cpu, when = beside.find_cpu, show_duration(beside.cpus[beside.find_cpu].clock)
    return Diagnostic(
        code,
        message,
        span,
        label,
        related=contract,
        notes=(
            *about,
            f"on CPU {cpu} at {when}, in {system.contexts[beside.find_ctx].name}",
            *_kernel_calls(calls, span),
        ),
        help=way_out or ADVICE.get(message),
        body=drawing(buffer, system, trail),
    )


def _touched(system: System, trail: list[Step], cpu: int) -> set[int]:
    """The addresses of what a CPU has used since it was in the user's own text."""
    found: set[int] = set()
    for step in reversed([each for each in trail if each.cpu == cpu]):
        if is_users(system.image.where(step.pc)[0][1]):
            break
        found.add(step.address)
    return found


def is_users(span: Span) -> bool:
    """Whether a place is in the user's own text."""
    path = _not_ours(span.file)
    return path is not None and not is_mutants(path)


@cache
def _not_ours(file: str) -> Path | None:
    """Where a file lies, unless that is here. It is asked of every step that was taken, so it is looked up once."""
    path = Path(file).resolve()
    return None if path.is_relative_to(_OURS) else path


def _calls(buffer: Buffer[Machine], image: Image) -> Iterator[tuple[str, Span]]:
    """The calls of the context in which it happened, innermost first."""
    machine = buffer.view()
    context, regs = machine.beside.find_ctx, buffer.sizes["REGS"]
    file = buffer.array("state.regs")[context * regs : (context + 1) * regs].tolist()
    yield from image.unwind(machine.beside.find_pc, file)


def _contract(calls: list[tuple[str, Span]]) -> int | None:
    """Which of the places is the decorator that was asserted, if the finding is about one and its function was called
    by a user's: the call is what is wrong then.
    """
    users = [number for number, (_, span) in enumerate(calls) if is_users(span)]
    return users[0] if len(users) > 1 and _is_decorator(calls[users[0]][1]) else None


def _place(calls: list[tuple[str, Span]], system: System, trail: list[Step], cpu: int) -> tuple[Span | None, str]:
    """Where to point, and what to write there."""
    for number, (_, span) in enumerate(calls):
        if is_users(span):
            return span, "" if number == 0 else "in this call"
    for step in reversed(trail):
        for name, span in system.image.where(step.pc) if step.cpu == cpu else ():
            if is_users(span) and not _is_head(span):
                return span, f"the last line of yours that ran there, in {name}"
    return (calls[0][1], "") if calls else (None, "")


def _is_head(span: Span) -> bool:
    """Whether a place is the head of a function: there stands the return that nobody wrote, and what came before it
    says more.
    """
    return _is_decorator(span) or (source_line(span.file, span.line) or "").lstrip().startswith("def ")


def _is_decorator(span: Span) -> bool:
    return (source_line(span.file, span.line) or "").lstrip().startswith("@")


def _kernel_calls(calls: list[tuple[str, Span]], span: Span | None) -> Iterator[str]:
    """The kernel's own calls, down to the user's."""
    for name, place in calls:
        if place == span:
            return
        yield f"{name}, {PurePath(place.file).name}:{place.line}"


def _words(buffer: Buffer[Machine], system: System) -> dict[str, object]:
    """What the messages name."""
    beside = buffer.view().beside
    a, b = beside.find_a, beside.find_b
    finding, image = Finding(beside.finding), system.image
    words: dict[str, object] = {"a": a, "b": b}
    if finding in (Finding.ASSERT, Finding.PANIC):
        words["message"] = image.messages[a].said
    words["context"] = system.contexts[a].name if 0 <= a < len(system.contexts) else f"context {a}"
    words["irq"] = system.irqs[a].name if 0 <= a < len(system.irqs) else f"irq {a}"
    words["device"] = system.devices[a].name if 0 <= a < len(system.devices) else f"device {a}"
    words["width"] = f"{abs(b)} bits{' with sign' if b < 0 else ''}"
    words["address"] = "NULL" if 0 <= a < 8 else f"word {a}"
    return words
