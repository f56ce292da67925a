"""Who holds a lock: read off the words of those structs that say where it is written.

A class of locks has `holders`: the field that is waited for, and the field that says who holds the lock, as 1 + a CPU
or as a thread. A program without a kernel says for all its locks which context a number stands for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from splx.base.diagnostics import Diagnostic, SplxError
from splx.kernel.interface.locks import MUTEX_SIMPLE, MUTEX_SPIN, Mutex
from splx.kernel.interface.lwp import Lwp
from splx.kernel.interface.rw import READERS, RW_WRITING, RWLock
from splx.lang.codes import UNKNOWN_FIELD
from splx.lang.source import line_span
from splx.lang.struct import KernelStruct, struct_of
from splx.lang.types import Array, Struct
from splx.scenario.names import SystemNames
from splx.scenario.objects import Declared
from splx.stage.ours import is_ours

if TYPE_CHECKING:
    from collections.abc import Sequence

    from splx.lang.types import Type
    from splx.scenario.system import System

FLAGS = 7  # the low bits of a reference
_LEFT = re.compile(r"\b(left|returned|ended)\b")  # so is said when a function of the user's has returned
EVERY_CPU = -2  # no CPU: words of every CPU are called by its number


class Many(IntEnum):
    """Where a lock says how many read under it."""

    NOT = 0  # only one may have it
    ABOVE = 1  # above the bits of the word that says who writes
    BESIDE = 2  # in a word of its own, which says as well whether somebody writes


@dataclass(frozen=True, slots=True)
class Holder:
    """What a word says: a CPU, the address of a thread, or a context; -1 for those that it does not say."""

    cpu: int = -1
    thread: int = -1
    context: int = -1


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock: the address of the word that says who holds it, the object that it is in, and its class."""

    says: int
    of: int
    cls: type


def is_told(cls: type) -> bool:
    """Whether things of a class are told in a user's words: their own, what they declared, and the locks of the kernel
    that anybody may take.
    """
    users = issubclass(cls, Declared) or not is_ours(line_span(*cls.__made_at__).file)  # type: ignore[attr-defined]
    return users or lets_go(cls)


def lets_go(cls: type) -> bool:
    """Whether who sleeps gives up a lock of this class."""
    return issubclass(cls, KernelStruct) and cls.given_up_asleep


def names_of(names: SystemNames, locks: Sequence[Lock]) -> list[str]:
    """What they are called: as their object, but for those that are in it besides the first."""
    found = list[str]()
    for each in locks:
        word = names.place(each.says, EVERY_CPU)
        name = word.rpartition(".")[0].removesuffix(".rw_lock")
        found.append(word if name in found else name)
    return found


def named_lock(lock: Lock, name: str, who: str, since: str = "") -> str:
    """A lock in a sentence, and who has it, if anybody does."""
    kind = "mutex" if issubclass(lock.cls, Mutex) else "rwlock" if issubclass(lock.cls, RWLock) else "lock"
    return f"the {kind} is {name}" + (f", which {who} has{since}" if who else "")


def is_over(text: str, *, users: bool) -> bool:
    """Whether a rule in those words is asked of a thread that ends, or of a function of the user's that has returned.

    `users`: a line of the user's is among the calls still.
    """
    return text.startswith("thread ended") or (not users and bool(_LEFT.search(text)))


def readers_of(system: System, lock: Lock) -> tuple[Many, int]:
    """How a lock that many may read under says how many do, and the address of that word."""
    used = (RWLock, "rw_readers")
    if not any(insn.of is not None and (insn.of.cls, insn.of.field) == used for insn in system.image.insns):
        return Many.ABOVE, lock.says
    offsets = system.image.data.words.offsets(struct_of(RWLock))
    return Many.BESIDE, lock.of + offsets["rw_readers"] - offsets["rw_lock"]


def reading(how: Many, word: int) -> int:
    """How many read, by such a word."""
    return word >> READERS if how is Many.ABOVE else word & RW_WRITING - 1


