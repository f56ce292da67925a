"""The second reader: every interleaving of a system, or the shortest run that breaks a rule.

The room has the name of what users call: `from splx import check; check("locks.py")`. So it can be called.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any


class _Callable(ModuleType):
    def __call__(self, *args: Any, **given: Any) -> Any:  # noqa: ANN401 - see splx.api.check
        """`splx.api.check`, found by its name: this room knows no floor above it."""
        return import_module("splx.api").check(*args, **given)


sys.modules[__name__].__class__ = _Callable
