"""The part of a `DeviceSpec` that an arrival process fills."""

from __future__ import annotations

from typing import TypedDict

from splx.machine.constants import Kind


class Shape(TypedDict, total=False):
    """Fields of `DeviceSpec` by name."""

    kind: Kind
    period: int
    offset: int
    dist: int
    burst: int
    gap: int
    recording: tuple[int, ...]
    repeat: int
