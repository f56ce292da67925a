from splx.scenario import IPL_CLOCK, Clock, Periodic, handler, kernel_lock, kernel_unlock, ms, us, work

clock = Clock("clock0", Periodic(ms(1)))


@handler(clock, IPL_CLOCK, mpsafe=True)
def hardclock() -> None:
    clock.ack()
    kernel_lock()
    work(us(1))
    kernel_unlock()
