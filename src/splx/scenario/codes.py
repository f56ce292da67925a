"""The S codes of scenarios and designs: the user's input cannot be used."""

from __future__ import annotations

from splx.base.codes import add_folder, register

add_folder("splx.scenario")

# ---- declarations
TIME = register("S0101", "a time that a scenario cannot have")
LEVEL = register("S0102", "an unknown interrupt level")
DUPLICATE = register("S0103", "two things of one name")
NO_HANDLER = register("S0104", "a device without a handler")
COUNT = register("S0105", "a count out of range")
CPU = register("S0106", "a CPU that the machine does not have")
RECORDING = register("S0107", "a recording that cannot be read")
OUTSIDE = register("S0108", "a declaration outside a scenario")
ARGUMENT = register("S0109", "an argument of the wrong kind")
PRIORITY = register("S0110", "a thread priority out of range")
DISTRIBUTION = register("S0111", "a distribution that cannot be drawn from")
PARAMETER = register("S0112", "a setting that the scenario cannot take")
UNDECLARED = register("S0113", "a use of something that was never declared")
FUNCTION = register("S0114", "a function that cannot be called this way")
SHARED = register("S0115", "a line that devices cannot share")
EFFECT = register("S0116", "a property that does something")
PROPERTY_CALLS = register("S0117", "a property that calls the kernel")
CONTRACT = register("S0118", "a declaration that the function's contract excludes")
TOO_LOW = register("S0119", "a call below the level that a contract asks for")
REBOUND = register("S0120", "a name that means something else by now")
NO_TICKS = register("S0121", "something that waits for ticks where nothing ticks")

# ---- files
NOT_FOUND = register("S0201", "a file that is not there")
SYNTAX = register("S0202", "a scenario that is not Python")
FAILED = register("S0203", "a scenario that failed while it was read")
EMPTY = register("S0204", "a scenario in which nothing happens")

# ---- designs
DESIGN = register("S0301", "an unknown design")
OPTION = register("S0302", "an option that the design cannot take")
RESTRICTION = register("S0303", "something that the design cannot express")
MECHANISM = register("S0304", "a mechanism file that cannot be used")
LIMIT = register("S0305", "more than the kernel has room for")
MUTANT = register("S0306", "a mutant that there is not")
CASE = register("S0307", "a case of the catalogue that there is not")

# ---- what is wrong together (V1 to V14 of the validator)
V1 = register("S0321", "borrowed threads without a level that stays shut")
V2 = register("S0322", "a handler that runs later, and a line that is not kept quiet")
V3 = register("S0323", "a masked line that not exactly one opens")
V4 = register("S0324", "a spin lock that keeps no handler out")
V5 = register("S0325", "a spin lock whose holder may be preempted")
V6 = register("S0326", "a big lock without an order")
V7 = register("S0327", "a wait for the big lock that answers nobody")
V8 = register("S0328", "a hand-over that lends nothing")
V9 = register("S0329", "lending without an owner")
V10 = register("S0330", "soft interrupts without an end")
V11 = register("S0331", "an interrupt that is held and forgotten")
V12 = register("S0332", "a thread that does not look again")
V13 = register("S0333", "a wait for what is pinned beneath")
V14 = register("S0334", "a level kept in a thread")
INSTEAD = register("W0302", "a call that the kernel of that name does not have")
ACCEPTED = register("W0301", "a combination that is wrong by construction, and meant")
UNJUDGED = register("W0303", "a rule that is not judged of a mechanism")
