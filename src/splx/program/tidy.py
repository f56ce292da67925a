"""From labels to a plain list: jumps shortened, what cannot be reached and what nobody reads removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splx.program.insn import Insn, Label, Loop
from splx.program.liveness import defines, live_out
from splx.program.rows import inverse, is_branch, shape

if TYPE_CHECKING:
    from collections.abc import Iterable


def tidy(items: list[Insn | Label]) -> list[Insn]:
    """The instructions of a function in order; their targets are labels whose `at` is an index into the list.

    Repeated until nothing changes: a jump to a jump goes on at once, a jump to the next instruction and whatever cannot
    be reached are dropped.
    """
    while True:
        code = _number(items)
        _thread(code)
        keep = _kept(code)
        if all(keep):
            break
        items = _without(items, keep)
    return _without_dead(items, code)


def apart(code: list[Insn]) -> list[Insn]:
    """The same, where a branch out of a loop would only lead to the next instruction, the beginning of the loop around
    it: a jump of its own does that. So who leaves a loop can be told from who goes on in it.
    """
    items = with_labels(code, code)
    for at, insn in enumerate(code):
        if is_branch(insn.op) and _leaves(insn) and insn.target.at == at + 1:
            jump, on = Insn("JMP", insn.span, insn.origin), Label()
            jump.target, jump.loop, jump.within = insn.target, insn.loop, insn.within
            insn.op, insn.when, insn.target, insn.loop = inverse(insn.op), not insn.when, on, None
            place = next(n for n, each in enumerate(items) if each is insn) + 1
            items[place:place] = [jump, on]
    return _number(items)


def _leaves(jump: Insn) -> bool:
    """Whether it goes from within a loop to the beginning of one around it that goes on for ever."""
    return jump.loop is not None and jump.loop is not jump.within and jump.loop.goes_on


def with_labels(code: list[Insn], keep: list[Insn]) -> list[Insn | Label]:
    """The instructions of `code` that are also in `keep`, with their labels between them again."""
    labels: dict[int, list[Label]] = {}
    for insn in code:
        if isinstance(insn.target, Label) and insn.target not in labels.setdefault(insn.target.at, []):
            labels[insn.target.at].append(insn.target)
    kept = set(map(id, keep))
    items: list[Insn | Label] = []
    for at, insn in enumerate(code):
        items += labels.get(at, ())
        if id(insn) in kept:
            items.append(insn)
    return [*items, *labels.get(len(code), ())]


def _number(items: list[Insn | Label]) -> list[Insn]:
    """Set where labels are; returns the instructions alone."""
    code: list[Insn] = []
    for item in items:
        if isinstance(item, Label):
            item.at = len(code)
        else:
            code.append(item)
    return code


def _thread(code: list[Insn]) -> None:
    """Send every jump and branch to where it ends up.

    A jump to a return becomes that return; a branch around a jump becomes the opposite branch.
    """
    for at, insn in enumerate(code):
        if isinstance(insn.target, Label) and insn.op != "SPIN":
            _send(code, insn, insn.target)
            if insn.op == "JMP" and insn.target.at < len(code) and code[insn.target.at].op == "RET":
                _become(insn, code[insn.target.at])
                continue
            after = code[at + 1] if at + 1 < len(code) else None
            if is_branch(insn.op) and after is not None and after.op == "JMP" and insn.target.at == at + 2:
                insn.op, insn.when = inverse(insn.op), not insn.when
                insn.target, after.target = after.target, insn.target
                insn.loop, after.loop = after.loop, insn.loop
                _send(code, insn, insn.target)


def _become(jump: Insn, ret: Insn) -> None:
    jump.op, jump.target = ret.op, None
    jump.a, jump.more_uses, jump.span = ret.a, ret.more_uses, ret.span


def _send(code: list[Insn], insn: Insn, target: Label) -> None:
    """Let an instruction go to where `target` leads in the end. On the way it may have left loops."""
    seen = 0
    while target.at < len(code) and code[target.at].op == "JMP" and seen < len(code):
        jump = code[target.at]
        insn.loop = _outermost(insn.loop, jump.loop)
        target = jump.target
        seen += 1
    insn.target = target


def _outermost(one: Loop | None, other: Loop | None) -> Loop | None:
    if one is None or other is None:
        return one or other
    return min(one, other, key=lambda loop: loop.depth)


def _kept(code: list[Insn]) -> list[bool]:
    """Which instructions are reached and do not just go to the next one."""
    keep = [False] * len(code)
    work = [0] if code else []
    while work:
        at = work.pop()
        while at < len(code) and not keep[at]:
            keep[at] = True
            insn = code[at]
            if isinstance(insn.target, Label):
                work.append(insn.target.at)
            if not shape(insn.op).next:
                break
            at += 1
    following = len(code)
    for at in range(len(code) - 1, -1, -1):
        if keep[at]:
            insn = code[at]
            goes_on = insn.op == "JMP" and at < insn.target.at <= following and not _leaves(insn)
            if goes_on or _returns_twice(code, at, following):
                keep[at] = False
            else:
                following = at
    return keep


def _returns_twice(code: list[Insn], at: int, following: int) -> bool:
    """Whether this is a return and what is left behind it is the same."""
    if code[at].op != "RET" or following == len(code):
        return False
    return code[following].op == "RET" and code[following].a == code[at].a


def _without(items: Iterable[Insn | Label], keep: list[bool]) -> list[Insn | Label]:
    kept: list[Insn | Label] = []
    at = 0
    for item in items:
        if isinstance(item, Label):
            kept.append(item)
        else:
            if keep[at]:
                kept.append(item)
            at += 1
    return kept


def _without_dead(items: list[Insn | Label], code: list[Insn]) -> list[Insn]:
    """Remove computations whose result nobody reads, until there are none."""
    while True:
        out = live_out(code)
        keep = [
            not (shape(insn.op).pure and insn.dst >= 0 and not defines(insn) & out[at]) for at, insn in enumerate(code)
        ]
        if all(keep):
            return code
        items = _without(items, keep)
        code = _number(items)
