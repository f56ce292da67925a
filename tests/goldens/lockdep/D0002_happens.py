# cpus: 2
# The two do meet: the run ends with nobody going on, and the finding is the same.
from splx.scenario import Mutex, thread, us, work

a = Mutex("a")
b = Mutex("b")


@thread("one", cpu=0)
def one() -> None:
    with a:
        work(us(10))
        with b:
            work(us(1))


@thread("two", cpu=1)
def two() -> None:
    with b:
        work(us(10))
        with a:
            work(us(1))
