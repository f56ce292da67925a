"""The L codes: what a user's Python may not say, in lists by what it is about.

L00xx the function itself, L01xx syntax outside the language, L02xx names and types, L03xx contracts of kernel code,
L04xx structs and fields.
"""

from __future__ import annotations

from splx.base.codes import add_folder, register

add_folder("splx.lang")

UNKNOWN_FIELD = register("L0401", "a field that the struct does not have")
NO_TYPE = register("L0402", "a field whose type is not of the language")
UNKNOWN_TYPE = register("L0403", "a field whose type names something unknown")
NO_LENGTH = register("L0404", "an array field without a length, or a length that is none")
DOES_NOT_FIT = register("L0405", "a constant that does not fit its field")
CONTAINS_ITSELF = register("L0406", "a struct that would contain itself")
