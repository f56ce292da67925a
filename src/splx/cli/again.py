"""Commands to type, as text that a shell reads back."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from splx.simulate.setup import Setup


def command_line(words: Sequence[str]) -> str:
    """Words as a command line."""
    return f"splx {shlex.join(words)}"


def run_again(setup: Setup) -> str:
    """The command that makes exactly this run."""
    return command_line(["run", *setup.arguments()])
