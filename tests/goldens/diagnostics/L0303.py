from __future__ import annotations

from splx.lang.kernel import PerCpu, on_cpu, u8


class SplCpu(PerCpu):
    ilevel: u8


spl = SplCpu()


def level_of(cpu: int) -> int:
    return on_cpu(spl, cpu).ilevel
