"""Machine code as Python callables, which release the interpreter's lock while they run."""

# ruff: noqa: ANN401 - arguments of compiled functions

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from splx.lang import cache
from splx.lang.buffer import Buffer
from splx.lang.front.closure import front_all
from splx.lang.front.frontend import Dialect, forget
from splx.lang.layout import layouts_for
from splx.lang.native.compile import Linked, can_thread, fingerprint, to_assembly, to_object
from splx.lang.native.module import Module
from splx.lang.native.types import value_type
from splx.lang.types import Ref

if TYPE_CHECKING:
    from splx.lang.sizes import Sizes
    from splx.lang.tree import Function
    from splx.lang.types import Type

    Func = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """How an entry is called: its LLVM name, and "i64", "i1", "void" or the name of a struct class for each value."""

    symbol: str
    params: tuple[str, ...]
    result: str


class Library(Mapping[str, "Func"]):
    """Compiled functions by name. Keep it as long as any of them is in use (each holds on to it as well)."""

    def __init__(self, entries: Mapping[str, Entry], sizes: Sizes, loaded: Any, addresses: Mapping[str, int]) -> None:
        #: what must live as long as the code is in use.
        self.loaded = loaded
        self._functions = {name: self._callable(entry, sizes, addresses) for name, entry in entries.items()}

    def __getitem__(self, name: str) -> Func:
        return self._functions[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._functions)

    def __len__(self) -> int:
        return len(self._functions)

    def _callable(self, entry: Entry, sizes: Sizes, addresses: Mapping[str, int]) -> Func:
        params = [_SCALARS.get(kind) or _buffer_of(kind, sizes) for kind in entry.params]
        prototype: Any = ctypes.CFUNCTYPE(_SCALARS.get(entry.result), *params)
        function: Func = prototype(addresses[entry.symbol])
        function.library = self  # type: ignore[attr-defined]
        return function


_SCALARS: dict[str, Any] = {"i64": ctypes.c_int64, "i1": ctypes.c_bool}


def _buffer_of(struct: str, sizes: Sizes) -> Any:
    """A ctypes parameter that takes the `Buffer` of one struct class, laid out for `sizes`, and nothing else."""
    fits: set[tuple[int, int]] = set()  # what has been looked at: struct and sizes, by identity
    kept: list[object] = []

    class Parameter(ctypes.c_void_p):
        @classmethod
        def from_param(cls, value: Any) -> Any:
            if not isinstance(value, Buffer):
                raise TypeError(f"a Buffer of {struct} for {sizes} is wanted, not {value!r}")
            if (id(value.struct), id(value.sizes)) not in fits:
                if name_of(value.struct.cls) != struct or value.sizes != sizes:
                    raise TypeError(f"a Buffer of {struct} for {sizes} is wanted, not {value!r}")
                fits.add((id(value.struct), id(value.sizes)))
                kept.append((value.struct, value.sizes))
            return value.pointer

    return Parameter


def name_of(cls: type) -> str:
    """The full name of a struct class."""
    return f"{cls.__module__}.{cls.__qualname__}"


def native(func: Func, sizes: Sizes, on_compile: Callable[[str], None] | None = None) -> Func:
    """`func` as machine code: `Buffer`s for structs, integers and truth values for the rest."""
    return compile_native([func], sizes, on_compile)[func.__name__]


def compile_native(functions: Sequence[Func], sizes: Sizes, on_compile: Callable[[str], None] | None = None) -> Library:
    """All of `functions`, and what they call, as one module; from the cache if this very code was compiled before.

    `on_compile` is told what the user waits for, only when there is something to wait for. SplxError if a function is
    not in the language.
    """
    key = cache.key_of(functions, sizes, fingerprint())
    found = cache.load(key)
    if found is not None:
        head, code = found
        return _linked(code, {name: _entry(each) for name, each in head.items()}, sizes)
    if on_compile is not None:
        on_compile(f"compiling {', '.join(func.__name__ for func in functions)} for systems of this size")
    entries, code = _compile(functions, sizes)
    cache.save(key, {name: [e.symbol, list(e.params), e.result] for name, e in entries.items()}, code)
    return _linked(code, entries, sizes)


@lru_cache(maxsize=64)
def compiled(functions: tuple[Func, ...], sizes: Sizes) -> Library:
    """As `compile_native`, but looked for once: for functions that nothing changes as long as the process lives. Even
    to find what is in the cache takes a look at all that it was made of.
    """
    return compile_native(functions, sizes)


def _linked(code: bytes, entries: Mapping[str, Entry], sizes: Sizes) -> Library:
    linked = Linked(code, tuple(entry.symbol for entry in entries.values()))
    return Library(entries, sizes, linked, linked.addresses)


def _entry(saved: Any) -> Entry:
    symbol, params, result = saved
    return Entry(symbol, tuple(params), result)


def llvm_text(functions: Sequence[Func], sizes: Sizes) -> tuple[str, str]:
    """The optimised LLVM text and the assembly that `functions` become: to see where the time goes."""
    module = Module(layouts_for(sizes), threads=can_thread())
    return to_assembly(module.build(front_all(functions), functions).text)


def _compile(functions: Sequence[Func], sizes: Sizes) -> tuple[dict[str, Entry], bytes]:
    forget(Dialect.ENGINE)  # the key was made of constants as they are now, and so must the code be
    forms = front_all(functions)
    text = Module(layouts_for(sizes), threads=can_thread()).build(forms, functions)
    return entries_of(forms, dict(zip(functions, text.entries, strict=True))), to_object(text.text)


def entries_of(forms: Sequence[Function], symbols: Mapping[Func, str]) -> dict[str, Entry]:
    """How each function among `symbols` is called, by its own name. ValueError if two have the same."""
    if len({func.__name__ for func in symbols}) < len(symbols):
        raise ValueError(f"entries are told apart by name: {[func.__name__ for func in symbols]}")
    return {
        form.func.__name__: Entry(
            symbols[form.func], tuple(_kind(param.type) for param in form.params), _kind(form.result)
        )
        for form in forms
        if form.func in symbols
    }


def _kind(kind: Type) -> str:
    text = value_type(kind)
    if text != "ptr":
        return text
    struct: Any = kind.struct if isinstance(kind, Ref) else kind
    return name_of(struct.cls)
