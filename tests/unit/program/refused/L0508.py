from __future__ import annotations

from splx.lang.kernel import PerCpu, i64, u8
from splx.machine.intrinsics import cas_pair_local


class CpuInfo(PerCpu):
    ilevel: u8
    depth: u8
    ipending: i64


ci = CpuInfo()


def lower(old: int, pending: int, level: int) -> bool:
    return cas_pair_local(ci.ilevel, ci.ipending, old, pending, level)
