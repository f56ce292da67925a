"""Building the C engine for a size class, and calling it on a machine's buffer."""

from __future__ import annotations

import ctypes
import hashlib
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from bench.engine_c.header import machine_header

if TYPE_CHECKING:
    from splx.lang.buffer import Buffer
    from splx.lang.sizes import Sizes
    from splx.machine.state import Machine

SOURCES = Path(__file__).parent
#: `-march=native` would let some compilers keep what is hot in vector registers, which is slower.
FLAGS = ("-O2", "-fwrapv", "-std=gnu11", "-Wall", "-Wextra", "-shared", "-fPIC")


@cache
def compiler() -> str | None:
    """The C compiler of this machine, None if there is none."""
    return shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")


class Engine:
    """The C engine for one size class. `compile_seconds` is what building it took."""

    def __init__(self, sizes: Sizes) -> None:
        command = compiler()
        if command is None:
            raise FileNotFoundError("no C compiler: cc, gcc or clang")
        self.sizes = sizes
        with tempfile.TemporaryDirectory() as place:
            (Path(place) / "machine.h").write_text(machine_header(sizes))
            library = Path(place) / "engine.so"
            began = perf_counter()
            subprocess.run([command, *FLAGS, "-I", place, "-o", library, SOURCES / "engine.c"], check=True)
            self.compile_seconds = perf_counter() - began
            self._library = ctypes.CDLL(str(library))
        for name in ("run", "close_run"):
            getattr(self._library, name).restype = ctypes.c_int64

    def boot(self, machine: Buffer[Machine]) -> None:
        """Queue the first arrivals, as `splx.machine.run.boot` does."""
        assert machine.sizes == self.sizes
        self._library.boot(ctypes.c_void_p(machine.address))

    def run(self, machine: Buffer[Machine]) -> int:
        """Run, as `splx.machine.run.run` does; returns its Status."""
        assert machine.sizes == self.sizes
        return int(self._library.run(ctypes.c_void_p(machine.address)))

    def close(self, machine: Buffer[Machine]) -> int:
        """After a run: let parked spinners catch up, as `splx.machine.run.close` does."""
        assert machine.sizes == self.sizes
        return int(self._library.close_run(ctypes.c_void_p(machine.address)))


def digest(machine: Buffer[Machine]) -> str:
    """A hash of everything in the machine: equal states, clocks, accounts and statistics have equal digests."""
    total = hashlib.blake2b(digest_size=8)
    for part in ("state", "beside", "tables"):
        total.update(machine.field_bytes(part))
    return total.hexdigest()
