"""CPUs that are alike: what every part of a state becomes when they are called otherwise.

The author of a system says which CPU may be called which, and which values of which words name one, see `Symmetry`.
What is a CPU's own has its number after the last slash of its name. From that follows which part every part becomes,
and what its contents become there: a search asks once for each contents.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from splx.base.diagnostics import Diagnostic, SplxError
from splx.check.codes import BOUNDS
from splx.check.places import fields_of
from splx.check.search import LINE_WORDS, Move
from splx.machine.constants import IN_USE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from splx.check.loading import Bounds
    from splx.scenario.system import Symmetry, System

HELP = "see `Symmetry`: it says which words name a CPU"
MOST = 31  # turns beside the one that leaves all as it is: 5 bits
Values: TypeAlias = "dict[int, int]"


@dataclass(frozen=True)
class Turn:
    """A way to call CPUs. `cpus[c]` is what CPU `c` is called then, and so with the others; `words` has, by address,
    what those values of a word become that do not stay.
    """

    system: System
    cpus: tuple[int, ...]
    contexts: tuple[int, ...]
    irqs: tuple[int, ...]
    devices: tuple[int, ...]
    words: Mapping[int, Values]

    @property
    def names(self) -> tuple[tuple[int, ...], ...]:
        """All numbers but those of words."""
        return self.cpus, self.contexts, self.irqs, self.devices

    def then(self, other: Turn) -> Turn:
        """This one, and then another one."""
        back = Turn(self.system, tuple(self.cpus.index(cpu) for cpu in range(len(self.cpus))), (), (), (), {})
        words: dict[int, Values] = {}
        for at in self.words.keys() | {back.address(each) for each in other.words}:
            first, second = self.words.get(at, {}), other.words.get(self.address(at), {})
            both = {each: first.get(each, each) for each in {*first, *second}}
            words[at] = {each: second.get(to, to) for each, to in both.items()}
        cpus, contexts, irqs, devices = (tuple(b[k] for k in a) for a, b in zip(self.names, other.names, strict=True))
        return Turn(self.system, cpus, contexts, irqs, devices, words)

    def address(self, at: int) -> int:
        """Where a word of memory is then."""
        image = self.system.image
        cpu, offset = divmod(at - image.percpu_base, image.percpu_stride)
        own = 0 <= cpu < self.system.cpus
        return image.percpu_base + self.cpus[cpu] * image.percpu_stride + offset if own else at

    def move(self, move: int) -> int:
        """What a move is called then."""
        who = move >> 16 & 0xFF
        return move & ~(0xFF << 16) | (self.devices if move >> 24 == Move.ARRIVE else self.cpus)[who] << 16

    # ---- parts, as `parts` has them

    def part(self, part: int) -> int:
        """Which part a part becomes."""
        system, at = self.system, part
        for names in (self.contexts, self.cpus, self.irqs, self.devices, self.cpus):
            if at < len(names):
                return part - at + names[at]
            at -= len(names)
        return part - at + self.address(at * LINE_WORDS) // LINE_WORDS if at < _lines(system) else part

    def part_name(self, part: int) -> str:
        """What a part is called."""
        system, at = self.system, part
        for specs in (system.contexts, range(system.cpus), system.irqs, system.devices, range(system.cpus)):
            if at < len(specs):
                spec = specs[at]
                return f"CPU {spec}" if isinstance(spec, int) else spec.name
            at -= len(specs)
        return system.image.name_of(at * LINE_WORDS)

    def contents(self, part: int, words: Sequence[int]) -> list[int]:
        """What the contents of a part become there."""
        at = part
        for names, change in (
            (self.contexts, self._context), (self.cpus, self._cpu), (self.irqs, self._irq), (self.devices, list),
            (self.cpus, self._buffer),
        ):  # fmt: skip
            if at < len(names):
                return change(words)
            at -= len(names)
        return [self._word(at * LINE_WORDS + k, word) for k, word in enumerate(words)]

    def _word(self, at: int, value: int) -> int:
        return self.words.get(at, {}).get(value, value)

    def _context(self, words: Sequence[int]) -> list[int]:
        head, *rest = words
        if head & 3 == IN_USE:
            head = _named(_named(head, 26, 0xFFFF, 1, self.contexts), 42, 0xFF, 1, self.cpus)
        return [head, *rest]

    def _cpu(self, words: Sequence[int]) -> list[int]:
        return [_named(words[0], 0, 0xFFFF, 0, self.contexts)]

    def _irq(self, words: Sequence[int]) -> list[int]:
        return [_named(_named(words[0], 3, 0xFF, 1, self.cpus), 11, 0xFF, 1, self.cpus)]

    def _buffer(self, words: Sequence[int]) -> list[int]:
        stores = zip(words[1::2], words[2::2], strict=True)
        return [words[0], *(each for at, word in stores for each in (self.address(at), self._word(at, word)))]


def _named(word: int, shift: int, mask: int, first: int, names: Sequence[int]) -> int:
    """A word with another name in a field, which has `first` for the first name, and less for none."""
    number = (word >> shift & mask) - first
    return word if number < 0 else word & ~(mask << shift) | names[number] + first << shift


def _lines(system: System) -> int:
    return -(-len(system.image.memory) // LINE_WORDS)


# ---- from what the author says


def turns_of(system: System, bounds: Bounds) -> tuple[Turn, ...]:
    """All ways to call CPUs but the one that leaves all as it is: those that the author of a system says, one after the
    other; none unless `bounds` ask for it. SplxError S0604 if nobody says any, or what is said cannot be.
    """
    if not bounds.symmetry:
        return ()
    if bounds.fuse:
        raise unlike("steps are not fused where they are not told apart", "leave out `fuse` or `symmetry`")
    if not system.symmetries:
        raise unlike("nobody says of the system which of its CPUs are alike")
    cpus, contexts, irqs, devices = (tuple(range(n)) for n in _lengths(system))
    same = Turn(system, cpus, contexts, irqs, devices, {})
    found = {same.cpus: same}
    queue = [same]
    said = [_turn(system, each) for each in system.symmetries]
    for first in queue:
        for each in said:
            both = first.then(each)
            if both.cpus not in found:
                found[both.cpus] = both
                queue.append(both)
        if len(found) > MOST + 1:
            raise unlike(f"more than {MOST + 1} ways to call CPUs", "say of fewer CPUs that they are alike")
    return tuple(found.values())[1:]


def _lengths(system: System) -> tuple[int, int, int, int]:
    return system.cpus, len(system.contexts), len(system.irqs), len(system.devices)


def _turn(system: System, symmetry: Symmetry) -> Turn:
    cpus = tuple(symmetry.cpus)
    if sorted(cpus) != list(range(system.cpus)):
        raise unlike(f"CPUs called {cpus}: each of the {system.cpus} once", "`cpus[c]` is what CPU `c` is called")
    lists = (system.contexts, system.irqs, system.devices)
    contexts, irqs, devices = (_renamed([each.name for each in specs], cpus) for specs in lists)
    words: dict[int, Values] = {}
    for (cls, field), values in symmetry.words.items():
        if sorted(values) != sorted(values.values()):
            raise unlike(f"`{cls.__name__}.{field}`: two values that become one", "every value that is there once")
        places = [at for owner, name, at in fields_of(system) if (owner, name) == (cls, field)]
        if not places:
            raise unlike(f"no word `{cls.__name__}.{field}`", "a class of the program, and the name of a field")
        words |= {at: dict(values) for at in places}
    return Turn(system, cpus, contexts, irqs, devices, words)


def _renamed(names: list[str], cpus: Sequence[int]) -> tuple[int, ...]:
    """Which of the names each becomes."""
    found = []
    for name in names:
        stem, slash, cpu = name.rpartition("/")
        own = slash and cpu.isdecimal() and int(cpu) < len(cpus)
        other = f"{stem}/{cpus[int(cpu)]}" if own else name
        if other not in names:
            raise unlike(f"there is `{name}` and no `{other}`", "what is a CPU's own has its number after the slash")
        found.append(names.index(other))
    return tuple(found)


def unlike(what: str, help_: str = HELP) -> SplxError:
    """The refusal."""
    return SplxError(Diagnostic(BOUNDS, f"CPUs that are alike: {what}", help=help_))
