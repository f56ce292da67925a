"""The L codes of linking: what kernel code may not do once it is a program. L05xx."""

from __future__ import annotations

from splx.base.codes import add_folder, register

add_folder("splx.program")

UNLINKED = register("L0501", "a slot without a body")
NO_VALUE = register("L0503", "a constant that has no value when the system is linked")
TOO_MANY_REGISTERS = register("L0504", "a function with too many values at once")
NOT_KERNEL = register("L0505", "an operation that the machine does not have")
CONTRACT_DIFFERS = register("L0506", "a body that asks for more than its slot")
ENTRY_MIXED = register("L0507", "a function that is both called and entered")
NOT_NEIGHBOURS = register("L0508", "a double compare of words that are not neighbours")
WRONG_ARGUMENTS = register("L0509", "a function value called with the wrong number of arguments")
NO_LOCK = register("L0510", "a guard that is no lock")
