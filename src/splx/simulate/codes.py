"""The codes of a run: K for code that broke a rule of the machine or of its own, S for a run that cannot be."""

from __future__ import annotations

from splx.base.codes import add_folder, register

add_folder("splx.simulate")

ASSERTION = register("K0001", "an assertion that does not hold")
PANIC = register("K0002", "a panic")
BUSY_FRAME = register("K0003", "a context that is entered while it is in use")
ADDRESS = register("K0004", "an access to memory that is not there")
DIVISION = register("K0005", "a division by zero")
RANGE = register("K0006", "a value that does not fit its field")
SWITCH = register("K0007", "a switch to a context that cannot run")
NESTED = register("K0008", "an interrupt on top of one that is not dealt with")
STUCK = register("K0009", "a CPU for which no time passes")
FUNCTION = register("K0010", "a call through something that is not a function")
ITEM = register("K0011", "an item that is done without having been taken")
OPERAND = register("K0012", "an operand that the machine does not have")
NOTHING_BELOW = register("K0013", "a return into nothing")
DEADLOCK = register("K0014", "a deadlock")

TIES = register("S0401", "an order of simultaneous events that there is not")
NO_TIME = register("S0402", "a run of no time")
SETTING = register("S0403", "a setting without a value")

UNSERVED = register("W0401", "a device of which nothing gets done")
ASSERTED = register("W0402", "a handler that leaves its line asserted")
