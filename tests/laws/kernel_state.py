"""The structs that random kernel programs work on: statics, a per-CPU one, references, embedded arrays, functions."""

from __future__ import annotations

from collections.abc import Callable

from splx.lang.kernel import NULL, Array, PerCpu, Struct, array, atomic, embedded, i8, i16, i64, u8, u16


class Item(Struct):
    x: i16
    y: i64
    next: Item
    z: Array[u8] = array(3)


class Root(Struct):
    a: i16
    b: u16
    on: bool
    wide: Array[i64] = array(8)
    narrow: Array[i8] = array(4)
    flags: Array[bool] = array(3)
    item: Array[Item] = embedded(array(4))
    one: Item = embedded()
    first: Item
    func: Callable[[int, int], int]


class Own(PerCpu):
    level: u8
    word: i64
    seen: i64 = atomic()
    table: Array[i16] = array(5)


root = Root()
own = Own()
other = Item()


def reset(function):
    """Give every field its value at the start. `function` is what `root.func` calls."""
    for obj in (root, own, other):
        made_at = obj.__dict__["made_at"]
        obj.__dict__.clear()
        obj.__dict__["made_at"] = made_at
    root.a, root.on, root.func = 5, True, function
    root.wide = [3, -4, 5, 0, 7, 1, -2, 9]
    root.first = root.item[2]
    root.item[2].next = other
    other.x, other.y = 11, -12
    own.level, own.table = 4, [1, 2, 3, 4, 5]


def numbers():
    """Every number and truth value, by a path that both worlds know: (object, path)."""
    item = ("x", "y", ("z", 0), ("z", 1), ("z", 2))
    found = [(root, (name,)) for name in ("a", "b", "on")]
    found += [(root, ("wide", n)) for n in range(8)] + [(root, ("narrow", n)) for n in range(4)]
    found += [(root, ("flags", n)) for n in range(3)]
    paths = [each if isinstance(each, tuple) else (each,) for each in item]
    found += [(root, ("item", n, *path)) for n in range(4) for path in paths]
    found += [(root, ("one", *path)) for path in paths] + [(other, path) for path in paths]
    found += [(own, (name,)) for name in ("level", "word", "seen")] + [(own, ("table", n)) for n in range(5)]
    return found


def read(obj, path):
    """The value at a path, in Python."""
    for step in path:
        obj = obj[step] if isinstance(step, int) else getattr(obj, step)
    return int(obj)


__all__ = ["NULL", "numbers", "other", "own", "read", "reset", "root"]
