"""What a system is to be true of, as a program of its own: it reads the words of the kernel's, and is no part of it.

Nothing of the kernel's program moves because somebody looks at it, so a run with properties is the run without them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import splx.kernel
from splx.base.diagnostics import Diagnostic, SplxError
from splx.lang.front.frontend import Dialect, fronted
from splx.lang.front.signatures import signature
from splx.lang.marks import marks_of
from splx.lang.types import BOOL, Ref
from splx.machine.table import ROWS
from splx.program.rows import shape
from splx.scenario import codes
from splx.scenario.objects import Declared
from splx.scenario.system import Properties, Property

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from splx.base.diagnostics import Span
    from splx.program.image import Function, Image
    from splx.program.insn import Insn
    from splx.scenario.build.plan import Plan
    from splx.scenario.properties import Says

_KERNEL = f"{splx.kernel.__name__}."
_GOES = frozenset({"jump", "branch", "call", "return"})
_ASSERTS = frozenset({"ASSERT", "AEQ", "ANE", "ALT", "ALE", "AGT", "AGE", "AANY", "ANONE", "PANIC"})


def check_properties(plan: Plan) -> None:
    """Note what is wrong with the functions of properties: they give no truth value, or call the kernel (S0117)."""
    for each in plan.scenario.properties:
        try:
            result = signature(each.func).result
            found = list(_calls(each.func, []))
        except SplxError:
            continue  # the compiler says it when it is linked
        if result != BOOL:
            message = f"`{each.name}` gives `{result}`, and a property is true or false"
            plan.problems.add(Diagnostic(codes.FUNCTION, message, each.site.span, help="annotate it `-> bool`"))
        for callee, span in found:
            message = f"`{callee.__name__}` is the kernel's, and the property `{each.name}` calls it"
            help_ = "a property reads words: keep in a field of your own what it is to know, and `assert` the rest"
            plan.problems.add(Diagnostic(codes.PROPERTY_CALLS, message, span, help=help_))


def _calls(func: Callable[..., Any], seen: list[Callable[..., Any]]) -> Iterator[tuple[Callable[..., Any], Span]]:
    """The kernel's functions that a user's function comes to call, and where."""
    seen.append(func)
    for callee, span in fronted(func, Dialect.KERNEL).calls:
        if callee.__module__.startswith(_KERNEL) or "slot" in marks_of(callee):
            yield callee, span
        elif callee not in seen:
            yield from _calls(callee, seen)


def properties(declared: Sequence[tuple[Says, Callable[..., bool]]], program: Image) -> Properties:
    """What is to be true, in the program of its functions. SplxError S0116 for every one that does something."""
    there = {each.tree.func for each in program.functions}  # what nobody uses nothing is stated of
    things = list(program.data.every)
    made = tuple(each for says, func in declared if func in there for each in _properties(says, func, program, things))
    problems = [_effect(insn) for insn in program.insns[1:] if not _only_looks(insn)]
    if problems:
        raise SplxError(*dict.fromkeys(problems))
    return Properties(program, made)


def _properties(says: Says, func: Callable[..., bool], program: Image, things: Iterable[Any]) -> Iterator[Property]:
    """One for each thing that a function is about: of what scenarios declare, of what this one has declared."""
    function, params = program.find(func, "call"), signature(func).params
    per_cpu = _of_a_cpu(function, program, set())
    admitting = bool(marks_of(func).get("admitting"))
    span = function.tree.span
    if not params:
        yield Property(says, function.name, span, function, per_cpu or admitting, 0, admitting)
        return
    kind = params[0].type
    cls: type = kind.struct.cls if isinstance(kind, Ref) and kind.struct else type(None)
    kinds: list[type] = type.__subclasses__(cls)
    declared = any(issubclass(each, Declared) for each in kinds)
    for obj in things:
        if isinstance(obj, Declared if declared else cls) and isinstance(obj, cls):
            at = program.address_of(obj)
            name = f"{function.name}({program.reference_name(at)})"
            yield Property(says, name, span, function, per_cpu or admitting, at, admitting)


def _of_a_cpu(function: Function, program: Image, seen: set[int]) -> bool:
    """Whether it matters which CPU evaluates a function: it reads words of that CPU, or asks for its number."""
    seen.add(function.start)
    for insn in program.insns[function.start : function.end]:
        if insn.op == "CPU" or "private" in ROWS[insn.op].touches or (insn.of is not None and insn.of.own):
            return True
        if insn.op == "CALL" and insn.t not in seen:
            callee = program.function_at(insn.t)
            if callee is not None and _of_a_cpu(callee, program, seen):
                return True
    return False


def _only_looks(insn: Insn) -> bool:
    row = ROWS[insn.op]
    if row.access == "load" or insn.op == "CPU" or insn.op in _ASSERTS:
        return True
    return shape(insn.op).pure or (row.ends in _GOES and insn.op not in ("SPIN", "CALLR"))


def _effect(insn: Insn) -> Diagnostic:
    row = ROWS[insn.op]
    span = insn.chain[-1] if insn.chain else insn.span
    what = "writes a word" if row.access else "does more than read words"
    help_ = "a property only reads: let the code of the scenario keep the words that it reads"
    return Diagnostic(codes.EFFECT, f"a property {what}", span, help=help_)
