"""Every expression inside statements of the typed form, at any depth."""

# ruff: noqa: ANN401 - nodes of every class

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, get_args

from splx.lang import tree

if TYPE_CHECKING:
    from collections.abc import Iterator

_EXPRESSIONS = get_args(tree.Expression)
_NODES = (*_EXPRESSIONS, *get_args(tree.Statement), tree.LocalPlace, tree.FieldPlace, tree.Step)


def expressions_of(node: Any) -> Iterator[tree.Expression]:
    """All expressions in `node`, which is a node of the typed form or a tuple of nodes; outer ones first."""
    return (each for each in nodes_of(node) if isinstance(each, _EXPRESSIONS))


def nodes_of(node: Any) -> Iterator[Any]:
    """All nodes in `node`, places and statements as well; outer ones first."""
    if isinstance(node, tuple):
        for each in node:
            yield from nodes_of(each)
    elif isinstance(node, _NODES):
        yield node
        for name in _names(type(node)):
            yield from nodes_of(getattr(node, name))


_names_of: dict[type, tuple[str, ...]] = {}


def _names(kind: Any) -> tuple[str, ...]:
    """The fields of a node class that may hold nodes."""
    found = _names_of.get(kind)
    if found is None:
        found = tuple(each.name for each in fields(kind) if each.name not in {"type", "span", "name", "op"})
        _names_of[kind] = found
    return found
