"""What counts as a round: where a program that goes on for ever gets round again.

A loop without a way out, `while True` with nothing that breaks it, is meant to go on: each time its beginning is
reached again its thread has done something. A loop that has a way out is meant to take it. So a thread that moves for
ever and makes no round is caught in a loop that should have ended. A handler is in none that is meant to: it makes a
round when it returns to who was interrupted, or to a thread of the kernel's that calls one after the other. To end the
thread, by `kthread_exit`, is a way out as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from splx.check.search import Round
from splx.machine.table import ROWS
from splx.program.rows import shape
from splx.stage.ours import is_ours

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping

    from splx.program.image import Function, Image
    from splx.program.insn import Insn

_RETURNS = frozenset({"LEAVE", "SWITCHX"})


def rounds(image: Image) -> list[int]:
    """A Round for every instruction."""
    found = [Round.RETURN if insn.op in _RETURNS else Round.NONE for insn in image.insns]
    for pc, insn in enumerate(image.insns):
        if insn.op == "SPIN" and sum(_reads(each) for each in image.insns[insn.t : pc]) == 1:
            found[pc] = Round.LOOK
    for function in image.functions:
        ours = is_ours(function.tree.span.file)
        for pc in range(function.start, function.end):
            if ours and image.insns[pc].op == "CALLR":
                found[pc] = Round.CALLS
            elif not ours and function.kind == "table" and image.insns[pc].op == "RET":
                found[pc] = Round.RETURNS
    last = _never_back(image)
    back = [pc for pc, insn in enumerate(image.insns) if insn.t <= pc and ROWS[insn.op].ends in ("jump", "branch")]
    for function in image.functions:
        if not any(function.start <= pc < function.end for pc in back):
            continue
        ways = _ways(image, function, last)
        for loop in components(ways):
            if _is_left(image, ways, loop):
                continue
            heads = {to for pc in ways if pc not in loop for to in ways[pc] if to in loop}
            heads |= {function.start} & loop
            for head in heads:
                for pc in _back_to(image, loop, head):
                    back_ = Round.BACK if is_ours(function.tree.span.file) else Round.OWN_BACK
                    found[pc] = back_ if found[pc] is Round.NONE else found[pc]
    return [int(each) for each in found]


def _back_to(image: Image, loop: set[int], head: int) -> list[int]:
    """The jumps in a loop to its beginning. A loop that is the first thing in it may begin there, too, and so may a
    wait by looking again and again: their own are none of them.
    """
    jumps = [pc for pc in _jumps(image, loop) if image.insns[pc].t == head]
    depth = min((_depth(image.insns[pc]) for pc in jumps), default=0)
    return [pc for pc in jumps if _depth(image.insns[pc]) == depth]


def _jumps(image: Image, loop: set[int]) -> list[int]:
    ends = ((pc, image.insns[pc].op) for pc in loop)
    return [pc for pc, op in ends if ROWS[op].ends in ("jump", "branch") and op != "SPIN"]


def _depth(jump: Insn) -> int:
    """In how many loops that loop stands; one by which something in a loop is left out may end up at the beginning of
    it, too.
    """
    loop = jump.loop or jump.within
    return loop.depth if loop is not None else -1


def _is_left(image: Image, ways: Mapping[int, Iterable[int]], loop: set[int]) -> bool:
    """Whether a loop has a way out. What stands in it and goes on for ever, as where all is given up, is none."""
    written = [each for pc in _jumps(image, loop) if (each := image.insns[pc].loop) is not None]
    outermost = min(written, key=lambda each: each.depth, default=None)
    seen, queue = set(loop), list(loop)
    for pc in queue:
        for to in ways[pc]:
            if to in seen:
                continue
            if outermost is None or to not in ways or not outermost.holds(image.insns[to].within):
                return True
            seen.add(to)
            queue.append(to)
    return False


def _reads(insn: Insn) -> bool:
    return ROWS[insn.op].access == "load"


def _never_back(image: Image) -> set[int]:
    """Where functions start of which no call comes back, for they end the thread on every way through them."""
    last = {each.start for each in image.functions if each.name == "kthread_exit"}
    found = 0
    while last and len(last) > found:
        found = len(last)
        last |= {each.start for each in image.functions if each.start not in last and _ends_all(image, each, last)}
    return last


def _ends_all(image: Image, function: Function, last: set[int]) -> bool:
    """Whether a function calls one of those, and cannot come to its end without."""
    if not any(insn.op == "CALL" and insn.t in last for insn in image.insns[function.start : function.end]):
        return False
    ways, queue = _ways(image, function, last), [function.start]
    for at in queue:
        if at not in ways or ROWS[image.insns[at].op].ends == "return":
            return False
        queue += [to for to in ways[at] if to >= 0 and to not in queue]
    return True


def _ways(image: Image, function: Function, last: Container[int]) -> dict[int, list[int]]:
    """Where control goes within a function from each of its instructions; -1 for out of it. No call of those that start
    at one of `last` comes back.
    """
    found = {}
    for pc in range(function.start, function.end):
        insn = image.insns[pc]
        if insn.op == "CALL" and insn.t in last:
            found[pc] = [-1]
            continue
        ways = [pc + 1] if shape(insn.op).next or ROWS[insn.op].ends == "call" else []
        if ROWS[insn.op].ends in ("jump", "branch"):
            ways.append(insn.t)
        if ROWS[insn.op].ends == "return" or insn.op in _RETURNS:
            ways.append(-1)
        found[pc] = ways
    return found


def components(ways: Mapping[int, Iterable[int]]) -> list[set[int]]:
    """The sets of two or more that can all be reached from one another, or of one that leads to itself (Tarjan)."""
    number: dict[int, int] = {}
    low: dict[int, int] = {}
    open_: list[int] = []
    found: list[set[int]] = []
    for root in ways:
        if root in number:
            continue
        number[root] = low[root] = len(number)
        open_.append(root)
        calls = [(root, iter(ways[root]))]
        while calls:
            at, left = calls[-1]
            to = next((each for each in left if each in ways), None)
            if to is None:
                calls.pop()
                if calls:
                    low[calls[-1][0]] = min(low[calls[-1][0]], low[at])
                if low[at] == number[at]:
                    loop = set(open_[open_.index(at) :])
                    del open_[open_.index(at) :]
                    low.update(dict.fromkeys(loop, len(ways) + 1))
                    if len(loop) > 1 or at in ways[at]:
                        found.append(loop)
            elif to not in number:
                number[to] = low[to] = len(number)
                open_.append(to)
                calls.append((to, iter(ways[to])))
            elif low[to] <= len(ways):
                low[at] = min(low[at], number[to])
    return found
