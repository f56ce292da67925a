"""`splx list`: machine code beside the source."""

from __future__ import annotations

import difflib
import json
from typing import TYPE_CHECKING, Any

import click

from splx.cli import options

if TYPE_CHECKING:
    from splx.machine.models import CostModel
    from splx.program.image import Image

#: How counts of a fast path are called when there is one.
ONE = {"instructions": "instruction", "branches": "branch", "shared lines": "shared line", "calls": "call"}

EPILOG = """\b
Examples:
  splx list nic.py nic_intr
  splx list nic.py splx --design netbsd-2006-deferred
  splx list first mutex_enter --machine sparc-1993
"""


@click.command("list", epilog=f"{options.SCENARIOS}\n{EPILOG}")
@options.SCENARIO
@click.argument("function")
@options.DESIGN
@options.SYSTEM
@options.JSON
def command(scenario: str, function: str, design: str, **given: Any) -> None:  # noqa: ANN401 - options as click passes them
    """Show the machine code of FUNCTION, of SCENARIO or of the kernel, beside its source.

    Behind each instruction stand its account, its cost class and its line; below, what the fast path costs when every
    cache line is at hand.
    """
    from splx.program.listing import inlined_into  # noqa: PLC0415 - heavy

    setup = options.setup_of(scenario, design, given)
    model = setup.model()
    image = setup.system(model, also=function).image
    names = sorted({each.name for each in image.functions})
    callers = inlined_into(image, function)
    if function not in names and not callers:
        near = difflib.get_close_matches(function, names, 3)
        guess = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(names[:12])}, ..."
        raise click.UsageError(f"the program has no function {function}: {guess}")
    shown = function if function in names else callers[0]
    if given["as_json"]:
        click.echo(json.dumps(_data(image, shown, model, callers), indent=1, ensure_ascii=False))
        return
    if shown != function:
        click.echo(f"{function} is compiled into {', '.join(callers)}; the first of them:\n")
    _show(image, shown, model)
    if shown == function and callers:
        click.echo(f"also compiled into its callers: {', '.join(callers)}")
    click.echo(f"next: splx run {scenario} --design {design}")


def _show(image: Image, function: str, model: CostModel) -> None:
    from splx.program.counts import kind_test  # noqa: PLC0415 - heavy
    from splx.program.listing import listing, render  # noqa: PLC0415

    click.echo(render(listing(image, function)).lstrip("\n"), nl=False)
    test, on = kind_test(image, function), f"on {model.name}"
    if test is None:
        click.echo(f"\nfast path{_told(_fast_path(image, function, model), on)}")
        return
    click.echo(f"\nfast path where `{test}`{_told(_fast_path(image, function, model, {test: True}), on)}")
    click.echo(f"and where it is not{_told(_fast_path(image, function, model, {test: False}), on)}")
    click.echo("of a lock that is known when the system is linked only one of the two is compiled into who uses it")


def _told(path: dict[str, Any], machine: str) -> str:
    """A fast path in words."""
    from splx.base.units import show_duration  # noqa: PLC0415 - heavy

    if "none" in path:
        return f": none, {path['none']}"
    counts = ((name, number) for name, number in path.items() if number and name != "time_ps")
    told = ", ".join(f"{number} {ONE.get(name, name) if number == 1 else name}" for name, number in counts)
    return f" {machine}: {show_duration(int(path['time_ps']))} when every line is at hand ({told})"


def _data(image: Image, function: str, model: CostModel, callers: list[str]) -> dict[str, Any]:
    """The function as data: its copies, their instructions, and who has its code in theirs."""
    from splx.program.counts import kind_test  # noqa: PLC0415 - heavy
    from splx.program.listing import to_json  # noqa: PLC0415

    everything = to_json(image)
    copies = [each for each in everything["functions"] if each["name"] == function]
    code = [insn for each in copies for insn in everything["code"][each["start"] : each["end"]]]
    found = {"functions": copies, "compiled_into": callers, "code": code, "machine": model.name}
    test = kind_test(image, function)
    if test is None:
        return {**found, "fast_path": _fast_path(image, function, model)}
    either = {answer: _fast_path(image, function, model, {test: answer}) for answer in (True, False)}
    return {**found, "test": test, "fast_path": either[True], "fast_path_otherwise": either[False]}


def _fast_path(image: Image, function: str, model: CostModel, assume: dict[str, bool] | None = None) -> dict[str, Any]:
    """What the fast path costs, and the counts of its instructions; `none` and why, if there is none."""
    from splx.program.counts import fast_path_counts  # noqa: PLC0415 - heavy
    from splx.program.listing import cost_of  # noqa: PLC0415

    try:
        counts = fast_path_counts(image, function, assume)
    except LookupError as error:
        return {"none": error.args[0]}
    return {
        "time_ps": sum(model.bake(cost_of(image.insns[pc])) for pc in counts.path),
        "instructions": counts.instructions, "locked": counts.locked, "branches": counts.branches,
        "shared lines": counts.shared_lines, "hardware": counts.hardware, "controller": counts.controller,
        "device": counts.device, "calls": counts.calls,
    }  # fmt: skip
