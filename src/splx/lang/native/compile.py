"""LLVM text to machine code, and machine code to callable addresses.

The module is optimised for the processor at hand and emitted as an object file: bytes that the cache can keep. A second
step links such bytes into the process.
"""

# ruff: noqa: ANN401 - llvmlite has no types

from __future__ import annotations

import itertools
from functools import cache
from typing import Any

import llvmlite
import llvmlite.binding as llvm

from splx.lang.native.threaded import PROCESSORS

#: LLVM's -O2. -O3 costs more time to compile and gains nothing on interpreters.
SPEED = 2

_library_numbers = itertools.count(1)


def fingerprint() -> str:
    """What decides, apart from the text, which machine code comes out."""
    version = ".".join(map(str, llvm.llvm_version_info))
    return f"llvmlite {llvmlite.__version__} llvm {version} -O{SPEED} {' '.join(_target())}"


def can_thread() -> bool:
    """Whether threaded code can be made for the processor at hand."""
    return _target()[0].split("-")[0] in PROCESSORS


def to_object(text: str) -> bytes:
    """Machine code, as an object file, for a module of LLVM text."""
    machine = _machine()
    module = _optimised(text, machine)
    code: bytes = machine.emit_object(module)
    return code


def to_assembly(text: str) -> tuple[str, str]:
    """The optimised LLVM text and the assembly of a module: for those who ask where the time goes."""
    machine = _machine()
    module = _optimised(text, machine)
    return str(module), machine.emit_assembly(module)


class Linked:
    """Machine code in this process; lives as long as this object."""

    def __init__(self, code: bytes, names: tuple[str, ...]) -> None:
        builder = llvm.JITLibraryBuilder().add_object_img(code).add_current_process()
        for name in names:
            builder.export_symbol(name)
        self._tracker = builder.link(_linker(), f"splx{next(_library_numbers)}")
        self.addresses: dict[str, int] = {name: self._tracker[name] for name in names}


def _optimised(text: str, machine: Any) -> Any:
    module = llvm.parse_assembly(text)
    module.triple = machine.triple
    module.data_layout = str(machine.target_data)
    module.verify()
    builder = llvm.create_pass_builder(machine, llvm.create_pipeline_tuning_options(speed_level=SPEED))
    builder.getModulePassManager().run(module, builder)
    return module


@cache
def _target() -> tuple[str, str, str]:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm.get_process_triple(), llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()


def _machine() -> Any:
    triple, cpu, features = _target()
    return llvm.Target.from_triple(triple).create_target_machine(cpu=cpu, features=features, opt=SPEED, jit=True)


@cache
def _linker() -> Any:
    return llvm.create_lljit_compiler(_machine())
