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
import sysconfig
from contextlib import redirect_stdout
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from splx.base.diagnostics import Diagnostic, Span, SplxError
from splx.scenario import codes
from splx.scenario.parameters import check_settings
from splx.scenario.scene import Scenario
from splx.scenario.sites import span_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import CodeType, TracebackType

_PACKAGE = str(Path(__file__).resolve().parent.parent)
#: the scenarios that come with splx
LIBRARY = Path(__file__).parent / "library"
_STDLIB = sysconfig.get_path("stdlib")
_IMPORT = re.compile(r"cannot import name '(\w+)' from '([\w.]+)'")


def load_scenario(path: str | Path, settings: Mapping[str, str] | None = None) -> Scenario:
    """The scenario of a file, with `settings` for its parameters. SplxError with every mistake found in it."""
    file = find_scenario(path)
    scenario = Scenario(file.stem, directory=file.parent, settings=settings)
    with scenario:
        load_module(file, "scenario", scenario)
    check_settings(scenario)
    _check_not_empty(scenario, file)
    scenario.check()
    return scenario


def find_scenario(path: str | Path) -> Path:
    """The file meant: `path`, or if there is none the scenario of that name that comes with splx."""
    ours = shipped_as(path)
    return ours if ours is not None and not Path(path).exists() else Path(path)


def shipped_as(path: str | Path) -> Path | None:
    """The file of the scenario that comes with splx under a name, if there is one."""
    ours = LIBRARY / f"{path}.py"
    return ours if not Path(path).is_absolute() and Path(path).suffix == "" and ours.is_file() else None


def scenario_from(folder: Path, name: str) -> str:
    """The scenario meant by `name` in `folder`: a file there, or one that comes with splx. Never one of the current
    directory that happens to be called so.
    """
    ours = None if (folder / name).exists() else shipped_as(name)
    if ours is None:
        return str(folder / name)
    return str(ours) if Path(name).exists() else name


def load_module(file: Path, what: str, scenario: Scenario | None = None) -> ModuleType:
    """Run a Python file of the user's. SplxError if it is not there, is not Python, or fails.

    What it prints while it is read goes to standard error: standard output is for results.
    """
    code = _compiled(file, what)
    before = set(sys.modules)
    name = f"splx_{what}_{re.sub(r'[^0-9A-Za-z_]', '_', file.stem)}"
    module = ModuleType(name)
    module.__file__ = str(file)
    sys.modules[name] = module
    folder = str(file.parent.absolute())
    sys.path.insert(0, folder)
    try:
        with redirect_stdout(sys.stderr):
            exec(code, module.__dict__)
    except SplxError as error:
        raise SplxError(*_earlier(scenario), *(_with_line(each, error, file) for each in error.diagnostics)) from None
    except (Exception, SystemExit) as error:
        raise SplxError(*_earlier(scenario), _failure(error, file, what)) from None
    finally:
        sys.path.remove(folder)
        _forget(set(sys.modules) - before - {name}, folder)
    return module


def _forget(names: set[str], folder: str) -> None:
    """Drop modules beside the file: whatever they declare is declared anew when the file is loaded again."""
    for name in names:
        where = getattr(sys.modules[name], "__file__", None) or ""
        if where.startswith(folder) and not where.startswith(_PACKAGE):
            del sys.modules[name]


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
    except (RecursionError, MemoryError):
        message = f"the {what} `{file}` is nested too deeply"
        raise SplxError(Diagnostic(codes.SYNTAX, message, help="give parts of long expressions names")) from None
    except (ValueError, UnicodeDecodeError) as error:
        message = f"the {what} `{file}` is no text: {error}"
        raise SplxError(Diagnostic(codes.SYNTAX, message, help="save it as UTF-8")) from None


