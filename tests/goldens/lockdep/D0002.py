from splx.scenario import Constant, Mutex, thread, us, user_work, work

a = Mutex("a")
b = Mutex("b")
THINK = Constant(us(50))


@thread("one")
def one() -> None:
    with a, b:
        work(us(1))


@thread("two")
def two() -> None:
    user_work(THINK)
    with b, a:
        work(us(1))
