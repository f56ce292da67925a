"""A function of the user's that leaves something behind when it returns, called by WHO: a handler, a softint, ..."""

from splx.scenario import *

WHO = Param("WHO", 0)
HOW = Param("HOW", 0)
v = Mutex("v", IPL_VM)
m = Mutex("m")

if HOW == 0:

    def leaves() -> None:
        splhigh()

elif HOW == 1:

    def leaves() -> None:
        kpreempt_disable()

elif HOW == 2:

    def leaves() -> None:
        kernel_lock()

elif HOW == 3:

    def leaves() -> None:
        mutex_enter(v)

elif HOW == 4:

    def leaves() -> None:
        mutex_tryenter(m)

else:

    def leaves() -> None:
        kpreempt_disable()
        kpreempt_enable()


if WHO == 0:

    def job(arg: int) -> None:
        leaves()

    queue = Workqueue("queue", job, cpu=0)
    item = Work()

    @thread(cpu=0)
    def asks() -> None:
        workqueue_enqueue(queue, item, 1)

elif WHO == 1:
    card = NIC("card", Poisson(ms(1)), limit=1)

    @handler(card, IPL_NET, mpsafe=True)
    def card_intr() -> None:
        card.pop()
        leaves()

    @thread(cpu=0)
    def beneath() -> None:
        kpreempt_disable()
        work(us(1))
        kpreempt_enable()

elif WHO == 2:

    @softint(IPL_SOFTNET, mpsafe=True)
    def later() -> None:
        leaves()

    @thread(cpu=0)
    def asks() -> None:
        s = splsoftnet()
        softint_schedule(later)
        splx(s)

elif WHO == 3:
    card = NIC("card", Poisson(ms(1)), limit=1)

    def card_filter() -> bool:
        leaves()
        return False

    @handler(card, IPL_NET, mpsafe=True, filter=card_filter)
    def card_intr() -> None:
        card.pop()

else:

    @poll(weight=8)
    def polled(budget: int) -> int:
        leaves()
        napi_complete(polled)
        return 0

    @thread(cpu=0)
    def asks() -> None:
        napi_schedule(polled)