def writing(how: Many, word: int) -> bool:
    """Whether such a word says that somebody writes."""
    return bool(word & ((1 << READERS) - 8 if how is Many.ABOVE else RW_WRITING))


class Holders:
    """The locks of a system. `word`: address that is waited for -> address of the word that says who holds the lock."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.word: dict[int, int] = {}
        self.objects: dict[int, int] = {}  # address of a lock -> the same
        self.locks: dict[int, Lock] = {}  # by that word
        data = system.image.data
        self._threads = {data.address(obj) for obj in data.statics if isinstance(obj, Lwp)}
        for obj in data.statics:
            self._walk(struct_of(type(obj)), data.address(obj))
        for obj in data.per_cpu:
            for cpu in range(system.cpus):
                self._own(obj, cpu)
        #: those words that name a thread, beside flags: a small number is no CPU there
        self.of_threads = {each.says for each in self.locks.values() if self.sleeps(each)}

    def read(self, memory: Sequence[int], at: int) -> Holder | None:
        """Who holds the lock of that word; None if nobody does."""
        held = memory[at]
        if held in self.system.holders:
            return Holder(context=self.system.holders[held])
        if 0 < held <= self.system.cpus and not self.system.holders and at not in self.of_threads:
            return Holder(cpu=held - 1)
        return Holder(thread=held & ~FLAGS) if held & ~FLAGS in self._threads else None

    @property
    def told(self) -> list[Lock]:
        """The locks that are told."""
        return [each for each in self.locks.values() if is_told(each.cls)]

    def kind(self, lock: Lock) -> int:
        """The kind of a mutex, 0 of anything else."""
        if not issubclass(lock.cls, Mutex):
            return 0
        offsets = self.system.image.data.words.offsets(struct_of(Mutex))
        return self.system.image.memory[lock.says + offsets["kind"] - offsets["word"]]

    def sleeps(self, lock: Lock) -> bool:
        """Whether who waits for a lock sleeps."""
        return issubclass(lock.cls, RWLock) or self.kind(lock) not in (0, MUTEX_SPIN, MUTEX_SIMPLE)

    def _walk(self, struct: Struct, at: int, outer: type | None = None) -> None:
        """A struct and what lies in it. A lock is of the class of the object that it lies in, whole."""
        cls = outer or struct.cls
        offsets = self.system.image.data.words.offsets(struct)
        self._enter(struct.cls, cls, {name: at + offset for name, offset in offsets.items()}, at)
        for name, offset in offsets.items():
            self._inside(struct.fields[name].type, at + offset, cls)

    def _inside(self, kind: Type, at: int, cls: type) -> None:
        words = self.system.image.data.words
        if isinstance(kind, Struct):
            self._walk(kind, at, cls)
        elif isinstance(kind, Array) and isinstance(kind.item, Struct):
            for n in range(words.length(kind)):
                self._walk(kind.item, at + n * words.stride(kind.item), cls)

    def _own(self, obj: Any, cpu: int) -> None:  # noqa: ANN401 - of the user's class
        """A static of which each CPU has its own."""
        fields, at = struct_of(type(obj)).fields, self.system.image.address_of
        places = {name: at(obj, name, cpu=cpu) for name, each in fields.items() if each.guard != "stat"}
        self._enter(type(obj), type(obj), places, -1)
        for name, place in places.items():
            self._inside(fields[name].type, place, type(obj))

    def _enter(self, cls: type, outer: type, places: dict[str, int], start: int) -> None:
        if issubclass(cls, KernelStruct):
            for name in (each for pair in cls.holders.items() for each in pair if each not in places):
                place = line_span(*cls.__made_at__)
                raise SplxError(Diagnostic(UNKNOWN_FIELD, f"`holders`: `{cls.__name__}` has no field `{name}`", place))
            for waited, says in cls.holders.items():
                self.word[places[waited]] = places[says]
                self.locks.setdefault(places[says], Lock(places[says], min(places.values()), outer))
                if start >= 0:
                    self.objects.setdefault(start, places[says])
