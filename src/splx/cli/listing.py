"""`splx list`: machine code beside the source."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

import click

from splx.cli import options

if TYPE_CHECKING:
    from splx.machine.models import CostModel
    from splx.program.image import Image

EPILOG = """\b
Examples:
  splx list nic.py nic_intr
  splx list nic.py splx --design netbsd-2006-deferred
  splx list nic.py mutex_enter --machine sparc-1993
"""


@click.command("list", epilog=EPILOG)
@options.SCENARIO
@click.argument("function")
@options.DESIGN
@options.SYSTEM
def command(scenario: str, function: str, design: str, **given: Any) -> None:  # noqa: ANN401 - options as click passes them
    """Show the machine code of FUNCTION, of SCENARIO or of the kernel, beside its source.

    Behind each instruction stand its account, its cost class and its line; below, what the fast path costs when every
    cache line is at hand.
    """
    from splx.program.listing import inlined_into, listing, render  # noqa: PLC0415 - heavy

    setup = options.setup_of(scenario, design, given)
    model = setup.model()
    image = setup.system(model, also=function).image
    names = sorted({each.name for each in image.functions})
    callers = inlined_into(image, function)
    if function not in names and callers:
        click.echo(f"{function} is compiled into {', '.join(callers)}; the first of them:\n")
    elif function not in names:
        near = difflib.get_close_matches(function, names, 3)
        guess = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(names[:12])}, ..."
        raise click.UsageError(f"the program has no function {function}: {guess}")
    shown = function if function in names else callers[0]
    click.echo(render(listing(image, shown)).lstrip("\n"), nl=False)
    click.echo()
    click.echo(_cost(image, shown, model))
    if function in names and callers:
        click.echo(f"also compiled into its callers: {', '.join(callers)}")
    click.echo(f"next: splx run {scenario} --design {design}")


def _cost(image: Image, function: str, model: CostModel) -> str:
    """What the fast path costs."""
    from splx.base.units import show_duration  # noqa: PLC0415 - heavy
    from splx.program.counts import fast_path_counts  # noqa: PLC0415
    from splx.program.listing import cost_of  # noqa: PLC0415

    try:
        counts = fast_path_counts(image, function)
    except LookupError as error:
        return f"fast path: none, {error.args[0]}"
    time = sum(model.bake(cost_of(image.insns[pc])) for pc in counts.path)
    parts = {
        "instructions": counts.instructions, "locked": counts.locked, "branches": counts.branches,
        "shared lines": counts.shared_lines, "hardware": counts.hardware, "controller": counts.controller,
        "device": counts.device, "calls": counts.calls,
    }  # fmt: skip
    told = ", ".join(f"{number} {name}" for name, number in parts.items() if number)
    return f"fast path on {model.name}: {show_duration(time)} when every line is at hand ({told})"
