"""The engine once more, in plain C: what the compiled Python engine is measured against.

`engine.c` and its headers are written by hand as one would write them in C, from the same specification (the files of
`splx.machine`). `header.py` generates the layout of the machine's memory and the names of its small numbers, so the C
engine runs on a copy of the very buffer that splx loaded, and must leave the same bytes behind. It runs ahead as splx
does, and executes every instruction by its clause: it has no quick forms (`splx.machine.forms`), so where these serve
splx takes less time than C.
"""

from bench.engine_c.build import Engine, compiler, digest

__all__ = ["Engine", "compiler", "digest"]
