"""`splx explain`: the page behind a diagnostic."""

from __future__ import annotations

import json
import sys
from importlib import import_module

import click

from splx.cli import options

#: Modules that register codes. A page is found only when its code is known.
CODES = (
    "splx.base.codes", "splx.lang.codes", "splx.machine.codes", "splx.program.codes", "splx.scenario.codes",
    "splx.simulate.codes", "splx.check.codes", "splx.lockdep.codes", "splx.compare.codes",
)  # fmt: skip

EPILOG = """\b
Examples:
  splx explain L0301
  splx explain k0001
  splx explain --all
"""


@click.command("explain", epilog=EPILOG)
@click.argument("code", required=False)
@click.option("--all", "everything", is_flag=True, help="List every code and its title.")
@options.JSON
def command(code: str | None, *, everything: bool, as_json: bool) -> None:
    """Explain the diagnostic of CODE: what it says, why, an example, and what to do instead."""
    from splx.base import codes  # noqa: PLC0415 - light, but only here

    for module in CODES:
        import_module(module)
    if everything and as_json:
        click.echo(json.dumps(codes.registered(), indent=1, ensure_ascii=False))
        return
    if everything:
        for known, title in codes.registered().items():
            click.echo(f"{known}  {title}")
        return
    if not code:
        raise click.UsageError("give a code, as a diagnostic shows it in brackets, or --all")
    page = codes.page(code)
    if page is None:
        near = codes.near(code)
        those = ", ".join(near[:8]) + (", ..." if len(near) > 8 else "")
        others = f"of that letter there are {those}" if near else "--all lists those that there are"
        raise click.UsageError(f"there is no diagnostic `{code.upper()}`; {others}")
    if as_json:
        data = {"code": page.code, "title": page.title, "text": page.text}
        click.echo(json.dumps(data, indent=1, ensure_ascii=False))
    elif sys.stdout.isatty():
        from rich.markdown import Markdown  # noqa: PLC0415 - heavy

        from splx.report.console import console_for  # noqa: PLC0415

        console_for(sys.stdout).print(Markdown(page.text))
    else:
        click.echo(page.text, nl=False)
