"""Who calls whom, and from that where each function's registers lie.

The call graph has no circles, so each function can have a window of the register file of its own: behind the frames
of all that may be waiting for it. Functions that are called by number share the window of the place they are called
from; one that is also called by name is there twice. Contexts started by ENTER, BECOME or an interrupt begin at
register 0 and are no calls.

A function marked `@outermost` may stand in a circle of calls that never closes: the kernel does not call it on behalf
of itself. The functions of that circle are there twice, outside and within ("nested"), and a call that would close it
is a panic.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any, TypeAlias

from splx.base.diagnostics import Diagnostic, SplxError
from splx.lang.codes import RECURSION
from splx.program.lower.calls import Direct, Through, link_place

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from splx.base.diagnostics import Span
    from splx.program.flows import Flows
    from splx.program.lower import Lowered

#: ("call" | "table" | "entry" | "nested", function) or ("values", root of a flow)
Node: TypeAlias = tuple[str, Hashable]


class Graph:
    """The call graph over copies of functions."""

    def __init__(self, lowered: Mapping[Any, Lowered], flows: Flows, nodes: Iterable[Node]) -> None:
        self.lowered = lowered
        self.flows = flows
        self.nodes = list(nodes)
        self.behind: dict[Hashable, list[Any]] = {}
        for kind, func in self.nodes:
            if kind == "table":
                self.behind.setdefault(flows.root(("function", func)), []).append(func)
        self.circle: set[Node] = set()
        outermost = [each for each in self.nodes if self._is_outermost(each)]
        self.circle = {node for each in outermost for node in self._between(each)}
        inner = (each for each in self.nodes if each in self.circle and each not in outermost)
        self.nodes += [("nested", func) for kind, func in inner if kind == "call"]

    def callee(self, target: Direct | Through, caller: Node | None = None) -> Node:
        """The node that a call goes to."""
        if isinstance(target, Through):
            return ("values", self.flows.root(target.key))
        node: Node = ("call", target.func)
        within = node in self.circle and caller is not None and self._is_within(caller)
        return ("nested", target.func) if within and not self._is_outermost(node) else node

    def closes(self, target: Direct | Through, caller: Node) -> bool:
        """Whether this is the call that would close a circle, and is never made."""
        node = self.callee(target, caller)
        return node in self.circle and self._is_outermost(node) and self._is_within(caller)

    def _is_outermost(self, node: Node) -> bool:
        return node[0] == "call" and "outermost" in self.lowered[node[1]].function.marks

    def _is_within(self, node: Node) -> bool:
        """Whether a copy runs on behalf of a function that is outermost, or is that."""
        return node[0] == "nested" or (node in self.circle and (node[0] != "call" or self._is_outermost(node)))

    def _between(self, node: Node) -> set[Node]:
        """The nodes of the circles through one: those that it leads to, and that lead to it."""
        before: dict[Node, set[Node]] = {}
        waiting = [node]
        while waiting:
            for following in self.after(caller := waiting.pop()):
                if following not in before:
                    waiting.append(following)
                before.setdefault(following, set()).add(caller)
        found: set[Node] = set()
        waiting = list(before.get(node, ()))
        while waiting:
            if (each := waiting.pop()) not in found:
                found.add(each)
                waiting += before.get(each, ())
        return found

    def after(self, node: Node) -> list[Node]:
        """The nodes that may run on behalf of one."""
        kind, what = node
        if kind == "values":
            return [("table", func) for func in self.behind.get(what, ())]
        callees = self.lowered[what].callees
        return [self.callee(target, node) for target in callees if not self.closes(target, node)]

    def order(self) -> list[Node]:
        """All nodes, callers before callees. SplxError L0011 if functions call each other in a circle."""
        done: dict[Node, None] = {}
        for start in self.nodes:
            if start not in done:
                self._visit(start, done)
        return list(reversed(done))

    def _visit(self, start: Node, done: dict[Node, None]) -> None:
        path: dict[Node, list[Node]] = {start: self.after(start)}
        while path:
            node = next(reversed(path))
            if not path[node]:
                done[node] = None
                del path[node]
                continue
            following = path[node].pop()
            if following in path:
                way = list(path)
                raise SplxError(self._circle(way[way.index(following) :]))
            if following not in done:
                path[following] = self.after(following)

    def windows(self) -> dict[Node, int]:
        """The first register of each node."""
        start = dict.fromkeys(self.nodes, 0)
        for node in self.order():
            here = start.setdefault(node, 0)
            size = 0 if node[0] == "values" else self.lowered[node[1]].frame.size
            for following in self.after(node):
                start[following] = max(start.get(following, 0), here + size)
        return start

    def registers(self, windows: Mapping[Node, int]) -> int:
        """How many registers a context needs."""
        most = 1
        for node, start in windows.items():
            if node[0] != "values":
                lowered = self.lowered[node[1]]
                most = max(most, start + lowered.frame.size)
                for insn in lowered.code:
                    if isinstance(insn.target, Through):
                        most = max(most, windows[self.callee(insn.target)] + link_place(len(insn.more_uses)) + 1)
        return most

    def _circle(self, way: list[Node]) -> Diagnostic:
        functions = [node for node in way if node[0] != "values"]
        names = [str(self.lowered[func].function.name) for _, func in functions]
        spans = [self._call_span(node, functions[(at + 1) % len(functions)]) for at, node in enumerate(functions)]
        related = tuple(
            (span, f"`{name}` calls `{names[(at + 1) % len(names)]}`")
            for at, (name, span) in enumerate(zip(names, spans, strict=True))
            if at > 0 and span is not None
        )
        circle = " -> ".join(f"`{name}`" for name in (*names, names[0]))
        return Diagnostic(
            RECURSION,
            f"the calls {circle} make a circle",
            spans[0],
            f"`{names[0]}` calls `{names[1 % len(names)]}`",
            help="loop instead, or start a context where the circle should close: `enter(frame, function, argument)`",
            related=related,
        )

    def _call_span(self, caller: Node, callee: Node) -> Span | None:
        """Where one function calls another, by name or by number."""
        for insn in self.lowered[caller[1]].code:
            if isinstance(insn.target, Direct | Through):
                reached = self.callee(insn.target, caller)
                if reached == callee or (reached[0] == "values" and callee in self.after(reached)):
                    return insn.span
        return None
