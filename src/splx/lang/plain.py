"""Engine functions run as plain Python, over proxies that look into the same memory as native code.

This is the reference: what native code computes, these must compute byte for byte (a law). They check what native code
trusts: an index is neither negative nor beyond its array (IndexError), a value fits its field (OverflowError), a field
exists (AttributeError). Run engine code this way when it misbehaves.

A proxy class is made per struct and set of sizes. Its scalars are properties over memoryviews of the struct's own
bytes, one per width; nested structs and arrays are made when they are first asked for, and kept.
"""

# ruff: noqa: ANN401 - a proxy is whatever its struct is

from __future__ import annotations

import ctypes
from functools import wraps
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from splx.lang.layout import format_of, items_of
from splx.lang.sizes import SizeName
from splx.lang.types import Array, Bool, Int, Slice, Struct

if TYPE_CHECKING:
    from collections.abc import Callable

    from splx.lang.layout import Layouts
    from splx.lang.sizes import Sizes
    from splx.lang.types import Type

    Maker = Callable[["Memory", int], Any]


class Memory:
    """A block of bytes, a multiple of 8, seen as items of every width."""

    __slots__ = ("_casts", "bytes", "slices")

    def __init__(self, block: memoryview) -> None:
        self.bytes = block
        self.slices: dict[tuple[int, int, str], Scalars] = {}
        self._casts: dict[str, memoryview] = {"B": block}

    @property
    def words(self) -> memoryview:
        """The block as 64-bit words."""
        return self.cast("Q")

    def cast(self, letter: str) -> memoryview:
        """The block as items of `memoryview` format `letter`."""
        found = self._casts.get(letter)
        if found is None:
            found = self._casts[letter] = items_of(self.bytes, letter)
        return found

    def part(self, letter: str, start: int, size: int) -> memoryview:
        """`size` bytes from `start` on as items of format `letter`."""
        view = self.cast(letter)
        return view[start // view.itemsize : (start + size) // view.itemsize]


class Scalars:
    """An array or slice of integers or truth values."""

    __slots__ = ("_items", "_type")

    def __init__(self, items: memoryview, kind: Type) -> None:
        self._items = items
        self._type = kind

    def __getitem__(self, index: int) -> int:
        if index < 0:
            raise IndexError(f"index {int(index)} is negative")
        try:
            item: int = self._items[index]
        except IndexError:
            raise self._beyond(index) from None
        return item

    def __setitem__(self, index: int, value: int) -> None:
        if index < 0:
            raise IndexError(f"index {int(index)} is negative")
        try:
            self._items[index] = value
        except IndexError:
            raise self._beyond(index) from None
        except ValueError:
            raise OverflowError(f"{value} does not fit {self._type}") from None

    def __len__(self) -> int:
        return len(self._items)

    def _beyond(self, index: int) -> IndexError:
        return IndexError(f"index {int(index)} of {len(self._items)} items")


class Parts:
    """An array of structs or of arrays: each item's proxy is made when first asked for."""

    __slots__ = ("_base", "_made", "_make", "_memory", "_stride")

    def __init__(self, memory: Memory, base: int, make: Maker, length: int, stride: int) -> None:
        self._memory, self._base, self._make, self._stride = memory, base, make, stride
        self._made: list[Any] = [None] * length

    def __getitem__(self, index: int) -> Any:
        if index < 0:
            raise IndexError(f"index {int(index)} is negative")
        try:
            item = self._made[index]
        except IndexError:
            raise IndexError(f"index {int(index)} of {len(self._made)} items") from None
        if item is None:
            item = self._made[index] = self._make(self._memory, self._base + int(index) * self._stride)
        return item

    def __len__(self) -> int:
        return len(self._made)


def plain(func: Callable[..., Any], sizes: Sizes) -> Callable[..., Any]:
    """`func` as plain Python: struct arguments are `Buffer`s (or proxies), the others integers and truth values."""

    @wraps(func)
    def call(*args: Any) -> Any:
        with sizes.use():
            result = func(*[arg.view() if hasattr(arg, "view") else arg for arg in args])
            return int(result) if isinstance(result, SizeName) else result

    return call


def proxy(struct: Struct, layouts: Layouts) -> Maker:
    """The proxy class of `struct`: called with a memory and where in it the struct starts."""
    known: dict[Struct, Maker] = layouts.proxies
    found = known.get(struct)
    if found is None:
        found = known[struct] = _make_class(struct, layouts)
    return found


def _make_class(struct: Struct, layouts: Layouts) -> Maker:
    layout = layouts.of(struct)
    makers: dict[str, Maker] = {}
    members: dict[str, Any] = {}
    letters: set[str] = set()
    for slot in layout.slots.values():
        if isinstance(slot.type, (Int, Bool)):
            letter = format_of(slot.type)
            letters.add(letter)
            members[slot.name] = _scalar(slot.name, slot.type, slot.offset // (slot.size or 1), _view_slot(letter))
        elif isinstance(slot.type, Slice):
            members[slot.name] = _slice(slot.type, slot.offset, layouts)
        else:
            makers[slot.name] = _shifted(_maker(slot.type, layouts), slot.offset)
            members[slot.name] = property(attrgetter(f"_of_{slot.name}"))
    views = {_view_slot(letter): letter for letter in sorted(letters)}
    parts = {f"_of_{name}": maker for name, maker in makers.items()}

    def start(self: Any, memory: Memory, base: int) -> None:
        self._memory, self._base = memory, base
        for name, letter in views.items():
            setattr(self, name, memory.part(letter, base, layout.size))

    def make(self: Any, name: str) -> Any:
        """A part that is asked for the first time."""
        maker = parts.get(name)
        if maker is None:
            raise AttributeError(f"{struct.name} has no `{name}`")
        made = maker(self._memory, self._base)
        setattr(self, name, made)
        return made

    members |= {"__slots__": ("_memory", "_base", *views, *parts), "__init__": start, "__getattr__": make}
    members["__doc__"] = struct.cls.__doc__
    made: Maker = type(struct.name, (), members)
    return made


def _view_slot(letter: str) -> str:
    return "_bool" if letter == "?" else f"_{letter}"


def _shifted(maker: Maker, offset: int) -> Maker:
    return lambda memory, base: maker(memory, base + offset)


def _maker(kind: Type, layouts: Layouts) -> Maker:
    """What makes the proxy of a nested struct or array."""
    if isinstance(kind, Struct):
        return proxy(kind, layouts)
    assert isinstance(kind, Array), kind
    length, item = layouts.length(kind), kind.item
    size = layouts.extent(item).size
    if isinstance(item, (Int, Bool)):
        letter = format_of(item)
        return lambda memory, base: Scalars(memory.part(letter, base, length * size), item)
    make = _maker(item, layouts)
    return lambda memory, base: Parts(memory, base, make, length, size)


_SCALAR = """
def get(self):
    return self.{view}[{index}]

def set(self, value):
    try:
        self.{view}[{index}] = value
    except ValueError:
        raise OverflowError(f"{name} = {{value}} does not fit {type}") from None
"""


def _scalar(name: str, kind: Type, index: int, view: str) -> property:
    """A scalar field. Written as text so that the index is a constant: this is where plain runs spend their time."""
    names: dict[str, Any] = {}
    exec(_SCALAR.format(name=name, type=kind, index=index, view=view), names)
    return property(names["get"], names["set"])


def _slice(kind: Slice, offset: int, layouts: Layouts) -> property:
    letter, size = format_of(kind.item), layouts.extent(kind.item).size

    def get(self: Any) -> Scalars:
        at = (self._base + offset) // 8
        words = self._memory.words
        key = (words[at], words[at + 1], letter)
        found: Scalars | None = self._memory.slices.get(key)
        if found is None:
            items = (ctypes.c_char * (key[1] * size)).from_address(key[0]) if key[1] else b""
            found = self._memory.slices[key] = Scalars(items_of(memoryview(items).cast("B"), letter), kind.item)
        return found

    return property(get)
