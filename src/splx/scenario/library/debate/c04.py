"""A disk that interrupts once for each round of a thread, and a lock that the thread takes so many times a round.

Parameters: locks, how often; level, of the disk and of the lock: one at which a kernel's handlers have no thread.
"""

from splx.scenario import *

LOCKS = Param("locks", 10)
AT = {"BIO": IPL_BIO, "SERIAL": IPL_SERIAL}[Param("level", "BIO")]

disk = Disk("sd0", ClosedLoop(Constant(us(5))), cpu=0)
table = Mutex("table", AT)
rounds = Statistic("rounds")
COMPUTING = Constant(us(20))


@handler(disk, AT, mpsafe=True)
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
