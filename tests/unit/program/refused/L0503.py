from __future__ import annotations

from splx.lang.kernel import Const, PerCpu, u8

IPL_VM = Const("IPL_VM")


class CpuInfo(PerCpu):
    ilevel: u8


ci = CpuInfo()


def splvm() -> int:
    old = ci.ilevel
    ci.ilevel = max(old, IPL_VM)
    return old
