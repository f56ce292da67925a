"""Loading a scenario file: a Python module whose declarations go into one scenario.

Nothing that goes wrong in it shows a traceback: a user's mistake is shown at the line of the user's file where it
happened.
"""

from __future__ import annotations

import difflib
import importlib.util
import linecache
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from splx.base.diagnostics import Diagnostic, Span, SplxError
from splx.scenario import codes
from splx.scenario.parameters import check_settings
from splx.scenario.scene import Scenario
from splx.scenario.sites import line_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import CodeType, TracebackType

_PACKAGE = str(Path(__file__).resolve().parent.parent)


def load_scenario(path: str | Path, settings: Mapping[str, str] | None = None) -> Scenario:
    """The scenario of a file, with `settings` for its parameters. SplxError with every mistake found in it."""
    file = Path(path)
    scenario = Scenario(file.stem, directory=file.parent, settings=settings)
    with scenario:
        load_module(file, "scenario", scenario)
    check_settings(scenario)
    _check_not_empty(scenario, file)
    scenario.check()
    return scenario


def load_module(file: Path, what: str, scenario: Scenario | None = None) -> ModuleType:
    """Run a Python file of the user's. SplxError if it is not there, is not Python, or fails."""
    code = _compiled(file, what)
    name = f"splx_{what}_{re.sub(r'[^0-9A-Za-z_]', '_', file.stem)}"
    module = ModuleType(name)
    module.__file__ = str(file)
    sys.modules[name] = module
    sys.path.insert(0, str(file.parent.absolute()))
    try:
        exec(code, module.__dict__)
    except SplxError as error:
        raise SplxError(*_earlier(scenario), *(_with_line(each, error, file) for each in error.diagnostics)) from None
    except (Exception, SystemExit) as error:
        raise SplxError(*_earlier(scenario), _failure(error, file, what)) from None
    finally:
        sys.path.remove(str(file.parent.absolute()))
    return module


def _compiled(file: Path, what: str) -> CodeType:
    try:
        text = file.read_bytes()
    except OSError as error:
        raise SplxError(_not_read(file, what, error)) from None
    linecache.checkcache(str(file))
    try:
        return compile(importlib.util.decode_source(text), str(file), "exec", dont_inherit=True)
    except SyntaxError as error:
        raise SplxError(_syntax(error, file, what)) from None
    except (ValueError, UnicodeDecodeError) as error:
        raise SplxError(Diagnostic(codes.SYNTAX, f"`{file}` is not a Python text: {error}")) from None


def _not_read(file: Path, what: str, error: OSError) -> Diagnostic:
    if not isinstance(error, FileNotFoundError):
        reason = (error.strerror or str(error)).lower()
        return Diagnostic(codes.NOT_FOUND, f"the {what} `{file}` cannot be read: {reason}")
    folder = file.parent
    beside = [each.name for each in folder.glob("*.py")] if folder.is_dir() else []
    near = difflib.get_close_matches(file.name, beside, 1)
    help_ = f"did you mean `{folder / near[0]}`?" if near else f"give the path of a {what} file"
    return Diagnostic(codes.NOT_FOUND, f"there is no {what} file `{file}`", help=help_)


def _syntax(error: SyntaxError, file: Path, what: str) -> Diagnostic:
    line, text = error.lineno or 1, (error.text or "").rstrip("\n")
    start = (error.offset or 1) - 1
    end = error.end_offset - 1 if error.end_offset and error.end_lineno == error.lineno else start + 1
    span = Span.of_chars(str(file), line, text, start, max(end, start + 1))
    return Diagnostic(codes.SYNTAX, f"the {what} is not Python: {error.msg}", span)


def _earlier(scenario: Scenario | None) -> list[Diagnostic]:
    """What was wrong before the file failed."""
    return [] if scenario is None else scenario.problems.diagnostics


def _with_line(diagnostic: Diagnostic, error: SplxError, file: Path) -> Diagnostic:
    """A mistake that does not know where it was made: at the line of the user's file that made it."""
    if diagnostic.span is not None:
        return diagnostic
    return diagnostic.at(_place(error.__traceback__, file))


def _failure(error: BaseException, file: Path, what: str) -> Diagnostic:
    kind = type(error).__name__
    text = str(error)
    message = f"the {what} failed while it was read: {kind}{f': {text}' if text else ''}"
    return Diagnostic(codes.FAILED, message, _place(error.__traceback__, file), help=_hint(error))


def _hint(error: BaseException) -> str | None:
    """What was probably meant by a name that is not there."""
    name = getattr(error, "name_from", None) or getattr(error, "name", None)
    if not isinstance(name, str):
        return None
    import splx.scenario  # noqa: PLC0415 - only for a message

    near = difflib.get_close_matches(name, splx.scenario.__all__, 1)
    if name in splx.scenario.__all__:
        return f"import it: `from splx.scenario import {name}`"
    return f"did you mean `{near[0]}`?" if near else None


def _place(traceback: TracebackType | None, file: Path) -> Span:
    """The innermost line outside splx, which is the user's own; the top of the file if there is none."""
    found = Span(str(file), 1, 0, 1, 0)
    while traceback is not None:
        name = traceback.tb_frame.f_code.co_filename
        if name == str(file) or (_is_file(name) and not name.startswith(_PACKAGE)):
            found = line_of(name, traceback.tb_lineno)
        elif found.file == str(file) and name.startswith(_PACKAGE):
            break
        traceback = traceback.tb_next
    return found


def _is_file(name: str) -> bool:
    return not name.startswith("<") and Path(name).is_file() and "importlib" not in name


def _check_not_empty(scenario: Scenario, file: Path) -> None:
    if not (scenario.devices or scenario.threads or scenario.problems.diagnostics):
        message = f"the scenario `{scenario.name}` declares neither a device nor a thread"
        help_ = "declare one: `nic = NIC('wm0', Poisson(mean=us(50)))`, or `@thread(...)`"
        scenario.problems.add(Diagnostic(codes.EMPTY, message, Span(str(file), 1, 0, 1, 0), help=help_))
