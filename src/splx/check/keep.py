"""A search kept in a folder: killed at any moment, it goes on from there to the same answer.

    rows-G.bin, came-G.bin, arena-G.bin    what is only added to: states, how each was found, contents of parts
    ways-G.bin, fates-N.bin                of a search by cost: in which order, and what has become of each node
    search-N.bin                           everything else of the search, but what is derived from those
    search.json                            which of them, how long, with which checksums: replaced in one step, last

A kill leaves at worst files that are longer than `search.json` says, or one that it does not name. What is only added
to is written anew, as generation G + 1, when the layout of rows has changed, or when a search by cost forgets. What a
search is about is written down as well: the folder of another one is refused.
"""

from __future__ import annotations

import hashlib
import json
import os
import zlib
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from time import monotonic
from typing import IO, TYPE_CHECKING, Any

from splx import __version__
from splx.base.atomic import write_text
from splx.base.diagnostics import Diagnostic, SplxError
from splx.check import codes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from splx.check.checker import Checker
    from splx.check.loading import Bounds
    from splx.check.properties import Property

FORMAT = "splx search 6"
MANIFEST = "search.json"
#: what is or is not so of a search, in words
_IN_WORDS = {
    "tso": ("with store buffers (`--memory tso`)", "without (`--memory sc`)"),
    "fuse": ("with larger steps", "without (`--no-fuse`)"),
    "single": ("in which every instruction is a step (`--single`)", "in larger steps"),
    "symmetry": ("in which CPUs that are alike are not told apart", "in which they are"),
    "coupled": ("in which an arrival is taken at once", "in which it need not be"),
}
_CALLED = {
    "ring": "waiting items (`--ring`)",
    "budgets": "budgets",
    "fair": "fair devices",
    "buffer": "stores in a buffer",
}
HOW_LONG = ("states", "memo")  # bounds that say nothing about what is searched
WRITING = 10  # times as long as a search was written down it goes on before that is done again


def subject(checker: Checker, bounds: Bounds, wanted: Sequence[Property], cost: int = -1) -> dict[str, str]:
    """What a search that has not begun is about; two with the same subject are the same search. `cost`: up to which it
    goes, -1 if it goes by moves.
    """
    system = checker.system
    words = {each.name: str(getattr(bounds, each.name)) for each in fields(bounds) if each.name not in HOW_LONG}
    return {
        "version": __version__,
        "scenario": system.scenario,
        "design": system.design,
        "CPUs": str(system.cpus),
        **words,
        "cost": "" if cost < 0 else str(cost),
        "properties": ", ".join(each.name for each in wanted),
        "program": hashlib.sha256(checker.buffer.values()).hexdigest(),
    }


