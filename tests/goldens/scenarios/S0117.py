from splx.scenario import Mutex, Struct, always, atomic, i64, kernel_locked_p, mutex_owned, never, thread

lock = Mutex("lock")


class Box(Struct):
    full: i64 = atomic()


box = Box()


@always
def held_while_full() -> bool:
    return box.full == 0 or mutex_owned(lock)


def big() -> bool:
    return kernel_locked_p()


@never
def bad() -> bool:
    return big()


@thread(cpu=0)
def giver() -> None:
    box.full = 1
