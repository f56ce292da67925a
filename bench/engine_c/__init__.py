"""The engine once more, in plain C: what the compiled Python engine is measured against.

`engine.c` and its headers are written by hand as one would write them in C, from the same specification (the files of
`splx.machine`). `header.py` generates the layout of the machine's memory and the names of its small numbers, so the C
engine runs on a copy of the very buffer that splx loaded, and must leave the same bytes behind.
"""

from bench.engine_c.build import Engine, compiler, digest

__all__ = ["Engine", "compiler", "digest"]
