"""One context on one CPU, run as plain Python by the clauses of the machine: what instructions mean is only there."""

from __future__ import annotations

import random
from types import SimpleNamespace

from splx.lang.sizes import Sizes
from splx.machine.table import ROWS


class OneCpu:
    """Runs a function of an image to its end. Registers that the compiler calls dead hold rubbish, anew each step."""

    def __init__(self, image, seed=0):
        self.image = image
        self.random = random.Random(seed)
        words = len(image.memory) + 8
        self.m = SimpleNamespace(
            state=SimpleNamespace(mem=list(image.memory), regs=[0] * image.regs),
            tables=SimpleNamespace(words=words, func_pc=image.function_pcs() + [0] * 64, transfer=[0] * 4),
            beside=SimpleNamespace(share=[0] * words, watched=[0] * words),
        )

    def call(self, function, *args, limit=200_000):
        """The result of `function(*args)`."""
        with Sizes(FUNCS=64).use():
            return self._call(function, args, limit)

    def _call(self, function, args, limit):
        regs, start = self.m.state.regs, self.image.find(function, "call")
        x = SimpleNamespace(cpu=0, ctx=0, rb=0, pc=start.start, clock=0, extra=0, acct=0, pb=self.image.percpu_base,
                            mine=1, stop=0, arg=0, arg2=0, extra2=0)  # fmt: skip
        regs[start.window : start.window + len(args)] = list(args)
        regs[start.link] = 0
        for _ in range(limit):
            if x.pc == 0:
                return regs[start.window]
            insn = self.image.insns[x.pc]
            self.spoil(x.pc, regs)
            x.pc += 1
            ROWS[insn.op].clause(self.m, x, insn)
            assert x.stop == 0, (x.pc - 1, insn, self.image.where(x.pc - 1))
        raise AssertionError("it does not end")

    def spoil(self, pc, regs):
        needed = self.image.needed(pc, regs)
        for n in range(len(regs)):
            if not needed >> n & 1:
                regs[n] = self.random.randrange(-100, 1 << 40)
