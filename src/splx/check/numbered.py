"""Whether a program looks at the numbers of items.

A device gives the oldest item as its number plus one. Where arrivals are bounded a search counts items as a run does.
Where any number arrives there would be no end to the states, so each is number 1 there. That is the same to a program
that asks only whether there was an item, keeps it and hands it on. For one that does more a few arrive instead: what
is found is so, and that nothing is found is no answer.

Values are followed by name through the typed forms of all functions, whatever the order in which they run: a local, a
field of any object of a class, a parameter, a result. What is computed from a number is looked at by every test. So a
program may be said to look that never does; none passes that does.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import singledispatchmethod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from splx.check.loading import unbounded
from splx.lang import tree
from splx.machine.constants import DevReg
from splx.program.flows import place_key
from splx.scenario.devices import Device

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from splx.base.diagnostics import Span
    from splx.check.loading import Bounds
    from splx.program.flows import Key
    from splx.program.image import Image
    from splx.program.insn import Inlined
    from splx.scenario.system import System


class Of(IntEnum):
    """What a value has to do with the number of an item."""

    NOTHING = 0
    ITEM = 1  # an item's number, or none
    MADE = 2  # made from one


FEW = 3  # arrivals at each device whose items' numbers are looked at, if nobody says how many

#: Operations that tell nobody anything: times, statistics, and the mark that an item is done.
_TOLD_NOBODY = frozenset({"work", "draw", "stamp", "elapsed", "mark", "count"})
_EXCHANGES = frozenset({"swap", "swap_local"})
_ADDS = frozenset({"fetch_add", "fetch_add_local"})
_COMPARES = frozenset({"cas", "cas_local"})


@dataclass(frozen=True)
class Numbered:
    """`devices` at which any number of items would arrive, whose numbers are looked at at `place`: a few do instead."""

    devices: tuple[str, ...]
    place: Span

    def few(self, budgets: Mapping[str, int]) -> dict[str, int]:
        """These budgets, with one for each of the devices."""
        return {**budgets, **dict.fromkeys(self.devices, FEW)}

    def __str__(self) -> str:
        """For people."""
        many = " ".join(f"--budget {name}=N" for name in self.devices)
        where = f"{Path(self.place.file).name}:{self.place.line}"
        return f"{where} looks at the numbers of items: `{many}` says how many arrive"


def numbered(system: System, bounds: Bounds) -> Numbered | None:
    """Which devices have to be bounded, and why; None if numbers do not matter."""
    devices = tuple(unbounded(system, bounds))
    place = looks_at_numbers(system, devices) if devices else None
    return None if place is None else Numbered(devices, place)


def looks_at_numbers(system: System, devices: Collection[str]) -> Span | None:
    """Where the number of an item of one of these devices is used for more than to see whether there is one, and to
    hand it on; None if nowhere.
    """
    images = [system.image, *([system.properties.program] if system.properties else [])]
    values = Values(devices, [each for image in images for each in _functions(image)])
    while values.follow():
        pass
    return values.looks[0] if values.looks else None


def _functions(image: Image) -> Iterable[tree.Function]:
    """All of a program, those too that are only in place of their calls."""
    found: dict[int, tree.Function] = {id(each.tree): each.tree for each in image.functions}
    for insn in image.insns[1:]:
        origin: Inlined | None = insn.origin
        while origin is not None and id(origin.function) not in found:
            found[id(origin.function)] = origin.function
            origin = origin.outer
    return found.values()


class Values:
    """Where numbers of items come to."""

    def __init__(self, devices: Collection[str], functions: list[tree.Function]) -> None:
        self.looks: list[Span] = []
        self._devices = devices
        self._functions = functions
        self._found: dict[Key, Of] = {}
        self._more = False
        self._owner: tree.Function = functions[0]

    def follow(self) -> bool:
        """One pass over all functions; whether it found more."""
        self._more, self.looks = False, []
        for function in self._functions:
            self._owner = function
            self._take_arguments()
            for each in self._owner.body:
                self._do(each)
        return self._more

    def _take_arguments(self) -> None:
        """Called by its name, which may be that of a slot, or as a value."""
        for n, param in enumerate(self._owner.params):
            given = max(self._at(("argument", self._owner.name, n)), self._at(("argument of values", n)))
            self._put(("local", self._owner.func, param.name), given)

    def _at(self, key: Key | None) -> Of:
        return Of.NOTHING if key is None else self._found.get(key, Of.NOTHING)

    def _put(self, key: Key | None, value: Of) -> None:
        if key is not None and value > self._at(key):
            self._found[key] = value
            self._more = True

    def _look(self, value: Of, span: Span) -> None:
        if value:
            self.looks.append(span)

    # ---- statements

    @singledispatchmethod
    def _do(self, node: Any) -> None:  # noqa: ANN401 - of all statements
        """What a statement does with values; those without an expression do nothing."""

    @_do.register
    def _assign(self, node: tree.Assign) -> None:
        value = self._value(node.value)
        if isinstance(node.place, tree.FieldPlace):
            self._reach(node.place)
        self._put(place_key(node.place, self._owner.func), value)

    @_do.register
    def _expr(self, node: tree.Expr) -> None:
        self._value(node.value)

    @_do.register(tree.If)
    @_do.register(tree.While)
    @_do.register(tree.Assert)
    @_do.register(tree.Spin)
    def _tested(self, node: tree.If | tree.While | tree.Assert | tree.Spin) -> None:
        self._value(node.test)
        parts = (node.then, node.other) if isinstance(node, tree.If) else ()
        for block in (node.body,) if isinstance(node, tree.While) else parts:
            for each in block:
                self._do(each)

    @_do.register
    def _for(self, node: tree.For) -> None:
        for bound in (node.start, node.stop):
            self._look(self._value(bound), bound.span)
        for each in node.body:
            self._do(each)

    @_do.register
    def _return(self, node: tree.Return) -> None:
        if node.value is not None:
            self._put(("result", self._owner.name), self._value(node.value))

    # ---- expressions

    @singledispatchmethod
    def _value(self, node: Any) -> Of:  # noqa: ANN401 - of all expressions
        """What the value of an expression is; of constants, references and functions: nothing."""
        return Of.NOTHING

    @_value.register
    def _local(self, node: tree.Local) -> Of:
        return self._at(("local", self._owner.func, node.name))

    @_value.register(tree.Load)
    @_value.register(tree.Addr)
    def _load(self, node: tree.Load | tree.Addr) -> Of:
        self._reach(node.place)
        return self._at(place_key(node.place, self._owner.func))

    def _reach(self, place: tree.FieldPlace) -> None:
        """Which object, item or CPU it is may not rest on a number."""
        self._value(place.base)
        for index in (place.cpu, *(step.index for step in place.steps)):
            if index is not None:
                self._look(self._value(index), index.span)

    @_value.register
    def _unary(self, node: tree.Unary) -> Of:
        value = self._value(node.operand)
        if node.op == "bool" and value == Of.MADE:
            self._look(value, node.span)
        return Of.MADE if value and node.op not in ("bool", "not", "int") else Of.NOTHING

    @_value.register
    def _binary(self, node: tree.Binary) -> Of:
        return Of.MADE if max(self._value(node.left), self._value(node.right)) else Of.NOTHING

    @_value.register
    def _compare(self, node: tree.Compare) -> Of:
        left, right = self._value(node.left), self._value(node.right)
        nothing = any(isinstance(each, tree.Const) and each.value == 0 for each in (node.left, node.right))
        if not nothing or max(left, right) != Of.ITEM:
            self._look(max(left, right), node.span)
        return Of.NOTHING

    @_value.register(tree.Both)
    @_value.register(tree.Either)
    def _both(self, node: tree.Both | tree.Either) -> Of:
        return max(self._value(node.left), self._value(node.right))

    @_value.register
    def _select(self, node: tree.Select) -> Of:
        self._value(node.test)
        return max(self._value(node.then), self._value(node.other))

    @_value.register
    def _call(self, node: tree.Call) -> Of:
        name = node.func.__name__
        for n, arg in enumerate(node.args):
            self._put(("argument", name, n), self._value(arg))
        if node.func is Device.pop:
            return self._popped(node.args[0])
        return self._at(("result", name))

    def _popped(self, device: tree.Expression) -> Of:
        """An item of a device that is known, or of any."""
        known = device.value if isinstance(device, tree.Const) else None
        bounded = isinstance(known, Device) and known.name not in self._devices
        return Of.NOTHING if bounded else Of.ITEM

    @_value.register
    def _indirect(self, node: tree.Indirect) -> Of:
        self._value(node.target)
        for n, arg in enumerate(node.args):
            self._put(("argument of values", n), self._value(arg))
        return max((self._at(("result", each.name)) for each in self._functions), default=Of.NOTHING)

    @_value.register
    def _intrinsic(self, node: tree.Intrinsic) -> Of:
        places = [each for each in node.args if isinstance(each, tree.FieldPlace)]
        for place in places:
            self._reach(place)
        values = [self._value(each) for each in node.args if not isinstance(each, tree.FieldPlace)]
        given = max(values, default=Of.NOTHING)
        keys = [place_key(place, self._owner.func) for place in places]
        there = max(map(self._at, keys), default=Of.NOTHING)
        if node.name in _TOLD_NOBODY:
            return Of.NOTHING
        if node.name in ("enter", "become"):
            self._put(("argument of values", 0), given)
        elif node.name == "dev_read":
            return Of.ITEM if self._may_pop(node) else Of.NOTHING
        elif node.name in _COMPARES:
            self._look(max(values[0], there), node.span)
            self._put(keys[0], values[1])
        elif node.name in _EXCHANGES or node.name in _ADDS:
            self._put(keys[0], Of.MADE if given and node.name in _ADDS else given)
        else:
            self._look(max(given, there), node.span)
        return there

    def _may_pop(self, node: tree.Intrinsic) -> bool:
        """Whether a read of a device may be that of an item; `Device.pop` is looked at where it is called."""
        register = node.args[1]
        other = isinstance(register, tree.Const) and register.value != DevReg.POP
        return self._owner.func is not Device.pop and not other
