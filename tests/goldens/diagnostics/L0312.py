from __future__ import annotations

from splx.lang.kernel import PerCpu, ghost, i64


class Locks(PerCpu):
    held: i64 = ghost()
    most: i64


locks = Locks()


def taken() -> None:
    locks.held += 1
    if locks.held > locks.most:
        locks.most = locks.held
    assert locks.held > 0
