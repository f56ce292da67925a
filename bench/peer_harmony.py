"""Harmony on the common models: written in its language, checked by its own C part on one worker.

Its threads begin and end, choose, and are interrupted in steps of their own, so it counts other states than ours; the
questions are the same.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bench.peer_spin import MODELS, children


@dataclass(frozen=True, slots=True)
class HarmonyRun:
    """What one run of Harmony counted and took. `making` is for compiling the model. `issue` is what it says is wrong,
    nothing if it says nothing, and `blocks` how many runs of one thread it tells of that.
    """

    states: int
    seconds: float
    making: float
    issue: str
    blocks: int


def command() -> str | None:
    """The program, as installed with this Python or elsewhere."""
    beside = str(Path(sys.executable).parent)
    return shutil.which("harmony", path=beside) or shutil.which("harmony")


def harmony_there() -> bool:
    """Whether Harmony is installed."""
    return command() is not None


def harmony(model: str, *constants: str) -> HarmonyRun:
    """A model, all of it, with constants like `N=6`."""
    given = [word for each in constants for word in ("-c", each)]
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(MODELS / f"{model}.hny", folder)
        making = _cpu(folder, "-p", "-o", "parsed.hvm", *given, f"{model}.hny")
        whole = _cpu(folder, "--noweb", "-s", "-w", "1", *given, f"{model}.hny")
        found = json.loads(Path(folder, f"{model}.hco").read_text())
    issue = found["issue"]
    blocks = len(found.get("macrosteps", ()))
    return HarmonyRun(found["nstates"], max(0.0, whole - making), making, "" if issue == "No issues" else issue, blocks)


def _cpu(folder: str, *words: str) -> float:
    """CPU seconds of one run."""
    before = children()
    subprocess.run([command() or "harmony", *words], cwd=folder, check=True, capture_output=True)
    return children() - before
