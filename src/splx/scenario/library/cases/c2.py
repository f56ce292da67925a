"""C2: look, then sleep; the wakeup comes between the two.

`taker` sees that the box is empty. `giver` fills it and signals, to nobody. `taker` sleeps. Knobs: CAREFUL=0 looks
before it takes the lock; mutant c2 is a kernel whose cv_wait lets the lock go before the sleeper is on the queue.

Source: jbruchon/elks, issue 222; unikraft/unikraft, pull request 427; mimiker, issue 668.
"""

from splx.scenario import *

CAREFUL = Param("CAREFUL", 1)


class Box(Struct):
    full: i64 = atomic()


box = Box()
lock = Mutex("lock")
filled = Condvar("filled")


@thread(cpu=0)
def taker() -> None:
    if CAREFUL == 1:
        with lock:
            while box.full == 0:
                cv_wait(filled, lock)
    elif box.full == 0:
        with lock:
            cv_wait(filled, lock)


@thread(cpu=1)
def giver() -> None:
    with lock:
        box.full = 1
        cv_signal(filled)
