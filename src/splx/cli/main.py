"""The command `splx`: finds the command, and turns whatever happens into text and an exit code.

0 holds, 1 a finding (on standard output: it is a result), 2 bad input, 3 gave up: stopped by Ctrl-C
or SIGTERM, or a bug of ours.
Nobody ever sees a traceback, and a reader that goes away (`| head`) is no error. A result that could not be written is
bad input, whatever it was: see `output`.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from splx import __version__
from splx.base.exits import Exit
from splx.cli.output import guard, lost

if TYPE_CHECKING:
    from collections.abc import Sequence

    from splx.base.diagnostics import SplxError

#: command -> its module and what it is for.
COMMANDS = {
    "run": ("run", "Simulate a scenario under one kernel: latencies, throughput, where the time went."),
    "compare": ("compare", "Run several kernels on the same load, and say which differences are more than noise."),
    "check": ("check", "Look at every interleaving: it holds, or here is the shortest story in which it does not."),
    "replay": ("replay", "Perform a finding of `splx check` again, forwards and backwards."),
    "lockdep": ("lockdep", "Tell which deadlocks other runs may have, from one run that had none."),
    "debate": ("debate", "Settle the claims of the 2006 debate about interrupts as threads, by measuring them."),
    "list": ("listing", "Show the machine code of a function beside its source, and what it costs."),
    "designs": ("designs", "List the kernels there are, and what each chose."),
    "cases": ("cases", "List the catalogue of bugs: a scenario for each, and the knob that makes it."),
    "machines": ("machines", "List the cost models there are, and every figure's source."),
    "explain": ("explain", "Explain a diagnostic by its code."),
}


class Commands(click.Group):
    """The commands, imported when they are called: `splx --help` waits for none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order in which somebody meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"splx.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Names and purposes, without importing anything."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, what) for name, (_, what) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with a guess for a mistyped name."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            import difflib  # noqa: PLC0415 - only for a mistake

            near = difflib.get_close_matches(args[0], COMMANDS, 1)
            if not near:
                raise
            raise click.UsageError(f"{error.message} Did you mean '{near[0]}'?", ctx) from None


EPILOG = """\b
Examples:
  splx run first
  splx run nic.py --design doran-2006 --machine x86-2020 --cpus 4 --time 10s
  splx compare nic.py --designs netbsd-2006,doran-2006,netbsd-5 --seeds 5
  splx explain K0001
"""


_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group(cls=Commands, epilog=EPILOG, context_settings=_SETTINGS)
@click.version_option(__version__, prog_name="splx", message="%(prog)s %(version)s")
def splx() -> None:
    """A kernel in a bottle: interrupt handlers, locks and schedulers on a costed virtual multiprocessor.

    A scenario is a Python file that says what devices do and how a driver and its threads deal with it; the same file
    runs unchanged under every kernel.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """The entry point: never returns."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    sink = guard()
    code = run(words)
    sys.stdout.flush()
    problem = lost(sink)
    sys.exit(code if problem is None else _lost(problem))


def run(words: list[str]) -> int:
    """Run a command line; the exit code."""
    from splx.base.diagnostics import SplxError  # noqa: PLC0415 - `splx --help` needs none

    try:
        result: Any = splx.main(args=words, prog_name="splx", standalone_mode=False)
        return int(result) if isinstance(result, int) else Exit.HOLDS
    except SplxError as error:
        return _show(error, words)
    except click.ClickException as error:
        error.show()
        return Exit.BAD_INPUT
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped: nothing is known yet", err=True)
        return Exit.GAVE_UP
    except Exception as error:
        return _bug(error, words)


def _show(error: SplxError, words: list[str]) -> int:
    """Errors go to standard error; findings are results and go to standard output."""
    from splx.base.render import show  # noqa: PLC0415 - only when needed

    show(error.diagnostics, sys.stdout if error.exit is Exit.FINDING else sys.stderr)
    if error.exit is Exit.GAVE_UP:
        click.echo(f"  = command: splx {' '.join(words)}\n  = version: {__version__}", err=True)
    return error.exit


def _bug(error: Exception, words: list[str]) -> int:
    """An exception that nobody foresaw: X0001, with what a report needs."""
    import traceback  # noqa: PLC0415 - only for a bug
    from pathlib import Path  # noqa: PLC0415

    from splx.base.diagnostics import SplxError, bug  # noqa: PLC0415

    frames = traceback.extract_tb(error.__traceback__)[-3:]
    places = ", ".join(f"{Path(each.filename).name}:{each.lineno} {each.name}" for each in reversed(frames))
    return _show(SplxError(bug(f"{type(error).__name__}: {error}", f"at {places}")), words)


def _lost(problem: str) -> int:
    """Results that nobody got are no results."""
    from splx.base.codes import WRITE  # noqa: PLC0415 - only when needed
    from splx.base.diagnostics import Diagnostic, SplxError  # noqa: PLC0415

    return _show(SplxError(Diagnostic(WRITE, problem, help="let it go to a place that has room for it")), [])


if __name__ == "__main__":
    main()
