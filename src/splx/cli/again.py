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


def compare_again(setup: Setup, designs: Sequence[str], seeds: Sequence[int]) -> str:
    """The command that makes exactly this comparison."""
    words = ["--seeds", str(len(seeds)), *(["--first-seed", str(seeds[0])] if seeds[0] != 1 else [])]
    return command_line(["compare", *compared(setup, designs), *words])


def compared(setup: Setup, designs: Sequence[str]) -> list[str]:
    """The words of `splx compare` that put kernels beside one another, without the seeds."""
    words = setup.arguments()
    at = words.index("--design")
    words[at : at + 2] = ["--designs", ",".join(designs)]
    at = words.index("--seed")
    return words[:at] + words[at + 2 :]


def suite_of(setup: Setup, scenario: str) -> str:
    """What was asked of, as other programs group it: a scenario under a kernel, with what was set."""
    return ", ".join(filter(None, (f"{scenario}.{setup.kernel}", setup.set_text)))


def choices(setup: Setup) -> str:
    """What was chosen that the head of a report does not say otherwise, as on the command line: `--set speed=2`."""
    words = [word for name, value in setup.options for word in (f"--{name.replace('_', '-')}", value)]
    words += [word for name, value in setup.settings for word in ("--set", f"{name}={value}")]
    words += [word for file in setup.mechanisms for word in ("--mechanism", file)]
    words += ["--machine", setup.machine] if setup.machine.endswith(".toml") or "/" in setup.machine else []
    return shlex.join(words)
