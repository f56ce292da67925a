"""Counting what a path through a listing does: the operations that tables of costs speak of."""

from __future__ import annotations

from collections import Counter

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
