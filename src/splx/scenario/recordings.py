"""Recordings of arrivals: CSV files that say when a real machine was interrupted.

    # network card (e1000), Linux 6.1
    # source: u1-61-vol.txt
    time_ns,cpu
    0,0
    2071604,0

Lines that begin with `#` are about the recording. `time_ns` is the time since the first arrival, rising; equal times
arrive at once. `cpu`, if there, is the CPU that took it. What cannot be read is S0107, with the line of the recording
and that of the scenario.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from fractions import Fraction
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from splx.base.diagnostics import Diagnostic, Span, SplxError
from splx.base.units import UNITS
from splx.scenario import codes
from splx.scenario.checks import LONGEST
from splx.scenario.scene import in_use, report_all

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from splx.scenario.sites import Site

_FORMAT = "a recording is a CSV file with a column `time_ns`, rising, and perhaps a column `cpu`"
_NS = UNITS["ns"]
MOST_ROUNDS = 1000  # of the shortest of merged recordings
SHOWN = 40  # characters of a line that is no arrival


@dataclass(frozen=True, slots=True)
class Loop:
    """Arrival times in ps from 0, and when the next round begins."""

    times: tuple[int, ...]
    length: int


@dataclass(frozen=True, slots=True)
class Recording:
    """The columns of a file: times in ns, and CPUs (-1 unknown)."""

    times: tuple[int, ...]
    cpus: tuple[int, ...]

    def of_cpu(self, cpu: int | None) -> tuple[int, ...]:
        """Times of arrivals that `cpu` took, None for all."""
        if cpu is None:
            return self.times
        return tuple(time for time, taken in zip(self.times, self.cpus, strict=True) if taken == cpu)


def merged(paths: Sequence[str], faster: Fraction, cpu: int | None, site: Site, *, once: bool = False) -> Loop:
    """Several recordings as one, `faster` times as fast. One arrival at 0 if nothing can be read, which is reported.

    A recording of one moment says nothing of when it would begin anew: only one by itself, played `once`, may be so.
    """
    try:
        loops = [_loop(path, faster, cpu, site.argument("paths", n)) for n, path in enumerate(paths)]
        if not once or len(paths) > 1:
            _check_lasting(loops, paths, site)
    except SplxError as error:
        report_all(error.diagnostics)
        loops = []
    if not loops:
        if not paths:
            report_all([Diagnostic(codes.RECORDING, "no recording is named", site.span, help=_FORMAT)])
        return Loop((0,), UNITS["ms"])
    length = max(each.length for each in loops)
    shortest = min(each.length for each in loops)
    if length > MOST_ROUNDS * shortest:
        message = f"the longest of these recordings lasts {length // shortest} times as long as the shortest"
        help_ = (
            f"merge recordings that differ by less than {MOST_ROUNDS}: the shorter is repeated to the end of the longer"
        )
        report_all([Diagnostic(codes.RECORDING, message, site.span, help=help_)])
        return loops[0]
    times = sorted(time for each in loops for time in _filling(each, length))
    return Loop(tuple(times), length)


def _check_lasting(loops: Sequence[Loop], paths: Sequence[str], site: Site) -> None:
    for n, (loop, path) in enumerate(zip(loops, paths, strict=True)):
        if loop.times[-1] == 0:
            many = "one arrival" if len(loop.times) == 1 else f"{len(loop.times):,} arrivals at one moment"
            message = f"`{path}` gives {many}, and no gap after which it could begin anew"
            help_ = "play it once: `repeat=False`" if len(paths) == 1 else "merge recordings that last"
            raise SplxError(Diagnostic(codes.RECORDING, message, site.argument("paths", n), help=help_))


def _filling(loop: Loop, length: int) -> Iterator[int]:
    """The times of `loop`, round after round, before `length`."""
    for start in range(0, length, loop.length):
        yield from (start + time for time in loop.times if start + time < length)


def _loop(path: str, faster: Fraction, cpu: int | None, where: Span) -> Loop:
    try:
        times = read(str(find(path, where))).of_cpu(cpu)
    except SplxError as error:
        raise SplxError(*(_named_at(each, where) for each in error.diagnostics)) from None
    if not times:
        message = (
            f"CPU {cpu} took none of the arrivals in `{path}`" if cpu is not None else f"`{path}` holds no arrival"
        )
        raise SplxError(Diagnostic(codes.RECORDING, message, where, help=_FORMAT))
    scaled = tuple(round((time - times[0]) * _NS / faster) for time in times)
    if scaled[-1] > LONGEST:
        message = f"at this speed `{path}` takes more than 13 days"
        raise SplxError(Diagnostic(codes.RECORDING, message, where, help="give a greater `speedup`"))
    mean_gap = round(Fraction(scaled[-1], len(scaled) - 1)) if scaled[-1] > 0 else UNITS["ms"]
    return Loop(scaled, scaled[-1] + max(1, mean_gap))


def _named_at(diagnostic: Diagnostic, where: Span) -> Diagnostic:
    """Show also where the scenario names the file."""
    if diagnostic.span is None:
        return diagnostic.at(where)
    return diagnostic if diagnostic.span == where else replace(diagnostic, related=((where, "named here"),))


def find(path: str, where: Span) -> Path:
    """The file meant by `path`: beside the scenario, or where splx is run. S0107 if there is none."""
    scenario = in_use()
    folders = [Path(), *([scenario.directory] if scenario is not None else [])]
    for folder in reversed(folders):
        if (folder / path).is_file():
            return folder / path
    is_folder = any((each / path).is_dir() for each in folders)
    message = f"`{path}` is a folder, and no recording" if is_folder else f"there is no recording `{path}`"
    help_ = "relative paths start at the scenario's folder"
    raise SplxError(Diagnostic(codes.RECORDING, message, where, help=help_))


def read(file: str) -> Recording:
    """The columns of a recording. SplxError S0107, at the line that is wrong."""
    try:
        text = Path(file).read_text(encoding="utf-8-sig")  # spreadsheets put a mark before the first column
        if "\0" in text:
            raise ValueError
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise SplxError(Diagnostic(codes.RECORDING, f"`{file}` cannot be read: {reason}", help=_FORMAT)) from None
    lines = [(n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip() and not line.startswith("#")]
    if not lines:
        raise SplxError(Diagnostic(codes.RECORDING, f"`{file}` holds no arrival", help=_FORMAT))
    header = [name.strip() for name in lines[0][1].split(",")]
    if "time_ns" not in header:
        raise _wrong(file, *lines[0], "the columns have no `time_ns`")
    return _columns(file, header, lines[1:])


def _columns(file: str, header: list[str], lines: list[tuple[int, str]]) -> Recording:
    time_at = header.index("time_ns")
    cpu_at = header.index("cpu") if "cpu" in header else -1
    times: list[int] = []
    cpus: list[int] = []
    for (number, line), row in zip(lines, csv.reader(line for _, line in lines), strict=True):
        if len(row) <= max(time_at, cpu_at):
            raise _wrong(file, number, line, f"`{line}` is no arrival: there are {len(header)} columns")
        try:
            times.append(int(row[time_at]))
            cpus.append(int(row[cpu_at]) if cpu_at >= 0 else -1)
        except ValueError:
            shown = line if len(line) <= SHOWN else f"{line[:SHOWN]}..."
            raise _wrong(file, number, line, f"`{shown}` is no arrival: whole numbers are needed") from None
        if times[-1] < 0:
            raise _wrong(file, number, line, f"the time {times[-1]} ns is before the first arrival")
        if times[-1] * _NS > LONGEST:
            raise _wrong(file, number, line, f"the time {times[-1]} ns is more than 13 days")
        if len(times) > 1 and times[-1] < times[-2]:
            raise _wrong(file, number, line, f"the time {times[-1]} comes after {times[-2]}")
    return Recording(tuple(times), tuple(cpus))


def shipped(name: str) -> str:
    """The path of a recording that comes with splx: `shipped("nic-e1000.csv")`. See the README beside them."""
    return str(Path(str(files("splx.data"))) / "arrivals" / name)


def _wrong(file: str, number: int, line: str, message: str) -> SplxError:
    return SplxError(Diagnostic(codes.RECORDING, message, Span.of_line(file, number, line), help=_FORMAT))