class Keeper:
    """A folder with a search, which nobody else uses meanwhile."""

    def __init__(self, folder: Path, about: Mapping[str, str], asked: Sequence[tuple[str, str]] = ()) -> None:
        """SplxError S0605 if it is in use, is damaged or has another search, S0002 if it cannot be written. `asked` is
        what explains a program that is another one.
        """
        self.folder, self.about, self.asked = folder, dict(about), dict(asked)
        self._saved, self._took = monotonic(), 0.0
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = _locked(folder)
        except OSError as error:
            raise _unwritten(folder, error) from None
        try:
            self._last = self._read()
        except SplxError:
            self.close()
            raise

    def _read(self) -> dict[str, Any]:
        """The manifest; empty if there is none yet."""
        try:
            data = json.loads((self.folder / MANIFEST).read_text())
        except FileNotFoundError:
            return {}
        except (OSError, ValueError):
            raise _refused(self.folder, "has no search that can be read") from None
        if not isinstance(data, dict) or data.get("format") != FORMAT:
            raise _refused(self.folder, "has no search that can be read")
        for name, value in self.about.items():
            other = data["about"].get(name, "")
            if other != value:
                why = _asked_otherwise(data.get("asked", {}), self.asked) if name == "program" else ""
                raise _refused(self.folder, f"has another search: {why or _difference(name, other, value)}")
        return data

    @property
    def began(self) -> bool:
        """Whether there is something to go on from."""
        return bool(self._last)

    def forget(self) -> None:
        """Begin anew, as if there had been nothing."""
        with suppress(OSError):
            (self.folder / MANIFEST).unlink()
        self._last = {}

    def close(self) -> None:
        """Let somebody else have it."""
        self._lock.close()

    def load(self, checker: Checker) -> None:
        """Make a search that has not begun what it was. OutOfRoom if it has no room for that."""
        files: dict[str, dict[str, Any]] = self._last["files"]
        checker.recall(self._all_of(files["search"]), lambda name, into: self._into(files[name], into))

    def is_due(self, every: float) -> bool:
        """Whether it is to be written down again, every so many seconds; 0 each time that somebody asks."""
        return every == 0 or monotonic() - self._saved >= max(every, WRITING * self._took)

    def save(self, checker: Checker) -> None:
        """Write down what has been seen; from here a search that is killed goes on."""
        began = monotonic()
        self._write(checker)
        self._saved = monotonic()
        self._took = self._saved - began

    def _write(self, checker: Checker) -> None:
        s = checker.s
        old: dict[str, dict[str, Any]] = self._last.get("files", {})
        generation, layout = self._last.get("generation", 0), checker.layout()
        if self._last and (self._last["layout"] != layout or s.alone):
            generation += 1
        number = self._last.get("number", 0) + 1
        tables = checker.tables_in_use()
        try:
            names = {name: f"{name}-{number if name == 'fates' else generation}.bin" for name in tables}
            files = {name: self._append(old.get(name), names[name], words) for name, words in tables.items()}
            files["search"] = self._append(None, f"search-{number}.bin", memoryview(checker.buffer.values()))
        except OSError as error:
            raise _unwritten(self.folder, error) from None
        self._last = {
            "format": FORMAT, "about": self.about, "asked": self.asked, "number": number,
            "generation": generation, "layout": layout, "states": s.n_states, "expanded": s.next,
            "files": files,
        }  # fmt: skip
        write_text(self.folder / MANIFEST, json.dumps(self._last, indent=1))
        for name, file in old.items():
            if file["file"] != files[name]["file"]:
                with suppress(OSError):
                    (self.folder / file["file"]).unlink()

    def _append(self, old: dict[str, Any] | None, name: str, words: memoryview) -> dict[str, Any]:
        """Bring a file up to date: only what is new is written, if it is the file that there was."""
        data = words.cast("B")
        done, crc = (old["bytes"], old["crc"]) if old and old["file"] == name else (0, 0)
        with (self.folder / name).open("r+b" if done else "wb") as file:
            file.seek(done)
            file.truncate()
            file.write(data[done:])
            file.flush()
            os.fsync(file.fileno())
        return {"file": name, "bytes": len(data), "crc": zlib.crc32(data[done:], crc)}

    def _all_of(self, what: dict[str, Any]) -> bytes:
        into = bytearray(what["bytes"])
        self._into(what, memoryview(into))
        return bytes(into)

    def _into(self, what: dict[str, Any], into: memoryview) -> None:
        """Read a file into memory that is there."""
        data = into.cast("B")[: what["bytes"]]
        try:
            with (self.folder / what["file"]).open("rb") as file:
                read = file.readinto(data)
        except OSError:
            read = -1
        if read != what["bytes"] or zlib.crc32(data) != what["crc"]:
            raise _refused(self.folder, f"is damaged: {what['file']} is not what was written")


def _asked_otherwise(old: Mapping[str, str], new: Mapping[str, str]) -> str:
    """What was chosen otherwise of a program that is another one; empty if nothing was, or nobody wrote it down."""
    both = [name for name in new if name in old and old[name] != new[name]]
    return "; ".join(_difference(name, old[name], new[name]) for name in both)


def _difference(name: str, old: str, new: str) -> str:
    if name == "program":
        return "the text of the scenario or of the kernel has changed since"
    words = _IN_WORDS.get(name)
    if words is not None:
        kept, asked = words if old == "True" else words[::-1]
        return f"one {kept}, and this is one {asked}"
    return f"{_CALLED.get(name, name)} {old or 'none'} there, and {new or 'none'} here"


def _refused(folder: Path, what: str) -> SplxError:
    return SplxError(Diagnostic(codes.KEPT, f"`{folder}` {what}", help="name an empty folder to begin anew"))


def _unwritten(folder: Path, error: OSError) -> SplxError:
    """What was kept there before is there still."""
    why = (error.strerror or str(error)).lower()
    help_ = "make room there, or name a folder that you may write to: the search goes on from what it kept last"
    return SplxError(Diagnostic(codes.KEPT, f"`{folder}` cannot be written: {why}", help=help_))


def _locked(folder: Path) -> IO[str]:
    """Hold the folder until the process ends. SplxError if somebody else does."""
    file = (folder / "lock").open("w")
    try:
        import fcntl  # noqa: PLC0415 - not everywhere
    except ImportError:
        return file
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise _refused(folder, "is in use by another search") from None
    return file
