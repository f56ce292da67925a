"""Store buffers for a machine under direction: what a CPU has stored and others do not see yet (x86-TSO).

The machine itself lets a store take effect at once. Here one may be kept back: memory holds what all see, and while its
CPU executes, what the CPU sees. Behind a store that is kept back all plain stores of that CPU wait too, in order. A
locked operation, an interrupt, or whatever else drains the buffer lets them go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Protocol

    class Memory(Protocol):
        """Words."""

        def __getitem__(self, address: int, /) -> int: ...
        def __setitem__(self, address: int, value: int, /) -> None: ...


class StoreBuffers:
    """The buffers of all CPUs over one memory."""

    def __init__(self, memory: Memory, cpus: int) -> None:
        self._memory = memory
        self._kept: list[list[tuple[int, int]]] = [[] for _ in range(cpus)]
        self._behind: dict[int, int] = {}

    def holds(self, cpu: int) -> bool:
        """Whether stores of `cpu` are kept back."""
        return bool(self._kept[cpu])

    def count(self, cpu: int) -> int:
        """How many stores of `cpu` are kept back."""
        return len(self._kept[cpu])

    def kept(self) -> list[list[tuple[int, int]]]:
        """What each CPU has stored and others do not see yet, oldest first."""
        return [list(each) for each in self._kept]

    def begin(self, cpu: int) -> None:
        """Memory is as `cpu` sees it until `end`."""
        for address, value in self._kept[cpu]:
            self._behind.setdefault(address, self._memory[address])
            self._memory[address] = value

    def keep(self, cpu: int, address: int, before: int) -> None:
        """The store that `cpu` has just made to `address` is kept back; all others see what was there `before`."""
        self._kept[cpu].append((address, self._memory[address]))
        self._behind.setdefault(address, before)

    def end(self) -> None:
        """Memory is as all see it."""
        for address, value in self._behind.items():
            self._memory[address] = value
        self._behind.clear()

    def oldest(self, cpu: int) -> int:
        """The address of the oldest store that is kept back. Now, and not within `begin` and `end`, it is visible."""
        address, value = self._kept[cpu].pop(0)
        self._memory[address] = value
        return address
