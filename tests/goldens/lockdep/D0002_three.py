from splx.scenario import Constant, Mutex, thread, us, user_work, work

a = Mutex("a")
b = Mutex("b")
c = Mutex("c")
SOON = Constant(us(50))
LATER = Constant(us(100))


@thread("one")
def one() -> None:
    with a, b:
        work(us(1))


@thread("two")
def two() -> None:
    user_work(SOON)
    with b, c:
        work(us(1))


@thread("three")
def three() -> None:
    user_work(LATER)
    with c, a:
        work(us(1))
