"""Slots: which body a call of the kernel's interface goes to, and whether it is inlined.

A slot is a signature without a body; the design says whose body takes its place. For some (`mutex_enter`) it gives a
choice by the kind of the lock: made here if the lock is a static, and otherwise left to a body that looks when it runs.
"""

# ruff: noqa: ANN401 - locks are of every class

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from splx.base.diagnostics import Collector, Diagnostic, SplxError
from splx.lang.front.signatures import signature
from splx.lang.marks import marks_of
from splx.lang.struct import struct_of
from splx.lang.types import Array, Ref, Struct
from splx.program import codes
from splx.program.insn import At, Imm
from splx.program.lower.world import Target

if TYPE_CHECKING:
    from splx.base.diagnostics import Span
    from splx.lang import tree
    from splx.program.insn import Operand
    from splx.program.lower.code import Code
    from splx.program.words import Words

Callee: TypeAlias = Callable[..., Any]


@dataclass(frozen=True)
class ByLock:
    """A body for each kind of lock, for calls whose first argument is a static; `dynamic` for all others.

    `kind_of` gives the kind of a lock object, None if it is not known.
    """

    bodies: Mapping[Any, Callee]
    dynamic: Callee
    kind_of: Callable[[Any], Any]


#: contexts in words
WHERE = {"THREAD": "a thread", "SOFTINT": "a soft interrupt", "HARDINT": "a hard interrupt", "IDLE": "the idle loop"}


class _Linker(Protocol):
    words: Words
    problems: Collector

    def typed(self, func: Callee) -> tree.Function: ...

    def small_leaf(self, func: Callee) -> bool: ...


class Slots:
    """The bodies of a design. Keys are functions or their names; a body may be a slot again, as that is of a slot which
    nobody fills and which is marked as the same as another.
    """

    def __init__(self, slots: Mapping[Any, Any], linker: _Linker) -> None:
        self._slots = slots
        self._linker = linker
        self._checked: set[tuple[Callee, Callee]] = set()

    def _chosen(self, func: Callee) -> Any:
        found = self._slots.get(func)
        if found is None and "slot" in marks_of(func):
            return self._slots.get(func.__name__, marks_of(func).get("same_as"))
        return found

    def _resolve(self, func: Callee, lock: Any) -> tuple[Callee | None, bool]:
        """The body for `func`, None if it has none; and whether it is one of several that chooses when it runs."""
        choosing = False
        seen: list[Callee] = []
        while func not in seen:
            seen.append(func)
            chosen = self._chosen(func)
            if isinstance(chosen, ByLock):
                kind = None if lock is None else chosen.kind_of(lock)
                choosing = kind not in chosen.bodies
                chosen = chosen.dynamic if choosing else chosen.bodies[kind]
            if chosen is None or chosen is func:
                break
            func = chosen
        return (None if "slot" in marks_of(func) else func), choosing

    def body_or_itself(self, func: Callee) -> Callee:
        """The body behind `func` where no lock is known, or `func` itself if it has none."""
        body = self._resolve(func, None)[0]
        return func if body is None else body

    def body(self, func: Callee, span: Span) -> Callee:
        """As above, but SplxError L0501 if there is none."""
        body = self._resolve(func, None)[0]
        if body is None:
            raise SplxError(_unlinked(func, span, ()))
        return body

    def target(self, func: Callee, args: list[Operand], code: Code) -> Target:
        """Whom a call goes to."""
        lock = self._static(args[0], func) if args else None
        body, choosing = self._resolve(func, lock)
        if body is None:
            related = tuple((span, "called from here") for span in code.scope.origin.chain)
            raise SplxError(_unlinked(func, code.span, related))
        self._check(func, body)
        function = self._linker.typed(body)
        return Target(function, not choosing and self._inline(function))

    def _inline(self, function: tree.Function) -> bool:
        marks = function.marks
        if "inline" in marks:
            return True
        if not marks.keys().isdisjoint(("noinline", "slow", "entry", "outermost")):
            return False
        return self._linker.small_leaf(function.func)

    def _static(self, operand: Operand, func: Callee) -> Any:
        """The struct object that a first argument of `func` is, if it is a static or lies in one."""
        if not isinstance(operand, Imm) or not isinstance(operand.reloc, At) or operand.reloc.field:
            return None
        kind = signature(func).params[0].type
        struct = kind.struct if isinstance(kind, Ref) else None
        return None if struct is None else self._inside(operand.reloc.obj, operand.value, struct.cls)

    def _inside(self, obj: Any, offset: int, cls: type) -> Any:
        """The struct of class `cls` that starts `offset` words into an object."""
        if offset == 0 and isinstance(obj, cls):
            return obj
        struct = struct_of(type(obj))
        for name, start in self._linker.words.offsets(struct).items():
            kind = struct.fields[name].type
            if start <= offset < start + self._linker.words.of(kind):
                if isinstance(kind, Struct):
                    return self._inside(getattr(obj, name), offset - start, cls)
                if isinstance(kind, Array) and isinstance(kind.item, Struct):
                    index, rest = divmod(offset - start, self._linker.words.stride(kind.item))
                    return self._inside(getattr(obj, name)[index], rest, cls)
        return None

    def _check(self, func: Callee, body: Callee) -> None:
        """A body must not ask for more than the slot that it fills: contexts it runs in, level it is called at."""
        if func is body or (func, body) in self._checked:
            return
        self._checked.add((func, body))
        slot, its = marks_of(func), marks_of(body)
        missing = slot.get("context", frozenset()) - its.get("context", slot.get("context", frozenset()))
        if missing:
            places = " or ".join(WHERE[each.name] for each in sorted(missing))
            message = f"`{body.__name__}` may not run in {places}, and `{func.__name__}` may be called there"
            self._differs(func, body, message)
        if "level" in slot and "level" in its and slot["level"] != its["level"]:
            message = f"`{body.__name__}` is for level {its['level']!r}, and `{func.__name__}` for {slot['level']!r}"
            self._differs(func, body, message)

    def _differs(self, func: Callee, body: Callee, message: str) -> None:
        span = self._linker.typed(body).span
        related = ((self._linker.typed(func).span, "the slot"),)
        help_ = "change the contract of the slot, or choose another body"
        self._linker.problems.add(Diagnostic(codes.CONTRACT_DIFFERS, message, span, related=related, help=help_))


def _unlinked(func: Callee, span: Span, related: tuple[tuple[Span, str], ...]) -> Diagnostic:
    message = f"slot `{func.__name__}` has no body in this design"
    help_ = f"let the design link `{func.__name__}` to the function of a mechanism"
    return Diagnostic(codes.UNLINKED, message, span, help=help_, related=related)
