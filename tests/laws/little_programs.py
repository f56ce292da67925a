"""Random little programs over a few shared words, one for each CPU: loops in loops with ways out, loops that are meant
to go on for ever, locks taken in every fashion, words awaited, and draws.

A program is a tuple of statements, each a tuple of its name, its operands and at last the block in it, if it has one.
`text` writes it as functions of the kernel language; `code` as a list of instructions for `little_runs`.
"""

from __future__ import annotations

from hypothesis import strategies as st

WORDS = 3
LOOPS = ("while", "until taken", "for ever")

HEAD = """
from splx.lang.kernel import Struct, atomic, atomic_step, entry, i64, spin_while
from splx.machine.intrinsics import cas, choose, halt


class Words(Struct):
    w0: i64 = atomic()
    w1: i64 = atomic()
    w2: i64 = atomic()


ws = Words()


def comes() -> bool:
    return ws.w0 == 1
"""

TAKE = """

@atomic_step
def take{word}() -> None:
    spin_while(ws.w{word} != 0)
    ws.w{word} = 1
"""


@st.composite
def statements(draw, depth, looped):
    """One statement; `looped`: in a loop, which it may leave."""
    word, value = draw(st.integers(0, WORDS - 1)), draw(st.integers(0, 1))
    plain = ["set", "set", "turn", "await", "take"]
    deep = ["if", "while", "while", "if taken", "until taken", "draw", "for ever"] if depth else []
    name = draw(st.sampled_from(plain + deep + ["leave"] * looped))
    if name in plain:
        return (name, word, value)
    if name == "leave":
        return (name,)
    inner = draw(blocks(depth - 1, looped or name in LOOPS, least=int(name == "for ever")))
    return (name, word, value, inner)


@st.composite
def blocks(draw, depth, looped, least=0):
    """A few statements, of which the last alone may be one that nothing is come to after."""
    out = []
    for each in draw(st.lists(statements(depth, looped), min_size=least, max_size=2)):
        out.append(each)
        if each[0] == "leave" or is_endless(each):
            break
    return tuple(out)


def is_endless(statement):
    """Whether a statement is a loop that nothing leaves."""
    return statement[0] == "for ever" and not _leaves(statement[3])


def _leaves(block):
    return any(each[0] == "leave" or (len(each) == 4 and each[0] not in LOOPS and _leaves(each[3])) for each in block)


@st.composite
def programs(draw):
    """What one CPU does: a block, and often one that it repeats for ever."""
    begin = draw(blocks(1, looped=False))
    if draw(st.booleans()) or (begin and is_endless(begin[-1])):
        return begin
    return (*begin, ("for ever", 0, 0, draw(blocks(2, looped=True, least=1))))


def text(cpus):
    """A module with an entry `p0`, `p1` ... for each program."""
    out = [HEAD, *(TAKE.format(word=word) for word in range(WORDS))]
    for number, block in enumerate(cpus):
        out.append(
            f"\n\n@entry\ndef p{number}(_: int) -> None:\n" + "\n".join([*_lines(block, 1), "    halt()"]) + "\n"
        )
    return "".join(out)


def _lines(block, depth):
    pad, out = "    " * depth, []
    for name, *rest in block:
        word, value = (*rest, 0, 0)[:2]
        out.append(
            pad
            + {
                "set": f"ws.w{word} = {value}",
                "turn": f"ws.w{word} = 1 - ws.w{word}",
                "await": f"spin_while(ws.w{word} != {value})",
                "take": f"take{word}()",
                "leave": "break",
                "if": f"if ws.w{word} == {value}:",
                "while": f"while ws.w{word} == {value}:",
                "if taken": f"if cas(ws.w{word}, 0, 1):",
                "until taken": f"while not cas(ws.w{word}, 0, 1):",
                "draw": "if choose(2) == 1:",
                "for ever": "while True:",
            }[name]
        )
        if len(rest) == 3:
            out += _lines(rest[2], depth + 1) or [pad + "    pass"]
    return out


def code(block):
    """The instructions of a program; jumps hold the number of the one they go to."""
    out = []
    _write(block, out, [])
    return [*out, ("end",)]


def _write(block, out, leaving):
    for name, *rest in block:
        at = len(out)
        if name == "leave":
            leaving.append(at)
            out.append(None)
            continue
        word, value = rest[:2]
        if len(rest) == 2:
            out += [("load", word), ("store not", word)] if name == "turn" else [(name, word, value)]
            continue
        out.append(None)
        mine = [] if name in LOOPS else leaving
        _write(rest[2], out, mine)
        if name in LOOPS:
            # once round in a loop that is meant to go on for ever is to get somewhere
            out.append(("jump", at, name == "for ever" and not mine))
        end = len(out)
        out[at] = {
            "if": ("unless", word, value, end),
            "while": ("unless", word, value, end),
            "if taken": ("try", word, at + 1, end),
            "until taken": ("try", word, end, at + 1),
            "draw": ("draw", end),
            "for ever": ("jump", at + 1, False),
        }[name]
        if name in LOOPS:
            for each in mine:
                out[each] = ("jump", end, False)
