"""Contexts: where code runs. One for traps on each CPU, one for each (CPU, level), two for each thread."""

from __future__ import annotations

from dataclasses import replace

from splx.machine.costs import Account
from splx.scenario.system import ContextSpec


class Contexts:
    """The contexts of a system, numbered as they are made."""

    def __init__(self, cpus: int) -> None:
        self.made: list[ContextSpec] = []
        self.trap = tuple(self.new(f"trap/{cpu}", Account.INTR) for cpu in range(cpus))

    def new(self, name: str, account: Account, origin: int = 0) -> int:
        """A free context. `origin`: the counter of a thread's own draws."""
        self.made.append(ContextSpec(name, account, origin))
        return len(self.made) - 1

    def start(self, context: int, function: int, argument: int, cpu: int = -1) -> None:
        """It exists from the start, before the first instruction of `function`, and runs on `cpu` if that is not -1."""
        self.made[context] = replace(self.made[context], function=function, argument=argument, cpu=cpu)
