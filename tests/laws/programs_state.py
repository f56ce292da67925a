"""The structs that random engine programs work on."""

from __future__ import annotations

from splx.lang.struct import Array, Size, Slice, Struct, array
from splx.lang.types import i8, i16, i32, i64, u8, u16, u32

CELLS = Size("CELLS")


class Cell(Struct):
    x: i16
    y: i64
    z: Array[u32] = array(2)


class State(Struct):
    a: i8
    b: u16
    c: i32
    d: i64
    on: bool
    flags: Array[bool] = array(3)
    narrow: Array[u8] = array(4)
    wide: Array[i64] = array(8)
    cells: Array[Cell] = array(CELLS)
    one: Cell
    given: Slice[i64]


class Local(Struct):
    p: i64
    q: i8
    r: u32
    t: bool
