"""A hash of live functions and of all that their meaning depends on."""

# ruff: noqa: ANN401 - it takes anything

from __future__ import annotations

import hashlib
import linecache
import re
import sys
from enum import Enum
from pathlib import Path
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

from splx.lang.layout import layouts_for
from splx.lang.resolve import is_struct
from splx.lang.sizes import SizeName
from splx.lang.struct import struct_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from splx.lang.sizes import Sizes

_WORD = re.compile(r"[A-Za-z_]\w*")


class Digest:
    """Collects objects; each is entered once, later mentions refer to it by number."""

    def __init__(self, sizes: Sizes) -> None:
        self._sizes = sizes
        self._hash = hashlib.sha256()
        self._seen: dict[int, int] = {}
        #: keeps what is numbered by identity alive while the numbers are in use.
        self._kept: list[object] = []
        self._files: set[str] = set()
        self.text(repr(sizes))

    def hex(self) -> str:
        """The hash of everything added so far."""
        return self._hash.hexdigest()

    def text(self, text: str) -> None:
        """Enter a text; its length keeps neighbours apart."""
        data = text.encode("utf-8", "surrogatepass")
        self._hash.update(f"{len(data)}:".encode())
        self._hash.update(data)

    def compiler(self) -> None:
        """Enter the text of the compiler itself, and the Python whose bytecode is looked at."""
        self.text(_OWN)
        self.text(sys.version)

    def add(self, value: object) -> None:
        """Enter any value a function can mention."""
        if value is None or isinstance(value, (bool, str, bytes, float, complex)):
            self.text(repr(value))
        elif isinstance(value, int):
            self.text(f"{type(value).__qualname__} {int(value)}")
        elif isinstance(value, SizeName):
            self.text(f"size {value.name}")
        elif id(value) in self._seen:
            self.text(f"again {self._seen[id(value)]}")
        else:
            self._seen[id(value)] = len(self._seen)
            self._kept.append(value)
            self._add_object(value)

    def _add_object(self, value: Any) -> None:
        if isinstance(value, FunctionType):
            self._function(value)
        elif isinstance(value, (tuple, list)):
            self.text(f"{type(value).__qualname__} {len(value)}")
            for each in value:
                self.add(each)
        elif isinstance(value, dict):
            self.text(f"dict {len(value)}")
            for key, each in value.items():
                self.add(key)
                self.add(each)
        elif isinstance(value, (set, frozenset)):
            self.text(f"set {sorted(map(repr, value))}")
        elif isinstance(value, type):
            self._class(value)
        elif isinstance(value, (ModuleType, BuiltinFunctionType)):
            self.text(f"{type(value).__name__} {value.__name__}")
        elif isinstance(value, CodeType):
            self._code(value, {})
        elif callable(getattr(value, "__wrapped__", None)):
            self.add(value.__wrapped__)
        else:
            # Its text may hold an address. Then the key never comes back: the code is compiled again, which is right.
            self.text(f"{type(value).__qualname__} {value!r}")

    def _function(self, func: FunctionType) -> None:
        self.text(f"function {func.__module__}.{func.__qualname__}")
        self._file(func)
        self._code(func.__code__, func.__globals__)
        for name, value in sorted(vars(func).items()):
            self.text(name)
            self.add(value)
        self.add(func.__defaults__)
        for cell in func.__closure__ or ():
            self.add(cell.cell_contents)
        for name, annotation in func.__annotations__.items():
            self.text(name)
            self._annotation(annotation, func.__globals__)

    def _file(self, func: FunctionType) -> None:
        """The front end reads the text of the file, not the bytecode: the text as it would be read now."""
        name = func.__code__.co_filename
        if name not in self._files:
            self._files.add(name)
            self.text("".join(linecache.getlines(name, func.__globals__)))

    def _code(self, code: CodeType, space: Mapping[str, Any]) -> None:
        self.text(f"code {code.co_firstlineno} {code.co_argcount} {code.co_varnames}")
        self._hash.update(code.co_code)
        for constant in code.co_consts:
            if isinstance(constant, CodeType):
                self._code(constant, space)
            else:
                self.text(repr(constant))
        self._names(code.co_names, space)

    def _names(self, names: Iterable[str], space: Mapping[str, Any]) -> None:
        """Every global among `names`; of a module or class among them, also what the other names pick from it."""
        wanted = tuple(names)
        for name in wanted:
            if name in space:
                value = space[name]
                self.text(f"global {name}")
                self.add(value)
                if isinstance(value, ModuleType):
                    self._names([each for each in wanted if each != name], vars(value))

    def _annotation(self, annotation: Any, space: Mapping[str, Any]) -> None:
        if isinstance(annotation, str):
            self.text(annotation)
            self._names(_WORD.findall(annotation), space)
        else:
            self.add(annotation)

    def _class(self, cls: type) -> None:
        self.text(f"class {cls.__module__}.{cls.__qualname__}")
        if is_struct(cls):
            for slot in layouts_for(self._sizes).of(struct_of(cls)).slots.values():
                self.text(f"{slot.name} {slot.type} {slot.offset} {slot.size}")
                self._inner(slot.type)
            return
        members: Iterable[tuple[str, Any]] = vars(cls).items()
        if issubclass(cls, Enum):
            members = [(name, each.value) for name, each in cls.__members__.items()]
        for name, value in members:
            if isinstance(value, (bool, int, str, SizeName)):
                self.text(name)
                self.add(value)

    def _inner(self, kind: Any) -> None:
        """The structs inside a field."""
        if hasattr(kind, "item"):
            self._inner(kind.item)
        elif hasattr(kind, "cls"):
            self.add(kind.cls)


def _own_hash() -> str:
    """All of this package: another compiler makes other code."""
    folder = Path(__file__).parent
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        total.update(f"{path.relative_to(folder)}\n".encode() + path.read_bytes())
    return total.hexdigest()


# At import, so that it is the text of the code that runs and not of a file edited since.
_OWN = _own_hash()
