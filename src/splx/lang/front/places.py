"""Places: what is reached from a reference by fields and indices, and the values that lie there."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from splx.lang import codes
from splx.lang.front.dispatch import brief, given, integer, reads, require, value
from splx.lang.front.names import RUNTIME, constant, meaning, nearest
from splx.lang.front.relations import called, loaded
from splx.lang.front.work import RefusedError
from splx.lang.kernel import on_cpu
from splx.lang.struct import KernelStruct
from splx.lang.tree import Addr, Const, FieldPlace, Load, Local, Static, Step
from splx.lang.types import I64, NULL_REF, Array, Ref, Slice, Struct

if TYPE_CHECKING:
    from splx.lang.front.work import Work
    from splx.lang.tree import Expression
    from splx.lang.types import Field, Type


@reads(ast.Name)
def name(work: Work, node: ast.Name) -> Expression:
    """A local, or a constant of the module."""
    if node.id in work.local_names:
        return _local(work, node)
    made = constant(work, meaning(work, node), node)
    if isinstance(made, Static) and made.obj.__per_cpu__:  # type: ignore[attr-defined]
        message = f"`{node.id}` is another object on every CPU, and has no address"
        raise work.refuse(codes.PER_CPU_VALUE, message, node, f"use its fields: `{node.id}.field`")
    return made


def _local(work: Work, node: ast.Name) -> Expression:
    if work.assigned is not None and node.id not in work.assigned:
        _refuse_unassigned(work, node)
    kind = work.types.get(node.id)
    if kind is None:
        # What should have given it a value was refused, and said so.
        raise RefusedError
    return Local(node.id, kind, work.span(node))


def _refuse_unassigned(work: Work, node: ast.Name) -> None:
    if node.id in work.after_loop:
        message = f"`{node.id}` is used after its loop, which may have had no round"
        raise work.refuse(codes.AFTER_LOOP, message, node, "keep what you need in another variable")
    if node.id in work.func.__globals__:
        message = f"`{node.id}` is assigned in `{work.func.__name__}`, so here it is a local without a value"
        raise work.refuse(codes.ASSIGN_GLOBAL, message, node, "choose another name, or keep the state in a struct")
    help_ = "give it a value on every way that leads here"
    raise work.refuse(codes.UNASSIGNED, f"`{node.id}` may have no value here", node, help_)


@reads(ast.Attribute, ast.Subscript)
def loaded_value(work: Work, node: ast.expr) -> Expression:
    """The value of a field or item; of one that is a struct, a reference to it."""
    return load(work, reach(work, node), node)


def load(work: Work, reached: FieldPlace | Expression, node: ast.expr) -> Expression:
    """The value that lies at a place. L0229 if it is a whole array, L0302 if it is a statistic,
    L0312 if it is for assertions and this is none.
    """
    if not isinstance(reached, FieldPlace):
        return reached
    if isinstance(reached.type, Struct):
        return Addr(reached, Ref(reached.type), reached.span)
    if isinstance(reached.type, Array | Slice):
        raise work.refuse(codes.WHOLE, f"`{brief(node)}` is a whole array", node, "use its items: `[i]`")
    if is_stat(reached):
        message = f"`{brief(node)}` is a statistic, which kernel code only adds to"
        raise work.refuse(codes.READ_STAT, message, node, "count what the code must know in a field of its own")
    if is_ghost(reached) and not work.claiming:
        message = f"`{brief(node)}` is for assertions, and something else looks at it"
        raise work.refuse(codes.READ_GHOST, message, node, "keep what the code must know in a field of its own")
    return Load(reached, loaded(reached.type), reached.span)


def is_stat(place: FieldPlace) -> bool:
    """Whether the place is a statistic: write-only, beside the state."""
    return _guard(place) == "stat"


def is_ghost(place: FieldPlace) -> bool:
    """Whether the place is for assertions alone."""
    return _guard(place) == "ghost"


def _guard(place: FieldPlace) -> str:
    first = place.steps[0].field
    assert isinstance(place.base.type, Ref)
    assert place.base.type.struct is not None
    return "" if first is None else place.base.type.struct.fields[first].guard


def reach(work: Work, node: ast.expr) -> FieldPlace | Expression:
    """A place, without loading from it; or, if `node` is neither a field nor an item, its value."""
    if isinstance(node, ast.Attribute):
        return _field(work, node)
    if isinstance(node, ast.Subscript):
        return _item(work, node)
    return value(work, node)


def _field(work: Work, node: ast.Attribute) -> FieldPlace | Expression:
    found = meaning(work, node)
    if found is not RUNTIME:
        return constant(work, found, node)
    if isinstance(node.value, ast.Call) and is_on_cpu(work, node.value):
        return _remote(work, node, node.value)
    base = base_of(work, node.value)
    field = _lookup(work, base.type, node)
    return _extended(work, base, Step(field.name, None, field.type), node)


def base_of(work: Work, node: ast.expr) -> FieldPlace | Expression:
    """What stands before a dot: a place, a reference, or a static, which may be per CPU."""
    found = meaning(work, node)
    if isinstance(found, KernelStruct):
        return constant(work, found, node)
    return reach(work, node)


def is_on_cpu(work: Work, node: ast.Call) -> bool:
    """Whether this is `on_cpu(...)`."""
    return isinstance(node.func, ast.Name | ast.Attribute) and meaning(work, node.func) is on_cpu


def _remote(work: Work, node: ast.Attribute, call: ast.Call) -> FieldPlace:
    if len(call.args) != 2:
        message = f"`on_cpu` takes 2 arguments, and {given(len(call.args))}"
        raise work.refuse(codes.ARGUMENTS, message, call, "write `on_cpu(static, cpu).field`")
    static = meaning(work, call.args[0])
    if not isinstance(static, KernelStruct) or not static.__per_cpu__:
        message = f"`{brief(call.args[0])}` is no per-CPU static"
        raise work.refuse(
            codes.ON_CPU, message, call.args[0], "its class derives from `PerCpu`, and it stands in the module"
        )
    base = constant(work, static, call.args[0])
    field = _lookup(work, base.type, node)
    if field.guard != "atomic":
        message = f"`{field.name}` is not atomic, and belongs to its own CPU alone"
        raise work.refuse(codes.REMOTE, message, node, f"declare it `{field.name}: {field.type} = atomic()`")
    cpu = integer(work, call.args[1])
    return FieldPlace(base, (Step(field.name, None, field.type),), field.type, work.span(node), cpu)


def _lookup(work: Work, kind: Type, node: ast.Attribute) -> Field:
    struct = kind.struct if isinstance(kind, Ref) else kind
    if not isinstance(struct, Struct):
        message = f"`{brief(node.value)}` is {called(kind)}, which has no fields"
        help_ = "fields belong to structs: pass one, annotated with its class"
        if kind == NULL_REF:
            help_ = f"say what it refers to where it is first assigned: `{brief(node.value)}: Class = NULL`"
        raise work.refuse(codes.NOT_A_STRUCT, message, node, help_)
    field = struct.fields.get(node.attr)
    if field is None:
        known = ", ".join(f"`{each}`" for each in struct.fields)
        help_ = nearest(node.attr, list(struct.fields)) or (f"its fields are {known}" if known else "it has no fields")
        raise work.refuse(codes.UNKNOWN_FIELD, f"`{struct.name}` has no field `{node.attr}`", node, help_)
    return field


def _extended(work: Work, base: FieldPlace | Expression, step: Step, node: ast.expr) -> FieldPlace:
    if isinstance(base, FieldPlace) and not isinstance(base.type, Ref):
        return replace(base, steps=(*base.steps, step), type=step.type, span=work.span(node))
    if isinstance(base, FieldPlace):
        base = Load(base, base.type, base.span)
    return FieldPlace(base, (step,), step.type, work.span(node))


def _item(work: Work, node: ast.Subscript) -> FieldPlace:
    if isinstance(node.slice, ast.Slice):
        value(work, node.slice)
    if isinstance(meaning(work, node.value), tuple):
        message = f"`{brief(node)}` is a function of a table, and is not called"
        raise work.refuse(codes.TABLE, message, node, "call it: `TABLE[i](...)`")
    base = reach(work, node.value)
    if not isinstance(base, FieldPlace) or not isinstance(base.type, Array | Slice):
        message = f"`{brief(node.value)}` is {called(base.type)}, and no array"
        raise work.refuse(codes.NOT_AN_ARRAY, message, node, "an array is a field: `slots: Array[i64] = array(8)`")
    index = require(work, value(work, node.slice), I64, node.slice)
    if isinstance(index, Const) and type(index.value) is int:
        _check_index(work, base.type, index.value, node)
    return _extended(work, base, Step(None, index, base.type.item), node)


def _check_index(work: Work, kind: Array | Slice, index: int, node: ast.Subscript) -> None:
    if index < 0:
        message = f"index {index} is negative, and counts from no end here"
        raise work.refuse(codes.INDEX, message, node.slice, "count from the front: `[length - 1]` is the last")
    if isinstance(kind, Array) and isinstance(kind.length, int) and index >= kind.length:
        last = kind.length - 1
        message = f"index {index} is outside `{brief(node.value)}`, which ends at {last}"
        raise work.refuse(codes.INDEX, message, node.slice, f"use 0 to {last}, or make the array longer")
