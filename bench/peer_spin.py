"""SPIN on the common models: the same searches, in a verifier that it writes in C for each of them."""

from __future__ import annotations

import re
import resource
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bench.engine_c import compiler

MODELS = Path(__file__).parent / "models"


@dataclass(frozen=True, slots=True)
class SpinRun:
    """What one run of SPIN counted and took. `making` is for writing the verifier and compiling it."""

    states: int
    transitions: int
    seconds: float
    making: float
    megabytes: float
    length: int  # of the counterexample, 0 if there is none


def spin_there() -> bool:
    """Whether SPIN and a C compiler are installed."""
    return shutil.which("spin") is not None and compiler() is not None


def spin(model: str, *defines: str, first: bool = False, reduced: bool = False) -> SpinRun:
    """A model, all of it depth first, or breadth first up to the `first` error; without SPIN's own reduction, unless it
    is to be `reduced`.
    """
    how = ["-DBFS"] if first else []
    how += [] if reduced else ["-DNOREDUCE"]
    with tempfile.TemporaryDirectory() as folder:
        before = children()
        _run(folder, "spin", *defines, "-a", str(MODELS / f"{model}.pml"))
        _run(folder, compiler() or "cc", "-O2", "-DSAFETY", *how, "-o", "pan", "pan.c")
        making = children() - before
        arguments = [] if first else ["-c0", "-m3000000"]
        before = children()
        text = _run(folder, "./pan", "-w22", *arguments)
        return SpinRun(
            states=int(_number(text, r"(\d+) states, stored")),
            transitions=int(_number(text, r"(\d+) transitions")),
            seconds=children() - before,
            making=making,
            megabytes=_number(text, r"([\d.]+)\s+actual memory usage for states") + 8 * 2**22 / 1e6,
            length=int(_number(text, r"at depth (\d+)")) if first else 0,
        )


def _run(folder: str, *words: str) -> str:
    return subprocess.run(words, cwd=folder, check=True, capture_output=True, text=True).stdout


def _number(text: str, pattern: str) -> float:
    found = re.search(pattern, text)
    return float(found.group(1)) if found else 0.0


def children() -> float:
    """CPU seconds of all programs run so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
