"""What instructions are to a search of a system whose properties look at words.

Whoever judges a state must come to see it: a word that a property reads is written by a step of its own, even where no
CPU could tell, and a step that writes one is not joined to the step before it. Nor does that step go on to what could
break a rule: nobody would judge what was written then. Only what is inside an atomic function stays one step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from splx.check.classes import classes
from splx.check.search import Class
from splx.machine.table import ROWS
from splx.program.rows import shape
from splx.scenario.properties import Says

if TYPE_CHECKING:
    from splx.check.loading import Bounds
    from splx.program.image import Function, Image
    from splx.program.insn import Insn
    from splx.scenario.system import System

Words: TypeAlias = "set[tuple[type, str]]"
_JOINED = Class.JOINS | Class.CALM


def classes_of(system: System, bounds: Bounds) -> list[int]:
    """The class of every instruction of a system's program. Who tells a story asks again: the same list."""
    image, words = system.image, watched(system)
    how = (bounds.tso, bounds.single, bounds.joins, bounds.calm, frozenset(words))
    known = image.beside.get(how)
    if known is None:
        known = image.beside[how] = _classes_of(image, bounds, words)
    return known


def _classes_of(image: Image, bounds: Bounds, words: Words) -> list[int]:
    found = classes(image, tso=bounds.tso, single=bounds.single, joins=bounds.joins, calm=bounds.calm)
    for pc, insn in enumerate(image.insns if words else ()):
        if _writes(insn, words) and not found[pc] & Class.INSIDE:
            found[pc] = (found[pc] | Class.STOP) & ~Class.OWNABLE
        elif found[pc] & _JOINED and _comes_to_write(image, image.function_at(insn.t), words, set()):
            found[pc] &= ~_JOINED
    written = [pc for pc, insn in enumerate(image.insns if words else ()) if _writes(insn, words)]
    for pc in _next_to_fail(image, found, [pc + 1 for pc in written if not found[pc] & Class.INSIDE]):
        found[pc] = (found[pc] | Class.STOP) & ~(Class.OWNABLE | _JOINED)
    return found


def _next_to_fail(image: Image, found: list[int], firsts: list[int]) -> set[int]:
    """From some instructions on, through what computes and goes on, the first of which more can become."""
    returns: dict[int, list[int]] = {}
    for pc, insn in enumerate(image.insns):
        if insn.op == "CALL":
            returns.setdefault(insn.t, []).append(pc + 1)
    queue = list(dict.fromkeys(firsts))
    seen, last = set(queue), set[int]()
    for at in queue:
        insn, ends = image.insns[at], ROWS[image.insns[at].op].ends
        if not found[at] & Class.PURE:
            last.add(at)
            continue
        after = [at + 1] if shape(insn.op).next else []
        if ends in ("jump", "branch", "call"):
            after.append(insn.t)
        if ends == "return":
            function = image.function_at(at)
            after += returns.get(function.start, []) if function is not None else []
            last |= {at} if function is None or function.kind != "call" else set()
        new = [each for each in after if each not in seen]
        seen.update(new)
        queue += new
    return last


def watched(system: System) -> Words:
    """The fields that a scenario's properties read. What mechanisms state holds wherever somebody could look."""
    found: Words = set()
    program = system.properties.program if system.properties else None
    for each in system.properties.each if system.properties else ():
        if each.says is Says.INVARIANT or program is None:
            continue
        for insn in _insns(program, each.function, set()):
            if insn.of is not None:
                found.add((insn.of.cls, insn.of.field))
    return found


def _insns(image: Image, function: Function | None, seen: set[int]) -> list[Insn]:
    """The instructions of a function and of all that it calls."""
    if function is None or function.start in seen:
        return []
    seen.add(function.start)
    own = image.insns[function.start : function.end]
    return own + [each for insn in own if insn.op == "CALL" for each in _insns(image, image.function_at(insn.t), seen)]


def _writes(insn: Insn, words: Words) -> bool:
    if ROWS[insn.op].access not in ("store", "rmw", "locked"):
        return False
    return insn.of is None or (insn.of.cls, insn.of.field) in words


def _comes_to_write(image: Image, function: Function | None, words: Words, seen: set[int]) -> bool:
    return any(_writes(insn, words) or insn.op == "CALLR" for insn in _insns(image, function, seen))
