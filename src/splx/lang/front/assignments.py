"""Assignments: to locals, whose type is that of the first, and to fields, which say what fits."""

from __future__ import annotations

import ast
from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING

from splx.lang import codes
from splx.lang.front.dispatch import brief, integer, require, value
from splx.lang.front.names import meaning
from splx.lang.front.operators import binary, refuse_operator
from splx.lang.front.places import is_ghost, is_stat, load, name, reach
from splx.lang.front.relations import called, fits, loaded
from splx.lang.front.statements import reads_statement
from splx.lang.front.work import Loop
from splx.lang.links import LinkConst
from splx.lang.resolve import NotATypeError, is_struct, struct_of, value_type
from splx.lang.sizes import SizeName
from splx.lang.struct import Struct
from splx.lang.tree import (
    Assign,
    Const,
    Expr,
    FieldPlace,
    Intrinsic,
    Local,
    LocalPlace,
    NewLocal,
    Static,
    Unary,
)
from splx.lang.types import I64, NULL_REF, UNIT, Array, Int, Ref, Slice
from splx.lang.types import Struct as StructType

if TYPE_CHECKING:
    from splx.base.diagnostics import Span
    from splx.lang.front.work import Work
    from splx.lang.tree import Expression, Statement
    from splx.lang.types import Type

_GHOST_EFFECT = "an operation in a value for assertions may change something"


@reads_statement(ast.Assign)
def assignment(work: Work, node: ast.Assign) -> list[Statement]:
    """`x = value` and `m.field = value`."""
    target = node.targets[0]
    if len(node.targets) > 1 or isinstance(target, ast.Tuple | ast.List | ast.Starred):
        raise work.refuse(
            codes.TARGETS, "several targets are assigned at once", node, "assign to one in each statement"
        )
    if isinstance(target, ast.Name):
        return [_to_local(work, target, _right_side(work, node.value), node)]
    place = target_place(work, target)
    ghost = is_ghost(place)
    with work.claim(_GHOST_EFFECT) if ghost else nullcontext():
        made = require(work, value(work, node.value), loaded(place.type), node.value)
    check_fits(work, place, made, node.value)
    return [Assign(place, made, work.span(node), ghost)]


@reads_statement(ast.AnnAssign)
def annotated(work: Work, node: ast.AnnAssign) -> list[Statement]:
    """`x: int = value`, or `x: Thread` to say a type beforehand."""
    if not isinstance(node.target, ast.Name):
        raise work.refuse(
            codes.SYNTAX, "an annotation on a field stands in its class", node.target, "leave it out here"
        )
    kind = _annotation(work, node.annotation)
    known = work.types.setdefault(node.target.id, kind)
    if known is not None and known != kind:
        _refuse_change(work, node.target, known, kind, node)
    if node.value is None:
        return []
    made = require(work, _right_side(work, node.value), kind, node.value)
    return [_to_local(work, node.target, made, node)]


def _annotation(work: Work, node: ast.expr) -> Type:
    try:
        kind = value_type(meaning(work, node))
    except NotATypeError:
        kind = UNIT
    if kind == UNIT:
        message = f"`{brief(node)}` is no type of a local variable"
        raise work.refuse(codes.NO_VALUE_TYPE, message, node, "annotate it: `int`, `bool`, or a struct class")
    return kind


def _right_side(work: Work, node: ast.expr) -> Expression:
    """A value, or `Exec()`: a struct of zeros that lives as long as the call (engine code)."""
    if isinstance(node, ast.Call) and not work.kernel and is_struct(cls := meaning(work, node.func)):
        if node.args or node.keywords:
            message = f"`{brief(node)}` gives fields a value, and a struct made here is all zeros"
            raise work.refuse(
                codes.NEW_STRUCT, message, node, f"write `{brief(node.func)}()`, and assign to its fields"
            )
        struct = struct_of(cls)
        return NewLocal(struct, Ref(struct), work.span(node))
    return value(work, node)


def _to_local(work: Work, target: ast.Name, made: Expression, node: ast.stmt) -> Statement:
    _check_target(work, target)
    known = work.types.get(target.id)
    if known is None or known == NULL_REF:
        if known is not None and not fits(known, made.type):
            _refuse_change(work, target, known, made.type, node)
        known = work.types[target.id] = made.type
    elif not fits(made.type, known):
        _refuse_change(work, target, known, made.type, node)
    work.assign(target.id)
    return Assign(LocalPlace(target.id, known, work.span(target)), made, work.span(node))


def _refuse_change(work: Work, target: ast.Name, known: Type, new: Type, node: ast.stmt) -> None:
    message = f"`{target.id}` is {called(known)}, and becomes {called(new)} here"
    help_ = "use another variable"
    if isinstance(new, Ref) and new.struct is not None and isinstance(known, Ref):
        help_ = "say the type of the first assignment: `x: Class = ...`"
    raise work.refuse(codes.TYPE_CHANGES, message, node, help_)


