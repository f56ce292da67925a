"""The M codes: what is wrong with a cost model; and the warnings about one."""

from __future__ import annotations

from splx.base.codes import add_folder, register

add_folder("splx.machine")

UNKNOWN = register("M0001", "a machine that is not known")
NOT_TOML = register("M0002", "a cost model that cannot be read")
MISSING = register("M0003", "a figure that is missing")
UNKNOWN_KEY = register("M0004", "a key that means nothing")
NUMBER = register("M0005", "a figure that is not an amount of time")
ABSURD = register("M0006", "a figure that no machine has")
NO_SOURCE = register("M0007", "a figure without its source")
CONTRADICTION = register("M0008", "two figures that contradict each other")

DOUBT = register("W0001", "a figure that hardly any machine has")
