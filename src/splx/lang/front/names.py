"""What a name means when it is not a local: constants, functions, statics, classes, modules.

Names are looked up where Python would: the module of the function, then the builtins. `meaning` finds the object;
`constant` makes a value of it, if the language has values like that.
"""

from __future__ import annotations

import ast
import builtins
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

from splx.lang import codes
from splx.lang.front.signatures import signature
from splx.lang.links import Handle, LinkConst, NullRef
from splx.lang.resolve import struct_of
from splx.lang.sizes import SizeName
from splx.lang.struct import KernelStruct, Struct
from splx.lang.tree import Const, FuncRef, Static
from splx.lang.types import BOOL, I64, NULL_REF, Ref
from splx.lang.types import Handle as HandleType

if TYPE_CHECKING:
    from splx.lang.front.work import Work
    from splx.lang.tree import Expression

#: No object of the module: a local, or something that exists only when the code runs.
RUNTIME: Any = type("Runtime", (), {"__repr__": lambda _: "RUNTIME"})()


def meaning(work: Work, node: ast.expr) -> Any:  # noqa: ANN401 - any object of the user's module
    """The object that `node` names before the program runs, or RUNTIME. L0201 if it names nothing."""
    if isinstance(node, ast.Name):
        return _named(work, node)
    if not isinstance(node, ast.Attribute):
        return RUNTIME
    base = meaning(work, node.value)
    if isinstance(base, ModuleType):
        if not hasattr(base, node.attr):
            help_ = nearest(node.attr, list(vars(base))) or "look at what the module defines"
            raise work.refuse(codes.UNKNOWN_NAME, f"module `{base.__name__}` has no `{node.attr}`", node, help_)
        return getattr(base, node.attr)
    if isinstance(base, type):
        return _of_class(work, base, node)
    if isinstance(base, Handle):
        return _of_handle(work, base, node)
    return RUNTIME


def _named(work: Work, node: ast.Name) -> Any:  # noqa: ANN401
    name = node.id
    if name in work.local_names:
        return RUNTIME
    space = work.func.__globals__
    if name in space:
        return space[name]
    if name in work.func.__code__.co_freevars:
        message = f"`{name}` is a variable of the function around `{work.func.__name__}`"
        raise work.refuse(codes.CLOSURE, message, node, "pass it as an argument, or make it a constant of the module")
    if hasattr(builtins, name):
        return getattr(builtins, name)
    help_ = nearest(name, [*work.local_names, *space]) or "import it, or give it a value first"
    raise work.refuse(codes.UNKNOWN_NAME, f"`{name}` is not known here", node, help_)


def nearest(name: str, known: list[str]) -> str | None:
    """A question with the known name most like `name`, if there is one."""
    import difflib  # noqa: PLC0415 - only for a message

    near = difflib.get_close_matches(name, known, 1)
    return f"did you mean `{near[0]}`?" if near else None


def _of_class(work: Work, cls: type, node: ast.Attribute) -> Any:  # noqa: ANN401
    if issubclass(cls, Struct) and node.attr in cls.__specs__:
        message = f"`{cls.__name__}.{node.attr}` is a field of every `{cls.__name__}`, and of the class itself of none"
        raise work.refuse(codes.NOT_A_STRUCT, message, node, "name an object of the class")
    if not hasattr(cls, node.attr):
        help_ = nearest(node.attr, dir(cls)) or "look at what the class defines"
        raise work.refuse(codes.UNKNOWN_NAME, f"class `{cls.__name__}` has no `{node.attr}`", node, help_)
    return getattr(cls, node.attr)


def _of_handle(work: Work, handle: Handle, node: ast.Attribute) -> Any:  # noqa: ANN401
    """Numbers that a handle carries are constants; its methods are looked up by whoever calls them."""
    value = getattr(handle, node.attr, RUNTIME)
    if value is RUNTIME:
        help_ = nearest(node.attr, dir(handle)) or "look at what the class defines"
        raise work.refuse(codes.UNKNOWN_FIELD, f"`{type(handle).__name__}` has no `{node.attr}`", node, help_)
    return value if isinstance(value, int | LinkConst | Handle | KernelStruct) else RUNTIME


def constant(work: Work, found: Any, node: ast.expr) -> Expression:  # noqa: ANN401
    """The value of an object of the module: a number, truth value, NULL, handle, static or function."""
    span = work.span(node)
    if isinstance(found, bool):
        return Const(found, BOOL, span)
    if isinstance(found, int):
        return number(work, int(found), node)
    if isinstance(found, SizeName):
        return Const(found, I64, span)
    if isinstance(found, FunctionType):
        return _function(work, found, node)
    if isinstance(found, LinkConst | NullRef | Handle | Struct):
        if not work.kernel:
            message = f"`{ast.unparse(node)}` is an object of the module, which engine code does not have"
            raise work.refuse(
                codes.STATIC, message, node, "pass what it holds as an argument, or keep it in the struct"
            )
        return _kernel_constant(found, span)
    raise work.refuse(*_not_constant(found, node), node, _way_out(found))


def _kernel_constant(found: Any, span: Any) -> Expression:  # noqa: ANN401
    if isinstance(found, LinkConst):
        return Const(found, I64, span)
    if isinstance(found, NullRef):
        return Const(found, NULL_REF, span)
    if isinstance(found, Handle):
        return Const(found, HandleType(type(found)), span)
    return Static(found, Ref(struct_of(type(found))), span)


def _function(work: Work, func: Any, node: ast.expr) -> Expression:  # noqa: ANN401
    if not work.kernel:
        message = f"function `{func.__name__}` is used as a value"
        raise work.refuse(codes.FUNCTION_VALUE, message, node, "call it, or choose among functions with a table")
    work.references.append(func)
    return FuncRef(func, signature(func).kind, work.span(node))


def number(work: Work, value: int, node: ast.expr) -> Const:
    """An integer constant. L0128 if it needs more than 64 bits with a sign."""
    if not I64.least <= value <= I64.greatest:
        help_ = "scale it down, or keep it in two fields"
        if 0 < value < 1 << 64:
            help_ = f"write the same 64 bits with a sign: {value - (1 << 64)}"
        raise work.refuse(codes.TOO_BIG, f"{value} is beyond a 64-bit integer with a sign", node, help_)
    return Const(value, I64, work.span(node))


def _not_constant(found: object, node: ast.expr) -> tuple[str, str]:
    text = ast.unparse(node)
    if isinstance(found, type):
        return codes.NOT_CONSTANT, f"class `{found.__name__}` is used as a value"
    if isinstance(found, ModuleType):
        return codes.NOT_CONSTANT, f"module `{text}` is used as a value"
    if callable(found):
        return codes.LIBRARY, f"`{text}` of the Python library is used as a value"
    return codes.NOT_CONSTANT, f"`{text}` is a Python `{type(found).__name__}`, and no constant of the language"


def _way_out(found: object) -> str:
    if isinstance(found, float):
        return "use an integer; times are integers in picoseconds: `us(2)`"
    if isinstance(found, list | dict | set | bytearray):
        return "state lives in structs: make it an array field"
    if isinstance(found, tuple):
        return "a tuple of functions can be called: `TABLE[i](...)`; numbers belong into an array field"
    if isinstance(found, type | ModuleType):
        return "use what is in it"
    return "use an integer, or a function written in the language"
