from __future__ import annotations

from splx.lang.kernel import PerCpu, i64
from splx.machine.intrinsics import cas


class CpuInfo(PerCpu):
    pending: i64


ci = CpuInfo()


def take() -> bool:
    return cas(ci.pending, 1, 0)
