"""A thread that was let go before it parks."""

from splx.kernel.interface.lwp import ci
from splx.kernel.interface.sched import lwp_park, lwp_unpark
from splx.scenario import *


@thread(cpu=0)
def parks() -> None:
    lwp_unpark(ci.curlwp)
    lwp_park()