def _not_read(file: Path, what: str, error: OSError) -> Diagnostic:
    if not isinstance(error, FileNotFoundError):
        reason = (error.strerror or str(error)).lower()
        message = f"the {what} `{file}` cannot be read: {reason}"
        return Diagnostic(codes.NOT_FOUND, message, help=f"give the path of a {what} file")
    if file.is_symlink():
        message = f"the {what} `{file}` is a link to `{file.readlink()}`, which is not there"
        return Diagnostic(codes.NOT_FOUND, message, help="mend the link, or give the path of the file itself")
    folder = file.parent
    beside = [each.name for each in folder.glob("*.py") if each.exists()] if folder.is_dir() else []
    near = [str(folder / each) for each in difflib.get_close_matches(file.name, beside, 1)]
    if what == "scenario" and not file.suffix:
        ours = [each.relative_to(LIBRARY).with_suffix("").as_posix() for each in LIBRARY.rglob("[!_]*.py")]
        near = [*difflib.get_close_matches(str(file), ours, 1), *near]
    help_ = f"did you mean `{near[0]}`?" if near else f"give the path of a {what} file"
    return Diagnostic(codes.NOT_FOUND, f"there is no {what} file `{file}`", help=help_)


def _syntax(error: SyntaxError, file: Path, what: str) -> Diagnostic:
    line, text = error.lineno or 1, (error.text or "").rstrip("\n")
    start = (error.offset or 1) - 1
    end = error.end_offset - 1 if error.end_offset and error.end_lineno == error.lineno else start + 1
    span = Span.of_chars(str(file), line, text, start, max(end, start + 1))
    return Diagnostic(codes.SYNTAX, f"the {what} is not Python: {error.msg}", span, help="correct it and run again")


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
    name, text = _missing(error)
    message = f"the {what} failed while it was read: {kind}{f': {text}' if text else ''}"
    help_ = "write `@handler(device, IPL_NET)`" if "handler() missing" in text else _hint(name)
    return Diagnostic(codes.FAILED, message, _place(error.__traceback__, file), help=help_)


def _missing(error: BaseException) -> tuple[str, str]:
    """The name that is not there, if that is what is wrong, and what Python says, without paths of ours."""
    text = str(error)
    found = _IMPORT.match(text)
    if isinstance(error, ImportError) and found is not None:
        return found[1], found[0]
    return (error.name or "") if isinstance(error, NameError) else "", text


def _hint(name: str) -> str:
    """What was probably meant by a name that is not there."""
    import splx.scenario  # noqa: PLC0415 - only for a message

    near = difflib.get_close_matches(name, splx.scenario.__all__, 1)
    if name in splx.scenario.__all__:
        return f"import it: `from splx.scenario import {name}`"
    return f"did you mean `{near[0]}`?" if near else "a scenario is a Python program: this is what Python says of it"


def _place(traceback: TracebackType | None, file: Path) -> Span:
    """The innermost line of the user's, on the way to where it happened; the top of the file if there is none."""
    found = None
    while traceback is not None:
        name = traceback.tb_frame.f_code.co_filename
        if name == str(file) or (_is_file(name) and not name.startswith(_PACKAGE)):
            found = span_of(traceback.tb_frame.f_code, traceback.tb_lasti, traceback.tb_lineno)
        elif found is not None and not name.startswith("<"):
            break
        traceback = traceback.tb_next
    return found or Span(str(file), 1, 0, 1, 0)


def _is_file(name: str) -> bool:
    return not name.startswith("<") and Path(name).is_file() and not name.startswith(_STDLIB)


def _check_not_empty(scenario: Scenario, file: Path) -> None:
    if not (scenario.devices or scenario.threads or scenario.problems.diagnostics):
        message = f"the scenario `{scenario.name}` declares neither a device nor a thread"
        help_ = "declare one: `nic = NIC('wm0', Poisson(mean=us(50)))`, or `@thread(...)`"
        scenario.problems.add(Diagnostic(codes.EMPTY, message, Span(str(file), 1, 0, 1, 0), help=help_))
