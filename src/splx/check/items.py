"""Items that have been taken from a device and are not done. Whoever says of an item that it is done says it once.

A run knows which these are, and so does a search where arrivals are bounded: a bit for each number. Where any number
arrives all have the same number, and they are counted. To say `done` once more than items were taken is wrong then,
whichever item it was; to say it twice of one and never of another shows only if arrivals are bounded. A driver that
never says it would have ever more: from `MOST` on there are many, and stay so.

Nothing is kept of this in a program that never says of one item that it is done.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from splx.check.choices import register
from splx.check.search import Search
from splx.lang.kernel import inline
from splx.lang.wide import bit
from splx.machine.constants import F_NUM, DevReg, Finding, Mark

if TYPE_CHECKING:
    from splx.program.insn import Insn

MOST = 7
NUMBERS = 62  # of items that are told apart by their numbers


class Tells(IntEnum):
    """What an instruction says of the items of the device in its register a."""

    NOTHING = 0
    TAKEN = 1  # one, whose number is in its result
    DONE = 2  # the one whose number is in its register b
    ALL = 3  # all that have been taken are done


def tells(insn: Insn) -> Tells:
    """See Tells."""
    if insn.op == "DEVRD" and insn.imm == DevReg.POP:
        return Tells.TAKEN
    if insn.op != "MARK" or insn.imm != Mark.DONE:
        return Tells.NOTHING
    return Tells.ALL if insn.flags & F_NUM and insn.b == 0 else Tells.DONE


@inline
def numbered(s: Search, dev: int) -> bool:
    """Whether items of the device are told apart."""
    return s.budget[dev] >= 0 and s.budget[dev] <= NUMBERS


def told(s: Search, dev: int, what: int, item: int) -> bool:
    """An instruction has said something of items of a device. False: of one that is not there to be done."""
    if what == Tells.TAKEN:
        if item > 0:
            s.owed[dev] = s.owed[dev] | bit(item) if numbered(s, dev) else min(MOST, s.owed[dev] + 1)
    elif what == Tells.ALL:
        s.owed[dev] = 0
    elif numbered(s, dev):
        if item <= 0 or item > NUMBERS or (s.owed[dev] & bit(item)) == 0:
            return False
        s.owed[dev] = s.owed[dev] & ~bit(item)
    else:
        if item <= 0 or s.owed[dev] == 0:
            return False
        s.owed[dev] = s.owed[dev] - int(s.owed[dev] < MOST)
    return True


def item_of(s: Search, ctx: int, pc: int) -> int:
    """The item that the instruction at `pc`, which context `ctx` has executed, speaks of."""
    insn = s.machine.tables.code[pc]
    if s.items[pc] == Tells.TAKEN:
        return register(s, ctx, insn.dst)
    return (insn.b ^ 0x8000) - 0x8000 if (insn.flags & F_NUM) != 0 else register(s, ctx, insn.b)


def refuse_item(s: Search, ctx: int, pc: int, dev: int) -> None:
    """The instruction at `pc`, which context `ctx` has executed, speaks of an item of device `dev`: refuse what the
    machine refuses.
    """
    b = s.machine.beside
    item = item_of(s, ctx, pc)
    if b.finding == 0 and not told(s, dev, s.items[pc], item):
        b.finding = Finding.IN_FLIGHT
        b.find_pc = pc
        b.find_ctx = ctx
        b.find_a = dev
        b.find_b = item
