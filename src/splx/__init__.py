"""A kernel in a bottle: interrupt handlers, locks and schedulers on a costed virtual multiprocessor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["__version__", "check"]

if TYPE_CHECKING:
    from splx.api import check


def __getattr__(name: str) -> Any:  # noqa: ANN401 - of a module
    """`splx.check`, imported when it is asked for: whoever wants only the version waits for nothing."""
    if name == "check":
        from importlib import import_module  # noqa: PLC0415

        return import_module("splx.check")
    raise AttributeError(f"module 'splx' has no attribute {name!r}")
