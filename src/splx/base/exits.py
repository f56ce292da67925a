"""The four ways a command ends."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes. A stopped search is never a pass, so `GAVE_UP` is neither `HOLDS` nor `FINDING`."""

    HOLDS = 0
    FINDING = 1
    BAD_INPUT = 2
    GAVE_UP = 3
