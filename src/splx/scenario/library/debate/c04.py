"""A disk that interrupts once for each round of a thread, and a lock that the thread takes so many times a round.

Parameters: locks, how often.
"""

from splx.scenario import *

LOCKS = Param("locks", 10)

disk = Disk("sd0", ClosedLoop(Constant(us(5))), cpu=0)
table = Mutex("table", IPL_BIO)
rounds = Statistic("rounds")
COMPUTING = Constant(us(20))


@handler(disk, IPL_BIO, mpsafe=True)
def sd_intr() -> None:
    """Take what has come, and note it in the table."""
    while disk.pop() != 0:
        with table:
            pass


@thread("user", cpu=0)
def user() -> None:
    """Look into the table, again and again; ask the disk for something; compute."""
    while True:
        for _ in range(LOCKS):
            with table:
                pass
        disk.submit()
        user_work(COMPUTING)
        count(rounds, 1)
