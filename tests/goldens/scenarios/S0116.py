from splx.scenario import Struct, always, atomic, i64, never, thread, us, work


class Box(Struct):
    full: i64 = atomic()
    looked: i64 = atomic()


box = Box()


@always
def never_negative() -> bool:
    box.looked = box.looked + 1
    return box.full >= 0


@never
def lazy() -> bool:
    work(us(1))
    return box.full > 2


@thread(cpu=0)
def giver() -> None:
    box.full = 1
