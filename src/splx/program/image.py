"""A linked program: what the machine loads, and how everybody finds the way back to the user's text."""

# ruff: noqa: ANN401 - statics are of the users' classes, functions of every signature

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from splx.program.words import LINE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from splx.base.diagnostics import Span
    from splx.lang import tree
    from splx.program.data import Data
    from splx.program.insn import Insn


@dataclass(frozen=True, slots=True)
class Function:
    """One copy of a function in a program.

    `kind` is "entry" (it starts contexts), "call" (called directly) or "table" (called by its `number`; 0 is none).
    Its registers are `window` to `window + frame - 1` of a context's file: parameters first, the return address in
    `link` (-1 for an entry). Its instructions are `start` to `end - 1`.
    """

    name: str
    kind: str
    number: int
    start: int
    end: int
    window: int
    frame: int
    link: int
    tree: tree.Function

    @property
    def frame_mask(self) -> int:
        """Its own registers, as a set."""
        return ((1 << self.frame) - 1) << self.window

    @property
    def slow(self) -> bool:
        """Whether it is off the fast path: a counted path never leads into it."""
        return "slow" in self.tree.marks or "noinline" in self.tree.marks


@dataclass(frozen=True, slots=True)
class Message:
    """The text of an assertion or panic, and where it stands."""

    text: str
    span: Span

    @property
    def said(self) -> str:
        """What it says, on one line."""
        return " ".join(self.text.splitlines()) or "an assertion does not hold"


@dataclass(slots=True)
class Image:
    """A linked program.

    `insns` are absolute: the machine takes their fields as they are. Number 0 of `numbers` is no function. `live[pc]`
    is the set of registers that are needed before the instruction at `pc`; all others may be zero. `regs` is how many
    registers a context needs, `draws` how many places draw from distributions (numbered from 1, in `t`).
    """

    insns: list[Insn]
    functions: list[Function]
    numbers: list[Function | None]
    live: list[int]
    regs: int
    data: Data
    memory: list[int]
    messages: list[Message]
    counters: list[str]
    draws: int
    #: what others have worked out about the program, by keys of theirs
    beside: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)
    #: the function of each instruction, once somebody asks
    _owners: list[Function | None] = field(default_factory=list, compare=False, repr=False)

    # ---- code

    def function_at(self, pc: int) -> Function | None:
        """The function copy in which `pc` lies; None for the stub at 0."""
        if len(self._owners) != len(self.insns):
            self._owners = [None] * len(self.insns)
            for each in self.functions:
                self._owners[each.start : each.end] = [each] * (each.end - each.start)
        return self._owners[pc] if 0 <= pc < len(self._owners) else None

    def find(self, func: Any, kind: str | None = None) -> Function:
        """The copy of `func` (or of the function of that name); KeyError if it is not in the program."""
        for each in self.functions:
            if (each.tree.func is func or each.name == func) and kind in (None, each.kind):
                return each
        raise KeyError(func)

    def where(self, pc: int) -> tuple[tuple[str, Span], ...]:
        """The function and place in the text behind `pc`, then those it was inlined through, innermost first."""
        insn = self.insns[pc]
        return tuple(zip(insn.origin.functions, (insn.span, *insn.chain), strict=True))

    def unwind(self, pc: int, regs: Sequence[int]) -> list[tuple[str, Span]]:
        """The calls a context is in, innermost first: function and place, through inlined and real calls.

        `regs` are the context's registers.
        """
        found: list[tuple[str, Span]] = []
        for at in self.calls(pc, regs):
            found += self.where(at)
        return found

    def calls(self, pc: int, regs: Sequence[int]) -> list[int]:
        """The program counter, and those of the calls that wait for it to return, innermost first."""
        found = [pc]
        function, seen = self.function_at(pc), set[int]()
        while function is not None and function.link >= 0 and function.start not in seen:
            seen.add(function.start)
            back = regs[function.link]
            # A function that will not return may have put something else there.
            if not 1 < back <= len(self.insns) or self.insns[back - 1].op not in ("CALL", "CALLR"):
                break
            found.append(back - 1)
            function = self.function_at(back - 1)
        return found

    def needed(self, pc: int, regs: Sequence[int]) -> int:
        """The registers of a context that matter, as a set: those of the running function and of all its callers."""
        mask = self.live[pc]
        for at in self.calls(pc, regs)[1:]:
            function = self.function_at(at)
            if function is not None and at + 1 < len(self.live):
                mask |= self.live[at + 1] & function.frame_mask
        return mask

    # ---- data

    @property
    def percpu_base(self) -> int:
        """The address of the block of CPU 0."""
        return self.data.percpu_base

    @property
    def percpu_stride(self) -> int:
        """Words from one block to the next: a power of two."""
        return self.data.percpu_stride

    @property
    def percpu_words(self) -> int:
        """Words of a block that are in use; the first `data.visible` are those that other CPUs look at."""
        return self.data.percpu_words

    @property
    def percpu(self) -> list[list[int]]:
        """The initial words of each CPU's block."""
        starts = [self.percpu_base + cpu * self.percpu_stride for cpu in range(self.data.cpus)]
        return [self.memory[start : start + self.percpu_words] for start in starts]

    def address_of(self, obj: Any, *path: str | int, cpu: int = 0) -> int:
        """The address of a static, or of what lies in it: `address_of(ring, "slot", 3)`. KeyError if not linked."""
        return self.data.address(obj, path, cpu)

    def name_of(self, address: int) -> str:
        """What lies at an address, as the user calls it: `ring.slot[3]`, `ci.mtx_count on CPU 1`."""
        return self.data.name_of(address)

    def reference_name(self, value: int) -> str:
        """The static that a reference word (flags in its low bits or not) points to, or the number itself."""
        return self.data.name_of(value & -LINE, struct=True)

    def number_of(self, func: Any, kind: str | None = None) -> int:
        """The number of a function in the function table. KeyError if it has none."""
        for number, each in enumerate(self.numbers):
            if each is not None and (each.tree.func is func or each.name == func) and kind in (None, each.kind):
                return number
        raise KeyError(func)

    def function_pcs(self) -> list[int]:
        """For each function number where it starts; 0 for none."""
        return [0 if each is None else each.start for each in self.numbers]