def _check_target(work: Work, target: ast.Name) -> None:
    id_ = target.id
    check_name(work, target)
    if id_ in work.params and isinstance(work.types.get(id_), Ref) and not work.kernel:
        message = f"`{id_}` is a parameter that stands for one struct, and is assigned here"
        raise work.refuse(codes.PARAMETER, message, target, "use another variable")


def check_name(work: Work, target: ast.Name) -> None:
    """L0219 for the variable of a loop around, L0213 for a constant or static of the module."""
    id_ = target.id
    for each in work.around:
        if isinstance(each, Loop) and each.variable == id_:
            message = f"`{id_}` counts the rounds of the loop around, and is assigned here"
            raise work.refuse(codes.LOOP_VARIABLE, message, target, "use another variable, or a `while`")
    if isinstance(work.func.__globals__.get(id_), int | Struct | LinkConst | SizeName):
        message = f"`{id_}` is a name of the module, and is assigned here"
        raise work.refuse(codes.ASSIGN_GLOBAL, message, target, "choose another name, or keep the state in a struct")


def target_place(work: Work, target: ast.expr) -> FieldPlace:
    """The field or item that is assigned to. L0214 if it is a constant, L0229 if it is a whole struct or array."""
    place = reach(work, target)
    if not isinstance(place, FieldPlace):
        message = f"`{brief(target)}` is a constant, and is assigned here"
        raise work.refuse(codes.ASSIGN_CONSTANT, message, target, "state lives in the fields of structs")
    if isinstance(place.type, Array | Slice | StructType):
        message = f"`{brief(target)}` is a whole {called(place.type)}, and is assigned here"
        raise work.refuse(codes.WHOLE, message, target, "assign to its fields or items")
    work.stores = True
    return place


def check_fits(work: Work, place: FieldPlace, made: Expression, node: ast.expr) -> None:
    """L0302 for a statistic, L0405 for a constant that the field cannot hold."""
    if is_stat(place):
        message = "a statistic is set here, and kernel code only adds to it"
        raise work.refuse(codes.READ_STAT, message, place.span, "write `+=`")
    if not isinstance(made, Const) or type(made.value) is not int or not isinstance(place.type, Int):
        return
    if not place.type.least <= made.value <= place.type.greatest:
        message = f"{made.value} does not fit `{place.type}`, which holds {place.type.least} to {place.type.greatest}"
        raise work.refuse(codes.DOES_NOT_FIT, message, node, "choose a wider field")


@reads_statement(ast.AugAssign)
def augmented(work: Work, node: ast.AugAssign) -> list[Statement]:
    """`x += value`: load, operate, store. What leads to the place is evaluated once."""
    refuse_operator(work, node.op, node)
    target = node.target
    if isinstance(target, ast.Name):
        left = name(work, ast.copy_location(ast.Name(target.id, ast.Load()), target))
        made = binary(work, node.op, left, value(work, node.value), (target, node.value, node))
        return [_to_local(work, target, made, node)]
    place = target_place(work, target)
    if is_stat(place):
        return [_statistic(work, place, node)]
    first: list[Assign] = []
    ghost = is_ghost(place)
    place = _once(work, place, first)
    with work.claim(_GHOST_EFFECT) if ghost else nullcontext():
        left = load(work, place, target)
        made = binary(work, node.op, left, value(work, node.value), (target, node.value, node))
    return [replace(each, ghost=ghost) for each in (*first, Assign(place, made, work.span(node)))]


def _statistic(work: Work, place: FieldPlace, node: ast.AugAssign) -> Statement:
    if not isinstance(node.op, ast.Add | ast.Sub):
        raise work.refuse(codes.READ_STAT, "a statistic is added to, and nothing else", node, "write `+=` or `-=`")
    amount = integer(work, node.value)
    if isinstance(node.op, ast.Sub):
        amount = Unary("-", amount, I64, amount.span)
    span = work.span(node)
    return Expr(Intrinsic("stat_add", (place, amount), UNIT, span), span)


def _once(work: Work, place: FieldPlace, first: list[Assign]) -> FieldPlace:
    """The place with its base and indices in locals, which `first` assigns."""
    base = _kept(work, place.base, first)
    steps = tuple(
        step if step.index is None else replace(step, index=_kept(work, step.index, first)) for step in place.steps
    )
    cpu = None if place.cpu is None else _kept(work, place.cpu, first)
    return replace(place, base=base, steps=steps, cpu=cpu)


def _kept(work: Work, made: Expression, first: list[Assign]) -> Expression:
    if isinstance(made, Const | Local | Static):
        return made
    return kept(work, made, made.span, first)


def kept(work: Work, made: Expression, span: Span, first: list[Assign] | list[Statement]) -> Local:
    """A local that holds `made`, assigned at the end of `first`."""
    place = work.temporary(made.type, span)
    first.append(Assign(place, made, span))
    return Local(place.name, made.type, span)
