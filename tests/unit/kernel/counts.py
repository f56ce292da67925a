"""Counting what a path through a listing does: the operations that tables of costs speak of."""

from __future__ import annotations

import heapq
from collections import Counter

from splx.program.counts import text_of

CLASSES = {
    "read": ("LD", "LDX", "LDP"),
    "write": ("ST", "STX", "STP"),
    "locked": ("CAS", "SWAP", "FADD"),
    "unlocked": ("CASU", "SWAPU", "FADDU", "CASP", "SWAPP", "FADDP", "CAS2P"),
    "flag": ("IRQOFF", "IRQON", "IRQSET"),
    "level": ("SETLVL",),
    "line": ("MASK", "UNMASK", "EOI"),
    "frame": ("ENTER", "BECOME", "LEAVE"),
}
OF = {op: name for name, ops in CLASSES.items() for op in ops}


def path(image, function, turns=""):
    """Operations from the start of a function to its end. `turns`: for each branch met, t taken or n not taken."""
    found = Counter()
    left = list(turns)
    back = []
    pc = image.find(function).start
    while True:
        insn = image.insns[pc]
        pc += 1
        if insn.assertion:
            continue
        if insn.is_branch:
            found["branch"] += 1
            if left.pop(0) == "t":
                pc = insn.t
        elif insn.op == "CALL":
            back.append(pc)
            pc = insn.t
        elif insn.op == "JMP":
            pc = insn.t
        elif insn.op in OF:
            found[OF[insn.op]] += 1
        if insn.op in ("RET", "LEAVE", "BECOME"):
            if not back:
                assert not left, f"{len(left)} turns too many"
                return dict(found)
            pc = back.pop()


def least_locked(image, function, reached, assume=()):
    """The fewest locked operations on any path from the start of a function to an instruction that is `reached`. The
    tests in `assume` are true.
    """
    start = image.find(function).start
    heap, seen = [(0, start, ())], set()
    while heap:
        locked, pc, back = heapq.heappop(heap)
        if (pc, back) in seen:
            continue
        seen.add((pc, back))
        insn = image.insns[pc]
        if reached(insn):
            return locked
        locked += OF.get(insn.op) == "locked"
        if insn.op == "CALL" and len(back) < 8:
            heapq.heappush(heap, (locked, insn.t, (*back, pc + 1)))
        elif insn.op == "RET" and back:
            heapq.heappush(heap, (locked, back[-1], back[:-1]))
        elif insn.op == "JMP":
            heapq.heappush(heap, (locked, insn.t, back))
        elif insn.op not in ("RET", "LEAVE", "BECOME", "PANIC", "SWITCHX"):
            decided = insn.is_branch and text_of(insn.span) in assume
            if not (decided and insn.when):
                heapq.heappush(heap, (locked, pc + 1, back))
            if insn.is_branch and not (decided and not insn.when):
                heapq.heappush(heap, (locked, insn.t, back))
    raise LookupError(function)
