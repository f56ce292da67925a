"""A struct in memory: one zeroed block that native code works on and plain proxies look into.

    buffer = Buffer(Machine, Sizes(CPUS=4))
    run(buffer, 3)                      # what `native(run, sizes)` and `plain(run, sizes)` return
    buffer.view().clock[0]              # read and write fields as engine code does
    buffer.array("mem")[8:16]           # an array of integers as a memoryview: bulk access

The block starts on a multiple of 64 bytes, so the first field starts a cache line.
"""

from __future__ import annotations

import ctypes
import struct as packing
from array import array
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from splx.base.memory import blank
from splx.lang.layout import SLICE_LENGTH_AT, format_of, items_of, layouts_for
from splx.lang.plain import Memory, proxy
from splx.lang.struct import struct_of
from splx.lang.types import Array, Slice, Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    HostArray: TypeAlias = array[int] | bytearray | memoryview
    from splx.lang.layout import Slot
    from splx.lang.sizes import Sizes

S = TypeVar("S")
Bytes: TypeAlias = bytes  # which `Buffer.bytes` would hide

_LINE = 64
_LARGE = 1 << 16  # bytes from which on most are never touched


class Buffer(Generic[S]):
    """A zeroed `cls` (a subclass of `Struct`) laid out for `sizes`, at `address`, `nbytes` long."""

    def __init__(self, cls: type[S], sizes: Sizes) -> None:
        self.struct = struct_of(cls)
        self.sizes = sizes
        self.layouts = layouts_for(sizes)
        self.nbytes = self.layouts.of(self.struct).size
        # Whole words, so that the memory can be seen as words of any width.
        room = -(-max(self.nbytes, 1) // _LINE) * _LINE
        block: Any = blank(room + _LINE) if room >= _LARGE else ctypes.create_string_buffer(room + _LINE)
        start = ctypes.addressof(ctypes.c_char.from_buffer(block))
        skip = -start % _LINE
        self.address = start + skip
        self.pointer = ctypes.c_void_p(self.address)
        self._memory = Memory(memoryview(block).cast("B")[skip : skip + room])
        self._held: dict[str, object] = {}
        self._view: Any = None

    def view(self) -> S:
        """The struct as engine code sees it: fields checked for width, indices for bounds."""
        if self._view is None:
            self._view = proxy(self.struct, self.layouts)(self._memory, 0)
        view: S = self._view
        return view

    def bytes(self) -> Bytes:
        """All bytes, padding included, which stays zero."""
        return bytes(self._memory.bytes[: self.nbytes])

    def field_bytes(self, path: str) -> memoryview:
        """The bytes of the field at a dotted path ("state", "state.cpu"): shared, not copied."""
        slot = self.layouts.walk(self.struct, path)
        return self._memory.bytes[slot.offset : slot.offset + slot.size]

    def array(self, path: str) -> memoryview:
        """An array of scalars at a dotted path as a memoryview of its items: shared, not copied.

        Raises TypeError if the field is not an array of integers or truth values.
        """
        slot = self.layouts.walk(self.struct, path)
        if not isinstance(slot.type, Array):
            raise TypeError(f"`{path}` is {slot.type}, not an array")
        return items_of(self.field_bytes(path), format_of(slot.type.item))

    def fill(self, path: str, rows: Iterable[Sequence[int]], start: int = 0) -> int:
        """Write `rows` into an array of structs, from item `start` on; returns how many.

        A row holds the fields of one item in the order they are declared. All fields must be scalars (TypeError);
        IndexError if the rows do not fit the array, OverflowError if a value does not fit its field.
        """
        slot = self.layouts.walk(self.struct, path)
        if not isinstance(slot.type, Array) or not isinstance(slot.type.item, Struct):
            raise TypeError(f"`{path}` is {slot.type}, not an array of structs")
        packer = self._packer(slot.type.item)
        items = list(rows)
        if start < 0 or start + len(items) > self.layouts.length(slot.type):
            raise IndexError(f"{len(items)} rows from {start} on do not fit `{path}`, which is {slot.type}")
        at, memory = slot.offset + start * packer.size, self._memory.bytes
        for number, row in enumerate(items, start):
            try:
                packer.pack_into(memory, at, *row)
            except packing.error as error:
                raise OverflowError(f"`{path}[{number}]`: {error}") from None
            at += packer.size
        return len(items)

    def _packer(self, struct: Struct) -> packing.Struct:
        text, end = "<", 0
        layout = self.layouts.of(struct)
        for slot in layout.slots.values():
            text += f"{slot.offset - end}x{format_of(slot.type)}"
            end = slot.offset + slot.size
        return packing.Struct(f"{text}{layout.size - end}x")

    def set_slice(self, path: str, items: HostArray) -> None:
        """Point the slice at `path` to `items`: an `array.array` or anything else with a buffer of the slice's items.

        The buffer is shared and kept alive; one that cannot be written is copied. TypeError if items differ in width.
        """
        slot = self.layouts.walk(self.struct, path)
        if not isinstance(slot.type, Slice):
            raise TypeError(f"`{path}` is {slot.type}, not a slice")
        view = memoryview(items)
        size = self.layouts.extent(slot.type.item).size
        if not view.c_contiguous or view.itemsize != size:
            raise TypeError(f"`{path}` is {slot.type}: it wants items of {size} bytes in a row, not `{view.format}`")
        if view.readonly:
            view = memoryview(array("B", view.tobytes()))
        address = 0
        if view.nbytes:
            shared = (ctypes.c_char * view.nbytes).from_buffer(view)
            address, self._held[path] = ctypes.addressof(shared), shared
        if address % size:
            raise TypeError(f"`{path}` is {slot.type}: its items must start on a multiple of {size} bytes")
        self._point(slot, address, view.nbytes // size)

    def _point(self, slot: Slot, address: int, length: int) -> None:
        words = self._memory.words
        words[slot.offset // 8] = address
        words[(slot.offset + SLICE_LENGTH_AT) // 8] = length

    def snapshot(self) -> Bytes:
        """All bytes, for `restore`. Slices are remembered as where they point, not what lies there."""
        return self.bytes()

    def restore(self, data: Bytes) -> None:
        """Put back what `snapshot` of this buffer, or of one of its copies, gave."""
        self._memory.bytes[: self.nbytes] = data

    def restore_values(self, data: Bytes) -> None:
        """Put back what `snapshot` of another buffer gave, of the same struct and sizes: all but where slices point."""
        words = self._memory.words
        kept = {at: words[at] for at in self._slice_words()}
        self.restore(data)
        for at, word in kept.items():
            words[at] = word

    def values(self) -> Bytes:
        """All bytes but where slices point and how long they are, which are zero: equal in equal searches or runs."""
        data = bytearray(self.bytes())
        for at in self._slice_words():
            data[8 * at : 8 * at + 8] = bytes(8)
        return bytes(data)

    def _slice_words(self) -> list[int]:
        """The words in which slices say where they point and how long they are."""
        found = []
        for at in self.layouts.slices(self.struct):
            found += [at // 8, (at + SLICE_LENGTH_AT) // 8]
        return found

    def copy(self) -> Buffer[S]:
        """A second buffer with the same bytes, pointing to the same slices."""
        twin: Buffer[S] = Buffer(self.struct.cls, self.sizes)
        twin._memory.bytes[: self.nbytes] = self._memory.bytes[: self.nbytes]
        twin._held = dict(self._held)
        return twin
