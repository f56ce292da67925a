"""User mode, for threads of a scenario that stand for user programs."""

from __future__ import annotations

from splx.kernel.interface.axes import user_enter, user_leave
from splx.lang.kernel import inline
from splx.machine.intrinsics import work
from splx.scenario.distributions import Distribution


@inline
def user_work(cost: Distribution) -> None:
    """Compute in user mode, where every design may preempt, for a draw of `cost`, a distribution of the module."""
    user_enter()
    work(cost)
    user_leave()
