"""The D codes: deadlocks that a run did not have and another may, and rules of contexts."""

from __future__ import annotations

from splx.base.codes import add_folder, register

add_folder("splx.lockdep")

BENEATH = register("D0001", "a lock that an interrupt takes on top of its holder")
ORDER = register("D0002", "locks that are taken in a circle")
INTERRUPT_ORDER = register("D0003", "locks that are taken in a circle, by way of an interrupt")
TOO_LOW = register("D0004", "a lock declared below the level of a user")
SLEEP_HARD = register("D0005", "sleeping in a handler that has no thread")
SLEEP_SOFT = register("D0006", "sleeping in a soft interrupt or interrupt thread")
SLEEP_SPIN = register("D0007", "sleeping with a spin lock held")
BIG_UNDER_SPIN = register("D0008", "the big lock after a spin lock")
AGAIN = register("D0009", "a lock taken by its holder")
STOPPED = register("D0010", "a run that came to a broken rule")
BIG_TOO_HIGH = register("D0011", "the big lock in an interrupt above its level")
