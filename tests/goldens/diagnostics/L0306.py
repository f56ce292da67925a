from __future__ import annotations

from splx.lang.kernel import PerCpu, u8


class SplCpu(PerCpu):
    ilevel: u8

    def raised(self) -> bool:
        return self.ilevel > 0


spl = SplCpu()


def level(c: SplCpu) -> int:
    return c.ilevel


def run() -> int:
    if spl.raised():
        return 1
    return level(spl)
