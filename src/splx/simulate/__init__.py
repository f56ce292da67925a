"""Simulation: the earliest next step of a system on a costed machine, and what came of it.

    result = simulate(system, "x86-2020", time=s(1), seed=1)

`load` makes one block of memory of a system and a cost model, `engine` runs it, natively or as plain Python, `result`
reads off what is known at the end, `conserve` checks the books, and `findings` turns a broken rule into a diagnostic.
"""

from __future__ import annotations

from splx.simulate.latency import Latency
from splx.simulate.result import CpuResult, Result, SourceResult
from splx.simulate.run import simulate

__all__ = ["CpuResult", "Latency", "Result", "SourceResult", "simulate"]
