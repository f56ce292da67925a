from splx.scenario import *

HOW = Param("HOW", "ever")  # or "long", or "behind"


class Box(Struct):
    n: i64 = atomic()


box = Box()

if HOW == "long":

    @thread(cpu=0)
    def counts() -> None:
        n = 0
        while n < 50000:
            n += 1

else:

    @thread(cpu=0, priority=PRI_USER_RT)
    def works() -> None:
        while True:
            work(us(1))


if HOW == "behind":

    @thread(cpu=0, priority=PRI_USER)
    def other() -> None:
        box.n = 1
