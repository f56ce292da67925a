"""Which lock a broken rule of the kernel is about, and which locks were not given back, when a run ends with one.

A run keeps no history, so this is read off the memory at its end, and off what its last steps have used. Who came in to
read is not known of a lock that many may read under, nor where a lock was taken: `splx check` tells both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from splx.kernel.interface.lwp import Lwp
from splx.scenario.names import SystemNames
from splx.stage.holders import Holders, is_over, is_told, lets_go, named_lock, names_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from splx.lang.buffer import Buffer
    from splx.machine.state import Machine
    from splx.scenario.system import System
    from splx.stage.holders import Lock


class Held:
    """The locks that are told of a system that has been run."""

    def __init__(self, buffer: Buffer[Machine], system: System) -> None:
        self.system = system
        self.machine = buffer.view()
        self.memory: Sequence[int] = buffer.array("state.mem").tolist()
        self.holders = Holders(system)
        self.told = [each for each in self.holders.locks.values() if is_told(each.cls)]
        self.names = names_of(SystemNames(system), self.told)
        data = system.image.data
        self._threads = {data.address(each): each for each in data.statics if isinstance(each, Lwp)}

    def about(self, text: str, touched: Collection[int], *, users: bool) -> Iterator[str]:
        """Sentences about a rule in those words. `touched` are the addresses of what was used since the user's text was
        left; `users` says whether it is broken in a line of the user's, or in a call from one.
        """
        beside = self.machine.beside
        context, cpu = beside.find_ctx, beside.find_cpu
        if is_over(text, users=users):
            verb = "has" if self._thread(context) else "have"
            for lock, name in zip(self.told, self.names, strict=True):
                own = lets_go(lock.cls) and "kernel_lock" not in text  # the kernel takes it for who is not mpsafe
                if self._holds(lock, context, cpu) and not own:
                    yield f"{self._name(context, cpu)} {verb} not given back {name}"
            return
        meant = [n for n, each in enumerate(self.told) if {each.says, each.of} & set(touched)]
        if len(meant) == 1:
            lock = self.told[meant[0]]
            yield named_lock(lock, self.names[meant[0]], self._has(lock))

    def _holds(self, lock: Lock, context: int, cpu: int) -> bool:
        holder = self.holders.read(self.memory, lock.says)
        if holder is None:
            return False
        mine = self._thread(context)
        return holder.context == context or holder.cpu == cpu or (mine > 0 and holder.thread == mine)

    def _has(self, lock: Lock) -> str:
        """Who has it; "" if nobody does."""
        holder = self.holders.read(self.memory, lock.says)
        if holder is None:
            return ""
        if holder.thread >= 0:
            return self.system.image.data.name(self._threads[holder.thread])
        return f"CPU {holder.cpu}" if holder.cpu >= 0 else self.system.contexts[holder.context].name

    def _thread(self, context: int) -> int:
        """The address of the thread that a context is of, 0 for an interrupt."""
        return next((at for at, each in self._threads.items() if context in (each.l_main, each.l_preempt)), 0)

    def _name(self, context: int, cpu: int) -> str:
        thread = self._thread(context)
        return self.system.image.data.name(self._threads[thread]) if thread else f"interrupts of CPU {cpu}"
