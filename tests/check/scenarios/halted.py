"""A callout that is halted by who holds the lock that it takes."""

from splx.scenario import *

clock = Clock("clock", Poisson(ms(1)), cpu=0, limit=1)
lock = Mutex("lock", IPL_SOFTCLOCK)


@handler(clock, IPL_CLOCK, mpsafe=True)
def tick() -> None:
    clock.ack()
    hardclock()


def bark() -> None:
    with lock:
        pass


dog = Callout(bark, name="dog", mpsafe=True)


@thread(cpu=0)
def owner() -> None:
    callout_schedule(dog, 1)
    with lock:
        callout_halt(dog, NULL)
