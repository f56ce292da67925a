"""Everything that some functions call, callees first, and the mistakes that only show in the whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from splx.base.diagnostics import Collector, Diagnostic, SplxError
from splx.lang import codes
from splx.lang.front.contracts import context_conflicts
from splx.lang.front.frontend import Dialect, Fronted, FunctionRefusedError, fronted
from splx.lang.marks import marks_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from splx.base.diagnostics import Span
    from splx.lang.kernel import Context
    from splx.lang.tree import Function

Callee: TypeAlias = Callable[..., Any]


def front_all(
    roots: Iterable[Callee], dialect: Dialect = Dialect.ENGINE, link: Callable[[Callee], Callee] = lambda func: func
) -> list[Function]:
    """The typed form of `roots` and of all they call or use as values, callees before their callers.

    `link` gives the body of a slot (of any function). SplxError with every mistake in all of them; L0011 if a function
    comes to call itself.
    """
    walk = _Walk(dialect, link)
    for root in roots:
        walk.visit(link(root))
        while walk.values:
            walk.visit(link(walk.values.pop(0)))
    walk.check_contexts()
    if not walk.errors.diagnostics:
        walk.check_assertions()
    walk.errors.raise_if_any()
    return [each.function for each in walk.done.values() if each is not None]


class _Walk:
    """The depth-first walk over calls: `path` leads to the function being visited."""

    def __init__(self, dialect: Dialect, link: Callable[[Callee], Callee]) -> None:
        self.dialect, self.link = dialect, link
        self.done: dict[Callee, Fronted | None] = {}
        self.path: list[tuple[Callee, Span | None]] = []
        self.values: list[Callee] = []
        self.changing: dict[Callee, bool] = {}
        self.errors = Collector()

    def visit(self, func: Callee, span: Span | None = None) -> None:
        """Read `func`, called at `span`, and what it calls."""
        if any(each is func for each, _ in self.path):
            self._refuse_cycle(func, span)
            return
        if func in self.done:
            return
        self.path.append((func, span))
        made, calls = self._read(func)
        for callee, where in calls:
            self.visit(self.link(callee), where)
        self.path.pop()
        self.done[func] = made
        self.values.extend(() if made is None else made.references)

    def _read(self, func: Callee) -> tuple[Fronted | None, tuple[tuple[Callee, Span], ...]]:
        try:
            made = fronted(func, self.dialect)
        except SplxError as error:
            for each in error.diagnostics:
                self.errors.add(each)
            return None, error.calls if isinstance(error, FunctionRefusedError) else ()
        return made, made.calls

    def _refuse_cycle(self, func: Callee, span: Span | None) -> None:
        start = next(i for i, (each, _) in enumerate(self.path) if each is func)
        cycle = [each.__name__ for each, _ in self.path[start:]]
        way = " calls ".join(f"`{name}`" for name in [*cycle, func.__name__])
        related = tuple((where, "calls on") for _, where in self.path[start + 1 :] if where is not None)
        message = f"`{func.__name__}` comes to call itself: {way}"
        help_ = "write a loop" if self.dialect is Dialect.ENGINE else "write a loop, or `enter` a context of its own"
        self.errors.add(Diagnostic(codes.RECURSION, message, span, related=related, help=help_))

    def check_assertions(self) -> None:
        """Assertions are left out of compiled engine code, and free in kernel code: they must not change anything."""
        for made in self.done.values():
            for callee, where in () if made is None else made.asserted:
                if self._changes(self.link(callee)):
                    message = f"`{callee.__name__}` changes something, and an assertion calls it"
                    help_ = "call it before, and assert what it gave"
                    self.errors.add(Diagnostic(codes.ASSERT_EFFECT, message, where, help=help_))

    def _changes(self, func: Callee) -> bool:
        """Whether the function, or one that it calls, changes something. Calls form no cycle here."""
        known = self.changing.get(func)
        if known is None:
            made = self.done.get(func)
            known = made is not None and (made.changes or any(self._changes(self.link(each)) for each, _ in made.calls))
            self.changing[func] = known
        return known

    def check_contexts(self) -> None:
        """Hand the contexts of functions that declare them down to callees that do not."""
        for func, made in self.done.items():
            contexts = marks_of(func).get("context")
            if made is not None and contexts is not None:
                linked = [(self.link(callee), where) for callee, where in made.calls]
                for each in context_conflicts(func, contexts, linked):
                    self.errors.add(each)
                self._hand_down((func.__name__,), contexts, made, {func})

    def _hand_down(self, way: tuple[str, ...], contexts: frozenset[Context], made: Fronted, seen: set[Callee]) -> None:
        for callee, _ in made.calls:
            body = self.link(callee)
            inner = self.done.get(body)
            if inner is None or body in seen or "context" in marks_of(callee) or "context" in marks_of(body):
                continue
            seen.add(body)
            further = (*way, body.__name__)
            for each in context_conflicts(body, contexts, list(inner.calls), further):
                self.errors.add(each)
            self._hand_down(further, contexts, inner, seen)
